"""Instructions of a head: he gives, an executor takes, hands parts on and reports, who gave it closes or returns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.context import Context, Here
from api.problem_details import documented
from api.reading import instructions as reading
from api.security.access import ExecutorUser, Giver, Staff
from api.security.users import Role, User
from api.terms import due, end_of, terms_of
from api.v1.instruction_schemas import (
    DeedIn,
    Instruction,
    InstructionIn,
    InstructionList,
    MoveIn,
    NamedTerm,
    ReachIn,
    WholeInstruction,
)
from models.pack import RegionPack
from models.states import InstructionState
from routing import instructions
from routing.actions import executor_of
from routing.instructions import Person, Wish

router = APIRouter(prefix="/api/v1", tags=["instructions"])
FAILURES = documented(401, 403, 404, 409, 422, 503)


def person(user: User) -> Person:
    """Who the user is to instructions: the governor heads them, operators see them, executors answer."""
    executor = user.executor_id if user.role is Role.EXECUTOR else None
    return Person(user.login, user.role is Role.GOVERNOR, user.role in (Role.OPERATOR, Role.ADMIN), executor)


@router.get("/instruction-terms", responses=documented(401, 403, 503))
def list_terms(context: Here, user: Staff) -> list[NamedTerm]:
    """The terms that may be named in place of a day, each with its source."""
    known = terms_of(context.packs[user.region]).values()
    return [NamedTerm(code=one.code, name=one.name, basis=one.term.basis, source=one.term.source) for one in known]


@router.get("/instructions", responses=documented(401, 403, 422, 503))
def list_instructions(
    context: Here,
    user: Staff,
    state: Annotated[InstructionState | None, Query()] = None,
    open_only: Annotated[bool, Query(alias="open", description="Only those that are not closed.")] = False,
    overdue: Annotated[bool, Query(description="Only those whose deadline has passed without a report.")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> InstructionList:
    """Instructions, the earliest deadline first (an executor's: his own, and parts that he handed on)."""
    with context.transaction() as connection:
        page = reading.listed(
            connection,
            user.region,
            person(user),
            now=context.now(),
            state=state,
            open_only=open_only,
            overdue=overdue,
            limit=limit,
            cursor=cursor,
        )
    return InstructionList(items=[Instruction.model_validate(row) for row in page.rows], next_cursor=page.next_cursor)


@router.get("/instructions/{instruction_id}", responses=documented(401, 403, 404, 422, 503))
def get_instruction(context: Here, user: Staff, instruction_id: UUID) -> WholeInstruction:
    """One instruction with its control points, parts and history."""
    with context.transaction() as connection:
        row = reading.one(connection, user.region, instruction_id, person(user), context.now())
    return WholeInstruction.model_validate(row)


@router.post("/instructions", status_code=201, responses=FAILURES)
def give(context: Here, user: Giver, wish: InstructionIn) -> WholeInstruction:
    """Give an instruction, or hand on a part of yours."""
    give_instruction(context, user, wish)
    return get_instruction(context, user, wish.id)


def give_instruction(context: Context, user: User, wish: InstructionIn) -> None:
    pack, now = context.packs[user.region], context.now()
    deadline, basis = due(pack, wish.term, wish.day, now, _giver(user))
    points = tuple((point.name.strip(), _within(end_of(point.day, pack, now), deadline, pack)) for point in wish.points)
    with context.transaction() as connection:
        executor = executor_of(connection, user.region, wish.executor_id)
        asked = Wish(wish.id, wish.text.strip(), executor, deadline, basis, wish.problem_id, points)
        instructions.give(connection, user.region, asked, person(user), parent_id=wish.parent_id, now=now)


def _giver(user: User) -> str:
    """Who names a day, in the words of a basis: a part is given by who has the whole."""
    return "руководитель" if user.role is Role.GOVERNOR else "исполнитель всего поручения"


def _within(point: datetime, deadline: datetime, pack: RegionPack) -> datetime:
    """The end of a control point's day: on the day of the whole, that of the whole."""
    same_day = point.astimezone(pack.zone).date() == deadline.astimezone(pack.zone).date()
    return min(point, deadline) if same_day else point


@router.post("/instructions/{instruction_id}/deeds", responses=FAILURES)
def do(context: Here, user: Giver, instruction_id: UUID, wish: DeedIn) -> WholeInstruction:
    """Accept, start or report as the executor; return, close or reopen as the one who gave it."""
    do_deed(context, user, instruction_id, wish)
    return get_instruction(context, user, instruction_id)


def do_deed(context: Context, user: User, instruction_id: UUID, wish: DeedIn) -> None:
    with context.transaction() as connection:
        instructions.step(
            connection,
            user.region,
            instruction_id,
            wish.version,
            wish.deed.event,
            person(user),
            note=wish.note.strip(),
            now=context.now(),
        )


@router.post("/instructions/{instruction_id}/move", responses=FAILURES)
def move(context: Here, user: Giver, instruction_id: UUID, wish: MoveIn) -> WholeInstruction:
    """Give the instruction another day, as the one who gave it."""
    move_deadline(context, user, instruction_id, wish)
    return get_instruction(context, user, instruction_id)


def move_deadline(context: Context, user: User, instruction_id: UUID, wish: MoveIn) -> None:
    now = context.now()
    deadline, basis = due(context.packs[user.region], "", wish.day, now, _giver(user))
    with context.transaction() as connection:
        instructions.move(
            connection,
            user.region,
            instruction_id,
            wish.version,
            deadline,
            basis,
            person(user),
            note=wish.note.strip(),
            now=now,
        )


@router.post("/instructions/{instruction_id}/points/{point_id}/done", responses=FAILURES)
def reach(context: Here, user: ExecutorUser, instruction_id: UUID, point_id: UUID, wish: ReachIn) -> WholeInstruction:
    """Say that a control point is reached."""
    reach_point(context, user, instruction_id, point_id, wish.note.strip())
    return get_instruction(context, user, instruction_id)


def reach_point(context: Context, user: User, instruction_id: UUID, point_id: UUID, note: str) -> None:
    with context.transaction() as connection:
        instructions.reach(
            connection, user.region, instruction_id, point_id, person(user), note=note, now=context.now()
        )
