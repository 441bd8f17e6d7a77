"""Why a clock shows what it shows: every interval of it, counted or not, with a sum that is exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.events import Event, EventType
from sla.clock import step
from sla.count import NOTHING, Interval, deadline, intervals
from sla.measure import Measure
from sla.notes import ineffective
from sla.policy import Policy
from sla.record import Clock, ClockKind, Clocks
from sla.regime_terms import RegimeTerms
from sla.rules import Rules
from sla.term import Roll, Term

INSTANT = timedelta(microseconds=1)

WHY_STANDS: Mapping[EventType, str] = {
    EventType.PROBLEM_FOUND: "срок окончен: номер дан при поступлении",
    EventType.PROBLEM_ASSIGNED: "срок стоит: поручение у исполнителя",
    EventType.PROBLEM_UNASSIGNED: "срок стоит: поручение отозвано",
    EventType.PROBLEM_REFUSED: "срок стоит: исполнитель отказался",
    EventType.PROBLEM_MERGED: "срок стоит: проблема объединена с другой",
    EventType.PROBLEM_DISMISSED: "срок стоит: проблема снята",
    EventType.SOLUTION_PLANNED: "срок окончен: исполнитель дал план",
    EventType.PROBLEM_SOLVED: "срок окончен: проблема решена",
    EventType.PROBLEM_ANSWERED: "срок окончен: проблема закрыта с разъяснением",
    EventType.PROBLEM_REPLIED: "срок окончен: автору отправлен ответ",
    EventType.APPEAL_REGISTERED: "срок окончен: обращение зарегистрировано",
    EventType.APPEAL_FORWARDED: "срок окончен: обращение направлено по компетенции, автор уведомлён",
}
WHY_MOVED: Mapping[EventType, str] = {
    EventType.PROBLEM_ASSIGNED: "новый исполнитель: его срок считается заново",
    EventType.PROBLEM_UNASSIGNED: "вернулось в очередь: осталось столько, сколько оставалось",
    EventType.PROBLEM_REFUSED: "исполнитель отказался: осталось столько, сколько оставалось",
    EventType.PROBLEM_RESTORED: "вернулось в очередь: осталось столько, сколько оставалось",
    EventType.PROBLEM_CORRECTED: "тема исправлена: срок новой темы от того же начала",
    EventType.PROBLEM_PAUSED: "срок приостановлен: если не возобновить, он пойдёт, когда выйдет разрешённое время",
    EventType.PROBLEM_RESUMED: "срок возобновлён",
    EventType.PROBLEM_REOPENED: "проблема открыта снова: начался новый срок",
    EventType.PLAN_RETURNED: "план возвращён исполнителю: срок нового плана считается заново",
    EventType.TERM_EXTENDED: "срок продлён с уведомлением автора",
    EventType.APPEAL_REGISTERED: "обращение зарегистрировано: срок идёт от регистрации",
    EventType.INTERIM_REPLIED: "дан промежуточный ответ: начался срок окончательного",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that an event moved; the old one stays on record here."""

    at: datetime
    before: datetime
    after: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One clock, the term it runs by, and its time in pieces up to the moment it was asked about.

    `note` says why the term is not the topic's, or the deadline not the term's last day, where that is so;
    `moved` keeps earlier deadlines; `ignored` says which events asked for something that the policy does not allow.
    `until` is when a new clock took its place (another executor, a new stage), None for the clock that stands now.
    """

    clock: Clock
    term: Term
    intervals: tuple[Interval, ...]
    regime: RegimeTerms
    note: str = ""
    moved: tuple[Moved, ...] = ()
    ignored: tuple[str, ...] = ()
    until: datetime | None = None

    @property
    def counted(self) -> timedelta:
        """How much of the term has run: the sum of the intervals."""
        return sum((each.counted for each in self.intervals), NOTHING)

    @property
    def allowed(self) -> timedelta:
        return self.term.length


@dataclass(slots=True)
class _Run:
    """A piece of a clock's life in which it ran, or stood (`why`)."""

    start: datetime
    end: datetime | None = None
    why: str = ""


