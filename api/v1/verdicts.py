"""Verdicts of authors: operators and governors read them; an operator writes down what came by phone or letter."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.context import Here
from api.pages.judging import verdict_days
from api.problem_details import documented
from api.reading import verdicts
from api.security.access import Operator, Reader
from api.v1.schemas import Strict
from resolution.verdicts import MOST_WORDS, Judged, Via, give

router = APIRouter(prefix="/api/v1", tags=["verdicts"])


class Verdict(BaseModel):
    """What an author said of a solution."""

    id: UUID
    problem_id: UUID
    number: str = Field(description="The appeal's registration number.")
    topic: str
    executor_code: str | None = Field(description="Of whom answered for the problem then.")
    executor_name: str | None
    stage: int = Field(description="How often the problem had been reopened before.")
    score: int = Field(description="1 to 5; 5 is the best.")
    solved: bool
    words: str
    photo: bool = Field(description="Whether a photo came with it.")
    via: str = Field(description="link, page, or operator: written down from a call or a letter.")
    given_at: AwareDatetime
    given_by: str = Field(description="The operator's login, where he wrote it down.")


class VerdictList(BaseModel):
    items: list[Verdict]
    next_cursor: str | None


class VerdictIn(Strict):
    """A verdict that came by phone or letter."""

    score: int = Field(ge=1, le=5)
    solved: bool
    words: str = Field(default="", max_length=MOST_WORDS)


class VerdictDone(BaseModel):
    reopened: bool = Field(description="Whether the problem went back to its executor.")


@router.get("/verdicts", responses=documented(401, 403, 422, 503))
def list_verdicts(
    context: Here,
    user: Reader,
    solved: Annotated[bool | None, Query(description="Only those that say so.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> VerdictList:
    """The verdicts of your region, newest first."""
    with context.transaction() as connection:
        page = verdicts.listed(connection, user.region, solved=solved, limit=limit, cursor=cursor)
    return VerdictList(items=[Verdict.model_validate(row) for row in page.rows], next_cursor=page.next_cursor)


@router.post("/problems/{problem_id}/verdict", responses=documented(401, 403, 404, 409, 422, 503))
def write_verdict(context: Here, user: Operator, problem_id: UUID, wish: VerdictIn) -> VerdictDone:
    """Write down a verdict that came by phone or letter: one a closing, final; «not solved» reopens the problem."""
    with context.transaction() as connection:
        reopened = give(
            connection,
            user.region,
            problem_id,
            Judged(wish.score, wish.solved, wish.words),
            via=Via.OPERATOR,
            by=user.login,
            now=context.now(),
            days=verdict_days(context, user.region),
        )
    return VerdictDone(reopened=reopened)
