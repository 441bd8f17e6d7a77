"""The citizen's status page behind the secret link: what became of the appeal, the replies, what he may say."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from psycopg import Connection

import ingest
from api.context import Context, Here
from api.links import opens, verdict_path
from api.pages.judging import (
    PRIVATE,
    chosen,
    judge,
    photo_response,
    take_answer,
    told_solutions,
    uploaded_photo,
)
from api.problem_details import Failure
from api.reading import appeals, problems, solutions
from api.rendering import render
from api.security.forms import Posted
from api.security.visitors import Visit
from api.views.status import told
from api.views.terms import regime_told
from models.resolution import ReplyKind
from resolution import Refused
from resolution.sending import ASK_VERDICT, filled
from resolution.verdicts import MOST_ANSWER, MOST_WORDS, Via

router = APIRouter(include_in_schema=False)
NO_PAGE = "Такой страницы нет. Проверьте, что ссылка скопирована целиком."


def _appeal(connection: Connection[Any], context: Context, number: str, token: str) -> dict[str, Any]:
    """The appeal that the link is of. A wrong number and a wrong token look the same."""
    appeal = appeals.by_number(connection, number)
    if appeal is None or appeal["region_id"] not in context.packs or not opens(context.secret, appeal["id"], token):
        raise Failure(404, NO_PAGE)
    return appeal


def _page(
    request: Request,
    context: Context,
    number: str,
    token: str,
    *,
    error: str = "",
    about: UUID | None = None,
    status: int = 200,
) -> Response:
    now = context.now()
    with context.transaction() as connection:
        appeal = _appeal(connection, context, number, token)
        region = appeal["region_id"]
        found: list[Any] = problems.of_appeal(connection, region, appeal["id"], now=now)
        clocks = appeals.clocks(connection, appeal["id"])
        photos_kept = len(appeals.attachments(connection, appeal["id"]))
        replies = solutions.sent_replies(connection, appeal["id"])
        solved = told_solutions(connection, context, region, [row["id"] for row in found], now)
    pack = context.packs[region]
    base = context.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    link = f"{base}/a/{number}/{token}"
    for reply in replies:
        kind = ReplyKind(reply["kind"])
        reply["text"] = filled(
            reply["text"], kind, base + verdict_path(context.secret, reply["id"]) if kind in ASK_VERDICT else link
        )
    path = f"/a/{quote(number)}/{token}"
    return render(
        request,
        "status.html",
        status=status,
        appeal=appeal,
        told=told(appeal, found, clocks, zone=pack.zone, now=now),
        solutions=solved,
        replies=replies,
        regime=regime_told(pack, appeal["regime"], appeal["accepted_at"]),
        photos=photos_kept,
        link=link,
        base=path,
        action=f"{path}/verdict",
        most_words=MOST_WORDS,
        most_answer=MOST_ANSWER,
        largest_photo=context.limits.largest_attachment,
        error=error,
        about=about,
        headers=PRIVATE,
    )


@router.get("/a/{number}/{token}", dependencies=[Visit])
def show_status(request: Request, context: Here, number: str, token: str) -> Response:
    """The status page."""
    return _page(request, context, number, token)


def _problems(context: Context, number: str, token: str) -> tuple[str, list[UUID]]:
    """The region and the problems of the appeal that the link is of."""
    with context.transaction() as connection:
        appeal = _appeal(connection, context, number, token)
        rows = problems.of_appeal(connection, appeal["region_id"], appeal["id"], now=context.now())
    return appeal["region_id"], [row["id"] for row in rows]


@router.post("/a/{number}/{token}/verdict", dependencies=[Visit])
async def give_verdict(request: Request, context: Here, form: Posted, number: str, token: str) -> Response:
    """Take one verdict; on any trouble the page comes back with a word."""
    region, own = await run_in_threadpool(_problems, context, number, token)
    problem = None
    try:
        problem = chosen(form, own)
        photo = await uploaded_photo(form, context.limits)
        await run_in_threadpool(judge, context, form, photo, region, problem, Via.PAGE)
    except (Refused, ingest.Refused, ingest.StorageFull) as refusal:
        said = str(refusal) if isinstance(refusal, Refused) else refusal.citizen
        return await run_in_threadpool(_page, request, context, number, token, error=said, about=problem, status=409)
    return RedirectResponse(f"/a/{quote(number)}/{token}#problem-{problem}", 303)


@router.post("/a/{number}/{token}/answer", dependencies=[Visit])
def give_answer(request: Request, context: Here, form: Posted, number: str, token: str) -> Response:
    """Take the answer to an executor's question."""
    region, own = _problems(context, number, token)
    problem = None
    try:
        problem = chosen(form, own)
        take_answer(context, form, region, problem)
    except Refused as refusal:
        return _page(request, context, number, token, error=str(refusal), about=problem, status=409)
    return RedirectResponse(f"/a/{quote(number)}/{token}#problem-{problem}", 303)


@router.get("/a/{number}/{token}/photos/{file_id}", dependencies=[Visit])
def show_photo(context: Here, number: str, token: str, file_id: UUID) -> Response:
    """A photo of what was done, in the copy for citizens."""
    return photo_response(context, _problems(context, number, token)[1], file_id)
