"""«Отправка ответов»: what could not be sent and why, what waits, another try. «Оценки»: what authors say."""

from __future__ import annotations

from collections import Counter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.context import Context, Here
from api.pages.judging import spoken, verdict_term
from api.pages.queue import PAGE, link
from api.reading import problems, verdicts
from api.rendering import render
from api.security.access import Operator, Reader, Staff
from api.security.forms import Posted, field
from api.security.users import User
from api.v1.problems import own_executor
from api.v1.verdicts import readable
from resolution import Refused
from resolution.sending import RETRY, resend
from resolution.verdicts import Via, give

router = APIRouter(include_in_schema=False)


@router.get("/sending")
def show_sending(request: Request, context: Here, user: Operator) -> Response:
    """The lists."""
    with context.transaction() as connection:
        failed = verdicts.sendings(connection, user.region, "failed")
        waiting = verdicts.sendings(connection, user.region, "approved")
    never = (row for row in waiting if not row["attempts"] and row["try_at"] and row["try_at"] < context.now())
    still = Counter(row["channel"] for row in never if row["channel"] in ("email", "vk", "telegram"))
    return render(
        request,
        "sending.html",
        failed=failed,
        waiting=waiting,
        still=still.most_common(),
        most_attempts=len(RETRY) + 1,
    )


@router.post("/sending/{reply_id}/resend")
def send_again(context: Here, user: Operator, _: Posted, reply_id: UUID) -> Response:
    """Another try for one that was given up."""
    with context.transaction() as connection:
        resend(connection, user.region, reply_id, by=user.login, now=context.now())
    return RedirectResponse("/sending", 303)


@router.get("/verdicts")
def show_verdicts(
    request: Request,
    context: Here,
    user: Reader,
    unsolved: bool = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """The verdicts of the region, newest first."""
    return _verdicts(request, context, user, unsolved=unsolved, cursor=cursor)


FIELDS = ("number", "solved", "score", "words")


def _verdicts(
    request: Request,
    context: Context,
    user: User,
    *,
    unsolved: bool = False,
    cursor: str | None = None,
    values: dict[str, str] | None = None,
    error: str = "",
) -> Response:
    with context.transaction() as connection:
        page = verdicts.listed(connection, user.region, solved=False if unsolved else None, limit=PAGE, cursor=cursor)
    kept = {"unsolved": "true" if unsolved else ""}
    following = link("/verdicts", **kept, cursor=page.next_cursor) if page.next_cursor else ""
    return render(
        request,
        "verdicts.html",
        status=409 if error else 200,
        rows=[readable(row, user) for row in page.rows],
        unsolved=unsolved,
        next_link=following,
        values=values or dict.fromkeys(FIELDS, ""),
        error=error,
    )


@router.post("/verdicts")
def write_verdict(request: Request, context: Here, user: Operator, form: Posted) -> Response:
    """Write down a verdict that came by phone or letter."""
    values = {name: field(form, name) for name in FIELDS}
    try:
        with context.transaction() as connection:
            problem = verdicts.problem_numbered(connection, user.region, values["number"])
            if problem is None:
                raise Refused("Такой проблемы нет. Укажите номер обращения и проблемы в нём: ОМ-2026-0000012/1.")
            give(
                connection,
                user.region,
                problem,
                spoken(values["score"], values["solved"], values["words"]),
                via=Via.OPERATOR,
                by=user.login,
                now=context.now(),
                term=verdict_term(context, user.region),
            )
    except Refused as refusal:
        return _verdicts(request, context, user, values=values, error=str(refusal))
    return RedirectResponse("/verdicts", 303)


@router.get("/verdicts/{verdict_id}/photo")
def show_verdict_photo(context: Here, user: Staff, verdict_id: UUID) -> Response:
    """The picture that came with a verdict, without what the camera hid in it; an executor sees those of his own."""
    with context.transaction() as connection:
        found = verdicts.photo(connection, user.region, verdict_id)
        row = problems.one(connection, user.region, found[2], now=context.now()) if found is not None else None
    mine = own_executor(user)
    if found is None or row is None or (mine is not None and mine not in row["held_by"]):
        raise LookupError(verdict_id)
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(context.files.read(found[0]), media_type=found[1], headers=headers)
