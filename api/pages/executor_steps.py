"""The forms of a plan and of a report on the executor's page of one problem."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

import resolution
from api.context import Context, Here
from api.pages.executor import problem_page
from api.problem_details import Failure
from api.security.access import ExecutorUser
from api.security.forms import Posted, field, lines
from api.security.users import User
from api.v1.resolution import do_plan, do_report
from api.v1.resolution_schemas import PlanIn, ReportIn
from ingest import StorageFull
from models.refusal import Refused
from models.resolution import Variant

router = APIRouter(include_in_schema=False)
BROKEN = "Форма повреждена: обновите страницу и повторите. Ничего не записано."


@router.post("/assignments/{problem_id}/plan")
def plan(request: Request, context: Here, user: ExecutorUser, form: Posted, problem_id: UUID) -> Response:
    """The form of a plan: each variant has fields of its own, and only those of the chosen one are read."""
    try:
        wish = _wish(form)
    except ValueError as error:
        raise Failure(422, BROKEN) from error
    try:
        if wish is None:
            raise resolution.Refused("Выберите, что вы сделаете.")
        if wish.variant is Variant.DONE:
            return RedirectResponse(f"/assignments/{problem_id}#report", 303)
        do_plan(context, user, problem_id, wish)
    except Refused as refusal:
        return problem_page(request, context, user, problem_id, error=str(refusal), status=409, typed=_typed(form))
    gone = "" if wish.executor_id else f"/{problem_id}"
    return RedirectResponse(f"/assignments{gone}", 303)


def _wish(form: FormData) -> PlanIn | None:
    """What the form asks for; None where no variant was chosen. Raises ValueError where it is broken."""
    if not field(form, "variant"):
        return None
    variant = Variant(field(form, "variant"))
    executor = field(form, "executor_id") if variant is Variant.NOT_OURS else ""
    return PlanIn(
        version=int(field(form, "version")),
        variant=variant,
        words=lines(form, f"words_{variant}")[:4000],
        due_on=_due(form, variant),
        ground=lines(form, f"ground_{variant}")[:1000],
        executor_id=UUID(executor) if executor else None,
        whole_incident=bool(field(form, "whole_incident")),
    )


def _due(form: FormData, variant: Variant) -> date | None:
    if variant is Variant.BY_DATE and field(form, "due_on"):
        return _day(field(form, "due_on"))
    if variant is Variant.PROGRAMME and field(form, "year"):
        return date(int(field(form, "year")), 12, 31)
    return None


def _day(text: str) -> date:
    """A day as a browser sends it, or as people write it: «09.03.2026»."""
    day, _, rest = text.partition(".")
    month, _, year = rest.partition(".")
    return date(int(year), int(month), int(day)) if rest else date.fromisoformat(text)


def _typed(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


@router.post("/assignments/{problem_id}/report")
async def report(request: Request, context: Here, user: ExecutorUser, form: Posted, problem_id: UUID) -> Response:
    """The form of a report. Where it is refused the words come back; a browser does not keep the files."""
    return await run_in_threadpool(_report, request, context, user, form, problem_id)


def _report(request: Request, context: Context, user: User, form: FormData, problem_id: UUID) -> Response:
    try:
        day = field(form, "done_on")
        wish = ReportIn(
            version=int(field(form, "version")),
            words=lines(form, "words")[:4000],
            done_on=_day(day) if day else None,
            whole_incident=bool(field(form, "whole_incident")),
        )
    except ValueError as error:
        raise Failure(422, BROKEN) from error
    try:
        do_report(context, user, problem_id, wish, form)
    except (Refused, StorageFull) as refusal:
        full = isinstance(refusal, StorageFull)
        told = "На сервере нет места: отчёт не принят. Повторите позже." if full else f"{refusal} Отчёт не отправлен."
        status = 503 if full else 409
        return problem_page(request, context, user, problem_id, error=told, status=status, typed=_typed(form))
    return RedirectResponse(f"/assignments/{problem_id}", 303)
