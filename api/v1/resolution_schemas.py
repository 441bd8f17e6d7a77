"""The shapes of plans and proofs in the JSON API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas import Seen
from models.resolution import CheckResult, FileRole, ProofState, Variant
from models.states import ProblemState


class PlanIn(Seen):
    """What will be done. Which fields a variant needs stands in docs/resolution.md."""

    variant: Variant
    words: str = Field(default="", max_length=4000, description="What will be done, or why not; for the author.")
    due_on: date | None = Field(
        default=None, description="The day of a plan by a date; the last day of a programme's line."
    )
    ground: str = Field(
        default="",
        max_length=1000,
        description="The programme's line, the body outside the region, the question, or the norm of a refusal.",
    )
    executor_id: UUID | None = Field(
        default=None, description="With not_ours: the executor of the region whose it is; the problem goes to him."
    )
    whole_incident: bool = Field(default=True, description="Also for your other problems of the same incident.")


class ReportIn(Seen):
    """The fields of a report beside its files."""

    words: str = Field(max_length=4000, description="What was done; for the author.")
    done_on: date | None = Field(default=None, description="When it was done; empty: today.")
    whole_incident: bool = Field(default=True, description="Also for your other problems of the same incident.")


class ProofAcceptIn(Seen):
    """`version` is that of the problem."""

    confirmed: list[str] = Field(default_factory=list, max_length=50, description="Flags that you find right.")
    note: str = Field(default="", max_length=1000)
    whole_report: bool = Field(default=True, description="Also for the other problems of the same report.")


class ProofReturnIn(Seen):
    """`version` is that of the problem."""

    reason: str = Field(max_length=4000, description="What is missing; the executor reads it.")
    confirmed: list[str] = Field(default_factory=list, max_length=50, description="Flags that you find right.")
    whole_report: bool = Field(default=True, description="Also for the other problems of the same report.")


class PlanAgreeIn(Seen):
    note: str = Field(default="", max_length=1000)


class PlanReturnIn(Seen):
    reason: str = Field(max_length=4000, description="Why you do not agree; the executor reads it.")


class Plan(BaseModel):
    """One plan. `agreed` is null while nobody had to decide on it, or has not yet."""

    id: UUID
    variant: Variant
    due_on: date | None
    words: str
    ground: str
    executor_id: UUID
    executor_name: str
    planned_by: str
    planned_at: datetime
    agreed: bool | None
    decided_by: str = Field(description="«machine» or the operator's login; empty while nobody has decided.")
    decided_at: datetime | None
    decision: str
    answer: str | None = Field(description="What the author answered to the question of the plan.")
    answered_at: datetime | None


class ProofFile(BaseModel):
    id: UUID
    role: FileRole
    name: str
    media_type: str
    size: int = Field(description="In bytes.")
    published: bool = Field(description="Whether a copy for the author is made: without EXIF, plates and faces.")


class ProofCheck(BaseModel):
    """One check, always with its reason. `file_id` is null where it is of the proof as a whole."""

    file_id: UUID | None
    code: str
    result: CheckResult
    reason: str
    measured: dict[str, Any] = Field(description="What was measured: metres, hours, bits.")


class Proof(BaseModel):
    id: UUID
    state: ProofState
    words: str
    done_on: date | None
    executor_id: UUID
    executor_name: str
    submitted_by: str
    submitted_at: datetime
    checked_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    decision: str
    confirmed_flags: list[str] = Field(description="Flags that an operator found right.")
    problems: int = Field(description="Of how many problems of an incident the same report is.")
    files: list[ProofFile]
    checks: list[ProofCheck] = Field(description="Flags first.")


class Resolution(BaseModel):
    """What was planned and proved about a problem."""

    problem_id: UUID
    state: ProblemState
    version: int = Field(description="What the next step must send as `version`.")
    needs_photo_after: bool = Field(description="Whether its topic is solved only with a photo «after».")
    latest_due_on: date = Field(description="The last day that a plan by a date may name today.")
    last_programme_year: int
    fellows: int = Field(description="Other problems of its incident that go with it in one plan or report.")
    awaits: str = Field(description="Who must act: executor, checks, operator, author; empty: nobody.")
    plans: list[Plan] = Field(description="The first one first; the last one holds.")
    proofs: list[Proof]


class WaitingProof(BaseModel):
    """A proof whose flags an operator must look at."""

    problem_id: UUID
    appeal_id: UUID
    number: str
    version: int
    proof: Proof


class WaitingPlan(BaseModel):
    """An explanation that closes a problem once an operator agrees."""

    problem_id: UUID
    appeal_id: UUID
    number: str
    version: int
    plan: Plan