@dataclass(slots=True)
class _Life:
    runs: list[_Run]
    moved: list[Moved] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def explain(events: Iterable[Event], rules: Rules, now: datetime) -> list[Explanation]:
    """All clocks of a problem from its events, explained up to `now`, those whose place was taken before the others."""
    clocks: Clocks = {}
    lives: dict[ClockKind, _Life] = {}
    told: dict[ClockKind, list[Explanation]] = {kind: [] for kind in ClockKind}
    for each in events:
        before, clocks = clocks, step(clocks, each, rules)
        for kind, clock in clocks.items():
            old = before.get(kind)
            if old is None:
                lives[kind] = _Life([_Run(clock.started_at)])
                if clock.stopped_at is not None:
                    _stand(lives[kind], clock.stopped_at, each)
            elif _taken_place(old, clock, each):
                told[kind].append(_explained(old, lives[kind], rules, min(now, each.time), until=each.time))
                moved = Moved(each.time, old.deadline_at, clock.deadline_at, WHY_MOVED[each.type])
                lives[kind] = _Life([_Run(clock.started_at)], [moved])
            else:
                _live(lives[kind], old, clock, each)
        if ClockKind.SOLVE in before and (why := ineffective(before[ClockKind.SOLVE], clocks, each, rules)):
            lives[ClockKind.SOLVE].ignored.append(why)
    for kind, clock in clocks.items():
        told[kind].append(_explained(clock, lives[kind], rules, now))
    return [one for kind in ClockKind for one in told[kind]]


def _taken_place(before: Clock, clock: Clock, event: Event) -> bool:
    """Whether it is a new clock: not the same one whose start was put where the appeal was registered."""
    return before.started_at != clock.started_at and event.type is not EventType.APPEAL_REGISTERED


def _stand(life: _Life, at: datetime, event: Event) -> None:
    life.runs[-1].end = at
    life.runs.append(_Run(at, why=WHY_STANDS[event.type]))


def _live(life: _Life, before: Clock, clock: Clock, event: Event) -> None:
    """Carry one clock's life over one event."""
    if before.started_at != clock.started_at:
        life.runs[0].start = clock.started_at
    if before.deadline_at != clock.deadline_at:
        life.moved.append(Moved(event.time, before.deadline_at, clock.deadline_at, WHY_MOVED[event.type]))
    if before.stopped_at is None and clock.stopped_at is not None:
        _stand(life, clock.stopped_at, event)
    elif before.stopped_at is not None and clock.stopped_at is None:
        life.runs[-1].end = event.time
        if clock.kind is ClockKind.ROUTE:
            life.runs.append(_Run(event.time))
        else:
            life.runs[-2:] = [_Run(life.runs[-2].start)]


def _explained(clock: Clock, life: _Life, rules: Rules, now: datetime, until: datetime | None = None) -> Explanation:
    policy = rules.policy(clock.policy_version)
    measure, term, standings = rules.measure(policy), rules.term(clock), rules.standings(clock)
    pieces: list[Interval] = []
    for run in life.runs:
        end = now if run.end is None else min(run.end, now)
        if run.start >= end:
            continue
        if run.why:
            pieces.append(Interval(run.start, end, NOTHING, run.why))
        else:
            pieces.extend(intervals(run.start, end, term, measure, standings))
    notes = (_urgent(clock, term, policy), _extended(clock), _rolled(clock, term, rules, measure))
    return Explanation(
        clock,
        term,
        tuple(pieces),
        policy.regime(clock.regime),
        "; ".join(filter(None, notes)),
        tuple(life.moved),
        tuple(life.ignored),
        until,
    )


def _urgent(clock: Clock, term: Term, policy: Policy) -> str:
    if clock.danger and policy.danger is not None and term == policy.danger.term:
        return f"опасность для жизни (срочность от {policy.danger.urgency} из 5): этот срок короче срока по теме"
    important = policy.regime(clock.regime).important
    if clock.important and important is not None and term == important.term:
        return f"важное (срочность от {important.urgency} из 5): этот срок короче обычного"
    return ""


def _extended(clock: Clock) -> str:
    return f"срок продлён {clock.extended_at:%d.%m.%Y} с уведомлением автора" if clock.extended_at else ""


def _rolled(clock: Clock, term: Term, rules: Rules, measure: Measure) -> str:
    if term.roll is Roll.NONE:
        return ""
    straight = deadline(clock.started_at, replace(term, roll=Roll.NONE), measure, rules.standings(clock))
    last, ends = measure.day(straight - INSTANT), measure.day(clock.deadline_at - INSTANT)
    if last == ends:
        return ""
    where = "следующий рабочий день (ГК РФ, ст. 193)" if ends > last else "предыдущий рабочий день"
    return f"последний день срока, {last:%d.%m.%Y}, выходной ({measure.calendar.why_off(last)}): перенесён на {where}"
