"""Problems: operators and governors see those of their region, executors their own."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.context import Here
from api.problem_details import documented
from api.reading import directory, problems, rerouting, similar
from api.reading.problems import Filters, Order
from api.security.access import Reader, Staff
from api.security.users import Role, User
from api.security.visitors import Visit
from api.v1.presenting import problem_shown, sees_personal, similar_shown
from api.v1.rerouting_schemas import CoExecutor, Hop, RoutedProblem
from api.v1.schemas import Assignment, AssignmentList, Executor, ProblemList, QueueCounts, Topic
from models.states import ProblemState

router = APIRouter(prefix="/api/v1", tags=["problems"])
NOBODY = UUID(int=0)
"""Stands for the executor of a person who answers for none: his lists are empty."""


def own_executor(user: User) -> UUID | None:
    """The executor to whose problems this person is limited; None where he sees the whole region."""
    return (user.executor_id or NOBODY) if user.role is Role.EXECUTOR else None


@router.get("/problems", responses=documented(401, 403, 422, 503))
def list_problems(
    context: Here,
    user: Staff,
    state: Annotated[ProblemState | None, Query()] = None,
    topic: Annotated[str | None, Query(max_length=20, description="A topic's code.")] = None,
    group: Annotated[str | None, Query(max_length=200, description="A group's name.")] = None,
    municipality: Annotated[str | None, Query(max_length=200)] = None,
    urgency: Annotated[int | None, Query(ge=1, le=5, description="At least this urgent.")] = None,
    place: Annotated[str | None, Query(max_length=200, description="Words of the address.")] = None,
    text: Annotated[str | None, Query(max_length=200, description="Words of the text, or a number.")] = None,
    decided: Annotated[bool | None, Query(description="Whether the machine trusts its topic.")] = None,
    overdue: Annotated[bool | None, Query(description="Whether the nearest clock has run out.")] = None,
    order: Annotated[Order, Query(description="newest, or queue: overdue and urgent first.")] = Order.NEWEST,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> ProblemList:
    """Problems of your region (an executor's: those he answers for now)."""
    # a search in the words could find what is masked
    words = text if user.role in (Role.OPERATOR, Role.ADMIN) else None
    filters = Filters(state, topic, group, municipality, urgency, place, words, decided, overdue, own_executor(user))
    with context.transaction() as connection:
        page = problems.listed(
            connection, user.region, filters, now=context.now(), order=order, limit=limit, cursor=cursor
        )
    return ProblemList(items=[problem_shown(row, user) for row in page.rows], next_cursor=page.next_cursor)


@router.get("/problems/{problem_id}", responses=documented(401, 403, 404, 422, 503))
def get_problem(context: Here, user: Staff, problem_id: UUID) -> RoutedProblem:
    """One problem with the chain of its executors, and for operators what is like it."""
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=context.now())
        alike = similar.of_appeal(connection, user.region, row["appeal_id"]) if row and sees_personal(user) else {}
        hops = rerouting.hops(connection, context.packs[user.region], [problem_id])
        parts = rerouting.parts(connection, [problem_id], context.now()).get(problem_id, [])
    at_work = {part["executor_id"] for part in parts if part["ended_at"] is None}
    limited_to = own_executor(user)
    if row is None or (limited_to is not None and limited_to not in at_work | set(row["held_by"])):
        raise LookupError(problem_id)
    return RoutedProblem(
        **problem_shown(row, user).model_dump(),
        similar=[similar_shown(other) for other in alike.get(problem_id, [])],
        hops=[Hop.model_validate(hop) for hop in hops.get(problem_id, [])],
        co_executors=[CoExecutor.model_validate(part) for part in parts],
    )


@router.get("/queue", responses=documented(401, 403, 503))
def count_queue(context: Here, user: Reader) -> QueueCounts:
    """How many problems stand where."""
    with context.transaction() as connection:
        return QueueCounts(**problems.counts(connection, user.region, now=context.now()))


@router.get("/assignments", responses=documented(401, 403, 422, 503))
def list_assignments(
    context: Here,
    user: Staff,
    executor_id: Annotated[UUID | None, Query()] = None,
    problem_id: Annotated[UUID | None, Query()] = None,
    is_open: Annotated[bool | None, Query(alias="open", description="Whether it still stands.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> AssignmentList:
    """Assignments, newest first (an executor's: his own)."""
    with context.transaction() as connection:
        page = directory.assignments(
            connection,
            user.region,
            executor_id=own_executor(user) or executor_id,
            problem_id=problem_id,
            is_open=is_open,
            limit=limit,
            cursor=cursor,
        )
    return AssignmentList(items=[Assignment.model_validate(row) for row in page.rows], next_cursor=page.next_cursor)


@router.get("/executors", tags=["directory"], responses=documented(401, 403, 503))
def list_executors(context: Here, user: Staff) -> list[Executor]:
    """Everybody who can answer for a problem in your region."""
    with context.transaction() as connection:
        return [Executor.model_validate(row) for row in directory.executors(connection, user.region)]


@router.get("/topics", tags=["directory"], responses=documented(422, 429, 503), dependencies=[Visit])
def list_topics(
    context: Here,
    region: Annotated[str, Query(max_length=50, description="Id of the region; empty: the installation's own.")] = "",
) -> list[Topic]:
    """The topics of a region, by group."""
    pack = context.pack_of(region)
    with context.transaction() as connection:
        return [Topic.model_validate(row) for row in directory.topics(connection, pack.id)]
