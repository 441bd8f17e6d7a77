"""Ratings in words, numbers as a Russian reader writes them, and bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from scipy.special import ndtr

from indicators.ratings.components import Component, Kind
from indicators.ratings.newcomers import HALF
from indicators.ratings.policy import RatingPolicy
from models.topics import Topic

Row = dict[str, Any]

FAMILIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "time": ("Сроки", ("plan", "solve", "speed")),
    "quality": ("Качество", ("score", "unsolved", "reopened", "flagged", "formal", "explained")),
    "backlog": ("Остаток", ("backlog",)),
    "bouncing": ("Отказы", ("wrongly", "refused")),
}
"""Columns of the list: components that a reader thinks of together."""


def with_families(row: Row) -> Row:
    """The row with a score from 0 to 100 for each family: the same sum, of its components alone."""
    found = {}
    for code, (_, members) in FAMILIES.items():
        weight = sum(row["components"][one]["weight"] for one in members)
        points = sum(row["components"][one]["contribution"] for one in members)
        found[code] = float(100 * ndtr(points / weight)) if weight else 50.0
    return {**row, "families": found}


def sorted_by(rows: Sequence[Row], column: str) -> list[Row]:
    """Best first by a column of the list; by name from А."""
    if column == "name":
        return sorted(rows, key=lambda row: row["name"])
    if column == "problems":
        return sorted(rows, key=lambda row: -row["problems"])
    if column in FAMILIES:
        return sorted(rows, key=lambda row: (not row["enough"], -row["families"][column]))
    return list(rows)


def quoted(code: str) -> str:
    """A code as a piece of a path."""
    return quote(code, safe="")


def bar(
    low: float, value: float, high: float, mark: float = 50.0, least: float = 0.0, most: float = 100.0, told: str = ""
) -> Markup:
    """An interval with its value as a dot, and a stroke at `mark`: what equals come to. `told` is read out for it."""

    def x(number: float) -> float:
        share = (number - least) / (most - least) if most > least else 0.5
        return round(4 + 112 * min(max(share, 0), 1), 1)

    told = told or f"{whole(value)}, в девяти случаях из десяти от {whole(low)} до {whole(high)}"
    return Markup(
        '<svg class="interval" viewBox="0 0 120 16" width="120" height="16" role="img" aria-label="{}">'
        '<path class="axis" d="M4 8H116"/><path class="equals" d="M{} 1V15"/>'
        '<path class="span" d="M{} 8H{}"/><circle cx="{}" cy="8" r="4"/></svg>'
    ).format(told, x(mark), x(low), x(high), x(value))


def decimal(value: float, digits: int = 1) -> str:
    """«12,5»."""
    return f"{value:.{digits}f}".replace(".", ",").replace("-", "−")


def percent(value: float) -> str:
    """«12,5 %»."""
    return f"{decimal(100 * value)} %"


def measured(component: Component, value: float) -> str:
    """A value of a component as a reader knows it."""
    if component.code == "speed":  # kept as a logarithm
        return f"{decimal(100 * math.exp(value), 0)} %"
    return percent(value) if component.kind is Kind.SHARE else decimal(value, 2)


def counted(component: Component, cases: float, total: float) -> str:
    """«12 из 96», or how many values there are."""
    if component.kind is Kind.MEAN:
        return f"по {whole(cases)}"
    return f"{whole(total)} из {whole(cases)}"


def whole(value: float) -> str:
    """«12»; pieces of one work are shares of it."""
    return str(round(value)) if abs(value - round(value)) < 0.05 else decimal(value)


def line(component: Component, counts: Row, policy: RatingPolicy) -> Row:
    """One component of a card."""
    low, high, value, expected = counts["low"], counts["high"], counts["value"], counts["expected"]
    own = counts["own"]
    known = [one for one in (low, high, value, expected, own) if one is not None]
    equals = measured(component, expected)
    pad = (max(known) - min(known)) * 0.1
    return {
        "component": component,
        "counted": counted(component, counts["whole_cases"], counts["whole_total"]) if own is not None else "не было",
        "own": measured(component, own) if own is not None else "—",
        "expected": equals,
        "value": measured(component, value),
        "interval": f"{measured(component, low)} – {measured(component, high)}",
        "bar": bar(low, value, high, expected, min(known) - pad, max(known) + pad, f"у равных {equals}"),
        "strength": whole(counts["strength"]) if counts["strength"] is not None else "—",
        "weight": percent(counts["weight"]),
        "why": policy.weights[component.code].why,
        "points": signed(counts["points"]),
        "contribution": signed(counts["contribution"], 3),
        "verdict": verdict(counts),
    }


def signed(value: float, digits: int = 2) -> str:
    """«+0,35»."""
    return ("+" if value > 0 else "") + decimal(value, digits)


def verdict(counts: Row) -> str:
    """How he stands to his equals, in a word or two."""
    if counts["strength"] is None:
        return "различий нет"
    if not counts["cases"]:
        return "нет данных"
    inside = counts["low"] <= counts["expected"] <= counts["high"]
    if inside:
        return "как у равных"
    return "лучше равных" if counts["points"] > 0 else "хуже равных"


POOL_NAMES = {"works": "Решено без нареканий", "verdicts": "Оценено без нареканий"}


def newcomers(row: Row) -> list[Row]:
    """What of each pool new authors are, and what they count."""
    return [
        {
            "name": POOL_NAMES[code],
            "counted": f"{whole(pool['fresh'])} из {whole(pool['cases'])}",
            "allowed": whole(pool["allowed"]),
            "expected": whole(pool["odds"] * (pool["cases"] - pool["fresh"] + HALF)),
            "weight": decimal(pool["weight"], 2) if pool["weight"] < 1 else "целиком",
        }
        for code, pool in row["newcomers"]["pools"].items()
    ]


def topics(component: Component, rows: Sequence[Row], known: Mapping[str, Topic]) -> list[Row]:
    """The topics of a component beside the others', the greatest first."""
    return [
        {
            "name": known[row["topic"]].name if row["topic"] in known else row["topic"],
            "counted": counted(component, row["cases"], row["total"]),
            "own": measured(component, row["total"] / row["cases"]),
            "others": measured(component, row["others_total"] / row["others_cases"]) if row["others_cases"] else "—",
            "others_cases": whole(row["others_cases"]),
        }
        for row in sorted(rows, key=lambda row: -row["cases"])
    ]


def behind(component: Component, cases: float, count: float) -> str:
    """What one problem adds to a number."""
    if component.kind is Kind.MEAN:
        return measured(component, count / cases) if cases else "—"
    parts = [f"{whole(count)} из {whole(cases)}"] if cases else [whole(count)]
    if component.stock:
        return "лежит просроченной" if count > 0 else "в срок или закрыта"
    return parts[0]
