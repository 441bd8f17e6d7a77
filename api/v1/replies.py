"""Replies to authors: what waits for approval and why, what an executor's words would become."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from api.context import Context, Here
from api.problem_details import documented
from api.reading import problems, replies
from api.security.access import Operator, Staff
from api.security.users import Role, User
from api.v1.presenting import sees_personal
from api.v1.reply_schemas import (
    Approved,
    ApproveManyIn,
    Flag,
    PreviewIn,
    Reply,
    ReplyList,
    ReplyPreview,
    ReplyReturnIn,
    ReplySeen,
    ReplyTextIn,
)
from models.resolution import ReplyKind, ReplyState
from resolution.replies import approval, preview

router = APIRouter(prefix="/api/v1", tags=["replies"])
FAILURES = documented(401, 403, 404, 409, 422, 503)


@router.get("/replies", responses=documented(401, 403, 422, 503))
def list_replies(
    context: Here,
    user: Operator,
    state: ReplyState = ReplyState.DRAFTED,
    kind: ReplyKind | None = None,
    flagged: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> ReplyList:
    """Replies in a state: drafts that wait longest first, others newest first."""
    with context.transaction() as connection:
        page = replies.listed(
            connection, user.region, state=state, kind=kind, flagged=flagged, limit=limit, cursor=cursor
        )
    return ReplyList(items=[Reply.model_validate(row) for row in page.rows], next_cursor=page.next_cursor)


@router.get("/replies/{reply_id}", responses=documented(401, 403, 404, 422, 503))
def get_reply(context: Here, user: Operator, reply_id: UUID) -> Reply:
    """One reply."""
    with context.transaction() as connection:
        return Reply.model_validate(replies.one(connection, user.region, reply_id))


@router.post("/replies/approve", responses=documented(401, 403, 422, 503))
def approve_many(context: Here, user: Operator, wish: ApproveManyIn) -> Approved:
    """Approve those of the drafts in which nothing was flagged."""
    seen = {each.id: each.seen for each in wish.replies}
    with context.transaction() as connection:
        done = approval.approve_many(connection, user.region, seen, by=user.login, now=context.now())
    return Approved(approved=done)


@router.post("/replies/{reply_id}/approve", responses=FAILURES)
def approve(context: Here, user: Operator, reply_id: UUID, wish: ReplySeen) -> Reply:
    """Let a draft be sent."""
    with context.transaction() as connection:
        approval.approve(connection, user.region, reply_id, wish.seen, by=user.login, now=context.now())
    return get_reply(context, user, reply_id)


@router.put("/replies/{reply_id}/text", responses=FAILURES)
def edit(context: Here, user: Operator, reply_id: UUID, wish: ReplyTextIn) -> Reply:
    """Put another text in a draft's place; what the machine wrote is kept."""
    with context.transaction() as connection:
        approval.edit(connection, user.region, reply_id, wish.seen, wish.text)
    return get_reply(context, user, reply_id)


@router.post("/replies/{reply_id}/return", responses=FAILURES)
def take_back(context: Here, user: Operator, reply_id: UUID, wish: ReplyReturnIn) -> Reply:
    """Return a reply to its executor. Problems that it would have closed go back to him."""
    with context.transaction() as connection:
        approval.take_back(connection, user.region, reply_id, wish.seen, wish.reason, by=user.login, now=context.now())
    return get_reply(context, user, reply_id)


@router.post("/problems/{problem_id}/reply-preview", responses=documented(401, 403, 404, 422, 503))
def show_preview(context: Here, user: Staff, problem_id: UUID, wish: PreviewIn) -> ReplyPreview:
    """The reply that a plan or a report in these words would become.

    An executor asks of problems that are his; he and the governor see no name and no personal data of the author.
    """
    return foreseen(context, user, problem_id, wish)


def foreseen(context: Context, user: User, problem_id: UUID, wish: PreviewIn) -> ReplyPreview:
    """Raises LookupError where the person may not see the problem."""
    now = context.now()
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=now)
        if row is None or not _may(user, row):
            raise LookupError(problem_id)
        shown = preview(
            connection,
            user.region,
            problem_id,
            (row["executor_id"] or problem_id, row["executor_name"] or ""),
            context.packs[user.region],
            variant=wish.variant,
            words=wish.words,
            ground=wish.ground,
            day=wish.day,
            photos=wish.photos,
            masked=not sees_personal(user),
            now=now,
        )
    flags = [Flag(code=flag.code, reason=flag.reason) for flag in shown.flags]
    return ReplyPreview(kind=shown.kind, subject=shown.subject, text=shown.text, flags=flags, waits=shown.waits)


def _may(user: User, row: dict[str, Any]) -> bool:
    return user.role is not Role.EXECUTOR or user.executor_id in row["held_by"]
