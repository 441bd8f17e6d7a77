"""The citizen's form. What becomes of it he sees on the status page (api.pages.status)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
from api.intake import accepted_once
from api.links import link_path
from api.rendering import render
from api.security.forms import Posted, field
from api.security.visitors import Sending, TooOften, Visit
from models.message import Author, Channel, Message

router = APIRouter(include_in_schema=False)
DOWN = (
    "Сервис временно недоступен. Ваше обращение не принято — отправьте ещё раз через несколько минут. "
    "Текст сохранён на этой странице, второй раз обращение не зарегистрируется."
)
PHOTOS_AGAIN = "Текст сохранён на этой странице, фотографии нужно выбрать снова."
TEXT_KEPT = "Текст сохранён на этой странице."
TEXT_FIELDS = ("text", "settlement", "street", "house", "latitude", "longitude", "name", "email", "phone", "client_id")


def _form_page(
    request: Request,
    context: Context,
    values: dict[str, str],
    *,
    error: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return render(
        request,
        "form.html",
        status=status,
        headers=headers,
        values=dict.fromkeys(TEXT_FIELDS, "") | values,
        error=error,
        most_photos=photos.MOST,
        largest_together=photos.LARGEST_TOGETHER,
        settlements=sorted(address_list(context.pack).settlements),
        largest_text=context.limits.largest_text,
        largest_photo=context.limits.largest_attachment,
        emergency_lines=context.pack.emergency_lines,
    )


@router.get("/", dependencies=[Visit])
def show_form(request: Request, context: Here) -> Response:
    return _form_page(request, context, {"client_id": uuid4().hex})


@router.post("/")
async def take_form(request: Request, context: Here, form: Posted) -> Response:
    """Accept an appeal; on any trouble the page comes back with the words kept."""
    values = {name: field(form, name) for name in TEXT_FIELDS}
    try:
        files = await photos.uploaded(form, context.limits)
        path = await run_in_threadpool(_accepted, request, context, values, files)
    except TooOften as often:
        words = f"{often.detail} {PHOTOS_AGAIN if files else TEXT_KEPT}"
        return await run_in_threadpool(
            _form_page, request, context, values, error=words, status=429, headers=often.headers
        )
    except ingest.Refused as refusal:
        return await run_in_threadpool(_form_page, request, context, values, error=refusal.citizen, status=422)
    except ingest.StorageFull as full:
        return await run_in_threadpool(_form_page, request, context, values, error=full.citizen, status=503)
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout):
        return await run_in_threadpool(_form_page, request, context, values, error=DOWN, status=503)
    return RedirectResponse(path, 303)


def _accepted(request: Request, context: Context, values: dict[str, str], files: list[tuple[str, bytes]]) -> str:
    """Accept the appeal and return the path of its status page."""
    message = Message(
        region=context.region,
        channel=Channel.FORM,
        external_id=_external_id(values, files),
        text=values["text"],
        sent_at=context.now(),
        author=Author(name=values["name"], email=values["email"], phone=values["phone"]),
        reply_to=values["email"],
        stated=_stated(values),
    )
    sending = Sending(request, message.author, len(files))
    accepted = accepted_once(
        context,
        sending,
        message,
        context.pack,
        lambda: tuple(photos.checked(name, content) for name, content in files),
    )
    return link_path(context.secret, accepted.number, accepted.appeal_id)


def _external_id(values: dict[str, str], files: list[tuple[str, bytes]]) -> str:
    """The same form sent twice is one appeal; the form changed and sent again is another."""
    said = hashlib.sha256()
    for name in TEXT_FIELDS:
        said.update(values[name].encode() + b"\x00")
    for _, content in files:
        said.update(hashlib.sha256(content).digest())
    return said.hexdigest()


def _stated(values: dict[str, str]) -> dict[str, str]:
    stated = {name: values[name][:200] for name in ("settlement", "street", "house") if values[name]}
    where = point(values["latitude"], values["longitude"])
    if where is not None:
        stated |= {"latitude": str(where[0]), "longitude": str(where[1])}
    return stated
