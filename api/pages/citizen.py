"""The citizen's pages: the form, and the status page behind the secret link."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import psycopg
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from psycopg_pool import PoolTimeout

import ingest
from api import photos
from api.context import Context, Here
from api.geography import address_list, point
from api.links import link_path, opens
from api.problem_details import Failure
from api.reading import appeals, problems
from api.rendering import render
from api.security.forms import Posted, field
from api.views.status import told
from api.views.terms import regime_told
from models.message import Attachment, Author, Channel, Message

router = APIRouter(include_in_schema=False)
DOWN = (
    "Сервис временно недоступен. Ваше обращение не принято — отправьте ещё раз через несколько минут. "
    "Текст сохранён на этой странице, второй раз обращение не зарегистрируется."
)
TEXT_FIELDS = ("text", "settlement", "street", "house", "latitude", "longitude", "name", "email", "phone", "client_id")


def _form_page(
    request: Request, context: Context, values: dict[str, str], *, error: str = "", status: int = 200
) -> Response:
    return render(
        request,
        "form.html",
        status=status,
        values=dict.fromkeys(TEXT_FIELDS, "") | values,
        error=error,
        most_photos=photos.MOST,
        largest_together=photos.LARGEST_TOGETHER,
        settlements=sorted(address_list(context.pack).settlements),
        largest_text=context.limits.largest_text,
        largest_photo=context.limits.largest_attachment,
    )


@router.get("/")
def show_form(request: Request, context: Here) -> Response:
    return _form_page(request, context, {"client_id": uuid4().hex})


@router.post("/")
async def take_form(request: Request, context: Here, form: Posted) -> Response:
    """Accept an appeal; on any trouble the page comes back with the words kept."""
    values = {name: field(form, name) for name in TEXT_FIELDS}
    try:
        files = await photos.uploaded(form, context.limits)
        path = await run_in_threadpool(_accepted, context, values, files)
    except ingest.Refused as refusal:
        return await run_in_threadpool(_form_page, request, context, values, error=refusal.citizen, status=422)
    except ingest.StorageFull as full:
        return await run_in_threadpool(_form_page, request, context, values, error=full.citizen, status=503)
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout):
        return await run_in_threadpool(_form_page, request, context, values, error=DOWN, status=503)
    return RedirectResponse(path, 303)


def _accepted(context: Context, values: dict[str, str], files: list[tuple[str, bytes]]) -> str:
    """Accept the appeal and return the path of its status page."""
    attachments = tuple(photos.checked(name, content) for name, content in files)
    now = context.now()
    message = Message(
        region=context.region,
        channel=Channel.FORM,
        external_id=_external_id(values, attachments),
        text=values["text"],
        sent_at=now,
        author=Author(name=values["name"], email=values["email"], phone=values["phone"]),
        attachments=attachments,
        reply_to=values["email"],
        stated=_stated(values),
    )
    with context.transaction() as connection:
        accepted = ingest.accept(
            connection, message, now=now, files=context.files, pack=context.pack, limits=context.limits
        )
    return link_path(context.secret, accepted.number, accepted.appeal_id)


def _external_id(values: dict[str, str], attachments: tuple[Attachment, ...]) -> str:
    """The same form sent twice is one appeal; the form changed and sent again is another."""
    said = hashlib.sha256()
    for name in TEXT_FIELDS:
        said.update(values[name].encode() + b"\x00")
    for attachment in attachments:
        said.update(hashlib.sha256(attachment.content).digest())
    return said.hexdigest()


def _stated(values: dict[str, str]) -> dict[str, str]:
    stated = {name: values[name][:200] for name in ("settlement", "street", "house") if values[name]}
    where = point(values["latitude"], values["longitude"])
    if where is not None:
        stated |= {"latitude": str(where[0]), "longitude": str(where[1])}
    return stated


@router.get("/a/{number}/{token}")
def show_status(request: Request, context: Here, number: str, token: str) -> Response:
    """The status page. A wrong number and a wrong token look the same."""
    now = context.now()
    with context.transaction() as connection:
        appeal = appeals.by_number(connection, number)
        if appeal is None or appeal["region_id"] not in context.packs or not opens(context.secret, appeal["id"], token):
            raise Failure(404, "Такой страницы нет. Проверьте, что ссылка скопирована целиком.")
        found: list[Any] = problems.of_appeal(connection, appeal["region_id"], appeal["id"], now=now)
        clocks = appeals.clocks(connection, appeal["id"])
        photos_kept = len(appeals.attachments(connection, appeal["id"]))
    pack = context.packs[appeal["region_id"]]
    status = told(appeal, found, clocks, zone=pack.zone, now=now)
    base = context.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return render(
        request,
        "status.html",
        appeal=appeal,
        told=status,
        regime=regime_told(pack, appeal["regime"], appeal["accepted_at"]),
        photos=photos_kept,
        link=f"{base}{request.url.path}",
        headers={"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, no-store"},
    )
