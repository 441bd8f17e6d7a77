"""«Отчёты»: the letters of past weeks, executors whose failures repeat, and the evidence for a claim against one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.context import Context, Here
from api.days import Day
from api.drawing import drawing
from api.pages.queue import link
from api.problem_details import Failure
from api.reading.evidence import Source, evidence
from api.rendering import render
from api.security.access import Reader
from api.security.users import User
from api.tables import Columns, FormatAsked, Sheet, as_file
from indicators.forecast.series import monday
from indicators.reports import store
from indicators.reports.composing import letter_about
from indicators.reports.evidence import as_pdf as evidence_pdf
from indicators.reports.failures import failing
from indicators.reports.letter import Letter
from indicators.reports.rendering import as_pdf
from indicators.reports.shown import shown

router = APIRouter(include_in_schema=False)
LETTERS = 52
QUARTER = timedelta(days=91)
FAILING: Columns = {
    "Исполнитель": "name",
    "Закрыто проблем": "closed",
    "С признаками сбоя": "failed",
    "Открывались снова дважды и больше": "reopened",
    "Отчёт возвращён или нарушение подтверждено": "returned",
    "Возникли снова в том же месте за 60 дней": "back",
    "Доля от закрытых": lambda row: round(row["failed"] / row["closed"], 3) if row["closed"] else None,
}


@router.get("/reports")
def show_reports(request: Request, context: Here, user: Reader) -> Response:
    """The letters, newest first, and where the other reports are."""
    with context.transaction() as connection:
        letters = store.listed(connection, user.region, LETTERS)
    rows = [row | {"last_day": row["week"] + timedelta(days=6)} for row in letters]
    return render(request, "reports.html", rows=rows, this_week=monday(_today(context, user)))


@router.get("/reports/contractors")
def show_contractors(
    request: Request,
    context: Here,
    user: Reader,
    since: Annotated[Day | None, Query()] = None,
    until: Annotated[Day | None, Query()] = None,
    format: FormatAsked = None,
) -> Response:
    """Executors whose failures repeat, in a period: by default the last three months."""
    first, last = _period(context, user, since, until)
    with context.transaction() as connection:
        rows = [asdict(row) for row in failing(connection, user.region, first, last)]
    if format is not None:
        return as_file(Sheet("Повторные сбои", FAILING, rows, context.packs[user.region].zone), format)
    days = {"since": first.isoformat(), "until": last.isoformat()}
    files = {name: link("/reports/contractors", **days, format=name) for name in ("csv", "xlsx")}
    return render(request, "contractors.html", rows=rows, days=days, files=files)


@router.get("/reports/contractors/{code}/evidence.pdf")
def give_evidence(
    context: Here,
    user: Reader,
    code: str,
    since: Annotated[Day | None, Query()] = None,
    until: Annotated[Day | None, Query()] = None,
) -> Response:
    """The evidence file of a claim against one executor."""
    first, last = _period(context, user, since, until)
    pack = context.packs[user.region]
    with drawing():
        with context.transaction() as connection:
            found = evidence(Source(connection, pack, context.files.read), code, first, last)
        if found is None:
            raise Failure(404, "Такого исполнителя нет.")
        return _pdf(evidence_pdf(found, context.now(), pack.zone), f"evidence-{code}-{first}-{last}")


@router.get("/reports/{week}")
def show_letter(request: Request, context: Here, user: Reader, week: Day) -> Response:
    """One letter as a page; of a week without one, what it would say now."""
    found = _letter(context, user, week)
    told = shown(found.letter, found.made_at, context.packs[user.region].zone, font="sans-serif")
    return render(request, "letter.html", week=week, told=told, kept=found.kept)


@router.get("/reports/{week}/letter.pdf")
def give_letter(context: Here, user: Reader, week: Day) -> Response:
    """One letter as it was sent, or as it would be now."""
    with drawing():
        found = _letter(context, user, week)
        return _pdf(as_pdf(found.letter, found.made_at, context.packs[user.region].zone), f"otklik-{week}")


class Found(NamedTuple):
    """A letter; `kept` tells whether it is on record or made just now."""

    letter: Letter
    made_at: datetime
    kept: bool


def _letter(context: Context, user: User, week: date) -> Found:
    """Failure 404 where nothing is known of the week."""
    with context.transaction() as connection:
        found = store.kept(connection, user.region, monday(week))
        if found is not None:
            return Found(*found, kept=True)
        letter = letter_about(connection, context.packs[user.region], monday(week))
    if letter is None:
        raise Failure(404, "О проблемах этой недели ничего не известно.")
    return Found(letter, context.now(), kept=False)


def _today(context: Context, user: User) -> date:
    return context.now().astimezone(context.packs[user.region].zone).date()


def _period(context: Context, user: User, since: date | None, until: date | None) -> tuple[date, date]:
    """The days asked for; by default the last three months. Failure 422 where they run backwards."""
    last = until or _today(context, user)
    first = since or last - QUARTER
    if first > last:
        raise Failure(422, "Начало периода позже его конца.")
    return first, last


def _pdf(content: bytes, name: str) -> Response:
    # an executor's code is the region's own word, in any letters
    disposition = f"attachment; filename=\"report.pdf\"; filename*=UTF-8''{quote(f'{name}.pdf', safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)
