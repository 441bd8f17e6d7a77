"""Ratings as lists and cards show them: every number with what it was made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from api.context import Context
from api.problem_details import Failure
from indicators.period import Period, month_before, month_of
from indicators.ratings import store
from indicators.ratings.components import COMPONENTS, Component
from indicators.ratings.newcomers import Newcomers, Weighed
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.rate import Ratings
from indicators.ratings.store import Level, Named
from streams.contract import Connection

HISTORY = 6
"""Months that a card looks back."""
LEVELS = {
    Level.BODIES: "Ведомства",
    Level.UNITS: "Подразделения",
    Level.PERSONS: "Сотрудники",
    Level.MUNICIPALITIES: "Муниципалитеты",
}
KINDS = {"body": Level.BODIES, "unit": Level.UNITS, "person": Level.PERSONS}
LONGEST = 3 * 366
"""Days of a period."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """The ratings of a level in a period, best first; `ratings` and `cells` are what they were made of."""

    level: Level
    period: Period
    policy: RatingPolicy
    rows: list[Row]


def period_of(today: date, first: date | None, last: date | None) -> Period:
    """What was asked for; by default this month and the two before. Failure 422 where the days are no period."""
    default = Period.quarter_to(today)
    first = first or (default.first if last is None else month_of(last))
    last = last or max(default.last, first)
    if last < first or (last - first).days > LONGEST:
        raise Failure(422, "Период задан неверно: последний день раньше первого, или он длиннее трёх лет.")
    return Period(first, last)


def table(
    context: Context, connection: Connection, region: str, level: Level, period: Period, only: Collection[str] | None
) -> Table:
    """Everybody of a level who had anything to do; `only` these, where given (places are among all)."""
    policy = context.rating_policy(region)
    ratings = context.ratings.of(connection, region, level, period, policy)
    named = store.executors(connection, region) if level is not Level.MUNICIPALITIES else {}
    worked = ratings.problems > 0
    for one in ratings.standings.values():
        worked |= one.shrunk.cases > 0
    order = sorted(np.flatnonzero(worked), key=lambda at: (not ratings.enough[at], -ratings.score[at]))
    wanted = [int(at) for at in order if only is None or ratings.names[at] in only]
    return Table(level, period, policy, [_row(ratings, at, policy, named, period) for at in wanted])


def _row(ratings: Ratings, at: int, policy: RatingPolicy, named: Mapping[str, Named], period: Period) -> Row:
    code = ratings.names[at]
    known = named.get(code)
    enough = bool(ratings.enough[at])
    return {
        "code": code,
        "name": known.name if known else code,
        "post": known.post if known else "",
        "parent": named[known.parent].name if known and known.parent in named else "",
        "enough": enough,
        "place": int(ratings.place[at]) if enough else None,
        "first_place": int(ratings.first[at]) if enough else None,
        "last_place": int(ratings.last[at]) if enough else None,
        "score": float(ratings.score[at]),
        "low": float(ratings.low[at]),
        "high": float(ratings.high[at]),
        "problems": float(ratings.problems[at]),
        "components": {one.code: _component(ratings, one, at, policy) for one in COMPONENTS},
        "newcomers": _newcomers(ratings.newcomers, at) | {"checked": policy.reason_of(code, period.last)},
    }


def _newcomers(told: Weighed, at: int) -> Row:
    """How many new authors he has, how many are expected, and what each of them counts."""
    clientele, strength = told.clientele, float(told.clientele.strength[at])
    return {
        "clientele": {
            **{name: float(getattr(clientele, name)[at]) for name in ("cases", "total", "expected", "value", "error")},
            "strength": strength if np.isfinite(strength) else None,
        },
        "pools": {
            code: {name: float(getattr(pool, name)[at]) for name in Newcomers.__dataclass_fields__}
            for code, pool in told.pools.items()
        },
    }


def _component(ratings: Ratings, component: Component, at: int, policy: RatingPolicy) -> Row:
    standing = ratings.standings[component.code]
    shrunk = standing.shrunk
    cases, total, strength = float(shrunk.cases[at]), float(shrunk.total[at]), float(shrunk.strength[at])
    weight = policy.weights[component.code].weight
    low, high = (float(ends[at]) for ends in standing.interval)
    found = standing.found
    return {
        "whole_cases": float(found.cases[at]),
        "whole_total": float(found.total[at]),
        "fresh_cases": float(found.fresh_cases[at]),
        "fresh_total": float(found.fresh_total[at]),
        "cases": cases,
        "total": total,
        "own": total / cases if cases else None,
        "expected": float(shrunk.expected[at]),
        "strength": strength if np.isfinite(strength) else None,
        "value": float(shrunk.value[at]),
        "low": low,
        "high": high,
        "unit": float(shrunk.unit[at]),
        "points": float(standing.points[at]),
        "weight": weight,
        "contribution": weight * float(standing.points[at]),
    }


def card(context: Context, connection: Connection, region: str, whose: Table, code: str) -> Row:
    """One row of a table with its history and, of each component, its topics and months beside those of the others.

    Failure 404 where it is not in the table.
    """
    row = next((one for one in whose.rows if one["code"] == code), None)
    if row is None:
        raise Failure(404, "За этот период оценивать нечего: проблем не было, или такого исполнителя нет.")
    found = context.ratings.details(connection, region, whose.level, whose.period, whose.policy, code)
    details = {component: asdict(one) for component, one in found.items()}
    return {
        **row,
        "details": details,
        "history": _history(context, connection, region, whose, code),
        "flow": _flow(context, connection, region, whose, code),
    }


def _flow(context: Context, connection: Connection, region: str, whose: Table, code: str) -> Row:
    """What he received, beside what the period before it and the flow of all others let expect."""
    before = whose.period.before()
    now, stood = (
        context.ratings.of(connection, region, whose.level, period, whose.policy) for period in (whose.period, before)
    )
    own, others = _received(now, code)
    own_before, others_before = _received(stood, code)
    expected = own_before * others / others_before if others_before else None
    return {
        "received": own,
        "expected": expected,
        "unusual": expected is not None and unusual(own, own_before, expected),
    }


def _received(ratings: Ratings, code: str) -> tuple[float, float]:
    """Of him and of all others."""
    received = ratings.standings["refused"].shrunk.cases
    own = float(received[ratings.names.index(code)]) if code in ratings.names else 0.0
    return own, float(received.sum()) - own


def unusual(received: float, before: float, expected: float) -> bool:
    """More than half as much again, and more than four deviations of chance: own appeals would look so."""
    chance = (expected + expected * expected / max(before, 1.0)) ** 0.5
    return received > 1.5 * expected and received - expected > 4 * max(chance, 1.0)


def _history(context: Context, connection: Connection, region: str, whose: Table, code: str) -> list[Row]:
    """The score of each of the last months, each beside equals of the same month."""
    months = [month_of(whose.period.last)]
    while len(months) < HISTORY:
        months.append(month_before(months[-1]))
    found = []
    for month in reversed(months):
        period = Period(month, Period.quarter_to(month).last)
        ratings = context.ratings.of(connection, region, whose.level, period, whose.policy)
        at = ratings.names.index(code) if code in ratings.names else None
        if at is not None and ratings.problems[at] > 0:
            found.append(
                {
                    "month": month,
                    "score": float(ratings.score[at]),
                    "low": float(ratings.low[at]),
                    "high": float(ratings.high[at]),
                    "problems": float(ratings.problems[at]),
                }
            )
    return found


def level_of(connection: Connection, region: str, code: str) -> Level:
    """The level of whoever has this code: an executor's kind; else a municipality."""
    known = store.executors(connection, region).get(code)
    return KINDS[known.kind] if known else Level.MUNICIPALITIES
