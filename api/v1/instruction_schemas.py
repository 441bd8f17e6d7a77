"""The shapes of instructions in the JSON API."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas import Seen, Strict
from models.events import EventType
from models.states import InstructionState


class Deed(StrEnum):
    """What may be done with an instruction; by whom stands in docs/states.md."""

    ACCEPT = "accept"
    START = "start"
    REPORT = "report"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"

    @property
    def event(self) -> EventType:
        return EVENTS[self]


EVENTS = {
    Deed.ACCEPT: EventType.INSTRUCTION_ACCEPTED,
    Deed.START: EventType.INSTRUCTION_STARTED,
    Deed.REPORT: EventType.INSTRUCTION_REPORTED,
    Deed.RETURN: EventType.INSTRUCTION_RETURNED,
    Deed.CLOSE: EventType.INSTRUCTION_CLOSED,
    Deed.REOPEN: EventType.INSTRUCTION_REOPENED,
}


class Instruction(BaseModel):
    """What a head asked of an executor."""

    id: UUID
    number: int
    root_id: UUID = Field(description="The uppermost instruction of which it is part; itself where it is whole.")
    parent_id: UUID | None
    problem_id: UUID | None
    text: str
    given_by_name: str
    given_by_executor_name: str | None = Field(description="Who handed it on as a part; null: the head of the region.")
    executor_id: UUID
    executor_name: str
    state: InstructionState
    given_at: datetime
    deadline_at: datetime
    basis: str = Field(description="How the deadline came about, in words.")
    overdue: bool
    report: str
    closed_at: datetime | None
    open_parts: int
    points: int
    points_done: int
    version: int = Field(description="Send it with a deed: it fails with 409 where the instruction has changed since.")


class InstructionList(BaseModel):
    items: list[Instruction]
    next_cursor: str | None = Field(description="Hand it back as `cursor` for the next page; null on the last one.")


class ControlPoint(BaseModel):
    id: UUID
    ordinal: int
    name: str
    deadline_at: datetime
    note: str
    done_at: datetime | None
    overdue: bool


class HistoryStep(BaseModel):
    kind: str = Field(description="The type of its event.")
    from_state: InstructionState
    to_state: InstructionState
    note: str
    done_at: datetime
    who: str


class WholeInstruction(Instruction):
    """An instruction with its control points, the parts that were handed on, and its history."""

    control_points: list[ControlPoint]
    parts: list[Instruction]
    steps: list[HistoryStep]


class PointIn(Strict):
    name: str = Field(min_length=1, max_length=300)
    day: date


class InstructionIn(Strict):
    """A new instruction. Send it again with the same `id` after any doubt: it is given once."""

    id: UUID = Field(description="Made by the sender, new for each instruction.")
    text: str = Field(min_length=1, max_length=5000)
    executor_id: UUID
    parent_id: UUID | None = Field(default=None, description="The instruction a part of which is handed on.")
    problem_id: UUID | None = None
    day: date | None = Field(default=None, description="By the end of which it must be done.")
    term: str = Field(default="", max_length=50, description="A code of `instruction-terms`, where no day is named.")
    points: list[PointIn] = Field(default=[], max_length=20)


class DeedIn(Seen):
    deed: Deed
    note: str = Field(default="", max_length=5000, description="The report, the remarks, or the reason.")


class MoveIn(Seen):
    day: date
    note: str = Field(default="", max_length=1000)


class ReachIn(Strict):
    note: str = Field(default="", max_length=1000)


class NamedTerm(BaseModel):
    """A term that may be named in place of a day."""

    code: str
    name: str
    basis: str = Field(description="law or practice.")
    source: str
