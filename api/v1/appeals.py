"""Appeals: anybody may send one; operators read them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

import routing.actions
from api.context import Here
from api.intake import accepted_once
from api.links import link_path
from api.problem_details import documented
from api.reading import appeals
from api.security.access import Operator
from api.security.visitors import Sending
from api.v1.schemas import Appeal, AppealAccepted, AppealIn, AppealList, PlaceIn
from models.message import Author, Channel, Message

router = APIRouter(prefix="/api/v1", tags=["appeals"])


def stated(place: PlaceIn) -> dict[str, str]:
    """A place as the hints that a Message carries."""
    return {name: str(value) for name, value in place.model_dump().items() if value not in ("", None)}


@router.post("/appeals", status_code=201, responses=documented(409, 413, 422, 429, 503))
def create_appeal(request: Request, context: Here, appeal: AppealIn, response: Response) -> AppealAccepted:
    """Send an appeal. 201 means that it is stored durably; 200 that this external_id was accepted before.

    409: this external_id was accepted with another text; nothing was stored, take a new id. 429: too many for now from
    this address or with this contact; nothing was stored, send it again with the same id after `Retry-After` seconds.
    """
    now, pack = context.now(), context.pack_of(appeal.region)
    message = Message(
        region=pack.id,
        channel=Channel.FORM,
        external_id=f"api:{appeal.external_id}",
        text=appeal.text,
        sent_at=appeal.sent_at or now,
        author=Author(name=appeal.author.name, email=appeal.author.email, phone=appeal.author.phone),
        reply_to=appeal.author.email,
        stated=stated(appeal.place),
    )
    accepted = accepted_once(context, Sending(request, message.author), message, pack)
    if accepted.text_differs:
        raise routing.actions.Refused(
            "С этим external_id уже принято обращение с другим текстом. Новое не записано: пришлите его с новым id."
        )
    response.status_code = 201 if accepted.created else 200
    return AppealAccepted(
        id=accepted.appeal_id,
        number=accepted.number,
        created=accepted.created,
        status_path=link_path(context.secret, accepted.number, accepted.appeal_id),
    )


@router.get("/appeals", responses=documented(401, 403, 422, 503))
def list_appeals(
    context: Here,
    user: Operator,
    state: Annotated[Literal["accepted", "analysed", "dismissed"] | None, Query()] = None,
    text: Annotated[str | None, Query(max_length=200, description="Words of the text, or a number.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> AppealList:
    """Appeals of your region, newest first."""
    with context.transaction() as connection:
        page = appeals.listed(connection, user.region, state=state, text=text, limit=limit, cursor=cursor)
    return AppealList(items=[Appeal.model_validate(row) for row in page.rows], next_cursor=page.next_cursor)


@router.get("/appeals/{appeal_id}", responses=documented(401, 403, 404, 422, 503))
def get_appeal(context: Here, user: Operator, appeal_id: UUID) -> Appeal:
    """One appeal, word for word."""
    with context.transaction() as connection:
        row = appeals.one(connection, user.region, appeal_id)
    if row is None:
        raise LookupError(appeal_id)
    return Appeal.model_validate(row)


@router.post("/appeals/{appeal_id}/restore", status_code=204, responses=documented(401, 403, 404, 409, 422, 503))
def restore_appeal(context: Here, user: Operator, appeal_id: UUID) -> Response:
    """The machine saw no problem in this appeal and you do: have it analysed again."""
    with context.transaction() as connection:
        routing.actions.restore_appeal(connection, user.region, appeal_id, by=user.login, now=context.now())
    return Response(status_code=204)
