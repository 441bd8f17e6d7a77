"""How the terms of a problem went, from the stream of clocks: a term is named by its deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from models.events import Event, EventType

JUDGED = frozenset({"plan", "solve", "work"})
"""Clocks of the executors' work; the others are the office's."""

COUNTED = frozenset({EventType.CLOCK_STOPPED, EventType.CLOCK_BREACHED})


@dataclass(frozen=True, slots=True)
class Term:
    """One deadline of a clock. Without `stopped_at` it was breached, and no work has stopped it."""

    problem: UUID
    clock: str
    deadline_at: datetime
    region: str
    appeal: UUID
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    stage: str = ""
    late: bool = False
    breached_at: datetime | None = None


Key = tuple[str, datetime]
"""Of a problem's term: its clock and its deadline."""

Terms = dict[Key, Term]


def step(terms: Terms, event: Event) -> Terms:
    """The terms of the problem after one more event. In whatever order the events come, the same terms come out."""
    if event.type not in COUNTED or event.data["clock"] not in JUDGED:
        return terms
    clock, deadline = str(event.data["clock"]), _moment(event.data["deadline"])
    known = terms.get((clock, deadline)) or Term(
        UUID(event.data["problem_id"]), clock, deadline, event.region, event.key
    )
    return {**terms, (clock, deadline): _told(known, event)}


def _told(term: Term, event: Event) -> Term:
    if event.type is EventType.CLOCK_BREACHED:
        at = event.time.astimezone(UTC)
        return replace(term, breached_at=at if term.breached_at is None else min(at, term.breached_at))
    stopped = _moment(event.data["stopped"])
    if term.stopped_at is not None and term.stopped_at >= stopped:
        return term  # told again
    return replace(
        term,
        started_at=_moment(event.data["started"]),
        stopped_at=stopped,
        stage=str(event.data["stage"]),
        late=bool(event.data["late"]),
    )


def replay(events: Iterable[Event]) -> Terms:
    """The terms of one problem from all its events of clocks."""
    terms: Terms = {}
    for each in events:
        terms = step(terms, each)
    return terms


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
