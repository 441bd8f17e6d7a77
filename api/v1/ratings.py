"""Ratings of bodies, units, persons and municipalities, with everything that a number was made of."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Context, Here
from api.days import Day
from api.problem_details import Failure, documented
from api.security.access import Staff
from api.security.users import Role, User
from api.views import ratings as views
from indicators.ratings import store
from indicators.ratings.components import BY_CODE, COMPONENTS
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.store import Level
from streams.contract import Connection

router = APIRouter(prefix="/api/v1", tags=["ratings"])

First = Annotated[Day | None, Query(description="First day; by default that of the month before last.")]
Last = Annotated[Day | None, Query(description="Last day, counted; by default the end of this month.")]


class Counted(BaseModel):
    """One component of one who is rated. docs/ratings.md recomputes every number from the others."""

    whole_cases: float = Field(description="How many cases were counted; problems of one piece of work share one.")
    whole_total: float = Field(description="How many of them were such, or the sum of the values.")
    fresh_cases: float = Field(description="Those of new authors in which nothing speaks against him.")
    fresh_total: float
    cases: float = Field(description="whole_cases - (1 - weight) * fresh_cases, by the weight of the component's pool.")
    total: float = Field(description="The same of the totals.")
    own: float | None = Field(description="total / cases; null without cases.")
    expected: float = Field(description="What equals came to: the others on the same topics in the same months.")
    strength: float | None = Field(description="Cases of equals that stand beside his own; null: nobody differs.")
    value: float = Field(description="The shrunk value: (total + strength * expected) / (cases + strength).")
    low: float = Field(description="In nine of ten cases the true value lies between low and high.")
    high: float
    unit: float = Field(description="By how much those rated differ, as a standard deviation.")
    points: float = Field(description="How much better than equals, in units; from -3 to 3.")
    weight: float
    contribution: float = Field(description="weight * points.")


class Clientele(BaseModel):
    """New authors among the problems in which something speaks against him: nobody makes more of these up."""

    cases: float
    total: float
    expected: float
    strength: float | None
    value: float = Field(description="The shrunk share: (total + strength * expected) / (cases + strength).")
    error: float = Field(description="sqrt(value * (1 - value) / (cases + strength + 1)).")


class Pool(BaseModel):
    """New authors among the problems, or verdicts, in which nothing speaks against him."""

    cases: float
    fresh: float = Field(description="Those of new authors.")
    expected: float = Field(description="Their share with equals.")
    odds: float = Field(description="How many new authors are expected to each known one.")
    allowed: float = Field(description="So many count whole: what is expected, and `tolerance` deviations more.")
    weight: float = Field(description="What each of them counts: allowed / fresh, at most 1.")


class NewAuthors(BaseModel):
    """docs/ratings.md computes the weights."""

    checked: str = Field(description="Who looked at them, and found what: then they count whole; empty: nobody did.")
    clientele: Clientele
    pools: dict[str, Pool]


class Rated(BaseModel):
    """`score` is 100 times the normal distribution function of the sum of contributions: 50 is as equals do."""

    code: str
    name: str
    post: str
    parent: str
    enough: bool = Field(description="Whether there is enough to name a place.")
    place: int | None
    first_place: int | None = Field(description="The best place that the interval leaves open.")
    last_place: int | None
    score: float
    low: float = Field(description="In nine of ten cases the true score lies between low and high.")
    high: float
    problems: float
    components: dict[str, Counted]
    newcomers: NewAuthors


class ComponentOut(BaseModel):
    code: str
    kind: str
    title: str
    higher: bool = Field(description="Whether more is better.")
    weight: float
    why: str
    pool: str = Field(description="By which pool new authors are weighed.")


class Listing(BaseModel):
    level: Level
    first: date
    last: date
    policy: str = Field(description="Version of the region's ratings.json, or of the default.")
    equals_strength: float
    prior_strength: float
    fewest_entities: int
    fewest_problems: float
    new_days: int = Field(description="Whoever was first heard of fewer days before is a new author.")
    known_identities: list[str] = Field(description="Who is not, however new: it is proved who he is.")
    tolerance: float = Field(description="So many deviations more new authors than expected count whole.")
    components: list[ComponentOut]
    items: list[Rated]


class BesideOut(BaseModel):
    """Own cases and total on a topic (in a month of it), and those of the others."""

    topic: str
    month: date | None
    cases: float
    total: float
    others_cases: float
    others_total: float


class DetailOut(BaseModel):
    others_cases: float
    others_total: float
    topics: list[BesideOut]
    months: list[BesideOut]


class Month(BaseModel):
    month: date
    score: float
    low: float
    high: float
    problems: float


class Flow(BaseModel):
    """Problems received, beside what the period before and the flow of all others let expect."""

    received: float
    expected: float | None = Field(description="null: nothing is known of the period before.")
    unusual: bool = Field(description="Far more than chance explains: look from whom they came.")


class Card(Rated):
    level: Level
    first: date
    last: date
    details: dict[str, DetailOut]
    history: list[Month]
    flow: Flow


class BehindOut(BaseModel):
    """A problem behind a component: what it adds to cases and total."""

    problem_id: str
    appeal_id: str
    topic: str
    day: date
    cases: float
    count: float


class BehindList(BaseModel):
    items: list[BehindOut]
    total: int


@router.get("/ratings", responses=documented(401, 403, 422, 503))
def list_ratings(
    context: Here, user: Staff, level: Level = Level.BODIES, first: First = None, last: Last = None
) -> Listing:
    """Everybody of a level who had anything to do, best first (an executor sees himself and his own people)."""
    with context.transaction() as connection:
        found = table_for(context, connection, user, level, first, last)
    policy = found.policy
    return Listing(
        level=level,
        first=found.period.first,
        last=found.period.last,
        policy=policy.version,
        equals_strength=policy.equals_strength,
        prior_strength=policy.prior_strength,
        fewest_entities=policy.fewest_entities,
        fewest_problems=policy.fewest_problems,
        new_days=policy.authors.new_days,
        known_identities=sorted(policy.authors.known),
        tolerance=policy.tolerance,
        components=components_of(policy),
        items=[Rated.model_validate(row) for row in found.rows],
    )


@router.get("/ratings/{code}", responses=documented(401, 403, 404, 422, 503))
def get_rating(context: Here, user: Staff, code: str, first: First = None, last: Last = None) -> Card:
    """One rating with the topics and months that every number comes from. `code`: an executor's, or a municipality."""
    with context.transaction() as connection:
        level = views.level_of(connection, user.region, code)
        found = table_for(context, connection, user, level, first, last)
        row = views.card(context, connection, user.region, found, code)
    return Card.model_validate({**row, "level": level, "first": found.period.first, "last": found.period.last})


