"""What is compared when problems are joined into incidents, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from models.places import PlaceLevel
from models.repeats import SimilarityKind

MACHINE = "machine"


class IncidentState(StrEnum):
    OPEN = "open"  # later problems may join
    CLOSED = "closed"  # the cause is gone: what comes later is another incident


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a problem is, as far as two of them can be compared.

    `latitude` and `longitude` (WGS 84 degrees) count only where `level` is a house or a crossing.
    """

    level: PlaceLevel
    municipality: str = ""
    settlement: str = ""
    street: str = ""
    house: str = ""
    latitude: float | None = None
    longitude: float | None = None
    confidence: float = 0.0

    @property
    def point(self) -> tuple[float, float] | None:
        """(latitude, longitude) where it is the problem's own point and not the middle of something larger."""
        if self.level not in (PlaceLevel.HOUSE, PlaceLevel.CROSSING) or self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Trace:
    """One problem as the rules of incidents see it.

    `topics` are (code, probability) of the guesses; `objects` normal forms of routes and institutions. `incident` is
    the one that it stands in; `stood` whether it ever stood in one; `waits` whether nobody has solved, merged or
    dismissed it.
    """

    id: UUID
    region: str
    appeal_id: UUID
    topic: str
    topics: tuple[tuple[str, float], ...]
    group: str
    decided: bool
    spot: Spot
    sent_at: datetime
    objects: frozenset[str] = frozenset()
    incident: UUID | None = None
    stood: bool = False
    waits: bool = True
    executor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A row of similar_problems: the other problem, and what it is to it."""

    other: UUID
    kind: SimilarityKind
    score: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for one cause of two problems, 0 to 1, and why (Russian). `voice`: another person says it."""

    score: float
    reason: str
    voice: bool = True


@dataclass(slots=True)
class Incident:
    """One incident that a problem could join. Mutable: a batch joins several problems, each sees those before it."""

    id: UUID
    region: str
    number: int
    cause: str
    point: tuple[float, float] | None
    first_at: datetime
    last_at: datetime
    executor_id: UUID | None = None
    state: IncidentState = IncidentState.OPEN


@dataclass(frozen=True, slots=True)
class Join:
    """Put the problem into this incident."""

    incident: UUID
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Open:
    """Open an incident with the problem and these earlier ones, the likest first."""

    others: tuple[tuple[Trace, Likeness], ...]


@dataclass(frozen=True, slots=True)
class Suggest:
    """Let the operator decide: the likest problem, and its incident where it stands in one."""

    other: UUID
    incident: UUID | None
    likeness: Likeness


Verdict = Join | Open | Suggest | None


@dataclass(slots=True)
class Neighbourhood:
    """What is known around the problems of a batch: candidates by id, links by problem, incidents by id."""

    traces: dict[UUID, Trace] = field(default_factory=dict)
    candidates: dict[UUID, list[UUID]] = field(default_factory=dict)
    links: dict[UUID, list[Link]] = field(default_factory=dict)
    incidents: dict[UUID, Incident] = field(default_factory=dict)
