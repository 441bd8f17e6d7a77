"""The operator's page «Проверка»: proofs with flags, beside what to compare them with, and explanations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

import resolution
from api.context import Context, Here
from api.pages.queue import card
from api.problem_details import Failure
from api.reading import problems
from api.reading import resolution as reading
from api.rendering import render
from api.security.access import Operator, Staff
from api.security.forms import Posted, field, lines
from api.security.users import User
from api.v1.proofs import accept, file_of, return_proof
from api.v1.resolution import agree, policy_of, return_plan
from api.v1.resolution_schemas import PlanAgreeIn, PlanReturnIn, ProofAcceptIn, ProofReturnIn

router = APIRouter(include_in_schema=False)
MOST = 10
"""On one page: each comes with its photos."""
BROKEN = "Форма повреждена: обновите страницу и повторите. Ничего не записано."


def waiting_page(request: Request, context: Context, user: User, *, error: str = "", status: int = 200) -> Response:
    """Everything that waits for an operator, the longest waiting first; `error` says why a step was refused."""
    with context.transaction() as connection:
        reports = reading.waiting_proofs(connection, user.region, MOST)
        explained = reading.waiting_plans(connection, user.region, MOST)
        ids = [*reports, *explained]
        rows = {one: problems.one(connection, user.region, one, now=context.now()) for one in ids}
        proofs, plans = reading.proofs(connection, reports), reading.plans(connection, ids)
        photos = {one: reading.photos_of_author(connection, one) for one in reports}
    policy = policy_of(context, user)

    def shown(problem_id: UUID) -> dict[str, Any]:
        row = rows[problem_id]
        assert row is not None
        return card(row, masked=False) | {"plan": next(reversed(plans.get(problem_id, [])), None)}

    return render(
        request,
        "proofs.html",
        status=status,
        error=error,
        reports=[
            shown(one)
            | {
                "proof": proofs[one][-1],
                "photos": photos[one],
                "lacks_photo": policy.needs_photo((rows[one] or {})["topic_code"])
                and all(file["role"] != "after" for file in proofs[one][-1]["files"]),
            }
            for one in reports
        ],
        explained=[shown(one) for one in explained],
        most=MOST,
    )


@router.get("/proofs")
def show_waiting(request: Request, context: Here, user: Operator) -> Response:
    return waiting_page(request, context, user)


@router.get("/proofs/{proof_id}/files/{file_id}")
def show_file(context: Here, user: Staff, proof_id: UUID, file_id: UUID) -> Response:
    """A file of a proof as it was handed in."""
    return file_of(context, user, proof_id, file_id)


@router.post("/proofs/{proof_id}/{action}")
def decide(request: Request, context: Here, user: Operator, form: Posted, proof_id: UUID, action: str) -> Response:
    """The forms under a proof."""
    confirmed = [value for value in form.getlist("confirmed") if isinstance(value, str)][:50]
    try:
        version = int(field(form, "version"))
    except ValueError as error:
        raise Failure(422, BROKEN) from error
    try:
        if action == "accept":
            wish = ProofAcceptIn(version=version, confirmed=confirmed, note=lines(form, "note")[:1000])
            accept(context, user, proof_id, wish)
        elif action == "return":
            reason = lines(form, "reason")[:4000]
            return_proof(context, user, proof_id, ProofReturnIn(version=version, confirmed=confirmed, reason=reason))
        else:
            raise LookupError(action)
    except resolution.Refused as refusal:
        return waiting_page(request, context, user, error=str(refusal), status=409)
    return RedirectResponse("/proofs", 303)


@router.post("/plans/{problem_id}/{action}")
def decide_plan(
    request: Request, context: Here, user: Operator, form: Posted, problem_id: UUID, action: str
) -> Response:
    """The forms under an explanation."""
    try:
        version = int(field(form, "version"))
    except ValueError as error:
        raise Failure(422, BROKEN) from error
    try:
        if action == "agree":
            agree(context, user, problem_id, PlanAgreeIn(version=version, note=lines(form, "note")[:1000]))
        elif action == "return":
            reason = lines(form, "reason")[:4000]
            return_plan(context, user, problem_id, PlanReturnIn(version=version, reason=reason))
        else:
            raise LookupError(action)
    except resolution.Refused as refusal:
        return waiting_page(request, context, user, error=str(refusal), status=409)
    return RedirectResponse("/proofs", 303)
