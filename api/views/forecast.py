"""The forecast as a person reads it: which rows there are, the chart, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from indicators.charts import BAD, BRAND, GOOD, LIGHT, PALE, SOFT, Band, Line, WeekChart
from models.russian import MONTHS

WEEK = timedelta(weeks=1)
SHOWN_BACK = 40
"""Weeks of the past on the chart."""
METHODS = {
    "model": "прогноз модели",
    "last_year": "та же неделя прошлого года",
    "recent": "среднее последних четырёх недель",
}


def chart(row: Mapping[str, Any], came: Mapping[date, int], first_week: date, title: str) -> str:
    """Past weeks, the weeks foretold with their intervals where the model is shown, and what the naive guess says."""
    weeks = row["weeks"]
    back = [first_week + number * WEEK for number in range(-SHOWN_BACK, 0)]
    started = min(came, default=first_week)
    back = [week for week in back if week >= started]
    ahead = [date.fromisoformat(week["week"]) for week in weeks]
    gap: list[float | None] = [None] * len(back)
    past: list[float | None] = [float(came.get(week, 0)) for week in back]
    joint = past[-1:] if past else []

    def foretold(name: str) -> list[float | None]:
        """Joined to the last week that was counted."""
        return [*gap[:-1], *joint, *(week[name] for week in weeks)]

    model = row["method"] == "model"
    bands = [Band("в 95 случаях из 100", foretold("low95"), foretold("high95"), PALE)]
    bands.append(Band("в 80 случаях из 100", foretold("low80"), foretold("high80"), LIGHT))
    lines = [
        Line("было", [*past, *(_later(came, week, first_week) for week in ahead)]),
        Line("благоприятный сценарий", foretold("optimistic"), GOOD, "2 4", 1.5),
        Line("неблагоприятный сценарий", foretold("pessimistic"), BAD, "2 4", 1.5),
        Line("основной", foretold("base"), BRAND, "", 2.5),
    ]
    if model:
        lines.append(Line("простая догадка", foretold("naive"), SOFT, "6 4", 1.2))
    return WeekChart(title, [*back, *ahead], lines, bands if model else ()).svg()


def _later(came: Mapping[date, int], week: date, first_week: date) -> float | None:
    """What came in a week that was foretold, once it is over: the week after it has begun to be counted."""
    return float(came[week]) if week >= first_week and week in came and max(came) > week else None


def share(value: float | None) -> str:
    """«34 %»; unlike the percent of a probability it may pass 100."""
    return "—" if value is None else f"{round(value * 100)}\u00a0%"


def day_words(iso: str) -> str:
    """«23 ноября 2026» of 2026-11-23."""
    day = date.fromisoformat(iso)
    return f"{day.day}\u00a0{MONTHS[day.month - 1]} {day.year}"


def whole_weeks(came: Mapping[date, int], this_week: date) -> dict[date, int]:
    """Only weeks that are over."""
    return {week: count for week, count in came.items() if week < this_week}


def choices(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Names of groups and of municipalities among the rows."""
    groups = sorted({row["group_name"] for row in rows} - {""})
    return groups, sorted({row["municipality"] for row in rows} - {""})


def quarter(row: Mapping[str, Any]) -> dict[str, float]:
    """Sums over all weeks of the three scenarios and of the naive guess."""
    return {name: sum(week[name] for week in row["weeks"]) for name in ("optimistic", "base", "pessimistic", "naive")}
