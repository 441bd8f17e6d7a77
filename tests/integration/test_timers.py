"""Timers, notices and their e-mails on a real database and a real mail server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.events import Event, EventType, Stream, event
from models.identifiers import derived_id
from models.pack import RegionPack, load_pack
from sla.ahead import note_told
from sla.escalation_delivery import deliver
from sla.foresight import Foresight
from sla.stage import count
from sla.timers import RegionTimers, tick
from tests.integration.problems import NOW, events_of, problem_found

Connection = psycopg.Connection[Any]
CLOCKS = ("plan", "solve", "work")


def executor_id(code: str) -> UUID:
    return derived_id("omsk", "executor", code)


@pytest.fixture
def region(pack: RegionPack) -> RegionTimers:
    return RegionTimers.of_pack(pack)


def found(connection: Connection, pack: RegionPack, region: RegionTimers, urgency: int = 2) -> tuple[UUID, Event]:
    topic = pack.topic_by_code["05.020"]
    problem, first = problem_found(connection, "omsk", topic, municipality="Омск г.о.", urgency=urgency)
    count(connection, [first], lambda _: region, NOW)
    return problem, first


def happens(
    connection: Connection, region: RegionTimers, first: Event, type: EventType, at: datetime, **data: Any
) -> None:
    told = event(type, "omsk", first.key, at, problem_id=first.data["problem_id"], **data)
    count(connection, [told], lambda _: region, at)


def assigned(
    connection: Connection, region: RegionTimers, first: Event, at: datetime, handler: str | None = None
) -> None:
    """The problem is the city's, and this person's or unit's in it."""
    connection.execute("UPDATE assignments SET ended_at = %s WHERE problem_id = %s", [at, first.data["problem_id"]])
    connection.execute(
        """INSERT INTO assignments
               (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at, handler_id)
           VALUES (gen_random_uuid(), 'omsk', %s, %s, 'machine', 'тема', %s, %s)""",
        [first.data["problem_id"], executor_id("omsk-city"), at, executor_id(handler) if handler else None],
    )
    happens(connection, region, first, EventType.PROBLEM_ASSIGNED, at, executor="omsk-city", by="machine")


def told(connection: Connection, kind: str) -> list[tuple[str, Any]]:
    """The type and, of warnings, the share of the events of clocks of this kind, in their order."""
    return [
        (each.type.value.removeprefix("clock."), each.data.get("share"))
        for each in events_of(connection, Stream.CLOCKS)
        if each.data["clock"] == kind
    ]


def notices(connection: Connection, kind: str) -> list[tuple[Any, ...]]:
    """(step, level, code of the person or "", state) of the notices of clocks of this kind."""
    return connection.execute(
        """SELECT n.step, n.level, coalesce(e.code, ''), n.state FROM notices n
           JOIN clocks c ON c.id = n.clock_id LEFT JOIN executors e ON e.id = n.executor_id
           WHERE c.kind = %s ORDER BY n.course, n.step, n.level""",
        [kind],
    ).fetchall()


def deadline(connection: Connection, kind: str) -> datetime:
    row = connection.execute("SELECT deadline_at FROM clocks WHERE kind = %s", [kind]).fetchone()
    assert row is not None
    at: datetime = row[0]
    return at


def test_a_clock_climbs_its_whole_ladder(connection: Connection, pack: RegionPack, region: RegionTimers) -> None:
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    for hour in range(24 * 14):
        tick(connection, NOW + timedelta(hours=hour), lambda _: region)
    assert told(connection, "solve") == [
        ("warned", 0.5),
        ("warned", 0.75),
        ("warned", 0.9),
        ("breached", None),
        ("escalated", None),
        ("escalated", None),
    ]
    assert [row[:3] for row in notices(connection, "solve")] == [
        (0, "person", "p-roads-head"),
        (1, "person", "p-roads-head"),
        (2, "head", "p-city-head"),
        (2, "person", "p-roads-head"),
        (3, "head", "p-city-head"),
        (3, "person", "p-roads-head"),
        (4, "deputy_governor", "p-deputy-governor"),
        (5, "governor", "p-governor"),
    ]
    assert connection.execute("SELECT count(*) FROM timers WHERE due_at IS NOT NULL").fetchone() == (0,)


def test_what_is_dangerous_goes_up_at_once_and_its_notices_do_not_wait(
    connection: Connection, pack: RegionPack, region: RegionTimers
) -> None:
    _, first = found(connection, pack, region, urgency=5)
    assigned(connection, region, first, NOW + timedelta(minutes=1))
    night = deadline(connection, "solve") + timedelta(hours=1)
    tick(connection, night, lambda _: region)
    assert told(connection, "solve") == [("breached", None), ("escalated", None)]
    assert deliver(connection, night) == 4
    assert {row[1] for row in notices(connection, "solve")} == {"person", "head", "deputy_governor", "governor"}


