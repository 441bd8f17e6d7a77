"""The page of a closing reply's link: its author judges what was done, without an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

import ingest
from api.context import Context, Here
from api.links import judged_reply, link_path
from api.pages.judging import (
    PRIVATE,
    chosen,
    judge,
    photo_response,
    told_solutions,
    uploaded_photo,
    verdict_term,
)
from api.problem_details import Failure
from api.reading import problems, solutions
from api.rendering import render
from api.security.forms import Posted
from api.security.visitors import Visit
from api.views.status import told_of
from api.views.text import personal_spans
from resolution import Refused
from resolution.sending import filled
from resolution.verdicts import MOST_WORDS, Via

router = APIRouter(include_in_schema=False)
NO_PAGE = "Такой страницы нет. Проверьте, что ссылка скопирована целиком."


def _reply(context: Context, token: str) -> dict[str, Any]:
    """The reply that the link is of. A link that is not ours and one of a reply that is not there look the same."""
    reply_id = judged_reply(context.secret, token)
    row = None
    if reply_id is not None:
        with context.transaction() as connection:
            row = solutions.judged_reply(connection, reply_id)
    if row is None or row["region_id"] not in context.packs:
        raise Failure(404, NO_PAGE)
    return row


def _over(context: Context, reply: dict[str, Any], now: datetime) -> bool:
    """Whether the link has run out; one of a reply that is just being sent has not."""
    sent_at = reply["sent_at"]
    return sent_at is not None and now > verdict_term(context, reply["region_id"]).ends_at(sent_at)


def _page(
    request: Request, context: Context, token: str, *, error: str = "", about: UUID | None = None, status: int = 200
) -> Response:
    reply, now = _reply(context, token), context.now()
    if _over(context, reply, now):
        return render(request, "verdict_over.html", status=410, headers=PRIVATE)
    region = reply["region_id"]
    with context.transaction() as connection:
        rows = [
            row
            for row in problems.of_appeal(connection, region, reply["appeal_id"], now=now)
            if row["id"] in reply["problems"]
        ]
        told = told_solutions(connection, context, region, reply["problems"], now)
    return render(
        request,
        "verdict.html",
        status=status,
        reply=reply,
        text=filled(reply["text"], reply["kind"], str(request.url)),
        problems=[
            {
                "told": told_of(number, row, personal_spans(row["privacy"])),
                "solution": told[row["id"]],
                "merged": row["state"] == "merged",
            }
            for number, row in enumerate(rows, 1)
        ],
        base=f"/verdicts/{token}",
        action=f"/verdicts/{token}",
        status_link=link_path(context.secret, reply["number"], reply["appeal_id"]),
        most_words=MOST_WORDS,
        largest_photo=context.limits.largest_attachment,
        error=error,
        about=about,
        headers=PRIVATE,
    )


@router.get("/verdicts/{token}", dependencies=[Visit])
def show_verdict(request: Request, context: Here, token: str) -> Response:
    """The page, as long as the link opens."""
    return _page(request, context, token)


@router.post("/verdicts/{token}", dependencies=[Visit])
async def give_verdict(request: Request, context: Here, form: Posted, token: str) -> Response:
    """Take one verdict; on any trouble the page comes back with a word."""
    reply = await run_in_threadpool(_reply, context, token)
    problem = None
    try:
        if _over(context, reply, context.now()):
            return await run_in_threadpool(_page, request, context, token)
        problem = chosen(form, reply["problems"])
        photo = await uploaded_photo(form, context.limits)
        await run_in_threadpool(judge, context, form, photo, reply["region_id"], problem, Via.LINK)
    except (Refused, ingest.Refused, ingest.StorageFull) as refusal:
        said = str(refusal) if isinstance(refusal, Refused) else refusal.citizen
        return await run_in_threadpool(_page, request, context, token, error=said, about=problem, status=409)
    return RedirectResponse(f"/verdicts/{token}#problem-{problem}", 303)


@router.get("/verdicts/{token}/photos/{file_id}", dependencies=[Visit])
def show_photo(context: Here, token: str, file_id: UUID) -> Response:
    """A photo of what was done, in the copy for citizens, as long as the link opens."""
    reply = _reply(context, token)
    if _over(context, reply, context.now()):
        raise LookupError(file_id)
    return photo_response(context, reply["problems"], file_id)
