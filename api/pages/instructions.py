"""Instructions: the governor gives and judges, the executor takes, reports and hands parts on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api import sheets
from api.context import Context, Here
from api.pages.actions import by_number
from api.pages.queue import card, link
from api.problem_details import Failure
from api.reading import directory, instructions, problems
from api.reading.problems import Page
from api.rendering import render
from api.security.access import Giver, Staff
from api.security.forms import Posted, field, lines
from api.security.users import Role, User
from api.tables import FormatAsked, Sheet, as_file, walked
from api.terms import terms_of
from api.v1.instruction_schemas import Deed, DeedIn, InstructionIn, MoveIn, PointIn
from api.v1.instructions import do_deed, give_instruction, move_deadline, person, reach_point
from models.states import Who
from routing.actions import Refused
from routing.instructions import Person

router = APIRouter(include_in_schema=False)
PAGE = 30
NOTHING: Mapping[str, str] = {}
POINTS = 3
"""Rows for control points in the form; more are given through parts, or the JSON API."""


def list_page(
    request: Request,
    context: Context,
    user: User,
    *,
    state: str = "open",
    cursor: str | None = None,
    error: str = "",
    status: int = 200,
    typed: Mapping[str, str] = NOTHING,
) -> Response:
    """The list. `error` says why a form was refused, `typed` what stood in it: nothing is typed twice."""
    with context.transaction() as connection:
        page = instructions.listed(
            connection,
            user.region,
            person(user),
            now=context.now(),
            open_only=state != "all",
            overdue=state == "overdue",
            limit=PAGE,
            cursor=cursor,
        )
        executors = directory.executors(connection, user.region)
    following = link("/instructions", state=state, cursor=page.next_cursor) if page.next_cursor else ""
    return render(
        request,
        "instructions.html",
        status=status,
        error=error,
        rows=page.rows,
        state=state,
        next_link=following,
        gives=user.role is Role.GOVERNOR,
        executors=executors,
        terms=terms_of(context.packs[user.region]).values(),
        new_id=uuid4(),
        points=range(POINTS),
        typed=typed,
    )


def one_page(
    request: Request,
    context: Context,
    user: User,
    instruction_id: UUID,
    *,
    error: str = "",
    status: int = 200,
    typed: Mapping[str, str] = NOTHING,
) -> Response:
    """One instruction; `error` and `typed` as on the list."""
    who = person(user)
    with context.transaction() as connection:
        row = instructions.one(connection, user.region, instruction_id, who, context.now())
        about = None
        if row["problem_id"] is not None:
            about = problems.one(connection, user.region, row["problem_id"], now=context.now())
        executors = directory.executors(connection, user.region)
    masked = user.role not in (Role.OPERATOR, Role.ADMIN)
    return render(
        request,
        "instruction.html",
        status=status,
        error=error,
        one=row,
        about=card(about, masked=masked) if about else None,
        parts_of_user=roles(row, who),
        executors=[one for one in executors if one["id"] != row["executor_id"]],
        terms=terms_of(context.packs[user.region]).values(),
        new_id=uuid4(),
        points=range(POINTS),
        typed=typed,
    )


def roles(row: instructions.Row, who: Person) -> set[str]:
    """Who the person is to the instruction as the page shows it: head, executor."""
    handed_on = row["given_by_executor_id"]
    is_head = who.governor if handed_on is None else who.executor_id == handed_on
    found = {Who.HEAD.value} if is_head else set()
    return found | ({Who.EXECUTOR.value} if who.executor_id == row["executor_id"] else set())


@router.get("/instructions")
def show_list(
    request: Request,
    context: Here,
    user: Staff,
    state: Annotated[str, Query(max_length=20)] = "open",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    format: FormatAsked = None,
) -> Response:
    """What the person gave or must do, the earliest deadline first."""
    if format is not None:
        return as_file(_sheet(context, user, state), format)
    return list_page(request, context, user, state=state, cursor=cursor)


def _sheet(context: Context, user: User, state: str) -> Sheet:
    """All instructions of the list."""

    def page_of(after: str | None) -> Page:
        with context.transaction() as connection:
            return instructions.listed(
                connection,
                user.region,
                person(user),
                now=context.now(),
                open_only=state != "all",
                overdue=state == "overdue",
                limit=sheets.PAGE,
                cursor=after,
            )

    return Sheet("Поручения", sheets.INSTRUCTIONS, walked(page_of), context.packs[user.region].zone)


@router.get("/instructions/{instruction_id}")
def show_one(request: Request, context: Here, user: Staff, instruction_id: UUID) -> Response:
    return one_page(request, context, user, instruction_id)


@router.post("/instructions")
def give(request: Request, context: Here, user: Giver, form: Posted) -> Response:
    """The form of a new instruction, or of a part of one."""
    parent = field(form, "parent_id")
    try:
        wish = InstructionIn(
            id=UUID(field(form, "id")),
            text=lines(form, "text"),
            executor_id=UUID(field(form, "executor_id")),
            parent_id=UUID(parent) if parent else None,
            problem_id=_about(context, user, field(form, "about")),
            day=_day(field(form, "day")),
            term=field(form, "term"),
            points=[
                PointIn(name=field(form, f"point-{number}"), day=date.fromisoformat(field(form, f"point-day-{number}")))
                for number in range(POINTS)
                if field(form, f"point-{number}")
            ],
        )
        give_instruction(context, user, wish)
    except (ValueError, ValidationError):
        return _again(request, context, user, form, "Укажите, что сделать, кому, и к какому дню (ГГГГ-ММ-ДД).")
    except Refused as refusal:
        return _again(request, context, user, form, str(refusal))
    return RedirectResponse(f"/instructions/{wish.id}", 303)


def _again(request: Request, context: Context, user: User, form: FormData, error: str) -> Response:
    """The page from which the form came, with why nothing was given."""
    try:
        parent = UUID(field(form, "parent_id"))
    except ValueError:
        return list_page(request, context, user, error=error, status=409, typed=_typed(form))
    return one_page(request, context, user, parent, error=error, status=409, typed=_typed(form))


def _typed(form: FormData) -> dict[str, str]:
    """What stood in the fields of a form."""
    return {name: field(form, name) for name in form}


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None


def _about(context: Context, user: User, number: str) -> UUID | None:
    """The problem of this number; only the head names one, others would learn which numbers there are."""
    if not number or user.role is not Role.GOVERNOR:
        return None
    with context.transaction() as connection:
        return by_number(connection, user, number)


@router.post("/instructions/{instruction_id}/{action}")
def act(request: Request, context: Here, user: Giver, form: Posted, instruction_id: UUID, action: str) -> Response:
    """One deed, another day, or a control point reached."""
    try:
        if action == "move":
            day = date.fromisoformat(field(form, "day"))
            move_deadline(
                context, user, instruction_id, MoveIn(version=_version(form), day=day, note=field(form, "note"))
            )
        elif action == "reach":
            reach_point(context, user, instruction_id, UUID(field(form, "point_id")), field(form, "note")[:1000])
        elif action in set(Deed):
            wish = DeedIn(version=_version(form), deed=Deed(action), note=lines(form, "note")[:5000])
            do_deed(context, user, instruction_id, wish)
        else:
            raise Failure(404, "Такого действия нет.")
    except ValueError as error:
        raise Failure(422, "Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error
    except Refused as refusal:
        typed = _typed(form) | {"deed": action}
        return one_page(request, context, user, instruction_id, error=str(refusal), status=409, typed=typed)
    return RedirectResponse(f"/instructions/{instruction_id}", 303)


def _version(form: FormData) -> int:
    return int(field(form, "version"))
