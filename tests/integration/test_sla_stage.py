"""The clock stage and the timers on a real database."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from models.events import Event, EventType, Stream, event
from models.pack import RegionPack, load_pack
from models.regimes import Regime
from otklik.verify_clocks import compare_clocks
from sla import ClockKind, derive_clocks, sla_stage, timers
from sla.stage import count
from sla.store import clocks_of, problem_events
from sla.timers import RegionTimers
from tests.integration.problems import NOW, events_of, problem_found

Connection = psycopg.Connection[Any]
REGION = RegionTimers.of_pack(load_pack("omsk"))
RULES = REGION.rules


def found(connection: Connection, pack: RegionPack, topic: str = "05.020", urgency: int = 2) -> tuple[UUID, Event]:
    return problem_found(connection, "omsk", pack.topic_by_code[topic], municipality="Омск г.о.", urgency=urgency)


def then(before: Event, type: EventType, after: timedelta, **data: Any) -> Event:
    return event(type, "omsk", before.key, before.time + after, problem_id=before.data["problem_id"], **data)


def counted(connection: Connection, events: Sequence[Event], now: datetime = NOW) -> None:
    count(connection, events, lambda _: REGION, now)


def replayed(*events: Event) -> dict[ClockKind, Any]:
    return {clock.kind: clock for clock in derive_clocks(events, RULES.calendar, RULES.policies, RULES.zone)}


def tick(connection: Connection, now: datetime, most: int = 1000) -> int:
    return timers.tick(connection, now, lambda _: REGION, most)


def told(connection: Connection) -> list[tuple[str, str]]:
    return [(each.type.value, each.data["clock"]) for each in events_of(connection, Stream.CLOCKS)]


def test_the_stage_starts_and_stops_clocks_as_the_replay_does(connection: Connection, pack: RegionPack) -> None:
    problem, first = found(connection, pack)
    given_away = then(first, EventType.PROBLEM_ASSIGNED, timedelta(seconds=2), executor="omsk-city", by="machine")
    stage = sla_stage(load_pack)
    stage.handle(connection, [first])
    stage.handle(connection, [given_away])
    assert clocks_of(connection, [problem])[problem] == replayed(first, given_away)


def test_the_same_batch_again_changes_nothing(connection: Connection, pack: RegionPack) -> None:
    problem, first = found(connection, pack)
    events = [first, then(first, EventType.PROBLEM_ASSIGNED, timedelta(seconds=2), executor="omsk-city", by="machine")]
    counted(connection, events)
    once = clocks_of(connection, [problem])
    counted(connection, events)
    assert clocks_of(connection, [problem]) == once


kinds = st.sampled_from(
    [
        EventType.PROBLEM_ASSIGNED,
        EventType.PROBLEM_UNASSIGNED,
        EventType.PROBLEM_CORRECTED,
        EventType.PROBLEM_MERGED,
        EventType.PROBLEM_RESTORED,
        EventType.PROBLEM_PAUSED,
        EventType.PROBLEM_RESUMED,
        EventType.SOLUTION_PLANNED,
        EventType.PLAN_RETURNED,
        EventType.PROBLEM_SOLVED,
        EventType.PROBLEM_REPLIED,
        EventType.PROBLEM_REOPENED,
        EventType.TERM_EXTENDED,
        EventType.INTERIM_REPLIED,
        EventType.APPEAL_FORWARDED,
    ]
)


@given(
    st.lists(st.tuples(kinds, st.integers(0, 5000)), max_size=8),
    st.integers(1, 4),
    st.sampled_from([2, 5]),
    st.sampled_from(Regime),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_batches_events_come_the_rows_equal_the_pure_replay(
    connection: Connection,
    pack: RegionPack,
    drawn: list[tuple[EventType, int]],
    batch: int,
    urgency: int,
    regime: Regime,
) -> None:
    problem, first = found(connection, pack, urgency=urgency)
    first = replace(first, data={**first.data, "regime": regime.value})
    said = {
        "topic": "06.017",
        "municipality": "",
        "executor": "omsk-city",
        "reason": "author",
        "notice": "1",
        "kind": "final",
        "closed": first.time.isoformat(),
        "by": "operator",
    }
    events, later = [first], timedelta(0)
    for kind, minutes in drawn:
        later += timedelta(minutes=minutes)
        events.append(then(first, kind, later, **said))
    for start in range(0, len(events), batch):
        counted(connection, events[start : start + batch])
    stored = clocks_of(connection, [problem])[problem]
    assert stored == replayed(*events)
    assert compare_clocks({problem: list(stored.values())}, events, lambda _: RULES) == []


def test_the_stage_remembers_danger_until_a_topic_is_corrected(connection: Connection, pack: RegionPack) -> None:
    problem, first = found(connection, pack, urgency=5)
    corrected = then(
        first, EventType.PROBLEM_CORRECTED, timedelta(hours=1), topic="16.001", municipality="", by="operator"
    )
    counted(connection, [first])
    counted(connection, [corrected])
    stored = clocks_of(connection, [problem])[problem]
    assert stored == replayed(first, corrected)
    assert stored[ClockKind.SOLVE].deadline_at == NOW + timedelta(hours=2)
    verified = compare_clocks({problem: list(stored.values())}, [first, corrected], lambda _: RULES)
    assert verified == []


def test_a_clock_warns_once_and_breaches_once(connection: Connection, pack: RegionPack) -> None:
    _, first = found(connection, pack)
    counted(connection, [first])
    assert tick(connection, NOW + timedelta(minutes=44)) == 0
    assert tick(connection, NOW + timedelta(minutes=46)) == 1
    assert tick(connection, NOW + timedelta(minutes=47)) == 0
    assert tick(connection, NOW + timedelta(minutes=60)) == 1
    assert tick(connection, NOW + timedelta(minutes=61)) == 0
    assert sorted(told(connection)) == [("clock.breached", "route"), ("clock.warned", "route")]


def test_a_stopped_clock_neither_warns_nor_breaches(connection: Connection, pack: RegionPack) -> None:
    _, first = found(connection, pack)
    given_away = then(first, EventType.PROBLEM_ASSIGNED, timedelta(minutes=5), executor="omsk-city", by="machine")
    counted(connection, [first, given_away])
    tick(connection, NOW + timedelta(hours=2))
    assert told(connection) == []


def test_a_clock_that_stopped_late_unseen_is_marked_as_breached_once(connection: Connection, pack: RegionPack) -> None:
    _, first = found(connection, pack)
    late = then(first, EventType.PROBLEM_ASSIGNED, timedelta(hours=2), executor="omsk-city", by="operator")
    counted(connection, [first, late], NOW + timedelta(hours=2))
    counted(connection, [late], NOW + timedelta(hours=2))
    tick(connection, NOW + timedelta(hours=2))
    assert told(connection) == [("clock.breached", "route")]


def test_a_deadline_that_moved_may_be_breached_again(connection: Connection, pack: RegionPack) -> None:
    _, first = found(connection, pack)
    given_away = then(first, EventType.PROBLEM_ASSIGNED, timedelta(minutes=10), executor="omsk-city", by="machine")
    taken_back = then(first, EventType.PROBLEM_UNASSIGNED, timedelta(hours=5), by="operator")
    counted(connection, [first, given_away, taken_back])
    assert tick(connection, NOW + timedelta(hours=5, minutes=49)) == 1
    assert tick(connection, NOW + timedelta(hours=5, minutes=51)) == 1
    assert sorted(told(connection)) == [("clock.breached", "route"), ("clock.warned", "route")]


def test_ticks_at_the_same_time_do_not_tell_twice(connection: Connection, pack: RegionPack, database_url: str) -> None:
    for _ in range(20):
        _, first = found(connection, pack)
        counted(connection, [first])
    connection.commit()
    at = NOW + timedelta(hours=1)
    with psycopg.connect(database_url) as other, ThreadPoolExecutor() as threads:
        marked = tick(connection, at, most=7)
        waiting = threads.submit(tick, other, at)
        connection.commit()
        marked += waiting.result(timeout=30)
    assert marked == 20
    assert len(told(connection)) == 20


def test_the_events_of_a_problem_are_read_back_in_their_order(connection: Connection, pack: RegionPack) -> None:
    problem, first = found(connection, pack)
    assert problem_events(connection, problem) == ("omsk", [first])
    assert problem_events(connection, UUID(int=9)) is None
