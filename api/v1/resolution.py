"""Plans and reports of executors, and what operators decide on explanations."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from psycopg import Connection
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

import resolution
from api import uploads
from api.context import Context, Here
from api.problem_details import Failure, documented
from api.reading import problems, rerouting
from api.reading import resolution as reading
from api.security.access import ExecutorUser, Operator, Reader, Staff
from api.security.users import Role, User
from api.v1.presenting import sees_personal
from api.v1.problems import own_executor
from api.v1.rerouting import refuse
from api.v1.rerouting_schemas import RefuseIn
from api.v1.resolution_schemas import (
    Plan,
    PlanAgreeIn,
    PlanIn,
    PlanReturnIn,
    Proof,
    ReportIn,
    Resolution,
    WaitingPlan,
)
from api.views.evidence import hidden
from models.resolution import FileRole, Variant
from models.states import ProblemState
from resolution import ResolutionPolicy, Wish

router = APIRouter(prefix="/api/v1", tags=["resolution"])
FAILURES = documented(401, 403, 404, 409, 422, 503)
UPLOADS = documented(401, 403, 404, 409, 413, 422, 503)
NOT_OURS = "not_ours"
"""The reason of a refusal by which a problem goes to another executor of the region."""


def policy_of(context: Context, user: User) -> ResolutionPolicy:
    return ResolutionPolicy.of_pack(context.packs[user.region])


def today_of(context: Context, user: User) -> date:
    """The day in the person's region."""
    return context.now().astimezone(context.packs[user.region].zone).date()


def steps(context: Context, user: User) -> dict[str, Any]:
    """Who takes a step, when, and by what policy."""
    return {
        "by": user.login,
        "now": context.now(),
        "today": today_of(context, user),
        "policy": policy_of(context, user),
    }


@router.get("/problems/{problem_id}/resolution", responses=documented(401, 403, 404, 422, 503))
def get_resolution(context: Here, user: Staff, problem_id: UUID) -> Resolution:
    """What was planned and proved (an executor's: of the problems he works on)."""
    with context.transaction() as connection:
        return shown(connection, context, user, problem_id)


def shown(connection: Connection[Any], context: Context, user: User, problem_id: UUID) -> Resolution:
    """Raises LookupError where the person may not see the problem."""
    row = problems.one(connection, user.region, problem_id, now=context.now())
    mine = own_executor(user)
    if row is None or (mine is not None and mine not in _at_work(connection, context, row)):
        raise LookupError(problem_id)
    return _as_it_stands(connection, context, user, row)


def became(context: Context, user: User, problem_id: UUID) -> Resolution:
    """What became of a problem by the person's own step, also where it has left him by it."""
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=context.now())
        if row is None:
            raise LookupError(problem_id)
        return _as_it_stands(connection, context, user, row)


def _as_it_stands(connection: Connection[Any], context: Context, user: User, row: dict[str, Any]) -> Resolution:
    problem_id = row["id"]
    plans = reading.plans(connection, [problem_id]).get(problem_id, [])
    proofs = reading.proofs(connection, [problem_id]).get(problem_id, [])
    policy, today = policy_of(context, user), today_of(context, user)
    return Resolution(
        problem_id=problem_id,
        state=row["state"],
        version=row["version"],
        needs_photo_after=policy.needs_photo(row["topic_code"]),
        latest_due_on=policy.latest(row["topic_code"], today),
        last_programme_year=policy.last_year(today),
        fellows=reading.fellows(connection, problem_id),
        awaits=awaits(row["state"], plans, proofs),
        plans=[readable(one, user) for one in plans],
        proofs=[Proof.model_validate(one) for one in proofs],
    )


def readable(plan: dict[str, Any], user: User) -> Plan:
    """A plan as this person may read it: the author's answer is whole for operators and for the executor who asked."""
    whole = plan["answer"] is None or user.role is Role.EXECUTOR or sees_personal(user)
    return Plan.model_validate(plan if whole else plan | {"answer": hidden(plan["answer"], plan["author"])})


def _at_work(connection: Connection[Any], context: Context, row: dict[str, Any]) -> set[UUID]:
    parts = rerouting.parts(connection, [row["id"]], context.now()).get(row["id"], [])
    return set(row["held_by"]) | {part["executor_id"] for part in parts if part["ended_at"] is None}


def awaits(state: str, plans: list[dict[str, Any]], proofs: list[dict[str, Any]]) -> str:
    """Whose turn it is: executor, author, checks or operator; empty where nobody has to act on the solution."""
    if state == ProblemState.REPORTED:
        return "operator" if proofs and proofs[-1]["state"] == "checked" else "checks"
    if state == ProblemState.ASSIGNED or not plans:
        return "executor" if state in (ProblemState.ASSIGNED, ProblemState.PLANNED) else ""
    if state != ProblemState.PLANNED:
        return ""
    last = plans[-1]
    if last["variant"] == Variant.MORE_INFO and last["answered_at"] is None:
        return "author"
    closing = last["variant"] in resolution.CLOSING_VARIANTS and last["agreed"] is None
    return "operator" if closing else "executor"


