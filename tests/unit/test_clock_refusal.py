"""A refusal stops the executor's clock and lets that of routing go on; the citizen's does not notice it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from models.events import Event, EventType, event
from models.pack import load_pack
from sla.clock import Clock, ClockKind, Rules, derive_clocks

NOW = datetime(2026, 2, 2, 4, tzinfo=UTC)  # Monday, 10:00 in Omsk
RULES = Rules.of_pack(load_pack("omsk"))


def told(kind: EventType, minute: int, **data: Any) -> Event:
    return event(kind, "omsk", UUID(int=1), NOW + timedelta(minutes=minute), problem_id=str(UUID(int=2)), **data)


FOUND = told(
    EventType.PROBLEM_FOUND, 0, topic="01.001", decided=True, municipality="", urgency=2, accepted_at=NOW.isoformat()
)
GIVEN = told(EventType.PROBLEM_ASSIGNED, 20, executor="roads", by="machine")
REFUSED = told(EventType.PROBLEM_REFUSED, 200, executor="roads", reason="not_ours", named="", by="boris")
GIVEN_ON = told(EventType.PROBLEM_ASSIGNED, 230, executor="waste", by="anna")


def clocks(*events: Event) -> dict[ClockKind, Clock]:
    return {clock.kind: clock for clock in derive_clocks(events, RULES.calendar, RULES.policies, RULES.zone)}


def test_the_citizens_clock_runs_as_it_ran() -> None:
    before, after = clocks(FOUND, GIVEN)[ClockKind.SOLVE], clocks(FOUND, GIVEN, REFUSED, GIVEN_ON)[ClockKind.SOLVE]
    assert (after.started_at, after.deadline_at, after.stopped_at) == (before.started_at, before.deadline_at, None)


def test_the_executors_clock_stops_and_that_of_routing_goes_on_with_what_was_left() -> None:
    found = clocks(FOUND, GIVEN, REFUSED)
    assert found[ClockKind.PLAN].stopped_at == REFUSED.time
    assert found[ClockKind.ROUTE].stopped_at is None
    assert found[ClockKind.ROUTE].deadline_at == REFUSED.time + timedelta(minutes=40)


def test_who_gets_it_next_has_the_whole_of_his_own_term() -> None:
    found = clocks(FOUND, GIVEN, REFUSED, GIVEN_ON)
    assert found[ClockKind.ROUTE].stopped_at == GIVEN_ON.time
    assert (found[ClockKind.PLAN].started_at, found[ClockKind.PLAN].stopped_at) == (GIVEN_ON.time, None)
    assert found[ClockKind.WORK].started_at == GIVEN_ON.time
