"""What a problem adds to the account of each executor who had it: the entries that ratings sum up. Pure.

Everything is counted in thousandths of a problem (indicators.way.FULL). Problems of one appeal on one topic at one
executor are one piece of work: they share its whole among them, so that splitting one problem in many gains nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from indicators.authors import Authors
from indicators.facts import Fact, voice
from indicators.terms import Term
from indicators.way import FULL, Stage, Stint

COUNTS = (
    "received",  # times that an executor was given it
    "plans", "plans_late",  # terms of planning that ended, and those that ended late or ran out
    "terms", "terms_late",  # the same of solving: the citizen's term, or the own one of who got it after another
    "solved", "explained",  # how it was closed
    "speeds", "speed_total", "speed_squares",  # logarithms of the share of the term that a solution took
    "verdicts", "score_total", "score_squares", "unsolved",  # what authors said; unsolved: «не решено»
    "reopened",  # of what was closed
    "reports", "flagged",  # reports, and those returned or with flags that an operator confirmed
    "replies", "formal",  # replies, and those that say nothing
    "refused", "refused_wrongly",  # wrongly: who refused it closed it himself in the end
    "opened", "overdue",  # changes of what is open, and open past its term
    "clean_solved", "clean_verdicts",  # of problems in which nothing speaks against anybody
    "stained", "stained_new",  # received, of the other problems, and of those whose author was new
    # of clean problems whose author was new: what indicators.ratings.newcomers holds against the others
    "fresh_received", "fresh_plans", "fresh_terms", "fresh_solved", "fresh_speeds", "fresh_speed_total",
    "fresh_speed_squares", "fresh_verdicts", "fresh_score_total", "fresh_score_squares", "fresh_reports",
    "fresh_replies",
)  # fmt: skip
CLEAN = {name: name.removeprefix("clean_") for name in COUNTS if name.startswith("clean_")}
STAINED = {"stained": "received"}
FRESH = {name: name.removeprefix("fresh_") for name in COUNTS if name.startswith("fresh_")}
MARKED = {
    (True, False): CLEAN,
    (True, True): CLEAN | FRESH,
    (False, False): STAINED,
    (False, True): STAINED | {"stained_new": "received"},
}
"""Counts that are kept once more, under other names: by whether a problem is clean and whether its author was new."""
AGAIN = frozenset(name for names in MARKED.values() for name in names)

SHORTEST, LONGEST = 0.01, 4.0
"""Shares of a term are cut to these before their logarithm is taken: one wild value must not carry a mean."""


class Key(NamedTuple):
    """Whose account, and the day in the region's time zone."""

    executor: str
    handler: str
    municipality: str
    topic: str
    day: date


def entries_of(
    facts: Sequence[Fact], terms: Mapping[UUID, Iterable[Term]], zone: ZoneInfo, authors: Authors
) -> dict[UUID, dict[Key, tuple[int, ...]]]:
    """The entries of all problems of one appeal, in the order of COUNTS, without those that are all nought."""
    pieces: dict[tuple[str, str], int] = defaultdict(int)
    for fact in facts:
        if fact.counts:
            pieces[fact.topic, _owner(fact)] += 1
    found = {}
    for fact in facts:
        standing = standing_terms(terms.get(fact.problem, ()))
        weight = FULL // max(1, pieces[fact.topic, _owner(fact)])
        spotless = clean(fact, standing)
        if spotless:
            weight = 0 if own_staff(fact) else weight * voice(fact.earlier) // FULL
        account = _Account(fact, weight, zone)
        if fact.counts:
            _count(account, standing)
        account.mark(spotless, new=authors.new(fact))
        found[fact.problem] = account.entries()
    return found


def clean(fact: Fact, terms: Iterable[Term]) -> bool:
    """Whether nothing in it speaks against anybody. Only such problems weigh less where their author writes often.

    So whoever has friends write what is easily solved gains little, and nobody gains by letting down who writes often.
    """
    return not (
        any(term.late or term.stopped_at is None for term in terms)
        or fact.way.refusals
        or any(
            stage.reopened
            or stage.flagged
            or stage.formal
            or (stage.closed_at and not stage.solved)
            or (stage.verdict_at and not stage.said_solved)
            for stage in fact.way.stages
        )
    )


def own_staff(fact: Fact) -> bool:
    """Whether its author works in a body that had it: what he says in favour of his own counts nothing."""
    return bool(fact.staff) and any(stint.executor == fact.staff for stint in fact.way.stints)


def standing_terms(terms: Iterable[Term]) -> list[Term]:
    """Without breaches of deadlines that moved later: the term went on, and how it ended stands in another row."""
    told = sorted(terms, key=lambda term: (term.clock, term.deadline_at))
    ended = [term for term in told if term.stopped_at is not None and term.started_at is not None]
    return [
        term
        for term in told
        if term.stopped_at is not None
        or not any(
            other.clock == term.clock
            and other.started_at is not None
            and other.stopped_at is not None
            and other.started_at < term.deadline_at <= other.stopped_at
            for other in ended
        )
    ]


def _owner(fact: Fact) -> str:
    return fact.way.stints[-1].executor if fact.way.stints else ""


