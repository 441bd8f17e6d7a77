"""Tasks beside problems: a co-executor's answer, an instruction, a control point; and what their clocks tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class TaskKind(StrEnum):
    CO_ANSWER = "co_answer"
    INSTRUCTION = "instruction"
    CONTROL_POINT = "control_point"


@dataclass(frozen=True, slots=True)
class TaskPassed:
    """A task whose warning or deadline has just come. `clock_id` is its row of task_clocks."""

    clock_id: UUID
    region: str
    kind: TaskKind
    executor_id: UUID
    deadline: datetime
    breached: bool
