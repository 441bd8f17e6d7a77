"""Was a forecast right? Its weeks that have come since, beside what it and the naive guess said. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Right:
    """How one forecast of the whole region came true. `wape` and `naive_wape` are None where nothing came."""

    first_week: date
    model: str
    weeks: int
    foretold: float
    came: int
    wape: float | None
    naive_wape: float | None
    in_80: int


def judged(
    first_week: date, model: str, weeks: Sequence[Mapping[str, Any]], came: Mapping[date, int], this_week: date
) -> Right | None:
    """Judge the weeks before `this_week`, the Monday of the week that is not over; None where none of them is over."""
    over = [week for week in weeks if date.fromisoformat(week["week"]) < this_week]
    if not over:
        return None
    pairs = [(week, came.get(date.fromisoformat(week["week"]), 0)) for week in over]
    whole = sum(count for _, count in pairs)

    def wape(name: str) -> float | None:
        return sum(abs(week[name] - count) for week, count in pairs) / whole if whole else None

    return Right(
        first_week=first_week,
        model=model,
        weeks=len(over),
        foretold=sum(week["base"] for week in over),
        came=whole,
        wape=wape("base"),
        naive_wape=wape("naive"),
        in_80=sum(week["low80"] <= count <= week["high80"] for week, count in pairs),
    )