@router.post("/problems/{problem_id}/plan", responses=FAILURES)
def plan(context: Here, user: ExecutorUser, problem_id: UUID, wish: PlanIn) -> Resolution:
    """Say what you will do. Another plan replaces the one before it, which stays on record.

    With `executor_id` the problem goes to another executor of the region, as a refusal does.
    """
    do_plan(context, user, problem_id, wish)
    return became(context, user, problem_id)


def do_plan(context: Context, user: User, problem_id: UUID, wish: PlanIn) -> None:
    """Carry out a plan, or hand the problem on to the executor it names."""
    if wish.executor_id is not None:
        if wish.variant is not Variant.NOT_OURS:
            raise Failure(422, "Исполнителя называют только у проблемы, которая не ваша.")
        named = RefuseIn(version=wish.version, reason=NOT_OURS, executor_id=wish.executor_id, comment=wish.words[:1000])
        refuse(context, user, problem_id, named)
        return
    with context.transaction() as connection:
        resolution.plan(
            connection,
            user.region,
            problem_id,
            wish.version,
            own_executor(user) or user.id,
            Wish(wish.variant, wish.words, wish.due_on, wish.ground),
            whole_incident=wish.whole_incident,
            **steps(context, user),
        )


async def report_form(request: Request) -> FormData:
    """The multipart form, read after the person was let in."""
    try:
        return await request.form(max_files=60, max_fields=20, max_part_size=uploads.ROOM_FOR_WORDS)
    except HTTPException as error:
        raise Failure(413, "Отчёт слишком большой: приложите меньше файлов. Ничего не записано.") from error


FILE_FIELD = {"type": "array", "items": {"type": "string", "format": "binary"}}
REPORT_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["version", "words"],
                    "properties": {
                        "version": {"type": "integer", "description": "The version of the problem that was seen."},
                        "words": {"type": "string", "description": "What was done; for the author."},
                        "done_on": {"type": "string", "format": "date", "description": "Empty: today."},
                        "whole_incident": {"type": "boolean", "default": True},
                        **{role.value: FILE_FIELD for role in FileRole},
                    },
                }
            }
        },
    }
}


@router.post("/problems/{problem_id}/report", responses=UPLOADS, openapi_extra=REPORT_BODY)
async def report(context: Here, user: ExecutorUser, request: Request, problem_id: UUID) -> Resolution:
    """Say that it is done, with photos, a video or documents that prove it."""
    form = await report_form(request)
    try:
        return await run_in_threadpool(_reported, context, user, problem_id, report_in(form), form)
    finally:
        await form.close()


def report_in(form: FormData) -> ReportIn:
    """The fields beside the files. Raises RequestValidationError, as a wrong JSON body does."""
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str) and value}
    try:
        return ReportIn.model_validate(fields)
    except ValidationError as error:
        wrong = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_input=False)]
        raise RequestValidationError(wrong) from error


def _reported(context: Context, user: User, problem_id: UUID, wish: ReportIn, form: FormData) -> Resolution:
    do_report(context, user, problem_id, wish, form)
    return became(context, user, problem_id)


def do_report(context: Context, user: User, problem_id: UUID, wish: ReportIn, form: FormData) -> None:
    """Store the files of the form and hand the report in."""
    with uploads.AT_ONCE:
        files = uploads.uploads(form, policy_of(context, user))
        with context.transaction() as connection:
            resolution.report(
                connection,
                user.region,
                problem_id,
                wish.version,
                own_executor(user) or user.id,
                words=wish.words,
                done_on=wish.done_on,
                uploads=files,
                files=context.files,
                whole_incident=wish.whole_incident,
                **steps(context, user),
            )


@router.get("/plans/waiting", responses=documented(401, 403, 503))
def list_waiting_plans(context: Here, user: Reader) -> list[WaitingPlan]:
    """Explanations that close their problems once an operator agrees, the longest waiting first."""
    with context.transaction() as connection:
        ids = reading.waiting_plans(connection, user.region)
        plans = reading.plans(connection, ids)
        rows = [problems.one(connection, user.region, one, now=context.now()) for one in ids]
    return [
        WaitingPlan(
            problem_id=row["id"],
            appeal_id=row["appeal_id"],
            number=row["number"],
            version=row["version"],
            plan=readable(plans[row["id"]][-1], user),
        )
        for row in rows
        if row is not None
    ]


@router.post("/problems/{problem_id}/plan/agree", responses=FAILURES)
def agree(context: Here, user: Operator, problem_id: UUID, wish: PlanAgreeIn) -> Resolution:
    """Agree with an explanation: the problem is closed by it."""
    with context.transaction() as connection:
        resolution.agree(
            connection, user.region, problem_id, wish.version, note=wish.note, by=user.login, now=context.now()
        )
    return became(context, user, problem_id)


@router.post("/problems/{problem_id}/plan/return", responses=FAILURES)
def return_plan(context: Here, user: Operator, problem_id: UUID, wish: PlanReturnIn) -> Resolution:
    """Do not agree with an explanation: the executor plans anew."""
    with context.transaction() as connection:
        resolution.return_plan(
            connection, user.region, problem_id, wish.version, reason=wish.reason, by=user.login, now=context.now()
        )
    return became(context, user, problem_id)