@router.get("/ratings/{code}/problems", responses=documented(401, 403, 404, 422, 503))
def list_behind(
    context: Here,
    user: Staff,
    code: str,
    component: Annotated[str, Query(max_length=20)],
    first: First = None,
    last: Last = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> BehindList:
    """The problems behind a component, the bad cases first."""
    with context.transaction() as connection:
        rows, total = behind_for(context, connection, user, code, component, first, last, limit)
    return BehindList(items=[_behind(row) for row in rows], total=total)


def _behind(row: store.Behind) -> BehindOut:
    told: dict[str, Any] = asdict(row)
    return BehindOut(
        problem_id=str(told["problem"]),
        appeal_id=str(told["appeal"]),
        topic=told["topic"],
        day=told["day"],
        cases=told["cases"] / 1000,
        count=told["count"] / 1000,
    )


def components_of(policy: RatingPolicy) -> list[ComponentOut]:
    return [
        ComponentOut(
            code=one.code, kind=one.kind.value, title=one.title, higher=one.higher,
            weight=policy.weights[one.code].weight, why=policy.weights[one.code].why, pool=one.pool,
        )
        for one in COMPONENTS
    ]  # fmt: skip


def visible(connection: Connection, user: User) -> frozenset[str] | None:
    """The codes that the user may look at; None: all of his region."""
    if user.role is not Role.EXECUTOR:
        return None
    return frozenset() if user.executor_id is None else store.below(connection, user.region, user.executor_id)


def table_for(
    context: Context, connection: Connection, user: User, level: Level, first: date | None, last: date | None
) -> views.Table:
    """What the user may see of a level. Failure 422 for days that are no period."""
    today = context.now().astimezone(context.packs[user.region].zone).date()
    period = views.period_of(today, first, last)
    return views.table(context, connection, user.region, level, period, visible(connection, user))


def behind_for(
    context: Context,
    connection: Connection,
    user: User,
    code: str,
    component: str,
    first: date | None,
    last: date | None,
    limit: int,
) -> tuple[list[store.Behind], int]:
    """Failure 404 for a component that is none, and for whom the user may not look at."""
    seen = visible(connection, user)
    if component not in BY_CODE or (seen is not None and code not in seen):
        raise Failure(404, "Такой страницы нет.")
    today = context.now().astimezone(context.packs[user.region].zone).date()
    period = views.period_of(today, first, last)
    level = views.level_of(connection, user.region, code)
    return store.behind(connection, user.region, level, code, BY_CODE[component], period, limit)
