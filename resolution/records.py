"""The records of plans and reports: the problem as the rules see it, what an executor wishes, what he hands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from models.regimes import Regime
from models.resolution import FileRole, ProofState, Variant
from models.states import ProblemState


class Files(Protocol):
    """Where files are stored, by digest."""

    def put(self, content: bytes) -> str:
        """Store `content` and return its SHA-256 in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of problems with its open assignment; `executor` is the body that answers, None where nobody does.

    `incident_id`: the incident in which it stands now. `version`: raised by one at every change.
    """

    id: UUID
    region: str
    appeal_id: UUID
    state: ProblemState
    version: int
    topic: str
    regime: Regime
    executor_id: UUID | None = None
    executor: str = ""
    incident_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the executor says he will do.

    `due_on`: the day of a plan by a date, the last day of a programme. `ground`: the programme's line, the body whose
    it is, what is asked of the author, the norm of a refusal. `words`: what will be done or why not, for the author.
    """

    variant: Variant
    words: str = ""
    due_on: date | None = None
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a problem that holds: the last one. `agreed`: None while nobody decided on an explanation."""

    id: UUID
    variant: Variant
    executor_id: UUID
    executor: str
    agreed: bool | None = None
    answered: bool = False
    """The author answered the question of it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was handed in. `role` is what the executor says of it."""

    role: FileRole
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is by its content: the media type, and whether it is a photo, a video or a document."""

    media_type: str
    roles: frozenset[FileRole]


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was looked at and stored."""

    role: FileRole
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One report about one problem, as the rules need it. `roles`: those of its files."""

    id: UUID
    problem_id: UUID
    state: ProofState
    executor_id: UUID
    executor: str
    roles: frozenset[FileRole]
    report_id: UUID | None = None
