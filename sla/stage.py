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
from models.present import Now, present
from sla import store
from sla.clock import COUNTED, step
from sla.record import ClockKind, Clocks
from sla.task_notices import TOLD_AT_ONCE, tell_at_once
from sla.timers import RegionOf, RegionTimers, arm
from streams.contract import Connection, Stage

TOLD = frozenset({ClockKind.PLAN, ClockKind.SOLVE, ClockKind.WORK})
"""Clocks whose end is told with how it went: what executors are judged by."""
DONE = frozenset(
    {
        EventType.SOLUTION_PLANNED,
        EventType.PROBLEM_SOLVED,
        EventType.PROBLEM_ANSWERED,
        EventType.PROBLEM_REPLIED,
    }
)
"""What stops a clock because it was done; what was taken back or put away is nobody's merit."""


def sla_stage(pack_of: Callable[[str], RegionPack], now: Now = present) -> Stage:
    """The stage, given where to find the pack of a region."""

    @cache
    def region_of(region: str) -> RegionTimers:
        return RegionTimers.of_pack(pack_of(region))

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        count(connection, events, region_of, now())

    return Stage("sla", Stream.PROBLEMS, COUNTED | TOLD_AT_ONCE, handle)


def count(connection: Connection, events: Sequence[Event], region_of: RegionOf, now: datetime) -> None:
    """Count the events in: write the clocks they move, set their timers, tell of those that stopped late unnoticed."""
    problems = {UUID(each.data["problem_id"]): each.region for each in events}
    stored = store.clocks_of(connection, list(problems))
    after = {problem: dict(clocks) for problem, clocks in stored.items()}
    stopped: list[Event] = []
    for each in events:
        problem = UUID(each.data["problem_id"])
        before, after[problem] = after[problem], dict(step(after[problem], each, region_of(each.region).rules))
        stopped += just_stopped(each, before, after[problem])
    moved = [
        store.Row(problems[problem], problem, clock)
        for problem, clocks in after.items()
        for kind, clock in clocks.items()
        if stored[problem].get(kind) != clock
    ]
    if moved:
        store.put(connection, moved)
        arm(
            connection,
            moved,
            {problem: any(clock.danger for clock in after[problem].values()) for problem in problems},
            region_of,
            now,
        )
    back = [each for each in events if each.type in TOLD_AT_ONCE]
    if back:
        tell_at_once(connection, back, after, now, region_of)
    late = [row.problem_id for row in moved if row.clock.late]
    breached = store.mark_stopped_late(connection, late, now) if late else []
    if late or stopped:
        streams.append(connection, Stream.CLOCKS, [*told(EventType.CLOCK_BREACHED, breached, now), *stopped])


def just_stopped(cause: Event, before: Clocks, after: Clocks) -> list[Event]:
    """An event for each clock of a person's work that `cause` stopped: what was in time and what was late."""
    if cause.type not in DONE:
        return []
    return [
        event(
            EventType.CLOCK_STOPPED,
            cause.region,
            cause.key,
            cause.time,
            problem_id=cause.data["problem_id"],
            clock=kind.value,
            stage=clock.stage.value,
            started=clock.started_at.astimezone(UTC).isoformat(),
            deadline=clock.deadline_at.astimezone(UTC).isoformat(),
            stopped=clock.stopped_at.astimezone(UTC).isoformat(),
            late=clock.late,
        )
        for kind, clock in after.items()
        if cause.type in DONE
        and kind in TOLD
        and clock.stopped_at is not None
        and (kind not in before or before[kind].stopped_at is None)
    ]


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
