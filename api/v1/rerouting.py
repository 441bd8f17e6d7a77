"""Refusing a problem, and several executors for one: what executors and operators do with it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.context import Context, Here
from api.problem_details import documented
from api.reading import rerouting
from api.security.access import ExecutorUser, Operator, Staff
from api.security.users import User
from api.v1.problems import own_executor
from api.v1.rerouting_schemas import CoAnswerIn, CoEndIn, CoExecutor, CoIn, Hop, RefusalReason, RefuseIn
from routing import actions
from routing.actions import Rerouting

router = APIRouter(prefix="/api/v1", tags=["rerouting"])
FAILURES = documented(401, 403, 404, 409, 422, 503)


@router.get("/refusal-reasons", responses=documented(401, 403, 503))
def list_reasons(context: Here, user: Staff) -> list[RefusalReason]:
    """The reasons for which an executor of your region may refuse a problem."""
    known = Rerouting.of_pack(context.packs[user.region]).reasons.values()
    return [RefusalReason(code=one.code, name=one.name, asks=one.asks) for one in known]


@router.post("/problems/{problem_id}/refuse", responses=FAILURES)
def refuse(context: Here, user: ExecutorUser, problem_id: UUID, wish: RefuseIn) -> Hop:
    """Say that the problem is not yours: once for each problem, and only as often as the region lets it go around."""
    pack = context.packs[user.region]
    with context.transaction() as connection:
        actions.refuse(
            connection,
            user.region,
            problem_id,
            wish.version,
            own_executor(user) or user.id,
            reason=wish.reason,
            named_id=wish.executor_id,
            comment=wish.comment.strip(),
            by=user.login,
            now=context.now(),
            policy=Rerouting.of_pack(pack),
            competence=context.competence(connection, user.region),
        )
        return Hop.model_validate(rerouting.hops(connection, pack, [problem_id])[problem_id][-1])


@router.post("/problems/{problem_id}/co", responses=FAILURES)
def add_co(context: Here, user: Operator, problem_id: UUID, wish: CoIn) -> list[CoExecutor]:
    """Ask one more executor to work on the problem; answers with all who do beside the lead."""
    with context.transaction() as connection:
        actions.add_co(
            connection,
            user.region,
            problem_id,
            wish.version,
            wish.executor_id,
            role=wish.role,
            task=wish.task.strip(),
            by=user.login,
            now=context.now(),
            policy=Rerouting.of_pack(context.packs[user.region]),
        )
    return _parts(context, problem_id)


@router.post("/problems/{problem_id}/co/{part_id}/end", responses=FAILURES)
def end_co(context: Here, user: Operator, problem_id: UUID, part_id: UUID, wish: CoEndIn) -> list[CoExecutor]:
    """Take somebody off who works on the problem beside the lead."""
    with context.transaction() as connection:
        actions.end_co(
            connection,
            user.region,
            problem_id,
            wish.version,
            part_id,
            by=user.login,
            now=context.now(),
            reason=wish.reason,
        )
    return _parts(context, problem_id)


@router.post("/problems/{problem_id}/co/{part_id}/answer", responses=FAILURES)
def answer_co(context: Here, user: ExecutorUser, problem_id: UUID, part_id: UUID, wish: CoAnswerIn) -> CoExecutor:
    """Give the answer that you were asked for, to the lead."""
    answer_part(context, user, problem_id, part_id, wish.answer.strip())
    return next(part for part in _parts(context, problem_id) if part.id == part_id)


def answer_part(context: Context, user: User, problem_id: UUID, part_id: UUID, answer: str) -> None:
    with context.transaction() as connection:
        actions.answer_co(
            connection,
            user.region,
            problem_id,
            part_id,
            own_executor(user) or user.id,
            answer=answer,
            by=user.login,
            now=context.now(),
        )


def _parts(context: Context, problem_id: UUID) -> list[CoExecutor]:
    with context.transaction() as connection:
        rows = rerouting.parts(connection, [problem_id], context.now()).get(problem_id, [])
    return [CoExecutor.model_validate(row) for row in rows]
