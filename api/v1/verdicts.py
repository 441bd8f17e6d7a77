"""Verdicts of authors: operators and governors read them; an operator writes down what came by phone or letter."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.context import Context, Here
from api.links import judged_reply
from api.problem_details import documented
from api.reading import solutions, verdicts
from api.security.access import Operator, Reader
from api.security.users import User
from api.security.visitors import Visit
from api.v1.presenting import sees_personal
from api.v1.schemas import Strict
from api.views.evidence import hidden
from resolution import Refused, ResolutionPolicy
from resolution.verdicts import MOST_WORDS, Judged, Standing, Term, Via, give, standing, subjects
from resolution.verdicts.rules import WHY_NOT

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
    """The verdicts of your region, newest first; personal data in their words are masked for governors."""
    with context.transaction() as connection:
        page = verdicts.listed(connection, user.region, solved=solved, limit=limit, cursor=cursor)
    rows = [readable(row, user) for row in page.rows]
    return VerdictList(items=[Verdict.model_validate(row) for row in rows], next_cursor=page.next_cursor)


def readable(row: dict[str, Any], user: User) -> dict[str, Any]:
    """A verdict as this person may read it: nobody but operators needs the author's name and phone."""
    return row if sees_personal(user) else row | {"words": hidden(row["words"], row["author"])}


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
            term=_term(context, user.region),
        )
    return VerdictDone(reopened=reopened)


def _term(context: Context, region: str) -> Term:
    pack = context.packs[region]
    return Term(ResolutionPolicy.of_pack(pack).verdict_days, pack.zone)


class Judgeable(BaseModel):
    """A problem of a closing reply, as its author may judge it."""

    problem_id: UUID
    stage: int = Field(description="How often it was reopened before.")
    open: bool = Field(description="Whether it can be judged now.")
    why_not: str = Field(description="Where it cannot: why, Russian.")


class JudgeableReply(BaseModel):
    """What a closing reply's link opens."""

    number: str = Field(description="The appeal's registration number.")
    open_until: AwareDatetime | None = Field(description="When the link ends; null: the reply is just being sent.")
    problems: list[Judgeable]


class JudgedIn(VerdictIn):
    """The author's verdict on one problem of the reply."""

    problem_id: UUID


@router.get("/verdicts/{token}", responses=documented(404, 409, 422, 429, 503), dependencies=[Visit])
def show_judgeable(context: Here, token: str) -> JudgeableReply:
    """What the link of a closing reply lets its author judge (no sign-in). 409: the link has run out."""
    reply = _reply(context, token)
    term, now = _term(context, reply["region_id"]), context.now()
    with context.transaction() as connection:
        known = subjects(connection, reply["problems"])
    stands = {each: standing(subject, now, term) for each, subject in known.items()}
    return JudgeableReply(
        number=reply["number"],
        open_until=term.ends_at(reply["sent_at"]) if reply["sent_at"] else None,
        problems=[
            Judgeable(
                problem_id=each,
                stage=known[each].stage,
                open=stood is Standing.OPEN,
                why_not=WHY_NOT.get(stood, ""),
            )
            for each, stood in stands.items()
        ],
    )


@router.post("/verdicts/{token}", responses=documented(404, 409, 422, 429, 503), dependencies=[Visit])
def judge(context: Here, token: str, wish: JudgedIn) -> VerdictDone:
    """Judge one problem of a closing reply by its link (no sign-in): one verdict a closing, final."""
    reply = _reply(context, token)
    if wish.problem_id not in reply["problems"]:
        raise LookupError(wish.problem_id)
    region = reply["region_id"]
    judged = Judged(wish.score, wish.solved, wish.words)
    with context.transaction() as connection:
        reopened = give(
            connection,
            region,
            wish.problem_id,
            judged,
            via=Via.LINK,
            by="",
            now=context.now(),
            term=_term(context, region),
        )
    return VerdictDone(reopened=reopened)


def _reply(context: Context, token: str) -> dict[str, Any]:
    """The reply of a link. Raises LookupError where it is none of ours, Refused where it has run out."""
    reply_id = judged_reply(context.secret, token)
    with context.transaction() as connection:
        reply = solutions.judged_reply(connection, reply_id) if reply_id is not None else None
    if reply is None or reply["region_id"] not in context.packs:
        raise LookupError(token)
    term = _term(context, reply["region_id"])
    if reply["sent_at"] is not None and context.now() > term.ends_at(reply["sent_at"]):
        raise Refused(WHY_NOT[Standing.OVER])
    return reply
