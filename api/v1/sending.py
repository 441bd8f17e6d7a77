"""Replies on their way: what waits, what could not be sent and why, another try."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.context import Here
from api.problem_details import documented
from api.reading import verdicts
from api.security.access import Operator
from resolution.sending import resend

router = APIRouter(prefix="/api/v1/sending", tags=["sending"])


class Sending(BaseModel):
    """One reply, or the copy by e-mail beside a published one; never an address."""

    id: UUID = Field(description="The reply.")
    number: str = Field(description="The appeal's registration number.")
    channel: str
    kind: str
    way: str = Field(description="reply, or copy: the e-mail beside what stands on the author's page.")
    state: str
    attempts: int
    try_at: AwareDatetime | None = Field(description="When it is tried next.")
    error: str = Field(description="Why the last attempt failed, Russian.")


class Resent(BaseModel):
    again: bool = Field(description="False where nothing of it had failed.")


@router.get("", responses=documented(401, 403, 422, 503))
def list_sendings(
    context: Here,
    user: Operator,
    state: Annotated[Literal["failed", "approved"], Query(description="approved: it waits to be sent.")] = "failed",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[Sending]:
    """Replies of your region that could not be sent, or that wait, newest first."""
    with context.transaction() as connection:
        rows = verdicts.sendings(connection, user.region, state, limit)
    return [Sending.model_validate(row) for row in rows]


@router.post("/{reply_id}/resend", responses=documented(401, 403, 404, 409, 422, 503))
def send_again(context: Here, user: Operator, reply_id: UUID) -> Resent:
    """Have a reply that was given up tried again, from the first attempt on, under the same Message-ID.

    409: it says that a problem is closed which is open again.
    """
    with context.transaction() as connection:
        return Resent(again=resend(connection, user.region, reply_id, by=user.login, now=context.now()))
