"""«Рейтинги»: who does better than his equals, how sure that is, and what every number was made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.context import Here
from api.days import FIRST, LAST
from api.pages.queue import link
from api.rendering import render
from api.security.access import Staff
from api.security.users import Role
from api.tables import Columns, FormatAsked, Sheet, as_file
from api.v1.ratings import behind_for, table_for
from api.views import rating_words as words
from api.views import ratings as views
from indicators.ratings import store
from indicators.ratings.components import BY_CODE, COMPONENTS
from indicators.ratings.store import Level

router = APIRouter(include_in_schema=False)
SHOWN = 200
"""Problems behind a number that the page lists; the JSON gives up to a thousand."""


def _family(code: str) -> Callable[[Mapping[str, Any]], float]:
    return lambda row: float(row["families"][code])


COLUMNS: Columns = {
    "Место": "place",
    "Место: лучшее": "first_place",
    "Место: худшее": "last_place",
    "Кто": "name",
    "Где": "parent",
    "Балл": "score",
    "Балл: от": "low",
    "Балл: до": "high",
    "Проблем": "problems",
    **{name: _family(code) for code, (name, _) in words.FAMILIES.items()},
}


def day(given: str) -> date | None:
    """A day of a form; an empty or a wrong one is as if none was given."""
    try:
        known = date.fromisoformat(given)
    except ValueError:
        return None
    return known if FIRST <= known <= LAST else None


Day = Annotated[str, Query(max_length=10)]


@router.get("/ratings")
def show_ratings(
    request: Request,
    context: Here,
    user: Staff,
    level: Level = Level.BODIES,
    first: Day = "",
    last: Day = "",
    sort: Annotated[str, Query(max_length=20)] = "score",
    format: FormatAsked = None,
) -> Response:
    """Everybody of a level (an executor sees himself and his people), best first or by another column."""
    with context.transaction() as connection:
        found = table_for(context, connection, user, level, day(first), day(last))
    rows = words.sorted_by([words.with_families(row) for row in found.rows], sort)
    if format is not None:
        zone = context.packs[user.region].zone
        return as_file(Sheet(f"Рейтинг {views.LEVELS[level].lower()}", COLUMNS, rows, zone), format)
    asked = {"level": level.value, "first": found.period.first, "last": found.period.last}
    return render(
        request,
        "ratings.html",
        rows=rows,
        levels=views.LEVELS,
        level=level,
        period=found.period,
        families=words.FAMILIES,
        sort=sort,
        bar=words.bar,
        by={name: link("/ratings", **asked, sort=name) for name in ("score", "name", "problems", *words.FAMILIES)},
        href=lambda code: link(f"/ratings/{words.quoted(code)}", first=found.period.first, last=found.period.last),
        files={name: link("/ratings", **asked, sort=sort, format=name) for name in ("csv", "xlsx")},
        fewest=found.policy.fewest_problems,
        components=[(one, found.policy.weights[one.code]) for one in COMPONENTS],
        authors=found.policy.reasons.values(),
    )


@router.get("/ratings/{code}")
def show_rating(
    request: Request,
    context: Here,
    user: Staff,
    code: str,
    first: Day = "",
    last: Day = "",
    component: Annotated[str, Query(max_length=20)] = "solve",
) -> Response:
    """One rating: each component with what it was made of, the topics of one of them, and the months before."""
    with context.transaction() as connection:
        level = views.level_of(connection, user.region, code)
        found = table_for(context, connection, user, level, day(first), day(last))
        row = words.with_families(views.card(context, connection, user.region, found, code))
    chosen = BY_CODE.get(component, BY_CODE["solve"])
    asked: dict[str, Any] = {"first": found.period.first, "last": found.period.last}
    base = f"/ratings/{words.quoted(code)}"
    topics = context.packs[user.region].topic_by_code
    return render(
        request,
        "rating.html",
        row=row,
        level_name=views.LEVELS[level],
        period=found.period,
        lines=[words.line(one, row["components"][one.code], found.policy) for one in COMPONENTS],
        newcomers=words.newcomers(row),
        new_days=found.policy.authors.new_days,
        chosen=chosen,
        topics=words.topics(chosen, row["details"][chosen.code]["topics"], topics),
        bar=words.bar,
        back=link("/ratings", level=level.value, **asked),
        by_component={one.code: link(base, **asked, component=one.code) + "#topics" for one in COMPONENTS},
        problems={one.code: link(f"{base}/problems", **asked, component=one.code) for one in COMPONENTS},
        json=link(f"/api/v1{base}", **asked),
        among=sum(1 for one in found.rows if one["enough"]),
        sees_all=user.role is not Role.EXECUTOR,
        fewest=found.policy.fewest_problems,
    )


@router.get("/ratings/{code}/problems")
def show_problems(
    request: Request,
    context: Here,
    user: Staff,
    code: str,
    component: Annotated[str, Query(max_length=20)],
    first: Day = "",
    last: Day = "",
) -> Response:
    """The problems behind a number, the bad cases first."""
    with context.transaction() as connection:
        rows, total = behind_for(context, connection, user, code, component, day(first), day(last), SHOWN)
        numbers = store.numbers(connection, user.region, {row.appeal for row in rows})
        named = store.executors(connection, user.region).get(code)
    topics = context.packs[user.region].topic_by_code
    shown = [
        {
            "number": numbers.get(row.appeal, ""),
            "href": _href(user.role, row),
            "topic": topics[row.topic].name if row.topic in topics else row.topic,
            "day": row.day,
            "told": words.behind(BY_CODE[component], row.cases / 1000, row.count / 1000),
        }
        for row in rows
    ]
    return render(
        request,
        "rating_problems.html",
        rows=shown,
        total=total,
        name=named.name if named else code,
        component=BY_CODE[component],
        back=link(f"/ratings/{words.quoted(code)}", first=first, last=last),
    )


def _href(role: Role, row: store.Behind) -> str:
    """Where this person may read of the problem; empty where he has no page of it."""
    if role in (Role.OPERATOR, Role.ADMIN):
        return f"/appeals/{row.appeal}"
    return f"/assignments/{row.problem}" if role is Role.EXECUTOR else ""
