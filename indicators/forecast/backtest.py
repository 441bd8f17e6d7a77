"""How good the forecast was in the past, beside a naive guess: forecasts from earlier weeks, judged by what came.

Nothing after an origin is seen by the forecast from it, its parameters included. Errors are WAPE: the sum of absolute
errors through the sum of what came (Kolassa & Schütz 2007). Pinball loss is the mean over the quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indicators.forecast.model import AHEAD, LEAST_A_YEAR, QUANTILES, Kinds, WorkingDays, forecast
from indicators.forecast.series import YEAR, Counts, Series, Table, table_of

RECENT = 4
CHOICES = 13
"""Parameters are chosen anew after so many weeks of origins: a quarter."""


@dataclass(frozen=True)
class Judged:
    """Sums over origins and weeks ahead, by row: what came, absolute errors, pinball losses, weeks in the intervals."""

    table: Table
    came: Counts
    error: Counts
    naive_error: Counts
    recent_error: Counts
    pinball: Counts
    naive_pinball: Counts
    in_80: Counts
    in_95: Counts
    judged: Counts
    """Weeks that were judged, (rows)."""
    origins: int
    by_ahead: Counts
    """(3, ahead): absolute errors of the forecast and of the naive guess, and what came, of the whole region."""

    def wape(self) -> Counts:
        return self.error / np.maximum(self.came, 1)

    def naive_wape(self) -> Counts:
        return self.naive_error / np.maximum(self.came, 1)


def naive(counts: Counts, ahead: int = AHEAD) -> tuple[Counts, bool]:
    """The guess to beat for the weeks after `counts` (weeks, rows), and whether it is the same week of last year.

    Without a year of counts it is the mean of the last four weeks, which is harder to beat than the last week alone.
    """
    weeks = counts.shape[0]
    if weeks >= YEAR:
        return counts[weeks - YEAR : weeks - YEAR + ahead], True
    return recent(counts, ahead), False


def recent(counts: Counts, ahead: int = AHEAD) -> Counts:
    """The mean of the last four weeks, for every week to come."""
    return np.repeat(counts[-RECENT:].mean(axis=0)[None], ahead, axis=0)


def backtest(series: Series, working_days: WorkingDays, origins: list[int]) -> Judged:
    """Forecast from after each of so many weeks (`origins`, ascending), and judge by the weeks that followed."""
    table = table_of(series.until(origins[-1]), LEAST_A_YEAR)  # the rows of the last origin, for all
    everything = _all_counts(series, table)
    sums = _Sums(len(table.rows))
    kinds: Kinds | None = None
    chosen_at = -CHOICES
    for origin in origins:
        again = origin - chosen_at >= CHOICES
        past = Table(table.rows, everything[:origin])
        made = forecast(series.until(origin), working_days, None if again else kinds, past)
        kinds, chosen_at = made.kinds, origin if again else chosen_at
        came = everything[origin : origin + AHEAD]
        sums.add(came, made.mean, made.quantiles(), everything[:origin])
    return sums.judged(table, len(origins))


def _all_counts(series: Series, table: Table) -> Counts:
    """The counts of the table's rows over all weeks of the series."""
    columns = []
    for row in table.rows:
        if row.group is None:
            place = slice(None) if not row.municipality else [series.municipalities.index(row.municipality)]
            columns.append(series.counts[:, :, place].sum(axis=(1, 2)))
        elif row.municipality in series.municipalities:
            columns.append(series.counts[:, row.group, series.municipalities.index(row.municipality)])
        else:
            columns.append(_rest(series, table, row.group, whole=not row.municipality))
    return np.stack(columns, axis=1)


def _rest(series: Series, table: Table, group: int, *, whole: bool) -> Counts:
    """All of a group, or what its rows by municipality leave."""
    named = {row.municipality for row in table.rows if row.group == group and row.municipality}
    left = [index for index, name in enumerate(series.municipalities) if whole or name not in named]
    summed: Counts = series.counts[:, group, left].sum(axis=1)
    return summed


class _Sums:
    """What is summed up over the origins."""

    def __init__(self, rows: int) -> None:
        self.sums = {name: np.zeros(rows) for name in NAMES}
        self.by_ahead = np.zeros((3, AHEAD))

    def add(self, came: Counts, mean: Counts, quantiles: Counts, past: Counts) -> None:
        weeks = came.shape[0]
        guess, _ = naive(past)
        guess, mean, quantiles = guess[:weeks], mean[:weeks], quantiles[:, :weeks]
        middle = quantiles[QUANTILES.index(0.5)]
        point = np.where(mean > LARGE, mean, middle)
        sums = self.sums
        sums["came"] += came.sum(axis=0)
        sums["error"] += np.abs(came - point).sum(axis=0)
        sums["naive_error"] += np.abs(came - guess).sum(axis=0)
        sums["recent_error"] += np.abs(came - recent(past)[:weeks]).sum(axis=0)
        sums["pinball"] += pinball(came, quantiles).sum(axis=0)
        sums["naive_pinball"] += pinball(came, np.repeat(guess[None], len(QUANTILES), axis=0)).sum(axis=0)
        sums["in_95"] += ((came >= quantiles[0]) & (came <= quantiles[4])).sum(axis=0)
        sums["in_80"] += ((came >= quantiles[1]) & (came <= quantiles[3])).sum(axis=0)
        sums["judged"] += weeks
        self.by_ahead[0, :weeks] += np.abs(came - point)[:, 0]
        self.by_ahead[1, :weeks] += np.abs(came - guess)[:, 0]
        self.by_ahead[2, :weeks] += came[:, 0]

    def judged(self, table: Table, origins: int) -> Judged:
        return Judged(table=table, origins=origins, by_ahead=self.by_ahead, **self.sums)


NAMES = (
    "came", "error", "naive_error", "recent_error", "pinball", "naive_pinball", "in_80", "in_95", "judged",
)  # fmt: skip
LARGE = 5.0
"""Below this mean the middle is the better point: absolute errors are least there, and 0 is a fair guess."""


def pinball(came: Counts, quantiles: Counts) -> Counts:
    """The mean pinball loss over `QUANTILES`; `came` (ahead, rows), `quantiles` (5, ahead, rows)."""
    shares = np.array(QUANTILES)[:, None, None]
    off = came[None] - quantiles
    found: Counts = np.maximum(shares * off, (shares - 1) * off).mean(axis=0)
    return found
