"""«Ответы»: drafts that wait for a person, each as its author will read it, with what is wrong with it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

import resolution
from api.context import Context, Here
from api.pages.queue import link
from api.problem_details import Failure
from api.reading import replies
from api.rendering import render
from api.security.access import ExecutorUser, Operator
from api.security.forms import Posted, field, lines
from api.security.users import User
from api.v1.replies import foreseen
from api.v1.reply_schemas import PreviewIn
from models.resolution import ReplyKind, ReplyState, Variant
from resolution.replies import approval

router = APIRouter(include_in_schema=False)
PAGE = 20


@router.get("/replies")
def show_replies(
    request: Request,
    context: Here,
    user: Operator,
    state: Annotated[str, Query(max_length=20)] = "drafted",
    kind: Annotated[str, Query(max_length=20)] = "",
    flagged: bool = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """The list; drafts first of all."""
    known = state if state in set(ReplyState) else ReplyState.DRAFTED.value
    with context.transaction() as connection:
        page = replies.listed(
            connection,
            user.region,
            state=known,
            kind=kind if kind in set(ReplyKind) else None,
            flagged=True if flagged else None,
            limit=PAGE,
            cursor=cursor,
        )
        waiting, doubtful = replies.waiting(connection, user.region)
    chosen = {"state": known, "kind": kind, "flagged": "true" if flagged else ""}
    return render(
        request,
        "replies.html",
        rows=page.rows,
        chosen=chosen,
        waiting=waiting,
        doubtful=doubtful,
        clean=[row for row in page.rows if row["state"] == ReplyState.DRAFTED and not row["flags"]],
        next_link=link("/replies", **chosen, cursor=page.next_cursor) if page.next_cursor else "",
    )


@router.get("/replies/{reply_id}")
def show_reply(request: Request, context: Here, user: Operator, reply_id: UUID) -> Response:
    """One reply, with the forms to edit and to return it."""
    return _page(request, context, user, reply_id)


def _page(
    request: Request, context: Context, user: User, reply_id: UUID, *, error: str = "", typed: str = ""
) -> Response:
    with context.transaction() as connection:
        row = replies.one(connection, user.region, reply_id)
    return render(request, "reply.html", status=409 if error else 200, row=row, error=error, typed=typed)


@router.post("/replies/approve")
def approve_many(context: Here, user: Operator, form: Posted) -> Response:
    """Approve what was ticked."""
    seen: dict[UUID, str] = {}
    for value in form.getlist("reply"):
        reply_id, _, mark = str(value).partition(":")
        try:
            seen[UUID(reply_id)] = mark
        except ValueError as error:
            raise Failure(422, "Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error
    with context.transaction() as connection:
        approval.approve_many(connection, user.region, seen, by=user.login, now=context.now())
    return RedirectResponse("/replies", 303)


@router.post("/replies/{reply_id}/approve")
def approve(request: Request, context: Here, user: Operator, form: Posted, reply_id: UUID) -> Response:
    try:
        with context.transaction() as connection:
            approval.approve(connection, user.region, reply_id, field(form, "seen"), by=user.login, now=context.now())
    except resolution.Refused as refusal:
        return _page(request, context, user, reply_id, error=str(refusal))
    return RedirectResponse("/replies", 303)


@router.post("/replies/{reply_id}/text")
def edit(request: Request, context: Here, user: Operator, form: Posted, reply_id: UUID) -> Response:
    try:
        with context.transaction() as connection:
            approval.edit(connection, user.region, reply_id, field(form, "seen"), lines(form, "text"))
    except resolution.Refused as refusal:
        return _page(request, context, user, reply_id, error=str(refusal), typed=lines(form, "text"))
    return RedirectResponse(f"/replies/{reply_id}", 303)


@router.post("/replies/{reply_id}/return")
def take_back(request: Request, context: Here, user: Operator, form: Posted, reply_id: UUID) -> Response:
    try:
        with context.transaction() as connection:
            approval.take_back(
                connection,
                user.region,
                reply_id,
                field(form, "seen"),
                lines(form, "reason"),
                by=user.login,
                now=context.now(),
            )
    except resolution.Refused as refusal:
        return _page(request, context, user, reply_id, error=str(refusal))
    return RedirectResponse("/replies", 303)


@router.post("/assignments/{problem_id}/preview")
def show_preview(request: Request, context: Here, user: ExecutorUser, form: Posted, problem_id: UUID) -> Response:
    """What the author would read: the forms of a plan and of a report send their fields here by a second button."""
    try:
        wish = _wish(form)
    except ValueError as error:
        raise Failure(422, "Выберите, что вы сделаете, и проверьте день. Ничего не записано.") from error
    shown = foreseen(context, user, problem_id, wish)
    return render(request, "reply_preview.html", shown=shown, problem_id=problem_id)


def _wish(form: Posted) -> PreviewIn:
    """The fields of either form; without a variant it is that of a report. Raises ValueError."""
    variant = Variant(field(form, "variant") or Variant.DONE)
    own = f"_{variant}" if field(form, "variant") else ""
    day = field(form, "due_on") if own else field(form, "done_on")
    if variant is Variant.PROGRAMME and field(form, "year"):
        day = f"{int(field(form, 'year'))}-12-31"
    return PreviewIn.model_validate(
        {
            "variant": variant,
            "words": lines(form, f"words{own}")[:4000],
            "ground": lines(form, f"ground{own}")[:1000],
            "day": day or None,
        }
    )
