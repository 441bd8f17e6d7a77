"""The shapes of refusals and co-executors in the JSON API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas import Seen, Strict, WholeProblem
from routing.actions import Role


class RefusalReason(BaseModel):
    """A reason of the region for which an executor may refuse."""

    code: str
    name: str
    asks: str = Field(description="What must be said beside it: executor, comment, or nothing.")


class Hop(BaseModel):
    """One refusal: who, why, and what became of it."""

    ordinal: int
    executor_id: UUID
    executor_name: str
    reason_code: str
    reason: str = Field(description="The reason in words.")
    comment: str
    named_name: str | None = Field(description="Whose it is in the words of who refused.")
    forwarded_name: str | None = Field(description="To whom the machine forwarded it at once; null: to an operator.")
    refused_at: datetime
    undone_at: datetime | None = Field(description="When an operator gave it back; such a hop is not counted.")
    wrong: bool | None = Field(description="Whether he solved it himself in the end; null while nobody has.")


class CoExecutor(BaseModel):
    """Who works on a problem beside its lead."""

    id: UUID
    executor_id: UUID
    executor_name: str
    role: Role = Field(description="co answers to the lead, copy to the citizen on his own questions.")
    task: str
    assigned_at: datetime
    deadline_at: datetime
    overdue: bool
    answer: str
    answered_at: datetime | None
    ended_at: datetime | None


class RoutedProblem(WholeProblem):
    """A problem, what is like it, through whose hands it went and who works on it beside the lead."""

    hops: list[Hop]
    co_executors: list[CoExecutor]


class RefuseIn(Seen):
    reason: str = Field(max_length=50, description="A code of `refusal-reasons`.")
    executor_id: UUID | None = Field(default=None, description="Whose the problem is, where you know.")
    comment: str = Field(default="", max_length=1000)


class CoIn(Seen):
    executor_id: UUID
    role: Role = Role.CO
    task: str = Field(
        default="", max_length=1000, description="What is asked of him; needed where he is a co-executor."
    )


class CoEndIn(Seen):
    reason: str = Field(default="", max_length=1000)


class CoAnswerIn(Strict):
    answer: str = Field(min_length=1, max_length=5000)
