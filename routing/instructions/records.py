"""The records of instructions: what a head asked, of whom, by when, and who is who to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.events import EventType
from models.refusal import Refused
from models.states import InstructionState
from routing.actions.records import Executor

OPEN = frozenset(InstructionState) - {InstructionState.CLOSED}
RUNNING = OPEN - {InstructionState.REPORTED}
"""States in which the executor's clock runs: a report waits for the head, not for him."""


class Stale(Refused):
    """Somebody changed the instruction after it was opened."""

    def __init__(self) -> None:
        super().__init__(
            "Пока вы смотрели, это поручение изменил кто-то другой. Ваше действие не выполнено. "
            "Посмотрите, как оно выглядит сейчас, и повторите, если нужно."
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `governor` heads all the region's instructions, `reader` sees them; `executor_id`: for whom he acts."""

    login: str
    governor: bool = False
    reader: bool = False
    executor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One row of instructions. `given_by_executor_id` is set where it is a part that an executor handed on."""

    id: UUID
    region: str
    number: int
    root_id: UUID
    parent_id: UUID | None
    problem_id: UUID | None
    text: str
    given_by: str
    given_by_executor_id: UUID | None
    executor: Executor
    state: InstructionState
    deadline: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Point:
    """A control point: what must be done by when on the way."""

    id: UUID
    ordinal: int
    name: str
    deadline: datetime
    done: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """An instruction to give. `id` is made by whoever asks: the same one again gives nothing twice.

    `basis` says, in Russian, how the deadline came about; `points` are (name, deadline) in their order.
    """

    id: UUID
    text: str
    executor: Executor
    deadline: datetime
    basis: str
    problem_id: UUID | None = None
    points: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state that the rules allow. `report` is the executor's word, kept on the instruction."""

    event: EventType
    source: InstructionState
    target: InstructionState
    note: str
    report: str | None = None
