"""The shapes of replies in the JSON API."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from api.v1.schemas import Strict
from models.regimes import Regime
from models.resolution import ReplyKind, ReplyState, Variant

SEEN = Field(
    min_length=16,
    max_length=16,
    description="`seen` of the reply as you read it: 409 where its text has changed since.",
)


class Flag(BaseModel):
    """Why a person must read a reply before it is sent."""

    code: str
    reason: str = Field(description="Russian.")


class Reply(BaseModel):
    """One text to the author of an appeal. `{ссылка}` in it is the place of his secret link."""

    id: UUID
    appeal_id: UUID
    number: str = Field(description="The appeal's registration number.")
    regime: Regime
    channel: str
    kind: ReplyKind
    state: ReplyState
    subject: str
    text: str
    drafted_text: str | None = Field(description="What the machine wrote, where a person wrote something else.")
    flags: list[Flag]
    problems: list[UUID]
    executors: list[str] = Field(description="Who answers for its problems now.")
    drafted_at: AwareDatetime
    approved_by: str = Field(description="A login, or machine: nobody had to approve it.")
    approved_at: AwareDatetime | None
    sent_at: AwareDatetime | None
    cancelled_by: str
    reason: str = Field(description="Why a person returned it to the executor.")
    seen: str = Field(description="Names this very text; send it with an action.")


class ReplyList(BaseModel):
    items: list[Reply]
    next_cursor: str | None = Field(description="Hand it back as `cursor` for the next page; null on the last one.")


class ReplySeen(Strict):
    seen: str = SEEN


class ReplyTextIn(ReplySeen):
    text: str = Field(min_length=1, max_length=10_000)


class ReplyReturnIn(ReplySeen):
    reason: str = Field(min_length=1, max_length=4000, description="What the executor has to mend.")


class OneOfMany(ReplySeen):
    id: UUID


class ApproveManyIn(Strict):
    replies: list[OneOfMany] = Field(min_length=1, max_length=200)


class Approved(BaseModel):
    approved: list[UUID] = Field(description="Flagged ones, and those that changed meanwhile, are left to be read.")


class PreviewIn(Strict):
    """What an executor is about to say of a problem."""

    variant: Variant = Field(description="As in a plan; done: as if it were solved so.")
    words: str = Field(default="", max_length=4000)
    ground: str = Field(default="", max_length=1000)
    day: date | None = Field(default=None, description="Until when it will be done, or when it was.")
    photos: int = Field(default=0, ge=0, le=100, description="How many pictures the author would see.")


class ReplyPreview(BaseModel):
    """The reply that would be drafted."""

    kind: ReplyKind
    subject: str
    text: str
    flags: list[Flag]
    waits: bool = Field(description="Whether a person would have to approve it.")
