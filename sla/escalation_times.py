"""When a step of a ladder comes, and when its notices may be sent. All pure; moments are UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import lru_cache

from sla.calendar import DAY
from sla.count import deadline
from sla.escalation import BREACH, Delivery, Escalation, Kind, Ladder, Quiet, Step
from sla.measure import Measure
from sla.record import Clock
from sla.rules import Rules
from sla.term import Term


def due(step: Step, clock: Clock, rules: Rules) -> datetime:
    """When a step of the clock's ladder comes.

    Shares are of the stretch that `warn_at` is a share of: the term, or what was left when the clock went on.
    """
    policy = rules.policy(clock.policy_version)
    if step.after is not None:
        return _after(clock.deadline_at, step.after, rules.measure(policy))
    assert step.share is not None
    if step.share == BREACH:
        return clock.deadline_at
    stretch = (clock.deadline_at - clock.warn_at) / (1 - policy.warn_share)
    return clock.deadline_at - stretch * (1 - step.share)


@lru_cache(maxsize=1024)
def _after(ends: datetime, term: Term, measure: Measure) -> datetime:
    """Very many clocks end in the same second, and what follows their end comes in the same second too."""
    return deadline(ends, term, measure)


def coming(ladder: Ladder, reached: int, clock: Clock, rules: Rules, now: datetime) -> tuple[list[int], int]:
    """Which steps of a running clock to take now, as indexes, and how many lie behind then.

    A step is taken after those before it. A warning that another one has overtaken is not told any more, nor is any
    once the term is over; what follows the breach is told in full, for each tells another person.
    """
    behind = reached
    while behind < len(ladder.steps) and due(ladder.steps[behind], clock, rules) <= now:
        behind += 1
    passed = range(reached, behind)
    told = [index for index in passed if ladder.steps[index].kind is not Kind.WARNED]
    if not told and passed:
        told = [behind - 1]
    return told, behind


def send_at(now: datetime, delivery: Delivery, danger: bool, escalation: Escalation, measure: Measure) -> datetime:
    """When a notice made now may be sent: danger at once, a digest in the morning, the rest outside quiet time."""
    now = now.astimezone(UTC)
    if danger:
        return now
    if delivery is Delivery.DIGEST:
        return _morning(now, escalation.digest_at, measure)
    return now if escalation.quiet is None else _awake(now, escalation.quiet, measure)


def _morning(now: datetime, at: time, measure: Measure) -> datetime:
    """The next digest: the moment `at` of this working day or the next one."""
    day = measure.day(now)
    if not measure.calendar.is_working(day) or _moment(day_of=now, at=at, measure=measure) < now:
        day = measure.next_working(day)
    return datetime.combine(day, at, measure.zone).astimezone(UTC)


def _awake(now: datetime, quiet: Quiet, measure: Measure) -> datetime:
    """Now, or the next moment that is not quiet."""
    local = now.astimezone(measure.zone)
    day, clock = local.date(), local.time()
    over_midnight = quiet.since > quiet.until
    if quiet.days_off and not measure.calendar.is_working(day):
        # after a day off one is told on the next working day, not at its midnight
        day = measure.next_working(day)
        return datetime.combine(day, quiet.until if over_midnight else time(), measure.zone).astimezone(UTC)
    if over_midnight and clock < quiet.until:
        return datetime.combine(day, quiet.until, measure.zone).astimezone(UTC)
    if over_midnight and clock >= quiet.since:
        morning = datetime.combine(day + DAY, quiet.until, measure.zone).astimezone(UTC)
        return _awake(morning, quiet, measure)
    if not over_midnight and quiet.since <= clock < quiet.until:
        return datetime.combine(day, quiet.until, measure.zone).astimezone(UTC)
    return now


def _moment(day_of: datetime, at: time, measure: Measure) -> datetime:
    return datetime.combine(measure.day(day_of), at, measure.zone).astimezone(UTC)