class _Account:
    """Adds up what one problem is worth to whom."""

    def __init__(self, fact: Fact, weight: int, zone: ZoneInfo) -> None:
        self.fact, self.weight, self.zone = fact, weight, zone
        self._sums: defaultdict[Key, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, executor: str, handler: str, at: datetime, **counts: int) -> None:
        """`counts` are in thousandths of the whole problem."""
        key = Key(executor, handler, self.fact.municipality, self.fact.topic, at.astimezone(self.zone).date())
        sums = self._sums[key]
        for name, value in counts.items():
            sums[name] += round(value * self.weight / FULL)

    def mark(self, spotless: bool, *, new: bool) -> None:
        """Count what it adds once more by whether anything in it speaks against anybody, and by its author."""
        again = MARKED[spotless, new]
        for sums in self._sums.values():
            for name, what in again.items():
                sums[name] = sums[what]

    def entries(self) -> dict[Key, tuple[int, ...]]:
        rows = {key: tuple(sums[name] for name in COUNTS) for key, sums in self._sums.items()}
        return {key: row for key, row in rows.items() if any(row)}


def _count(account: _Account, terms: Sequence[Term]) -> None:
    way = account.fact.way
    for stint in way.stints:
        account.add(stint.executor, stint.handler, stint.start, received=FULL)
        for start, end in _open(way.stages, stint):
            account.add(stint.executor, stint.handler, start, opened=FULL)
            if end is not None:
                account.add(stint.executor, stint.handler, end, opened=-FULL)
    for number, stage in enumerate(way.stages):
        _count_stage(account, stage, number)
    for term in terms:
        _count_term(account, term)
    for refusal in way.refusals:
        closer = next((one.executor for one in way.stages if one.closed_at and one.closed_at > refusal.at), None)
        wrongly = FULL if closer == refusal.executor else 0
        account.add(refusal.executor, refusal.handler, refusal.at, refused=FULL, refused_wrongly=wrongly)


def _open(stages: Sequence[Stage], stint: Stint) -> Iterator[tuple[datetime, datetime | None]]:
    """When the problem was open with the one who had it."""
    for stage in stages:
        start = max(stage.start, stint.start)
        ends = [end for end in (stage.closed_at, stint.end) if end is not None]
        end = min(ends) if ends else None
        if end is None or start < end:
            yield start, end


def _count_stage(account: _Account, stage: Stage, number: int) -> None:
    executor, handler = _answers(account.fact, stage, number)
    if not executor:
        return
    if stage.closed_at is not None:
        kind = "solved" if stage.solved else "explained"
        account.add(executor, handler, stage.closed_at, **{kind: FULL, "reopened": FULL * stage.reopened})
    if stage.reports and (at := stage.reported_at or stage.closed_at):
        account.add(executor, handler, at, reports=FULL * stage.reports, flagged=FULL * stage.flagged)
    if stage.replies:
        at = stage.replied_at or stage.closed_at or stage.planned_at or stage.start
        account.add(executor, handler, at, replies=FULL * stage.replies, formal=FULL * stage.formal)
    if stage.verdict_at is not None:
        account.add(
            executor,
            handler,
            stage.verdict_at,
            verdicts=stage.weight,
            score_total=stage.weight * stage.score,
            score_squares=stage.weight * stage.score * stage.score,
            unsolved=0 if stage.said_solved else stage.weight,
        )


def _answers(fact: Fact, stage: Stage, number: int) -> tuple[str, str]:
    """Whose work a stage is: of who closed it, or of who has it now where it still runs."""
    if stage.closed_at is not None:
        return stage.executor, stage.handler
    held = fact.way.held if number == len(fact.way.stages) - 1 else None
    return (held.executor, held.handler) if held is not None else ("", "")


def _count_term(account: _Account, term: Term) -> None:
    """A term is charged to who had the problem when it ended: at the deadline where it was late, else when it stopped.

    Who got the problem after another one has a term of his own, of work: the citizen's is not charged to him.
    """
    way = account.fact.way
    late = term.late or term.stopped_at is None
    at = term.deadline_at if late else term.stopped_at
    assert at is not None
    number = way.holder(at)
    if number is None:
        return
    stint = way.stints[number]
    stage = way.stages[way.stage_at(at)]
    if term.clock == "solve" and number > 0 and stint.start >= stage.start:
        return
    who = stint.executor, stint.handler
    if term.clock == "plan":
        account.add(*who, at, plans=FULL, plans_late=FULL * late)
        return
    account.add(*who, at, terms=FULL, terms_late=FULL * late)
    if late:
        _count_overdue(account, term, stint)
    if term.stopped_at is not None and stage.solved and stage.executor == stint.executor:
        speed = _speed(term)
        if speed is not None:
            account.add(*who, at, speeds=FULL, speed_total=round(speed * FULL), speed_squares=round(speed**2 * FULL))


def _count_overdue(account: _Account, term: Term, stint: Stint) -> None:
    """Open past its deadline: from then until it is closed, given away, or its term stopped."""
    for start, end in _open(account.fact.way.stages, stint):
        if start <= term.deadline_at and (end is None or term.deadline_at < end):
            account.add(stint.executor, stint.handler, term.deadline_at, overdue=FULL)
            ends = [one for one in (end, term.stopped_at) if one is not None]
            if ends:
                account.add(stint.executor, stint.handler, min(ends), overdue=-FULL)


def _speed(term: Term) -> float | None:
    """The logarithm of the share of the term that was used; None where the term has no length."""
    if term.started_at is None or term.stopped_at is None or term.deadline_at <= term.started_at:
        return None
    used: timedelta = term.stopped_at - term.started_at
    return math.log(min(max(used / (term.deadline_at - term.started_at), SHORTEST), LONGEST))
