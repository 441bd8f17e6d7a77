"""What is shown of a forecast: the model where it was better in the past, else the naive guess; three scenarios."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np

from indicators.forecast import LEAST_WEEKS
from indicators.forecast.backtest import Judged, backtest, naive
from indicators.forecast.model import AHEAD, MODEL, Forecast, WorkingDays, forecast
from indicators.forecast.series import WEEK, Counts, Series

FIRST_ORIGIN = 6
BACK = 52
"""Origins of the backtest reach back so many weeks, every `EVERY`th one."""
EVERY = 4
SCENARIO = (0.2, 0.8)
"""Quantiles of the optimistic and the pessimistic week: one week in five is better, one in five worse."""
QUARTER = 13
DAMPING = 0.9
"""How much of a week's growth the next week keeps: growth of the last quarter does not go on for ever."""
STEADY = 50.0
"""Problems of doubt about a row's growth: with as many counted, half of it is believed."""
FASTEST = 0.03


class Method(StrEnum):
    """What the shown numbers are."""

    MODEL = "model"  # the forecast
    LAST_YEAR = "last_year"  # the same week of last year: it was the better guess
    RECENT = "recent"  # the mean of the last four weeks: there is no year of counts


@dataclass(frozen=True, slots=True)
class Week:
    """One week to come. Intervals are those of the model; `naive` is the guess that it was compared with."""

    week: str
    mean: float
    low95: float
    low80: float
    middle: float
    high80: float
    high95: float
    naive: float
    optimistic: float
    base: float
    pessimistic: float


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the table; errors are None where the past could not be judged."""

    group_name: str
    municipality: str
    method: Method
    wape: float | None
    naive_wape: float | None
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole forecast, ready to be stored. `backtest` is empty where too few weeks are known."""

    first_week: date
    model: str
    weeks_known: int
    backtest: dict[str, Any]
    rows: tuple[Told, ...]


def foretell(series: Series, working_days: WorkingDays) -> Outcome | None:
    """The forecast of the weeks after `series`, judged by its past; None where less than `LEAST_WEEKS` are known."""
    if series.weeks < LEAST_WEEKS:
        return None
    made = forecast(series, working_days)
    guess, of_last_year = naive(made.table.counts)
    past = backtest(series, working_days, origins_of(series.weeks))
    errors = {(row.group_name, row.municipality): index for index, row in enumerate(past.table.rows)}
    weeks = _weeks(made, guess, series.end)
    rows = []
    for index, row in enumerate(made.table.rows):
        judged = errors.get((row.group_name, row.municipality))
        own = naive_own = None
        if judged is not None and past.came[judged] > 0:
            own, naive_own = float(past.wape()[judged]), float(past.naive_wape()[judged])
        method = Method.MODEL
        if own is None or naive_own is None or own >= naive_own:
            method = Method.LAST_YEAR if of_last_year else Method.RECENT
        shown = tuple(_scenarios(week, method) for week in weeks[index])
        rows.append(Told(row.group_name, row.municipality, method, own, naive_own, shown))
    return Outcome(series.end, MODEL, series.weeks, summary(past), tuple(rows))


def origins_of(weeks: int) -> list[int]:
    """After which weeks the past is judged: the last whole twelve weeks of each can be seen, or what there is."""
    last = max(weeks - AHEAD, min(weeks - 1, FIRST_ORIGIN))
    first = max(FIRST_ORIGIN, last - BACK)
    if last - first < 2 * EVERY:  # little is known: every week is judged, by what followed so far
        return list(range(min(first, weeks - 1), weeks))
    return list(range(last, first - 1, -EVERY))[::-1]


def summary(past: Judged) -> dict[str, Any]:
    """The backtest by kind of row, and of the whole region by weeks ahead."""
    rows = past.table.rows
    kinds = {
        "whole": [0],
        "groups": [index for index, row in enumerate(rows) if row.group is not None and not row.municipality],
        "municipalities": [index for index, row in enumerate(rows) if row.group is None and row.municipality],
        "cells": [index for index, row in enumerate(rows) if row.group is not None and row.municipality],
    }
    told = {kind: _of_kind(past, indexes) for kind, indexes in kinds.items() if indexes}
    came = np.maximum(past.by_ahead[2], 1)
    by_ahead = [[round(float(value), 4) for value in past.by_ahead[which] / came] for which in (0, 1)]
    return {"origins": past.origins, "kinds": told, "ahead": {"wape": by_ahead[0], "naive": by_ahead[1]}}


def _of_kind(past: Judged, indexes: list[int]) -> dict[str, float]:
    came, judged = max(float(past.came[indexes].sum()), 1.0), float(past.judged[indexes].sum())
    errors = {
        "wape": past.error,
        "naive_wape": past.naive_error,
        "recent_wape": past.recent_error,
        "pinball": past.pinball,
        "naive_pinball": past.naive_pinball,
    }
    found = {name: round(float(error[indexes].sum()) / came, 4) for name, error in errors.items()}
    found |= {
        "in_80": round(float(past.in_80[indexes].sum()) / judged, 4),
        "in_95": round(float(past.in_95[indexes].sum()) / judged, 4),
        "rows": len(indexes),
        "better": int((past.error[indexes] < past.naive_error[indexes]).sum()),
        "judged": came,
    }
    return found


def growth(made: Forecast) -> Counts:
    """Growth of a usual week a week (log), by row: the last quarter through the one before, doubted where few."""
    counts = made.table.counts
    weeks = counts.shape[0]
    if weeks < 2 * QUARTER:
        return np.zeros(counts.shape[1])
    season = made.exposure[:weeks]
    late, early = slice(weeks - QUARTER, weeks), slice(weeks - 2 * QUARTER, weeks - QUARTER)
    now = (counts[late].sum(axis=0) + 1) / season[late].sum(axis=0)
    before = (counts[early].sum(axis=0) + 1) / season[early].sum(axis=0)
    seen = counts[weeks - 2 * QUARTER :].sum(axis=0)
    found: Counts = np.clip(np.log(now / before) / QUARTER * seen / (seen + STEADY), -FASTEST, FASTEST)
    return found


def _weeks(made: Forecast, guess: Counts, first: date) -> list[list[Week]]:
    """The weeks of each row."""
    quantiles = made.quantiles()
    best, worst = made.quantiles(SCENARIO)
    ahead = np.arange(1, AHEAD + 1)
    grown = growth(made)[None] * (DAMPING * (1 - DAMPING**ahead) / (1 - DAMPING))[:, None]
    best = best * np.exp(np.minimum(grown, 0))
    worst = worst * np.exp(np.maximum(grown, 0))

    def of(week: int, row: int) -> Week:
        low95, low80, middle, high80, high95 = (float(each[week, row]) for each in quantiles)
        mean = round(float(made.mean[week, row]), 2)
        return Week(
            (first + week * WEEK).isoformat(), mean, low95, low80, middle, high80, high95, float(guess[week, row]),
            round(float(best[week, row]), 1), mean, round(float(worst[week, row]), 1),
        )  # fmt: skip

    return [[of(week, row) for week in range(AHEAD)] for row in range(len(made.table.rows))]


def _scenarios(week: Week, method: Method) -> Week:
    """Where the naive guess is shown, it is the base, and the other two are as far from it as from the model's mean."""
    if method is Method.MODEL:
        return week
    scale = week.naive / max(week.mean, 0.1)
    changed = {
        "base": week.naive,
        "optimistic": round(week.optimistic * scale, 1),
        "pessimistic": round(week.pessimistic * scale, 1),
    }
    return Week(**{**asdict(week), **changed})