def test_notices_of_an_absent_person_go_to_his_deputy(
    connection: Connection, pack: RegionPack, region: RegionTimers
) -> None:
    connection.execute(
        """INSERT INTO absences (id, region_id, executor_id, first_day, last_day)
           VALUES (gen_random_uuid(), 'omsk', %s, '2026-02-01', '2026-02-28')""",
        [executor_id("p-city-head")],
    )
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    tick(connection, deadline(connection, "solve"), lambda _: region)
    assert (3, "head", "p-city-deputy", "waiting") in notices(connection, "solve")


def test_a_day_of_warnings_is_one_digest(connection: Connection, pack: RegionPack, region: RegionTimers) -> None:
    connection.execute("UPDATE executors SET email = 'roads@example.org' WHERE code = 'p-roads-head'")
    for _ in range(7):
        _, first = found(connection, pack, region)
        assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    half = NOW + timedelta(hours=40)
    tick(connection, half, lambda _: region)
    assert deliver(connection, half, mails=True) == 0
    morning = half + timedelta(hours=24)
    assert deliver(connection, morning, most=3, mails=True) == 3
    assert deliver(connection, morning, mails=True) >= 4
    assert connection.execute("SELECT count(*) FROM notice_mails").fetchone() == (1,)


@pytest.mark.parametrize("what", [EventType.PROBLEM_DISMISSED, EventType.PROBLEM_CORRECTED])
def test_a_clock_that_stops_or_moves_takes_back_what_was_not_sent(
    connection: Connection, pack: RegionPack, region: RegionTimers, what: EventType
) -> None:
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5))
    half = NOW + timedelta(hours=40)
    tick(connection, half, lambda _: region)
    assert [row[3] for row in notices(connection, "solve")] == ["waiting"]
    happens(
        connection, region, first, what, half + timedelta(hours=1),
        reason="operator", by="operator", topic="16.001", municipality="",
    )  # fmt: skip
    assert [row[3] for row in notices(connection, "solve")] == ["cancelled"]
    deliver(connection, half + timedelta(days=3))
    assert [row[3] for row in notices(connection, "solve")] == ["cancelled"]


def test_who_lost_the_problem_is_not_told_of_it_any_more(
    connection: Connection, pack: RegionPack, region: RegionTimers
) -> None:
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    half = NOW + timedelta(hours=40)
    tick(connection, half, lambda _: region)
    assigned(connection, region, first, half + timedelta(hours=1), handler="omsk-city-utilities")
    deliver(connection, half + timedelta(days=2))
    assert [row[3] for row in notices(connection, "solve")] == ["cancelled"]


moves = st.one_of(
    st.tuples(st.just("tick"), st.integers(-600, 4000)),
    st.tuples(st.sampled_from(["work out", "moment", "note"]), st.integers(0, 600)),
    st.tuples(st.just("rollback"), st.integers(0, 4000)),
    st.tuples(st.sampled_from(["assign", "unassign", "correct", "dismiss", "restore"]), st.integers(0, 2000)),
)
TIMED = ("tick", "rollback", "work out", "moment", "note")
"""What happens by time alone; it may go back."""
TYPES = {
    "unassign": EventType.PROBLEM_UNASSIGNED,
    "correct": EventType.PROBLEM_CORRECTED,
    "dismiss": EventType.PROBLEM_DISMISSED,
    "restore": EventType.PROBLEM_RESTORED,
}


@given(st.lists(moves, max_size=14), st.sampled_from([2, 5]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_each_step_of_a_course_comes_once_and_in_order(
    connection: Connection, pack: RegionPack, region: RegionTimers, drawn: list[tuple[str, int]], urgency: int
) -> None:
    """Ticks forwards and backwards, ticks that die before their commit, deadlines that move, clocks that stop; some
    steps are worked out days before, and told at their very moment."""
    problem, first = found(connection, pack, region, urgency)
    now = latest = NOW
    topics = ["06.017", "16.001", "05.020"]
    for number, (what, minutes) in enumerate(drawn):
        now = (latest if what not in TIMED else now) + timedelta(minutes=minutes)
        if what == "tick":
            tick(connection, now, lambda _: region)
        elif what == "work out":
            Foresight(crowd=1, ahead=timedelta(days=10)).prepare(connection, now, lambda _: region)
        elif what == "moment":
            row = connection.execute("SELECT min(due_at) FROM step_portions WHERE due_at >= %s", [now]).fetchone()
            now = row[0] if row is not None and row[0] is not None else now
            while tick(connection, now, lambda _: region):
                pass
        elif what == "note":
            note_told(connection, now)
        elif what == "rollback":  # the process is killed, another begins anew
            with connection.transaction(force_rollback=True):
                tick(connection, now, lambda _: region)
        elif what == "assign":
            assigned(connection, region, first, now)
        else:
            topic = topics[number % len(topics)]
            happens(
                connection, region, first, TYPES[what], now, topic=topic, municipality="", reason="operator", by="o"
            )
        if what not in TIMED:
            latest = now
    _each_step_once_and_in_order(connection, problem)


def _each_step_once_and_in_order(connection: Connection, problem: UUID) -> None:
    steps: dict[tuple[str, str], list[float]] = {}
    for each in events_of(connection, Stream.CLOCKS):
        if each.data["problem_id"] != str(problem):
            continue
        # of the same deadline only; moved back, it is a course anew
        rank: float = {"clock.breached": 1.0, "clock.escalated": 2.0}.get(each.type.value) or each.data["share"]
        steps.setdefault((each.data["clock"], each.data["deadline"]), []).append(rank)
    courses = connection.execute(
        "SELECT c.kind, t.course, t.reached FROM timers t JOIN clocks c ON c.id = t.clock_id WHERE c.problem_id = %s",
        [problem],
    ).fetchall()
    once = {kind for kind, course, _ in courses if course == 1}
    for (kind, _), ranks in steps.items():
        if kind in once:
            assert ranks == sorted(ranks), (kind, ranks)
            assert len([rank for rank in ranks if rank < 2]) == len({rank for rank in ranks if rank < 2}), (kind, ranks)
    doubled = connection.execute(
        """SELECT 1 FROM notices n JOIN clocks c ON c.id = n.clock_id WHERE c.problem_id = %s
           GROUP BY n.clock_id, n.course, n.step, n.executor_id, n.level HAVING count(*) > 1""",
        [problem],
    ).fetchall()
    assert doubled == []
    unordered = connection.execute(
        """SELECT 1 FROM notices a JOIN notices b ON a.clock_id = b.clock_id AND a.course = b.course
           JOIN clocks c ON c.id = a.clock_id
           WHERE c.problem_id = %s AND a.step < b.step AND b.made_at < a.made_at""",
        [problem],
    ).fetchall()
    assert unordered == []


def test_many_timer_processes_take_each_step_once(
    connection: Connection, pack: RegionPack, region: RegionTimers, database_url: str
) -> None:
    for _ in range(60):
        found(connection, pack, region)
    connection.commit()
    at = NOW + timedelta(hours=1)

    def work(most: int) -> int:
        done, own = 0, RegionTimers.of_pack(pack)
        with psycopg.connect(database_url) as other:
            while moved := tick(other, at, lambda _: own, most):
                other.commit()
                done += moved
        return done

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, (3, 5, 7, 11))) == 60
    assert sorted(told(connection, "route")) == [("breached", None)] * 60


