"""Proofs: their files, and what an operator decides where the checks raised flags."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

import resolution
from api.context import Context, Here
from api.problem_details import documented
from api.reading import problems
from api.reading import resolution as reading
from api.security.access import Operator, Reader, Staff
from api.security.users import User
from api.v1.problems import own_executor
from api.v1.resolution import became, policy_of
from api.v1.resolution_schemas import Proof, ProofAcceptIn, ProofReturnIn, Resolution, WaitingProof

router = APIRouter(prefix="/api/v1/proofs", tags=["resolution"])
FAILURES = documented(401, 403, 404, 409, 422, 503)
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm", "video/quicktime"})
"""What a browser may open by itself; every other file is only downloaded."""


@router.get("/waiting", responses=documented(401, 403, 503))
def list_waiting(context: Here, user: Reader) -> list[WaitingProof]:
    """Proofs with flags, the longest waiting first; of one report of an incident one proof."""
    with context.transaction() as connection:
        ids = reading.waiting_proofs(connection, user.region)
        proofs = reading.proofs(connection, ids)
        rows = [problems.one(connection, user.region, one, now=context.now()) for one in ids]
    return [
        WaitingProof(
            problem_id=row["id"],
            appeal_id=row["appeal_id"],
            number=row["number"],
            version=row["version"],
            proof=Proof.model_validate(proofs[row["id"]][-1]),
        )
        for row in rows
        if row is not None
    ]


@router.post("/{proof_id}/accept", responses=FAILURES)
def accept(context: Here, user: Operator, proof_id: UUID, wish: ProofAcceptIn) -> Resolution:
    """The proof holds: the problem is solved. Flags that you confirm count in the executor's rating."""
    with context.transaction() as connection:
        resolution.accept_proof(
            connection,
            user.region,
            proof_id,
            wish.version,
            confirmed=wish.confirmed,
            note=wish.note,
            whole_report=wish.whole_report,
            by=user.login,
            now=context.now(),
            policy=policy_of(context, user),
        )
    return _became(context, user, proof_id)


@router.post("/{proof_id}/return", responses=FAILURES)
def return_proof(context: Here, user: Operator, proof_id: UUID, wish: ProofReturnIn) -> Resolution:
    """The proof convinces nobody: the executor reads your reason and reports anew."""
    with context.transaction() as connection:
        resolution.return_proof(
            connection,
            user.region,
            proof_id,
            wish.version,
            reason=wish.reason,
            confirmed=wish.confirmed,
            whole_report=wish.whole_report,
            by=user.login,
            now=context.now(),
        )
    return _became(context, user, proof_id)


def _became(context: Context, user: User, proof_id: UUID) -> Resolution:
    with context.transaction() as connection:
        problem_id = reading.problem_of_proof(connection, user.region, proof_id)
    if problem_id is None:
        raise LookupError(proof_id)
    return became(context, user, problem_id)


@router.get(
    "/{proof_id}/files/{file_id}",
    responses=documented(401, 403, 404, 422, 503),
    response_class=Response,
)
def get_file(context: Here, user: Staff, proof_id: UUID, file_id: UUID) -> Response:
    """A file of a proof as it was handed in (an executor's: of his own proofs and problems)."""
    return file_of(context, user, proof_id, file_id)


def file_of(context: Context, user: User, proof_id: UUID, file_id: UUID) -> Response:
    """The file. Raises LookupError where the person may not see it."""
    mine = own_executor(user)
    with context.transaction() as connection:
        row = reading.proof_file(connection, user.region, proof_id, file_id)
        if row is not None and mine is not None and not reading.is_inside(connection, row["executor_id"], mine):
            held = problems.one(connection, user.region, row["problem_id"], now=context.now())
            row = row if held is not None and mine in held["held_by"] else None
    if row is None:
        raise LookupError(file_id)
    return sent(context.files.read(row["sha256"]), row["media_type"], row["name"])


def sent(content: bytes, media_type: str, name: str) -> Response:
    """A file that somebody outside uploaded: shown only where it is a picture or a video, and never as a page."""
    shown = media_type in SHOWN
    return Response(
        content,
        media_type=media_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
