"""What the page of the link and the status page share: solutions told, verdicts and answers taken, photos shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi.responses import Response
from psycopg import Connection
from starlette.datastructures import FormData, UploadFile

import ingest
from api import photos
from api.context import Context
from api.reading import solutions
from api.security.forms import field, lines
from api.views.evidence import hidden
from api.views.solution import Solution, solution
from ingest import Limits
from models.message import Attachment
from resolution import Refused, ResolutionPolicy
from resolution.verdicts import (
    MOST_ANSWER,
    MOST_WORDS,
    Judged,
    Standing,
    Subject,
    Term,
    Via,
    answer,
    give,
    standing,
    subjects,
)
from resolution.verdicts.rules import WHY_NOT

PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, no-store"}
"""For pages behind a secret link."""


def verdict_term(context: Context, region: str) -> Term:
    pack = context.packs[region]
    return Term(ResolutionPolicy.of_pack(pack).verdict_days, pack.zone)


def told_solutions(
    connection: Connection[Any], context: Context, region: str, problems: Sequence[UUID], now: datetime
) -> Mapping[UUID, Solution]:
    """What the author may read of the solution of each problem, and what he may say."""
    known = subjects(connection, problems)
    done = {each: _done_for(subject) for each, subject in known.items()}
    rows = solutions.of_problems(connection, {*known, *done.values()})
    term = verdict_term(context, region)
    return {
        each: solution(
            (rows[each] if done[each] == each else _for_others(rows[done[each]])) | {"verdict": rows[each]["verdict"]},
            subject, term=term, now=now,
        )
        for each, subject in known.items()
    }  # fmt: skip


def _for_others(row: solutions.Row) -> solutions.Row:
    """What was done about the problem of another author, without what executors wrote of him."""
    told = {
        name: row[name] and row[name] | {"words": hidden(row[name]["words"], row["author"])}
        for name in ("plan", "proof")
    }
    return row | told


def _done_for(subject: Subject) -> UUID:
    """The problem whose solution its author is shown: once he was told of it, the one that his was merged into."""
    return subject.problem_id if subject.told_at is None else subject.end_id


def chosen(form: FormData, problems: Collection[UUID]) -> UUID:
    """The problem that the form names. Raises Refused where it is none of these."""
    try:
        named = UUID(field(form, "problem_id"))
    except ValueError as error:
        raise Refused("Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error
    if named not in problems:
        raise LookupError(named)
    return named


async def uploaded_photo(form: FormData, limits: Limits) -> tuple[str, bytes] | None:
    """The name and the bytes of the one photo of a verdict. Raises ingest.Refused where it is too large."""
    given = form.get("photo")
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    if (given.size or 0) > limits.largest_attachment:
        most = limits.largest_attachment // 1_000_000
        raise ingest.Refused("photo too large", f"Фотография слишком большая: можно не больше {most} МБ.")
    return given.filename[:200], await given.read()


def spoken(score: str, solved: str, words: str) -> Judged:
    """What the fields of a form say. Raises Refused where something is not said."""
    if solved not in ("yes", "no") or score not in ("1", "2", "3", "4", "5"):
        raise Refused("Отметьте, решена ли проблема, и поставьте оценку от 1 до 5.")
    return Judged(int(score), solved == "yes", words[:MOST_WORDS])


def judge(
    context: Context, form: FormData, photo: tuple[str, bytes] | None, region: str, problem: UUID, via: Via
) -> bool:
    """Take the verdict of a form; returns whether the problem was reopened. Raises Refused and ingest.Refused."""
    said = spoken(field(form, "score"), field(form, "solved"), lines(form, "words"))
    if photo is not None:
        _must_be_open(context, region, problem)
    picture: Attachment | None = photos.checked(*photo) if photo is not None else None
    kept = (context.files.put(picture.content), picture.media_type) if picture is not None else ("", "")
    judged = replace(said, photo=kept)
    with context.transaction() as connection:
        return give(
            connection, region, problem, judged, via=via, by="", now=context.now(), term=verdict_term(context, region)
        )


def _must_be_open(context: Context, region: str, problem: UUID) -> None:
    """Raises Refused. Asked before a photo is stored: verdicts that are not taken must not fill the disk."""
    with context.transaction() as connection:
        stands = standing(subjects(connection, [problem])[problem], context.now(), verdict_term(context, region))
    if stands is not Standing.OPEN:
        raise Refused(WHY_NOT[stands])


def take_answer(context: Context, form: FormData, region: str, problem: UUID) -> None:
    """Take the answer to an executor's question. Raises Refused, LookupError where nobody asked."""
    try:
        plan = UUID(field(form, "plan_id"))
    except ValueError as error:
        raise Refused("Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error
    with context.transaction() as connection:
        answer(connection, region, problem, plan, lines(form, "words")[:MOST_ANSWER], now=context.now())


def photo_response(context: Context, problems: Collection[UUID], file_id: UUID) -> Response:
    """A photo of a solution as citizens may see it. Raises LookupError where these problems have none of this id."""
    with context.transaction() as connection:
        shown = {_done_for(subject) for subject in subjects(connection, list(problems)).values()}
        digest = solutions.public_photo(connection, shown, file_id)
    if digest is None:
        raise LookupError(file_id)
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Robots-Tag": "noindex, nofollow",
    }
    return Response(context.files.read(digest), media_type="image/jpeg", headers=headers)
