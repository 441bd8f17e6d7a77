"""What is compared of two problems, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.repeats import SimilarityKind


@dataclass(frozen=True, slots=True)
class Locality:
    """Where a problem is, as far as two of them can be compared.

    `town` is the settlement, or the municipality where that is all that is known. `cell` is the H3 cell of a house or
    a crossing; it stays empty for anything larger, whose middle point would lie.
    """

    town: str = ""
    street: str = ""
    house: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Comparable:
    """One problem as the comparison sees it.

    `authors` are the identities of who wrote («email:…», «phone:…», «vk:…»), none where nobody is known. `objects`
    are normal forms of what can be broken by itself: a route («автобус 73»), an institution («школа № 25»).
    """

    problem_id: UUID
    appeal_id: UUID
    region: str
    text: str
    sent_at: datetime
    topic: str
    group: str
    authors: frozenset[str] = frozenset()
    localities: tuple[Locality, ...] = ()
    objects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a problem is like an earlier one. `score` is 0 to 1; `reason` is Russian and holds no word of a citizen."""

    kind: SimilarityKind
    score: float
    reason: str
