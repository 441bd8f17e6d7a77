"""The executor's own pages: one problem of his, refusing it, answering as a co-executor."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.context import Context, Here
from api.pages.queue import card
from api.problem_details import Failure
from api.reading import directory, instructions, problems, rerouting
from api.rendering import render
from api.security.access import ExecutorUser
from api.security.forms import Posted, field, lines
from api.security.users import User
from api.v1.problems import own_executor
from api.v1.rerouting import answer_part, refuse
from api.v1.rerouting_schemas import RefuseIn
from routing.actions import Refused, Rerouting

router = APIRouter(include_in_schema=False)


def problem_page(
    request: Request, context: Context, user: User, problem_id: UUID, *, error: str = "", status: int = 200
) -> Response:
    """The page. Raises LookupError where the executor does not work on the problem."""
    now, pack, mine = context.now(), context.packs[user.region], own_executor(user)
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=now)
        parts = rerouting.parts(connection, [problem_id], now).get(problem_id, [])
        hops = rerouting.hops(connection, pack, [problem_id]).get(problem_id, [])
        executors = directory.executors(connection, user.region)
        about = instructions.of_problems(connection, [problem_id]).get(problem_id, [])
    own = [part for part in parts if part["executor_id"] == mine and part["ended_at"] is None]
    if row is None or (mine not in row["held_by"] and not own):
        raise LookupError(problem_id)
    policy = Rerouting.of_pack(pack)
    leads = mine in row["held_by"]
    counted = [hop for hop in hops if hop["undone_at"] is None]
    refusable = leads and row["state"] == "assigned" and len(counted) < policy.most_hops
    return render(
        request,
        "executor_problem.html",
        status=status,
        error=error,
        row=card(row, masked=True),
        leads=leads,
        own=own,
        parts_shown=[part for part in parts if part["ended_at"] is None],
        hops=hops,
        refusable=refusable and all(hop["executor_id"] != row["executor_id"] for hop in hops),
        reasons=policy.reasons.values(),
        executors=[one for one in executors if one["id"] != mine],
        instructions=[one for one in about if one["executor_name"] == row["executor_name"]] if leads else [],
    )


@router.get("/assignments/{problem_id}")
def show_problem(request: Request, context: Here, user: ExecutorUser, problem_id: UUID) -> Response:
    return problem_page(request, context, user, problem_id)


@router.post("/assignments/{problem_id}/refuse")
def refuse_problem(request: Request, context: Here, user: ExecutorUser, form: Posted, problem_id: UUID) -> Response:
    """The form of a refusal."""
    try:
        wish = RefuseIn(
            version=int(field(form, "version")),
            reason=field(form, "reason")[:50],
            executor_id=UUID(field(form, "executor_id")) if field(form, "executor_id") else None,
            comment=field(form, "comment")[:1000],
        )
    except ValueError as error:
        raise Failure(422, "Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error
    try:
        refuse(context, user, problem_id, wish)
    except Refused as refusal:
        return problem_page(request, context, user, problem_id, error=str(refusal), status=409)
    return RedirectResponse("/assignments", 303)


@router.post("/assignments/{problem_id}/answer/{part_id}")
def answer(
    request: Request, context: Here, user: ExecutorUser, form: Posted, problem_id: UUID, part_id: UUID
) -> Response:
    """The form of a co-executor's answer."""
    try:
        answer_part(context, user, problem_id, part_id, lines(form, "answer")[:5000])
    except Refused as refusal:
        return problem_page(request, context, user, problem_id, error=str(refusal), status=409)
    return RedirectResponse(f"/assignments/{problem_id}", 303)
