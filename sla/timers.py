"""Timers: what time alone brings about. Each step of each clock's ladder happens once, whoever ticks and how often.

A timer remembers how many steps lie behind it; a step is taken in the transaction that moves this number, writes the
notices and appends the event. A tick with an earlier `now` finds nothing due that it has not taken already.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.identifiers import derived_id
from models.pack import PackError, RegionPack
from sla import ahead, ahead_store
from sla.escalation import Escalation, Escalations, Kind, Step
from sla.escalation_people import Recipient, Staff
from sla.escalation_times import coming, due, send_at
from sla.record import Clock
from sla.rules import Rules
from sla.store import Row
from sla.timer_store import (
    Due,
    Notice,
    Timer,
    cancel_waiting,
    mark_clocks,
    move_timers,
    put_notices,
    put_timers,
    staff_of,
    take_due,
    timers_of,
)
from streams.contract import Connection

MOST = 1000
"""Timers taken in one transaction at most, so that it stays short."""
FRESH = timedelta(seconds=10)
"""How long the staff of a region is kept in memory: an absence counts from then on at the latest."""
LATER = timedelta(hours=1)
"""When a timer is tried again whose region or policy cannot be read."""
TOLD = {
    Kind.WARNED: EventType.CLOCK_WARNED,
    Kind.BREACHED: EventType.CLOCK_BREACHED,
    Kind.ESCALATED: EventType.CLOCK_ESCALATED,
}

log = logging.getLogger(__name__)


@dataclass
class RegionTimers:
    """By what the timers of a region go. Its staff is read from the database when it is needed and not fresh."""

    rules: Rules
    escalations: Escalations
    _staff: dict[str, tuple[datetime, Staff]] = field(default_factory=dict)
    _people: dict[str, tuple[Staff, str]] = field(default_factory=dict)

    @classmethod
    def of_pack(cls, pack: RegionPack) -> RegionTimers:
        """Raises PackError where a file is missing or broken."""
        return cls(Rules.of_pack(pack), Escalations.of_pack(pack))

    def escalation(self, version: str, now: datetime) -> Escalation:
        """The version of a timer; one that is not known goes by what holds now."""
        return self.escalations.by_version.get(version) or self.escalations.at(now, self.rules.zone)

    def staff(self, connection: Connection, region: str, escalation: Escalation, now: datetime) -> Staff:
        held = self._staff.get(escalation.version)
        if held is None or not held[0] <= now < held[0] + FRESH:
            held = self._staff[escalation.version] = now, staff_of(connection, region, escalation.desks)
        return held[1]

    def basis(self, connection: Connection, region: str, version: str, moment: datetime, now: datetime) -> str:
        """By what the notices of a step at a moment are made, as it is known `now`."""
        escalation = self.escalation(version, now)
        staff = self.staff(connection, region, escalation, now)
        held = self._people.get(escalation.version)
        if held is None or held[0] is not staff:
            held = self._people[escalation.version] = staff, ahead.signature(staff)
        return f"{region}/{version}/{moment.astimezone(self.rules.zone).date()}/{held[1]}"


RegionOf = Callable[[str], RegionTimers]


@dataclass
class Taken:
    """What one tick writes."""

    timers: list[Timer] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    warned: list[UUID] = field(default_factory=list)
    breached: list[UUID] = field(default_factory=list)


def tick(connection: Connection, now: datetime, region_of: RegionOf, most: int = MOST) -> int:
    """Take the steps that have come by `now`, in the caller's transaction.

    Returns how many timers moved; call again at once when it is not less than `most`. Several processes may tick at a
    time: a timer that one holds is skipped by the others. What was worked out ahead (sla.foresight) is told first.
    """
    told = ahead.tell(
        connection, now, lambda region, version: region_of(region).basis(connection, region, version, now, now)
    )
    if told:
        return told
    found = take_due(connection, now, most)
    if not found:
        return 0
    taken = Taken()
    for each in found:
        try:
            take(connection, each, region_of(each.timer.region), now, now, taken)
        except (PackError, KeyError) as error:
            log.error("timers: a clock of the region %s waits: %s", each.timer.region, error)
            taken.timers.append(replace(each.timer, due_at=now + LATER))
    move_timers(connection, taken.timers)
    mark_clocks(connection, taken.warned, taken.breached, now)
    put_notices(connection, taken.notices, now)
    streams.append(connection, Stream.CLOCKS, taken.events)
    return len(found)


def take(connection: Connection, each: Due, region: RegionTimers, at: datetime, now: datetime, taken: Taken) -> None:
    """The steps of one timer that have come `at` a moment, as its staff is `now`, and when it is due next."""
    timer, clock = each.timer, each.clock
    escalation = region.escalation(timer.version, now)
    ladder = escalation.ladder(clock.kind, timer.danger)
    steps, behind = coming(ladder, timer.reached, clock, region.rules, at)
    following = due(ladder.steps[behind], clock, region.rules) if behind < len(ladder.steps) else None
    moved = replace(timer, version=escalation.version, reached=behind, due_at=following)
    staff = region.staff(connection, timer.region, escalation, now) if steps else None
    measure = region.rules.measure(region.rules.policy(clock.policy_version))
    for index in steps:
        assert staff is not None
        step = ladder.steps[index]
        told = staff.told(step.to, each.body, each.handler, measure.day(at))
        sent = send_at(at, step.delivery, timer.danger, escalation, measure)
        taken.notices.extend(_notice(timer, index, step, recipient, sent) for recipient in told)
        if step.kind is Kind.WARNED:
            taken.warned.append(timer.clock_id)
        if step.kind is Kind.BREACHED:
            taken.breached.extend([] if each.breached else [timer.clock_id])
        if step.kind is not Kind.BREACHED or not each.breached:  # a clock that stopped late was told of by the stage
            taken.events.append(_event(each, step, told, at))
    taken.timers.append(moved)


def _notice(timer: Timer, index: int, step: Step, told: Recipient, at: datetime) -> Notice:
    return Notice(
        id=derived_id(timer.clock_id, timer.course, index, told.executor or told.level),
        region=timer.region,
        clock_id=timer.clock_id,
        course=timer.course,
        step=index,
        kind=step.kind,
        share=step.share if step.kind is Kind.WARNED else None,
        level=told.level,
        executor_id=told.executor,
        instead_of=told.instead_of,
        deadline_at=timer.deadline_at,
        danger=timer.danger,
        send_at=at,
    )


def _event(each: Due, step: Step, told: Sequence[Recipient], now: datetime) -> Event:
    share = {"share": step.share} if step.kind is Kind.WARNED else {}
    return event(
        TOLD[step.kind],
        each.timer.region,
        each.appeal_id,
        now,
        problem_id=str(each.problem_id),
        clock=each.clock.kind.value,
        deadline=each.timer.deadline_at.astimezone(UTC).isoformat(),
        to=list(dict.fromkeys(recipient.level.value for recipient in told)),
        **share,
    )


def arm(
    connection: Connection, rows: Sequence[Row], danger: Mapping[UUID, bool], region_of: RegionOf, now: datetime
) -> None:
    """Set the timers of clocks that were just written; what they had not sent yet is taken back.

    `danger` tells of each problem whether it was found dangerous. A deadline that moved begins a new course of steps.
    """
    identified = {derived_id(row.problem_id, "clock", row.clock.kind): row for row in rows}
    held = timers_of(connection, list(identified))
    if ahead_store.withdraw(connection, list(held)):
        held = timers_of(connection, list(held))
    armed, changed = [], []
    for clock_id, row in identified.items():
        timer = _armed(clock_id, row, danger[row.problem_id], held.get(clock_id), region_of(row.region), now)
        armed.append(timer)
        before = held.get(clock_id)
        if before is not None and (timer.course != before.course or row.clock.stopped_at is not None):
            changed.append(clock_id)
    put_timers(connection, armed)
    if changed:
        cancel_waiting(connection, changed, now)


def _armed(clock_id: UUID, row: Row, danger: bool, held: Timer | None, region: RegionTimers, now: datetime) -> Timer:
    clock = row.clock
    if held is None or held.deadline_at != clock.deadline_at:
        version = region.escalations.at(now, region.rules.zone).version
        course = 1 if held is None else held.course + 1
        held = Timer(clock_id, row.region, course, clock.deadline_at, version, danger, 0, None)
    return replace(held, due_at=_next(held, clock, region, now))


def _next(timer: Timer, clock: Clock, region: RegionTimers, now: datetime) -> datetime | None:
    """When the next step comes; None where the clock stands or its ladder is climbed."""
    ladder = region.escalation(timer.version, now).ladder(clock.kind, timer.danger)
    if clock.stopped_at is not None or timer.reached >= len(ladder.steps):
        return None
    return due(ladder.steps[timer.reached], clock, region.rules)
