"""Steps that are worked out before their moment: told as they would have been and once, or taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

import streams
from models.events import Event, EventType, Stream
from models.pack import RegionPack
from sla import ahead_store
from sla.ahead import note_told
from sla.escalation_delivery import deliver
from sla.foresight import Foresight
from sla.notice_rows import SHOWN
from sla.timers import RegionTimers, tick
from tests.integration.problems import NOW, events_of
from tests.integration.test_timers import assigned, deadline, executor_id, found, happens

Connection = psycopg.Connection[Any]
SECOND = timedelta(seconds=1)


@pytest.fixture
def region(pack: RegionPack) -> RegionTimers:
    return RegionTimers.of_pack(pack)


@pytest.fixture
def crowd(connection: Connection, pack: RegionPack, region: RegionTimers) -> list[Event]:
    """The first events of five problems of one term, all of whose earlier steps are taken; plans run out with it."""
    made = [found(connection, pack, region)[1] for _ in range(5)]
    for first in made:
        assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    before = deadline(connection, "solve") - 2 * SECOND
    while tick(connection, before, lambda _: region):
        pass
    return made


def worked_out(connection: Connection, region: RegionTimers, at: datetime) -> int:
    return Foresight(crowd=5).prepare(connection, at, lambda _: region)


def told(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
    """Breaches of terms to solve, as type and data, in the order of their problems."""
    return sorted(
        [
            (each.type.value, dict(each.data))
            for each in events_of(connection, Stream.CLOCKS)
            if each.data["clock"] == "solve" and each.type is not EventType.CLOCK_WARNED
        ],
        key=lambda one: one[1]["problem_id"],
    )


def notices(connection: Connection) -> list[tuple[Any, ...]]:
    """What is told of breaches to whom and when, cancelled notices apart."""
    return connection.execute(
        """SELECT n.clock_id, n.course, n.step, n.kind, n.level, n.executor_id, n.instead_of, n.deadline_at, n.send_at
           FROM notices n JOIN clocks c ON c.id = n.clock_id
           WHERE c.kind = 'solve' AND n.kind <> 'warned' AND n.state <> 'cancelled' ORDER BY n.id"""
    ).fetchall()


def ticked(connection: Connection, region: RegionTimers, at: datetime) -> None:
    while tick(connection, at, lambda _: region):
        pass


def test_what_was_worked_out_ahead_is_told_as_it_would_have_been_at_its_moment(
    connection: Connection, region: RegionTimers, crowd: list[Event]
) -> None:
    moment = deadline(connection, "solve")
    with connection.transaction(force_rollback=True):
        ticked(connection, region, moment)
        events, readers = told(connection), notices(connection)
        timers = connection.execute("SELECT * FROM timers ORDER BY clock_id").fetchall()
        marks = connection.execute("SELECT id, breached_at FROM clocks ORDER BY id").fetchall()
    assert worked_out(connection, region, moment - SECOND) == 10
    ticked(connection, region, moment - SECOND)
    assert told(connection) == []
    ticked(connection, region, moment)
    assert (told(connection), notices(connection)) == (events, readers)
    assert len(events) == 5
    assert {each.time for each in events_of(connection, Stream.CLOCKS) if each.type is EventType.CLOCK_BREACHED} >= {
        moment
    }
    assert note_told(connection, moment) == 10
    assert connection.execute("SELECT * FROM timers ORDER BY clock_id").fetchall() == timers
    assert connection.execute("SELECT id, breached_at FROM clocks ORDER BY id").fetchall() == marks
    ticked(connection, region, moment + SECOND)
    assert len(told(connection)) == 5


def test_positions_of_the_log_stay_dense(connection: Connection, region: RegionTimers, crowd: list[Event]) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)
    ticked(connection, region, moment)
    assert (
        connection.execute(
            """SELECT p.partition FROM stream_partitions p LEFT JOIN stream_events e USING (stream, partition)
               GROUP BY p.stream, p.partition, p.next_position
               HAVING count(e.position) <> p.next_position OR coalesce(max(e.position) + 1, 0) <> p.next_position"""
        ).fetchall()
        == []
    )


def test_readers_see_it_from_its_moment_on_also_before_its_delivery_is_noted(
    connection: Connection, region: RegionTimers, crowd: list[Event]
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)

    def seen(now: datetime) -> int:
        return connection.execute(
            f"SELECT FROM notices n WHERE n.kind = 'breached' AND {SHOWN}".encode(), {"now": now}
        ).rowcount

    deliver(connection, moment)
    assert seen(moment) == 0  # its moment has come, but it is not told yet
    ticked(connection, region, moment)
    assert (seen(moment - SECOND), seen(moment)) == (0, 20)
    deliver(connection, moment)
    assert seen(moment) == 20


@pytest.mark.parametrize("what", [EventType.PROBLEM_DISMISSED, EventType.PROBLEM_CORRECTED])
def test_a_clock_that_stops_or_moves_takes_back_its_step_and_the_others_are_told(
    connection: Connection, region: RegionTimers, crowd: list[Event], what: EventType
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)
    happens(
        connection, region, crowd[0], what, moment - SECOND,
        reason="operator", by="operator", topic="16.001", municipality="",
    )  # fmt: skip
    ticked(connection, region, moment)
    problems = {data["problem_id"] for _, data in told(connection)}
    assert problems == {first.data["problem_id"] for first in crowd[1:]}
    assert len(notices(connection)) == 8


def test_who_got_the_problem_in_between_is_told_and_who_lost_it_is_not(
    connection: Connection, region: RegionTimers, crowd: list[Event]
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)
    assigned(connection, region, crowd[0], moment - SECOND, handler="omsk-city-utilities")
    ticked(connection, region, moment)
    assert Counter(data["problem_id"] for _, data in told(connection)) == {
        first.data["problem_id"]: 1 for first in crowd
    }
    readers = connection.execute(
        """SELECT e.code FROM notices n JOIN clocks c ON c.id = n.clock_id JOIN executors e ON e.id = n.executor_id
           WHERE n.kind = 'breached' AND n.level = 'person' AND c.kind = 'solve' AND c.problem_id = %s""",
        [crowd[0].data["problem_id"]],
    ).fetchall()
    assert readers == [("p-utilities-head",)]
    assert connection.execute("SELECT FROM portions_overtaken").rowcount == 0


def test_who_is_away_since_is_told_of_nothing_his_deputy_is(
    connection: Connection, region: RegionTimers, crowd: list[Event]
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - timedelta(minutes=1))
    connection.execute(
        """INSERT INTO absences (id, region_id, executor_id, first_day, last_day)
           VALUES (gen_random_uuid(), 'omsk', %s, '2026-02-01', '2026-02-28')""",
        [executor_id("p-city-head")],
    )
    ticked(connection, region, moment)
    heads = {row[5] for row in notices(connection) if row[4] == "head"}
    assert heads == {executor_id("p-city-deputy")}
    assert len(told(connection)) == 5


def test_timers_that_stood_still_for_hours_tell_what_holds_then(
    connection: Connection, region: RegionTimers, crowd: list[Event]
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)
    night = moment + timedelta(hours=10)
    ticked(connection, region, night)
    assert len(told(connection)) == 5
    assert {row[8] > night for row in notices(connection)} == {True}  # nobody is woken by what was ready in the evening


def test_a_kill_while_telling_leaves_each_step_to_be_told_once(
    connection: Connection, region: RegionTimers, crowd: list[Event]
) -> None:
    moment = deadline(connection, "solve")
    with connection.transaction(force_rollback=True):
        worked_out(connection, region, moment - SECOND)
    worked_out(connection, region, moment - SECOND)
    for _ in range(3):
        with connection.transaction(force_rollback=True):
            assert tick(connection, moment, lambda _: region)
    ticked(connection, region, moment)
    assert len(told(connection)) == 5


def test_several_processes_tell_and_work_out_each_step_once(
    connection: Connection, pack: RegionPack, region: RegionTimers, crowd: list[Event], database_url: str
) -> None:
    moment = deadline(connection, "solve")
    connection.commit()

    def each(work: Callable[[Connection, RegionTimers], int]) -> int:
        def alone(_: int) -> int:
            with psycopg.connect(database_url) as other:
                return work(other, RegionTimers.of_pack(pack))

        with ThreadPoolExecutor(4) as threads:
            return sum(threads.map(alone, range(4)))

    def prepare(other: Connection, own: RegionTimers) -> int:
        foresight, done = Foresight(crowd=1), 0
        for _ in range(10):
            done += foresight.prepare(other, moment - SECOND, lambda _: own, most=1)
            other.commit()
        return done

    def tell(other: Connection, own: RegionTimers) -> int:
        done = 0
        while moved := tick(other, moment, lambda _: own):
            other.commit()
            done += moved
        return done

    assert each(prepare) == 10
    assert each(tell) <= 10
    ticked(connection, region, moment)  # what one held when another passed
    assert Counter(data["problem_id"] for _, data in told(connection)) == {
        first.data["problem_id"]: 1 for first in crowd
    }


def test_a_step_that_is_told_and_not_noted_yet_is_not_told_again_when_its_clock_stops_late(
    connection: Connection, region: RegionTimers, crowd: list[Event]
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)
    ticked(connection, region, moment)
    happens(
        connection, region, crowd[0], EventType.PROBLEM_DISMISSED, moment + SECOND, reason="operator", by="operator"
    )
    assert len(told(connection)) == 5
    row = connection.execute(
        "SELECT breached_at FROM clocks WHERE kind = 'solve' AND problem_id = %s", [UUID(crowd[0].data["problem_id"])]
    ).fetchone()
    assert row == (moment,)
    assert note_told(connection, moment + SECOND) == 8


def test_partitions_of_which_nothing_can_be_told_are_not_kept_from_others(
    connection: Connection, region: RegionTimers, crowd: list[Event], database_url: str
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)
    connection.execute("INSERT INTO portions_overtaken SELECT id FROM step_portions")
    connection.commit()
    waiting = ahead_store.portions(connection, moment)
    assert [ahead_store.tell(connection, one, moment - SECOND, moment, 10) for one in waiting] == [0] * len(waiting)
    with psycopg.connect(database_url) as other:
        free = other.execute("SELECT FROM stream_partitions WHERE stream = 'clocks' FOR UPDATE SKIP LOCKED").rowcount
    assert free == streams.partitions_of(connection)[Stream.CLOCKS]


def test_a_consumer_reads_what_was_told(
    connection: Connection, region: RegionTimers, crowd: list[Event], database_url: str
) -> None:
    moment = deadline(connection, "solve")
    worked_out(connection, region, moment - SECOND)
    ticked(connection, region, moment)
    connection.commit()
    heard: list[Event] = []

    def handle(_: Connection, events: Any) -> None:
        heard.extend(events)

    stage = streams.Stage("listener", Stream.CLOCKS, frozenset({EventType.CLOCK_BREACHED}), handle)
    consumer = streams.EmbeddedEngine(database_url).consumer(stage)
    while consumer.step():
        pass
    consumer.close()
    breached = [each for each in heard if each.data["clock"] == "solve"]
    assert len(breached) == len({each.id for each in breached}) == 5
