"""The shapes of the JSON API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from models.regimes import Regime

Span = tuple[int, int]


class Strict(BaseModel):
    """What clients send: an unknown field is a mistake, not something to pass over in silence."""

    model_config = ConfigDict(extra="forbid")


class AuthorIn(Strict):
    name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=50)


class PlaceIn(Strict):
    """Where, as far as the sender knows: hints for the engine."""

    municipality: str = Field(default="", max_length=200)
    settlement: str = Field(default="", max_length=200)
    street: str = Field(default="", max_length=200)
    house: str = Field(default="", max_length=20)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class AppealIn(Strict):
    """A new appeal. The same `external_id` again gives the same number: send it again after any doubt."""

    region: str = Field(default="", max_length=50, description="Id of the region; empty: the installation's own.")
    external_id: str = Field(min_length=8, max_length=200, description="The sender's own id of this message, unique.")
    text: str = Field(min_length=1, description="What happened, word for word.")
    sent_at: AwareDatetime | None = Field(default=None, description="When it was written; empty: now.")
    author: AuthorIn = AuthorIn()
    place: PlaceIn = PlaceIn()


class AppealAccepted(BaseModel):
    """The appeal is stored and will be answered."""

    id: UUID
    number: str = Field(description="The registration number.")
    created: bool = Field(description="False where this external_id was accepted before.")
    status_path: str = Field(description="The author's secret status page.")


class Appeal(BaseModel):
    """An appeal, for operators: the text is word for word, with personal data marked."""

    id: UUID
    number: str
    channel: str
    text: str
    author: dict[str, Any]
    stated: dict[str, Any]
    sent_at: datetime
    accepted_at: datetime
    state: str
    dismissal: str | None
    dismissal_probability: float | None
    privacy: list[dict[str, Any]]
    analysed_at: datetime | None
    model_version: str | None
    regime: Regime = Field(description="By which order it is considered; it decides the clocks.")


class AppealList(BaseModel):
    items: list[Appeal]
    next_cursor: str | None = Field(description="Hand it back as `cursor` for the next page; null on the last one.")


class Problem(BaseModel):
    """A problem. For executors and governors personal data in `text` are masked, and `facts` hold none."""

    id: UUID
    appeal_id: UUID
    number: str = Field(description="The registration number of the appeal.")
    ordinal: int
    state: str
    version: int = Field(description="Send it with an action: it fails with 409 where the problem has changed since.")
    text: str = Field(description="What the appeal says of this problem.")
    spans: list[Span] = Field(description="Where in the appeal's text: [start, end) in characters.")
    topic_code: str
    topic_name: str | None
    topic_probability: float
    group_name: str
    group_probability: float
    decided: bool = Field(description="Whether the machine may trust its own topic, or a person chose it.")
    topic_guesses: list[dict[str, Any]]
    words: list[Any] = Field(description="The words that spoke most for the topic.")
    facts: list[dict[str, Any]]
    place: dict[str, Any]
    municipality: str
    latitude: float | None
    longitude: float | None
    h3: str
    urgency: int
    urgency_reasons: list[str]
    executor_id: UUID | None
    executor_name: str | None
    handler_id: UUID | None = Field(description="The executor's unit or person who does it, where known.")
    handler_name: str | None
    executor_guesses: list[dict[str, Any]]
    doubt: str = Field(description="Why the machine left it to an operator; empty where it did not.")
    merged_into: UUID | None
    clock_kind: str | None = Field(description="The nearest running clock: a kind of docs/clocks.md.")
    deadline_at: datetime | None
    overdue: bool
    found_at: datetime
    accepted_at: datetime


class SimilarProblem(BaseModel):
    """Another problem that this one repeats, copies or may share its cause with. Nothing follows from it by itself."""

    problem_id: UUID
    appeal_id: UUID
    number: str = Field(description="The registration number of its appeal.")
    sent_at: datetime
    state: str
    kind: str = Field(
        description="repeat: the same person; copy: the same words; common_cause: the same place and time."
    )
    is_earlier: bool = Field(description="Whether it was found before this one.")
    score: float = Field(description="0 to 1.")
    reason: str


class WholeProblem(Problem):
    """A problem and what is like it."""

    similar: list[SimilarProblem] = Field(
        description="At most ten, the most alike first; empty for executors and governors."
    )


class ProblemList(BaseModel):
    items: list[Problem]
    next_cursor: str | None = Field(description="Hand it back as `cursor` for the next page; null on the last one.")


class Assignment(BaseModel):
    id: UUID
    problem_id: UUID
    executor_id: UUID
    executor_name: str
    handler_id: UUID | None
    handler_name: str | None
    assigned_by: str = Field(description="«machine» or the operator's login.")
    reason: str
    probability: float | None
    assigned_at: datetime
    ended_at: datetime | None
    end_reason: str | None


class AssignmentList(BaseModel):
    items: list[Assignment]
    next_cursor: str | None


class Executor(BaseModel):
    id: UUID
    code: str
    kind: str = Field(description="body, unit or person.")
    name: str
    parent_id: UUID | None
    open_assignments: int


class Topic(BaseModel):
    code: str
    name: str
    group_name: str


class QueueCounts(BaseModel):
    """How many problems are in each state; `overdue` and `danger` count the open ones."""

    found: int = Field(description="Just found: not given to anybody yet, nor to the queue of an operator.")
    queued: int = Field(description="Wait for an operator.")
    assigned: int
    planned: int
    reported: int
    solved: int
    answered: int
    merged: int
    dismissed: int
    overdue: int
    danger: int


class SignIn(Strict):
    login: str = Field(max_length=100)
    password: str = Field(max_length=1000)


class SignedIn(BaseModel):
    token: str = Field(description="Send it as `Authorization: Bearer TOKEN`.")
    login: str
    role: str
    expires_at: datetime


class Seen(Strict):
    """The body of an action: the version of the problem that its author saw."""

    version: int = Field(ge=1)


class AssignIn(Seen):
    executor_id: UUID
    reason: str = Field(default="", max_length=1000)


class TopicIn(Seen):
    topic_code: str = Field(max_length=20)


class PlaceCorrection(Seen):
    place: PlaceIn


class SplitIn(Seen):
    start: int = Field(ge=0, description="The first character of the piece in the appeal's text.")
    end: int = Field(ge=1, description="The character after its last one.")
    topic_code: str = Field(max_length=20)


class MergeIn(Seen):
    into: UUID = Field(description="The problem that goes on.")


class DismissIn(Seen):
    reason: str = Field(default="", max_length=1000)
