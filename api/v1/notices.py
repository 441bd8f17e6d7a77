"""Notices of clocks: warnings, breaches, what was told higher up; each person reads his own."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.context import Here
from api.problem_details import documented
from api.reading import notices
from api.security.access import Staff
from api.security.users import User
from api.v1.schemas import Strict
from sla.escalation_text import sentence
from sla.notice_rows import told

router = APIRouter(prefix="/api/v1/notices", tags=["notices"])


class Notice(BaseModel):
    """One step of a clock's ladder, or that a problem was opened again or returned, told to one person or desk."""

    id: UUID
    kind: str = Field(
        description="warned, breached, escalated; reopened: its author does not find it solved; returned: an operator "
        "gave a plan, a report or an answer back."
    )
    share: float | None = Field(description="Of a warning: the share of the term that has run.")
    level: str = Field(description="As whom one is told: person, head, deputy_governor, governor, operators.")
    clock: str | None = Field(description="Which clock of the problem; null: a task's, or none.")
    task: str | None = Field(description="co_answer, instruction or control_point, where a task has the clock.")
    deadline_at: AwareDatetime
    danger: bool
    problem_id: UUID | None
    instruction_id: UUID | None
    number: str | None = Field(description="The appeal's registration number; null: it is about an instruction.")
    text: str = Field(description="The whole notice, Russian.")
    executor_name: str | None = Field(description="To whom; null: to the desk of the level.")
    read: bool
    holds: bool = Field(description="False where the clock was stopped or moved since.")
    delivered_at: AwareDatetime


class NoticeList(BaseModel):
    items: list[Notice]
    next_cursor: str | None


class ReadIn(Strict):
    ids: list[UUID] | None = Field(default=None, max_length=200, description="Which; null: all of yours.")


class ReadDone(BaseModel):
    marked: int


def _shown(row: dict[str, Any], context: Here, user: User) -> Notice:
    return Notice.model_validate(
        {**row, "read": row["state"] == "read", "text": sentence(told(row), context.packs[user.region].zone)}
    )


@router.get("", responses=documented(401, 403, 422, 503))
def list_notices(
    context: Here,
    user: Staff,
    unread: Annotated[bool, Query(description="Only those that nobody has marked as read.")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> NoticeList:
    """Your notices, newest first."""
    with context.transaction() as connection:
        page = notices.of_reader(connection, user, context.now(), unread=unread, limit=limit, cursor=cursor)
    return NoticeList(items=[_shown(row, context, user) for row in page.rows], next_cursor=page.next_cursor)


@router.post("/read", responses=documented(401, 403, 422, 503))
def mark_notices_read(context: Here, user: Staff, asked: ReadIn) -> ReadDone:
    """Mark notices as read."""
    with context.transaction() as connection:
        return ReadDone(marked=notices.mark_read(connection, user, asked.ids, context.now()))
