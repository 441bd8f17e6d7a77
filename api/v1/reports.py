"""Letters of past weeks and executors whose failures repeat, of your region."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Here
from api.days import Day
from api.problem_details import Failure, documented
from api.security.access import Reader
from indicators.reports import store
from indicators.reports.failures import failing

router = APIRouter(prefix="/api/v1", tags=["reports"])
MOST = 520
QUARTER = timedelta(days=91)


class LetterLine(BaseModel):
    week: date = Field(description="The Monday of the week that it is about.")
    made_at: datetime
    words: list[str] = Field(description="How it begins, sentence by sentence, in Russian.")
    sent: int = Field(description="How many persons it was sent to; beside it those who wait and those given up.")
    waiting: int
    failed: int


class LetterList(BaseModel):
    items: list[LetterLine]


class LetterWhole(BaseModel):
    week: date
    made_at: datetime
    content: dict[str, Any] = Field(description="What the letter holds; docs/reports.md tells each part.")


class FailingExecutor(BaseModel):
    code: str
    name: str
    closed: int
    failed: int = Field(description="Problems with at least one of the three marks.")
    reopened: int = Field(
        description="Opened again twice or more: by authors, or because an operator returned the answer."
    )
    returned: int = Field(description="A report was returned, or an operator confirmed its flags.")
    back: int = Field(description="The same topic came again at the same place within 60 days.")


class FailingList(BaseModel):
    since: date
    until: date
    items: list[FailingExecutor]


@router.get("/letters", responses=documented(401, 403, 503))
def letters(context: Here, user: Reader) -> LetterList:
    """The letters, newest first."""
    with context.transaction() as connection:
        rows = store.listed(connection, user.region, MOST)
    return LetterList.model_validate({"items": rows})


@router.get("/letters/{week}", responses=documented(401, 403, 404, 422, 503))
def letter(context: Here, user: Reader, week: Day) -> LetterWhole:
    """The letter about the week of this Monday."""
    with context.transaction() as connection:
        found = store.kept(connection, user.region, week)
    if found is None:
        raise Failure(404, "Письма за эту неделю нет.")
    return LetterWhole(week=week, made_at=found[1], content=found[0].as_json())


@router.get("/failing-executors", responses=documented(401, 403, 422, 503))
def failing_executors(
    context: Here,
    user: Reader,
    since: Annotated[Day | None, Query(description="By default three months before `until`.")] = None,
    until: Annotated[Day | None, Query(description="By default today.")] = None,
) -> FailingList:
    """Executors whose failures repeat, the most first."""
    last = until or context.now().astimezone(context.packs[user.region].zone).date()
    first = since or last - QUARTER
    if first > last:
        raise Failure(422, "Начало периода позже его конца.")
    with context.transaction() as connection:
        rows = failing(connection, user.region, first, last)
    return FailingList.model_validate({"since": first, "until": last, "items": [asdict(row) for row in rows]})
