"""Incidents for operators and governors: the list with alarms and suggestions, one incident with its map, actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from psycopg import Connection
from starlette.datastructures import FormData

from api import sheets
from api.context import Context, Here
from api.pages.actions import by_number
from api.pages.queue import link
from api.problem_details import Failure
from api.reading import directory
from api.reading import incidents as reading
from api.reading.problems import Page
from api.rendering import render
from api.security.access import Operator, Reader
from api.security.forms import Posted, field
from api.security.users import User
from api.tables import FormatAsked, Sheet, as_file, walked
from api.v1.presenting import sees_personal
from api.views.incidents import alarms, incident_name
from api.views.text import pairs, personal_spans, quote
from routing.actions import Refused
from routing.incidents import actions, causes_of

router = APIRouter(include_in_schema=False)
PAGE = 30
MOST_BY_HAND = 50
"""Numbers in one form."""


def incidents_page(
    request: Request,
    context: Context,
    user: User,
    *,
    state: str,
    cursor: str | None,
    error: str = "",
    status: int = 200,
) -> Response:
    """The list; with `error`, what became of an answer that could not be given."""
    with context.transaction() as connection:
        page = reading.listed(connection, user.region, state=state or None, limit=PAGE, cursor=cursor)
        bursts = alarms(connection, user.region, context.now())
        asked = reading.suggestions(connection, user.region) if sees_personal(user) else []
    causes = causes_of(context.packs[user.region].folder)
    return render(
        request,
        "incidents.html",
        status=status,
        error=error,
        rows=[row | {"title": incident_name(row, causes)} for row in page.rows],
        bursts=bursts,
        suggestions=asked,
        state=state,
        next_link=link("/incidents", state=state, cursor=page.next_cursor) if page.next_cursor else "",
    )


@router.get("/incidents")
def show_incidents(
    request: Request,
    context: Here,
    user: Reader,
    state: Annotated[str, Query(max_length=10)] = "open",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    format: FormatAsked = None,
) -> Response:
    if format is not None:
        return as_file(_sheet(context, user, state), format)
    return incidents_page(request, context, user, state=state, cursor=cursor)


def _sheet(context: Context, user: User, state: str) -> Sheet:
    """All incidents of a state."""
    pack = context.packs[user.region]
    causes = causes_of(pack.folder)

    def page_of(after: str | None) -> Page:
        with context.transaction() as connection:
            return reading.listed(connection, user.region, state=state or None, limit=sheets.PAGE, cursor=after)

    every = (row | {"title": incident_name(row, causes)} for row in walked(page_of))
    return Sheet("Инциденты", sheets.INCIDENTS, every, pack.zone)


def incident_page(
    request: Request, context: Context, user: User, incident: UUID, *, error: str = "", status: int = 200
) -> Response:
    """One incident; with `error`, what became of an action that could not be done."""
    with context.transaction() as connection:
        row = reading.one(connection, user.region, incident)
        if row is None:
            raise LookupError(incident)
        members = reading.members(connection, incident)
        executors = directory.executors(connection, user.region)
    full = sees_personal(user)
    shown = [
        one | {"quote": quote(one["text"], pairs(one["spans"]), [] if full else personal_spans(one["privacy"]))}
        for one in members
    ]
    points = [
        {"number": str(number), "latitude": one["latitude"], "longitude": one["longitude"]}
        for number, one in enumerate(members, 1)
        if one["latitude"] is not None
    ]
    return render(
        request,
        "incident.html",
        status=status,
        error=error,
        incident=row | {"title": incident_name(row, causes_of(context.packs[user.region].folder))},
        members=shown,
        points=points,
        executors=executors,
        may_act=full,
    )


@router.get("/incidents/{incident_id}")
def show_incident(request: Request, context: Here, user: Reader, incident_id: UUID) -> Response:
    return incident_page(request, context, user, incident_id)


def _version(form: FormData) -> int:
    try:
        return int(field(form, "version"))
    except ValueError as error:
        raise Failure(422, "Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error


def _chosen(form: FormData) -> list[UUID]:
    """The problems that are ticked."""
    try:
        return [UUID(str(each)) for each in form.getlist("problem")]
    except ValueError as error:
        raise Failure(422, "Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error


Work = Callable[[Connection[Any], User, UUID, int, FormData, dict[str, Any]], object]


def _assign(c: Connection[Any], user: User, incident: UUID, version: int, form: FormData, by: dict[str, Any]) -> None:
    try:
        executor = UUID(field(form, "executor_id"))
    except ValueError as error:
        raise Refused("Выберите исполнителя из списка.") from error
    actions.assign(c, user.region, incident, version, executor, **by, reason=field(form, "reason")[:1000])


def _add(c: Connection[Any], user: User, incident: UUID, version: int, form: FormData, by: dict[str, Any]) -> None:
    actions.add(c, user.region, incident, version, by_number(c, user, field(form, "number")), **by)


ACTIONS: dict[str, Work] = {
    "add": _add,
    "assign": _assign,
    "name": lambda c, user, i, v, form, by: actions.name(c, user.region, i, v, field(form, "name")[:200], **by),
    "take-out": lambda c, user, i, v, form, by: actions.take_out(c, user.region, i, v, _chosen(form), **by),
    "split": lambda c, user, i, v, form, by: actions.split(c, user.region, i, v, _chosen(form), "", **by),
    "close": lambda c, user, i, v, _, by: actions.close(c, user.region, i, v, **by),
    "reopen": lambda c, user, i, v, _, by: actions.close(c, user.region, i, v, **by, again=True),
    "undo": lambda c, user, i, v, _, by: actions.undo(c, user.region, i, v, **by),
}


@router.post("/incidents")
def open_incident(request: Request, context: Here, user: Operator, form: Posted) -> Response:
    """An incident of the problems whose numbers the operator names."""
    try:
        with context.transaction() as connection:
            numbers = [each for each in re.split(r"[,;\s]+", field(form, "numbers")) if each]
            if len(numbers) > MOST_BY_HAND:
                raise Refused(f"За один раз можно собрать не больше {MOST_BY_HAND} обращений. Ничего не записано.")
            chosen = list(dict.fromkeys(by_number(connection, user, each) for each in numbers))
            made = actions.open_by_hand(
                connection, user.region, chosen, field(form, "name")[:200], by=user.login, now=context.now()
            )
    except Refused as refusal:
        return incidents_page(request, context, user, state="open", cursor=None, error=str(refusal), status=409)
    return RedirectResponse(f"/incidents/{made}", 303)


@router.post("/incidents/{incident_id}/{action}")
def act(request: Request, context: Here, user: Operator, form: Posted, incident_id: UUID, action: str) -> Response:
    """One action on one incident; the browser goes back to its page."""
    work = ACTIONS.get(action)
    if work is None:
        raise Failure(404, "Такого действия нет.")
    by = {"by": user.login, "now": context.now()}
    try:
        with context.transaction() as connection:
            made = work(connection, user, incident_id, _version(form), form, by)
    except Refused as refusal:
        return incident_page(request, context, user, incident_id, error=str(refusal), status=409)
    return RedirectResponse(f"/incidents/{made if isinstance(made, UUID) else incident_id}", 303)


@router.post("/suggestions/{problem_id}/{answer}")
def answer_suggestion(
    request: Request, context: Here, user: Operator, _: Posted, problem_id: UUID, answer: str
) -> Response:
    """Answer «похоже на инцидент»: yes or no."""
    if answer not in ("yes", "no"):
        raise Failure(404, "Такого ответа нет.")
    try:
        with context.transaction() as connection:
            incident = actions.answer(
                connection, user.region, problem_id, yes=answer == "yes", by=user.login, now=context.now()
            )
    except Refused as refusal:
        return incidents_page(request, context, user, state="open", cursor=None, error=str(refusal), status=409)
    return RedirectResponse(f"/incidents/{incident}" if incident else "/incidents", 303)