def test_a_timer_and_the_stage_do_not_block_each_other(
    connection: Connection, pack: RegionPack, region: RegionTimers, database_url: str
) -> None:
    """The stage has written a clock and not committed: the timer leaves it for its next tick."""
    _, first = found(connection, pack, region)
    connection.commit()
    happens(connection, region, first, EventType.PROBLEM_DISMISSED, NOW + timedelta(minutes=50), reason="x", by="o")
    with psycopg.connect(database_url) as other:
        other.execute("SET lock_timeout = '5s'")
        assert tick(other, NOW + timedelta(hours=1), lambda _: region) == 0
        connection.commit()
        assert tick(other, NOW + timedelta(hours=1), lambda _: region) == 0
    assert told(connection, "route") == []


def test_a_clock_whose_region_lost_its_pack_holds_up_no_other(
    connection: Connection, pack: RegionPack, region: RegionTimers, caplog: pytest.LogCaptureFixture
) -> None:
    _, lost = found(connection, pack, region)
    connection.execute("INSERT INTO regions VALUES ('atlantis', 'Атлантида', 'UTC', now())")
    connection.execute(
        "UPDATE timers SET region_id = 'atlantis' FROM clocks c WHERE c.id = clock_id AND c.problem_id = %s",
        [lost.data["problem_id"]],
    )
    found(connection, pack, region)

    def region_of(name: str) -> RegionTimers:
        return region if name == "omsk" else RegionTimers.of_pack(load_pack(name))

    tick(connection, NOW + timedelta(hours=1), region_of)
    assert told(connection, "route") == [("breached", None)]
    assert "atlantis" in caplog.text
    assert tick(connection, NOW + timedelta(hours=1, minutes=1), region_of) == 0


@pytest.fixture
def renewed(tmp_path: Path, pack: RegionPack) -> Iterator[RegionTimers]:
    """The region with an escalation.json of one step more, valid from a later day."""
    folder = tmp_path / "omsk"
    folder.mkdir()
    for path in pack.folder.iterdir():
        (folder / path.name).symlink_to(path)
    content = pack.json("escalation.json")
    later = json.loads(json.dumps(content["escalations"][0])) | {"version": "omsk-2", "valid_from": "2026-02-10"}
    for ladder in later["ladders"]:
        ladder["steps"].insert(0, {"share": 0.1, "to": ["person"], "delivery": "at_once"})
    content["escalations"].append(later)
    (folder / "escalation.json").unlink()
    (folder / "escalation.json").write_text(json.dumps(content), encoding="utf-8")
    yield RegionTimers.of_pack(RegionPack(folder))


def test_a_new_version_of_the_ladder_leaves_the_courses_that_run_as_they_are(
    connection: Connection, pack: RegionPack, region: RegionTimers, renewed: RegionTimers
) -> None:
    found(connection, pack, region)
    tick(connection, NOW + timedelta(hours=40), lambda _: region)
    for hour in range(41, 24 * 20):
        tick(connection, NOW + timedelta(hours=hour), lambda _: renewed)
    assert [share for what, share in told(connection, "solve") if what == "warned"] == [0.5, 0.75, 0.9]
