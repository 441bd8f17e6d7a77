"""Why a clock shows what it shows: every interval of it, counted or not, with a sum that is exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.events import Event, EventType
from sla.clock import Clock, ClockKind, Clocks, Rules, step
from sla.count import NOTHING, Interval, Measure, deadline, intervals
from sla.policy import Policy, Roll, Term, length

INSTANT = timedelta(microseconds=1)

WHY_STANDS: Mapping[EventType, str] = {
    EventType.PROBLEM_ASSIGNED: "срок стоит: поручение у исполнителя",
    EventType.PROBLEM_UNASSIGNED: "срок стоит: поручение отозвано",
    EventType.PROBLEM_MERGED: "срок стоит: проблема объединена с другой",
    EventType.PROBLEM_DISMISSED: "срок стоит: проблема снята",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One clock, the term it runs by, and its time in pieces up to the moment it was asked about."""

    clock: Clock
    term: Term
    intervals: tuple[Interval, ...]
    note: str = ""
    """Why the term is not the topic's, or the deadline not the term's last day, where that is so."""

    @property
    def counted(self) -> timedelta:
        """How much of the term has run: the sum of the intervals."""
        return sum((each.counted for each in self.intervals), NOTHING)

    @property
    def allowed(self) -> timedelta:
        return length(self.term)


@dataclass(slots=True)
class _Run:
    """A piece of a clock's life in which it ran, or stood (`why`)."""

    start: datetime
    end: datetime | None = None
    why: str = ""


@dataclass(slots=True)
class _Life:
    term: Term
    runs: list[_Run] = field(default_factory=list)


def explain(events: Iterable[Event], rules: Rules, now: datetime) -> list[Explanation]:
    """All clocks of a problem from its events, explained up to `now`."""
    clocks: Clocks = {}
    lives: dict[ClockKind, _Life] = {}
    for each in events:
        before, clocks = clocks, step(clocks, each, rules)
        for kind, clock in clocks.items():
            _live(lives, before.get(kind), clock, each, rules)
    return [_explained(clocks[kind], lives[kind], rules, now) for kind in ClockKind if kind in clocks]


def _live(lives: dict[ClockKind, _Life], before: Clock | None, clock: Clock, event: Event, rules: Rules) -> None:
    """Carry one clock's life over one event."""
    policy = rules.policy(clock.policy_version)
    if before is None or before.started_at != clock.started_at:
        term = {ClockKind.ROUTE: policy.route, ClockKind.PLAN: policy.plan}.get(clock.kind)
        lives[clock.kind] = _Life(term or _solve_term(clock, event, policy, rules), [_Run(clock.started_at)])
        return
    life = lives[clock.kind]
    if event.type is EventType.PROBLEM_CORRECTED and clock.kind is ClockKind.SOLVE and clock is not before:
        life.term = _solve_term(clock, event, policy, rules)
    if before.stopped_at is None and clock.stopped_at is not None:
        life.runs[-1].end = clock.stopped_at
        life.runs.append(_Run(clock.stopped_at, why=WHY_STANDS[event.type]))
    elif before.stopped_at is not None and clock.stopped_at is None:
        life.runs[-1].end = event.time
        if clock.kind is ClockKind.SOLVE:
            life.runs[-2:] = [_Run(life.runs[-2].start)]
        else:
            life.runs.append(_Run(event.time))


def _solve_term(clock: Clock, event: Event, policy: Policy, rules: Rules) -> Term:
    return rules.solve_term(policy, str(event.data["topic"]), clock.danger, clock.started_at)


def _explained(clock: Clock, life: _Life, rules: Rules, now: datetime) -> Explanation:
    policy = rules.policy(clock.policy_version)
    measure = rules.measure(policy)
    pieces: list[Interval] = []
    for run in life.runs:
        end = now if run.end is None else min(run.end, now)
        if run.start >= end:
            continue
        if run.why:
            pieces.append(Interval(run.start, end, NOTHING, run.why))
        else:
            pieces.extend(intervals(run.start, end, life.term.unit, measure))
    notes = (_danger(clock, life.term, policy), _rolled(clock, life.term, measure))
    return Explanation(clock, life.term, tuple(pieces), "; ".join(filter(None, notes)))


def _danger(clock: Clock, term: Term, policy: Policy) -> str:
    if not clock.danger or policy.danger is None or term != policy.danger.term:
        return ""
    return f"опасность для жизни (срочность от {policy.danger.urgency} из 5): этот срок короче срока по теме"


def _rolled(clock: Clock, term: Term, measure: Measure) -> str:
    if term.roll is Roll.NONE:
        return ""
    last = measure.day(deadline(clock.started_at, replace(term, roll=Roll.NONE), measure) - INSTANT)
    ends = measure.day(clock.deadline_at - INSTANT)
    if last == ends:
        return ""
    where = "следующий рабочий день (ГК РФ, ст. 193)" if ends > last else "предыдущий рабочий день"
    return f"последний день срока, {last:%d.%m.%Y}, выходной ({measure.calendar.why_off(last)}): перенесён на {where}"
