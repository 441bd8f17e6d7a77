"""The forecast itself: season, then level, then children scaled to the sum that their parent has. Pure.

Version `MODEL` stands beside every stored forecast; raise it when anything here changes what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from indicators.forecast.level import PRIORS, Parameters, chosen, filtered, size_ahead
from indicators.forecast.season import exposures
from indicators.forecast.series import Counts, Series, Table, table_of

MODEL = "season-level-1"
AHEAD = 12
LEAST_A_YEAR = 13.0
"""Problems a year from which a pair of group and municipality is forecast by itself: one in four weeks."""
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
"""The ends of the intervals of 95 and 80 %, and the middle."""
SHARE_PRIOR = 20.0
"""Problems' worth of belief that a municipality's share in a group is its share in all groups (Dirichlet)."""

WorkingDays = Callable[[date], int]
"""How many working days the week of a Monday has."""


class Kind(StrEnum):
    """Kinds of rows, a parent's before its children's; each has parameters of its own."""

    WHOLE = "whole"  # the region and its municipalities
    GROUPS = "groups"
    CELLS = "cells"  # pairs of group and municipality


Kinds = Mapping[Kind, Parameters]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Forecast:
    """`mean[ahead, row]` and `size[ahead, row]` of negative binomials, for the weeks after the series."""

    table: Table
    mean: Counts
    size: Counts
    exposure: Counts
    """(weeks + ahead, rows): how many times its level a week is."""
    kinds: Kinds

    def quantiles(self, shares: tuple[float, ...] = QUANTILES) -> Counts:
        """Shape (len(shares), ahead, rows)."""
        from scipy.stats import nbinom  # two seconds of every start of the web server, which makes no forecast

        chance = self.size / (self.size + self.mean)
        return np.stack([np.asarray(nbinom.ppf(share, self.size, chance), dtype=float) for share in shares])


def forecast(
    series: Series, working_days: WorkingDays, kinds: Kinds | None = None, table: Table | None = None
) -> Forecast:
    """Forecast all rows of `series` for `AHEAD` weeks; parameters are chosen from the past unless `kinds` gives them.

    `table` may name the rows, so that a backtest asks for the same ones at every origin.
    """
    known = table or table_of(series, LEAST_A_YEAR)
    mondays = series.mondays(AHEAD)
    exposure = _exposure(series, known, mondays, working_days)
    counts = known.counts
    shape, weight = np.zeros_like(counts), np.ones_like(counts)
    used: dict[Kind, Parameters] = {}
    size = np.zeros((AHEAD, len(known.rows)))
    for kind, mask in _masks(known).items():
        own, now = counts[:, mask], exposure[: series.weeks, mask]
        prior_rate = _prior_rate(known, mask, shape, weight)
        priors = PRIORS if kind is Kind.CELLS else PRIORS[:1]
        used[kind] = kinds[kind] if kinds and kind in kinds else chosen(own, now, prior_rate, priors)
        shape[:, mask], weight[:, mask] = filtered(own, now, prior_rate, used[kind].memory, used[kind].prior)
        size[:, mask] = np.stack([size_ahead(shape[-1, mask], ahead, used[kind]) for ahead in range(1, AHEAD + 1)])
    rate = shape[-1] / weight[-1]
    mean = exposure[series.weeks :] * rate
    return Forecast(known, _summing(known, mean), size, exposure, used)


def _exposure(series: Series, table: Table, mondays: list[date], working_days: WorkingDays) -> Counts:
    """(weeks + ahead, rows): every row has the season of its group; the whole that of its groups by their weight."""
    groups = series.counts.sum(axis=2)
    by_group = exposures(groups, mondays, [working_days(day) for day in mondays])
    weight = groups.sum(axis=0) + 1e-9
    whole = by_group @ (weight / weight.sum())
    return np.stack([whole if row.group is None else by_group[:, row.group] for row in table.rows], axis=1)


def _masks(table: Table) -> dict[Kind, Mask]:
    """Which rows are of which kind; kinds of which there is no row are left out."""
    whole = np.array([row.group is None for row in table.rows])
    groups = np.array([row.group is not None and row.municipality == "" for row in table.rows])
    found = {Kind.WHOLE: whole, Kind.GROUPS: groups, Kind.CELLS: ~(whole | groups)}
    return {kind: mask for kind, mask in found.items() if mask.any()}


def _prior_rate(table: Table, mask: Mask, shape: Counts, weight: Counts) -> Counts:
    """(weeks, rows of the mask): the parent's level times the row's share of it so far; else the row's mean so far.

    A pair's share in its group leans on the municipality's share in all groups.
    """
    counts = table.counts
    summed = np.cumsum(counts, axis=0)
    passed = np.arange(1, counts.shape[0] + 1)[:, None]
    indexes = np.flatnonzero(mask)
    if table.rows[indexes[0]].group is None or not table.rows[indexes[0]].municipality:
        return np.asarray(summed[:, mask] / passed)
    whole = {row.municipality: summed[:, index] for index, row in enumerate(table.rows) if row.group is None}
    found = np.zeros((counts.shape[0], len(indexes)))
    for place, index in enumerate(indexes):
        row = table.rows[index]
        parent = row.parent or 0
        usual = whole.get(row.municipality, summed[:, index]) / np.maximum(summed[:, 0], 1)
        share = (summed[:, index] + SHARE_PRIOR * usual) / (summed[:, parent] + SHARE_PRIOR)
        found[:, place] = share * shape[:, parent] / weight[:, parent]
    return found


def _summing(table: Table, mean: Counts) -> Counts:
    """Groups and municipalities are scaled to the whole, pairs to their group: the parts of a table must add up."""
    result = mean.copy()
    families: dict[tuple[int, bool], list[int]] = {}
    for index, row in enumerate(table.rows):
        if row.parent is not None:
            families.setdefault((row.parent, row.group is None), []).append(index)
    for (parent, _), children in sorted(families.items()):
        summed = result[:, children].sum(axis=1)
        result[:, children] *= (result[:, parent] / np.maximum(summed, 1e-9))[:, None]
    return result
