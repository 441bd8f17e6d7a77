"""The executor's own pages: what he has, one problem of his, refusing it, answering as a co-executor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from psycopg import Connection

from api import sheets
from api.context import Context, Here
from api.pages.queue import PAGE, card, link
from api.problem_details import Failure
from api.reading import appeals, directory, executor_list, instructions, problems, replies, rerouting
from api.reading import resolution as reading
from api.reading.executor_list import Turn
from api.rendering import render
from api.security.access import ExecutorUser
from api.security.forms import Posted, field, lines
from api.security.users import User
from api.tables import FormatAsked, as_file
from api.v1.problems import NOBODY, own_executor
from api.v1.proofs import sent
from api.v1.rerouting import answer_part, refuse
from api.v1.rerouting_schemas import RefuseIn
from api.v1.resolution import policy_of, today_of
from api.views.evidence import hidden
from api.views.plans import next_step
from models.resolution import FileRole, Variant
from models.states import ProblemState
from resolution.policy import MEGABYTE
from routing.actions import Refused, Rerouting

router = APIRouter(include_in_schema=False)
PLANNABLE = (ProblemState.ASSIGNED, ProblemState.PLANNED)
NOTHING: Mapping[str, str] = {}


@router.get("/assignments")
def show_assignments(
    request: Request,
    context: Here,
    user: ExecutorUser,
    turn: Annotated[Turn, Query()] = Turn.TODO,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
    format: FormatAsked = None,
) -> Response:
    """What the executor of this person answers for now, what burns first, with what to do next."""
    now, mine, skip = context.now(), user.executor_id or NOBODY, (page - 1) * PAGE
    zone = context.packs[user.region].zone
    if format is not None:
        every = _every(context, user.region, mine, turn, now)
        return as_file(sheets.problems("Мои проблемы", every, zone, lambda row: card(row, masked=True)), format)
    with context.transaction() as connection:
        found = executor_list.listed(connection, user.region, mine, turn, now=now, limit=PAGE + 1, skip=skip)
        counts = executor_list.counts(connection, user.region, mine, now)
        ids = [row["id"] for row in found[:PAGE]]
        plans, proofs = reading.plans(connection, ids), reading.proofs(connection, ids)
        parts = rerouting.parts(connection, ids, now)
    rows = [
        card(row, masked=True)
        | {
            "next": next_step(row, plans.get(row["id"], []), proofs.get(row["id"], []), zone, now)
            if mine in row["held_by"]
            else _helps(parts.get(row["id"], []), mine)
        }
        for row in found[:PAGE]
    ]
    return render(
        request,
        "assignments.html",
        rows=rows,
        turn=turn,
        counts=counts,
        days=executor_list.DAYS,
        next_link=link("/assignments", turn=turn, page=page + 1) if len(found) > PAGE else "",
        back_link=link("/assignments", turn=turn, page=page - 1) if page > 1 else "",
    )


def _every(context: Context, region: str, mine: UUID, turn: Turn, now: datetime) -> Iterator[problems.Row]:
    """All of the list, read in pieces."""
    skip = 0
    while True:
        with context.transaction() as connection:
            rows = executor_list.listed(connection, region, mine, turn, now=now, limit=sheets.PAGE, skip=skip)
        yield from rows
        skip += len(rows)
        if len(rows) < sheets.PAGE:
            return


def _helps(parts: list[dict[str, Any]], mine: UUID) -> str:
    own = next((part for part in parts if part["executor_id"] == mine and part["ended_at"] is None), None)
    if own is None or own["answered_at"]:
        return "Вы ответили ответственному исполнителю." if own else ""
    return "Ответьте ответственному исполнителю." if own["role"] == "co" else "Ответьте автору по своим вопросам."


def problem_page(
    request: Request,
    context: Context,
    user: User,
    problem_id: UUID,
    *,
    error: str = "",
    status: int = 200,
    typed: Mapping[str, str] = NOTHING,
) -> Response:
    """The page; `error` says why a form was refused, `typed` what stood in it: nothing is typed twice.

    Raises LookupError where the executor does not work on the problem.
    """
    now, pack, mine = context.now(), context.packs[user.region], own_executor(user)
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=now)
        parts = rerouting.parts(connection, [problem_id], now).get(problem_id, [])
        hops = rerouting.hops(connection, pack, [problem_id]).get(problem_id, [])
        executors = directory.executors(connection, user.region)
        about = instructions.of_problems(connection, [problem_id]).get(problem_id, [])
        solution = _solution(connection, problem_id)
        told = replies.of_problems(connection, user.region, [problem_id]).get(problem_id, [])
    own = [part for part in parts if part["executor_id"] == mine and part["ended_at"] is None]
    if row is None or (mine not in row["held_by"] and not own):
        raise LookupError(problem_id)
    rerouted = Rerouting.of_pack(pack)
    leads = mine in row["held_by"]
    counted = [hop for hop in hops if hop["undone_at"] is None]
    refusable = leads and row["state"] == "assigned" and len(counted) < rerouted.most_hops
    return render(
        request,
        "executor_problem.html",
        status=status,
        error=error,
        typed=typed,
        row=card(row, masked=True),
        leads=leads,
        own=own,
        parts_shown=[part for part in parts if part["ended_at"] is None],
        hops=hops,
        refusable=refusable and all(hop["executor_id"] != row["executor_id"] for hop in hops),
        reasons=rerouted.reasons.values(),
        executors=[one for one in executors if one["id"] != mine],
        instructions=[one for one in about if one["executor_name"] == row["executor_name"]] if leads else [],
        next=next_step(row, solution["plans"], solution["proofs"], pack.zone, now) if leads else "",
        plannable=leads and row["state"] in PLANNABLE,
        replies=told,
        **solution,
        **_limits(context, user, row["topic_code"]),
    )


def _solution(connection: Connection[Any], problem_id: UUID) -> dict[str, Any]:
    """What was planned and proved so far, and what the author sent to look at."""
    return {
        "plans": reading.plans(connection, [problem_id]).get(problem_id, []),
        "proofs": reading.proofs(connection, [problem_id]).get(problem_id, []),
        "verdicts": [
            row | {"words": hidden(row["words"], row["author"])} for row in reading.verdicts(connection, problem_id)
        ],
        "photos": reading.photos_of_author(connection, problem_id),
        "fellows": reading.fellows(connection, problem_id),
    }


def _limits(context: Context, user: User, topic: str) -> dict[str, Any]:
    """What the forms of a plan and of a report say of their limits."""
    policy, today = policy_of(context, user), today_of(context, user)
    return {
        "variants": list(Variant),
        "today": today,
        "latest": policy.latest(topic, today),
        "why_latest": policy.limit(topic).why,
        "years": range(today.year, policy.last_year(today) + 1),
        "needs_photo": policy.needs_photo(topic),
        "by_approval": policy.close_by_approval,
        "most_files": policy.files.most,
        "largest": {role.value: policy.files.largest[role] // MEGABYTE for role in FileRole},
    }


@router.get("/assignments/{problem_id}")
def show_problem(request: Request, context: Here, user: ExecutorUser, problem_id: UUID) -> Response:
    return problem_page(request, context, user, problem_id)


@router.get("/assignments/{problem_id}/photos/{photo_id}")
def show_photo(context: Here, user: ExecutorUser, problem_id: UUID, photo_id: UUID) -> Response:
    """A picture that the author attached: the photo «after» is taken from where it was taken."""
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=context.now())
        mine = row is not None and own_executor(user) in row["held_by"]
        photos = reading.photos_of_author(connection, problem_id) if mine else []
        found = next((one for one in photos if one["id"] == photo_id), None)
        kept = appeals.attachment(connection, user.region, found["appeal_id"], photo_id) if found else None
    if kept is None:
        raise LookupError(photo_id)
    return sent(context.files.read(kept["sha256"]), kept["media_type"], kept["name"])


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
