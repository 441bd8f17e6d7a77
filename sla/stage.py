"""The clock stage: reads what happens to problems and moves their clocks.

It steps the stored clocks over the events in hand, by the very function that replays a problem's whole life, so that
both come to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.pack import RegionPack
from sla import store
from sla.clock import COUNTED, step
from sla.timers import RegionOf, RegionTimers, arm
from streams.contract import Connection, Stage


def sla_stage(pack_of: Callable[[str], RegionPack]) -> Stage:
    """The stage, given where to find the pack of a region."""

    @cache
    def region_of(region: str) -> RegionTimers:
        return RegionTimers.of_pack(pack_of(region))

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        count(connection, events, region_of, datetime.now(UTC))

    return Stage("sla", Stream.PROBLEMS, COUNTED, handle)


def count(connection: Connection, events: Sequence[Event], region_of: RegionOf, now: datetime) -> None:
    """Count the events in: write the clocks they move, set their timers, tell of those that stopped late unnoticed."""
    problems = {UUID(each.data["problem_id"]): each.region for each in events}
    stored = store.clocks_of(connection, list(problems))
    after = {problem: dict(clocks) for problem, clocks in stored.items()}
    for each in events:
        problem = UUID(each.data["problem_id"])
        after[problem] = dict(step(after[problem], each, region_of(each.region).rules))
    moved = [
        store.Row(problems[problem], problem, clock)
        for problem, clocks in after.items()
        for kind, clock in clocks.items()
        if stored[problem].get(kind) != clock
    ]
    if not moved:
        return
    store.put(connection, moved)
    arm(
        connection,
        moved,
        {problem: any(clock.danger for clock in after[problem].values()) for problem in problems},
        region_of,
        now,
    )
    late = [row.problem_id for row in moved if row.clock.late]
    if late:
        breached = store.mark_stopped_late(connection, late, now)
        streams.append(connection, Stream.CLOCKS, told(EventType.CLOCK_BREACHED, breached, now))


def told(what: EventType, passed: Iterable[store.Passed], now: datetime) -> list[Event]:
    """An event for each clock that was marked."""
    return [
        event(
            what,
            each.region,
            each.appeal_id,
            now,
            problem_id=str(each.problem_id),
            clock=each.kind.value,
            deadline=each.deadline_at.astimezone(UTC).isoformat(),
        )
        for each in passed
    ]
