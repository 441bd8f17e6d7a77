"""Operators' actions on a problem. Each takes the version that was seen and answers with the problem as it is now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection

from api.context import Context, Here
from api.geography import corrected_place
from api.problem_details import Failure, documented
from api.reading import problems
from api.security.access import Operator
from api.security.users import User
from api.v1.presenting import problem_shown
from api.v1.schemas import AssignIn, DismissIn, MergeIn, PlaceCorrection, Problem, Seen, SplitIn, TopicIn
from models.text import Span
from models.topics import Topic
from routing import actions

router = APIRouter(prefix="/api/v1/problems/{problem_id}", tags=["actions"])
FAILURES = documented(401, 403, 404, 409, 422, 503)


def topic_of(context: Context, region: str, code: str) -> Topic:
    topic = context.packs[region].topic_by_code.get(code)
    if topic is None:
        raise Failure(422, "Такой темы нет. Выберите тему из списка.")
    return topic


def judged(context: Context, user: User, connection: Connection[Any]) -> dict[str, Any]:
    """Who does it, when, and the table by which executors are guessed anew."""
    return {"by": user.login, "now": context.now(), "competence": context.competence(connection, user.region)}


def _as_it_is_now(context: Context, user: User, problem_id: UUID) -> Problem:
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=context.now())
    if row is None:
        raise LookupError(problem_id)
    return problem_shown(row, user)


@router.post("/accept", responses=FAILURES)
def accept(context: Here, user: Operator, problem_id: UUID, seen: Seen) -> Problem:
    """The machine's first executor is right: assign the problem to it."""
    with context.transaction() as connection:
        actions.accept(connection, user.region, problem_id, seen.version, by=user.login, now=context.now())
    return _as_it_is_now(context, user, problem_id)


@router.post("/assign", responses=FAILURES)
def assign(context: Here, user: Operator, problem_id: UUID, wish: AssignIn) -> Problem:
    """Assign the problem to another executor."""
    with context.transaction() as connection:
        actions.assign(
            connection,
            user.region,
            problem_id,
            wish.version,
            wish.executor_id,
            by=user.login,
            now=context.now(),
            reason=wish.reason,
        )
    return _as_it_is_now(context, user, problem_id)


@router.post("/topic", responses=FAILURES)
def correct_topic(context: Here, user: Operator, problem_id: UUID, wish: TopicIn) -> Problem:
    """Put the problem under another topic."""
    topic = topic_of(context, user.region, wish.topic_code)
    with context.transaction() as connection:
        actions.correct_topic(
            connection, user.region, problem_id, wish.version, topic, **judged(context, user, connection)
        )
    return _as_it_is_now(context, user, problem_id)


@router.post("/place", responses=FAILURES)
def correct_place(context: Here, user: Operator, problem_id: UUID, wish: PlaceCorrection) -> Problem:
    """Put the problem at another place."""
    place = corrected_place(context.packs[user.region], **wish.place.model_dump())
    with context.transaction() as connection:
        actions.correct_place(
            connection, user.region, problem_id, wish.version, place, **judged(context, user, connection)
        )
    return _as_it_is_now(context, user, problem_id)


@router.post("/split", responses=FAILURES)
def split(context: Here, user: Operator, problem_id: UUID, wish: SplitIn) -> Problem:
    """Make a piece of the text a problem of its own; answers with the new problem."""
    if wish.start >= wish.end:
        raise Failure(422, "Выделите в тексте часть, которая станет отдельной проблемой.")
    topic = topic_of(context, user.region, wish.topic_code)
    with context.transaction() as connection:
        made = actions.split(
            connection,
            user.region,
            problem_id,
            wish.version,
            Span(wish.start, wish.end),
            topic,
            by=user.login,
            now=context.now(),
        )
    return _as_it_is_now(context, user, made)


@router.post("/merge", responses=FAILURES)
def merge(context: Here, user: Operator, problem_id: UUID, wish: MergeIn) -> Problem:
    """Say that the problem is the same thing as another one."""
    with context.transaction() as connection:
        actions.merge(connection, user.region, problem_id, wish.version, wish.into, by=user.login, now=context.now())
    return _as_it_is_now(context, user, problem_id)


@router.post("/dismiss", responses=FAILURES)
def dismiss(context: Here, user: Operator, problem_id: UUID, wish: DismissIn) -> Problem:
    """Take the problem off: there is nothing to solve in it."""
    with context.transaction() as connection:
        actions.dismiss(
            connection,
            user.region,
            problem_id,
            wish.version,
            by=user.login,
            now=context.now(),
            reason=wish.reason,
        )
    return _as_it_is_now(context, user, problem_id)


@router.post("/undo", responses=FAILURES)
def undo(context: Here, user: Operator, problem_id: UUID, seen: Seen) -> Problem:
    """Take back the last action on the problem."""
    with context.transaction() as connection:
        actions.undo(connection, user.region, problem_id, seen.version, **judged(context, user, connection))
    return _as_it_is_now(context, user, problem_id)
