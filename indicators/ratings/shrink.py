"""Empirical Bayes: what is expected of equals, how much those rated truly differ, and what is left of luck.

- The mean of equals is that of all *others* in the same topic and month, so that nobody is his own yardstick. A mean of
  few cases leans on the wider one: month on topic, topic on the whole (as if `strength` cases of the wider one stood
  with it).
- The spread of those rated beyond chance is found by moments: for shares the correlation within one of a beta-binomial
  law (J. C. Kleinman, Proportions with extraneous variance, JASA 68 (1973) 46-54), for means the variance between
  (R. DerSimonian, N. Laird, Meta-analysis in clinical trials, Controlled Clinical Trials 7 (1986) 177-188).
- The shrunk value is the posterior mean, a weighted mean of what was counted and what was expected
  (C. N. Morris, Parametric empirical Bayes inference, JASA 78 (1983) 47-55).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from indicators.ratings.cells import Cells, Indexes, Numbers, summed
from indicators.ratings.components import Component, Kind
from indicators.work import FRESH

NINETY = 1.6448536269514722
"""The 95th percentile of the normal law: both ends together leave out a tenth."""
LEAST, MOST = 0.002, 0.998
"""Expected shares are kept between these: beyond, a single case would be a wonder of many standard deviations."""
GREATEST_SPREAD = 0.5
ROUNDS = 6
"""Of weighing the moments by the spread found the last time; it settles in three or four."""


@dataclass(frozen=True)
class Shrunk:
    """One component of all those rated; arrays by who is rated, except the two numbers.

    `cases`, `total`: what was counted. `expected`: of equals. `spread`: for a share the correlation within one, for a
    mean the variance between them, in units of the mean squared. `within`: for a mean the variance of one value.
    `strength`: how many cases of equals stand beside his own. `value`, `error`: posterior mean and its deviation.
    `unit`: how much those rated differ, as a standard deviation: what one point of `standing` is.
    """

    cases: Numbers
    total: Numbers
    expected: Numbers
    strength: Numbers
    value: Numbers
    error: Numbers
    unit: Numbers
    spread: float
    within: float

    def standing(self, component: Component) -> tuple[Numbers, Numbers]:
        """How much better than equals, in units of how they differ, cut to 3; and its deviation."""
        if self.spread == 0:
            return np.zeros_like(self.value), np.zeros_like(self.value)
        better = self.value - self.expected if component.higher else self.expected - self.value
        return np.clip(better / self.unit, -3, 3), self.error / self.unit

    def interval(self, component: Component) -> tuple[Numbers, Numbers]:
        """In nine of ten cases the true value lies between: of the beta law of a share, of the normal one of a mean."""
        if self.spread == 0:
            return self.value, self.value
        if component.kind is Kind.MEAN:
            return self.value - NINETY * self.error, self.value + NINETY * self.error
        all_cases = self.cases + self.strength
        ones, others = self.value * all_cases, (1 - self.value) * all_cases
        return betaincinv(ones, others, 0.05), betaincinv(ones, others, 0.95)


@dataclass(frozen=True)
class Gathered:
    """What the cells say of one component, by who is rated, before anything is weighed.

    `fresh_cases`, `fresh_total`: of clean problems of new authors. `within`: as in Shrunk.
    """

    cases: Numbers
    total: Numbers
    expected: Numbers
    fresh_cases: Numbers
    fresh_total: Numbers
    within: float


def gathered(cells: Cells, component: Component, equals: float) -> Gathered:
    """One component from the cells. `equals`: as in RatingPolicy."""
    sums = Sums.of(cells, component)
    expected = expectation(cells, component, sums, equals)
    fresh = fresh_of(cells, component.of), fresh_of(cells, [component.count])
    within = 0.0
    if component.kind is Kind.MEAN:
        within = _within(sums, float(cells.sums[component.squares][: cells.used].sum()) / 1000)
    return Gathered(sums.own_cases, sums.own_total, expected, *fresh, within)


def fresh_of(cells: Cells, names: Iterable[str]) -> Numbers:
    """The sum of the parts of these counts that are of new authors, by who is rated, in whole problems."""
    found = np.zeros(len(cells.names))
    for name in (f"fresh_{name}" for name in names if f"fresh_{name}" in FRESH):
        found += summed(cells.who[: cells.used], cells.sums[name][: cells.used], len(found)) / 1000
    return found


def settled(found: Gathered, component: Component, prior: float, fewest: int, weight: Numbers | float = 1.0) -> Shrunk:
    """One component. `weight`: what the problems of new authors count. `prior`, `fewest`: as in RatingPolicy."""
    cases = found.cases - (1 - weight) * found.fresh_cases
    total = found.total - (1 - weight) * found.fresh_total
    if component.kind is Kind.SHARE:
        cases = np.maximum(cases, 0)
        return _share(cases, np.clip(total, 0, cases), found.expected, prior, fewest)
    return _mean(cases, total, found.expected, found.within, prior, fewest)


@dataclass(frozen=True)
class Sums:
    """Cases and totals of one component in whole problems: of the cells `at`, by (who, topic), and by who."""

    at: Indexes | slice
    cases: Numbers
    total: Numbers
    pair_who: Indexes
    pair_topic: Indexes
    pair_cases: Numbers
    pair_total: Numbers
    own_cases: Numbers
    own_total: Numbers

    @classmethod
    def of(cls, cells: Cells, component: Component) -> Sums:
        cases, total = counted(cells, component)
        at: Indexes | slice = slice(0, cells.used)
        if not component.stock:  # many a component has cases in few cells
            some = np.flatnonzero(cases)
            if 2 * len(some) < cells.used:
                at, cases, total = some, cases[some], total[some]
        pair = cells.pair[at]
        pair_who, pair_topic = cells.pairs()
        pair_cases, pair_total = summed(pair, cases, len(pair_who)), summed(pair, total, len(pair_who))
        size = len(cells.names)
        own = summed(pair_who, pair_cases, size), summed(pair_who, pair_total, size)
        return cls(at, cases, total, pair_who, pair_topic, pair_cases, pair_total, *own)


def counted(cells: Cells, component: Component) -> tuple[Numbers, Numbers]:
    """Cases and totals of the cells, in whole problems."""
    first, *others = component.of
    cases = cells.sums[first][: cells.used] / 1000
    for name in others:
        cases += cells.sums[name][: cells.used] / 1000
    return cases, cells.sums[component.count][: cells.used] / 1000


def expectation(cells: Cells, component: Component, sums: Sums, strength: float) -> Numbers:
    """What equals came to with his topics and months, by who is rated; the overall mean of others where he has none."""
    size, pair_cases, pair_total = len(cells.names), sums.pair_cases, sums.pair_total
    overall = _mean_of_others(sums.own_cases, sums.own_total)
    if component.stock:  # changes of a month may fall below nought, what stands at the end may not
        pair_cases = np.maximum(pair_cases, 0)
        pair_total = np.clip(pair_total, 0, pair_cases)
    wider = overall[sums.pair_who]
    by_topic = _others(pair_cases, pair_total, sums.pair_topic, len(cells.topics), wider, strength)
    if component.stock:  # what stands at the end has no month
        weighed = summed(sums.pair_who, pair_cases * by_topic, size)
    else:
        pair, season = cells.pair[sums.at], cells.season[sums.at]
        by_month = _others(sums.cases, sums.total, season, len(cells.season_topic), by_topic[pair], strength)
        by_pair = summed(pair, sums.cases * by_month, len(sums.pair_who))
        weighed = summed(sums.pair_who, by_pair, size)
    return np.where(sums.own_cases > 0, weighed / np.where(sums.own_cases > 0, sums.own_cases, 1), overall)


def _mean_of_others(cases: Numbers, total: Numbers) -> Numbers:
    """Of who is alone the others' mean is his own: there is no other."""
    others, totals = cases.sum() - cases, total.sum() - total
    own = total.sum() / cases.sum() if cases.sum() else 0.0
    return np.where(others > 0, totals / np.where(others > 0, others, 1), own)


def _others(cases: Numbers, total: Numbers, group: Indexes, groups: int, wider: Numbers, strength: float) -> Numbers:
    """The mean of the others of each group, leaning on the wider mean."""
    others = summed(group, cases, groups)[group] - cases
    totals = summed(group, total, groups)[group] - total
    return (totals + strength * wider) / (others + strength)


def _share(cases: Numbers, total: Numbers, told: Numbers, prior: float, fewest: int) -> Shrunk:
    expected = np.clip(told, LEAST, MOST)
    variance = expected * (1 - expected)
    known = cases >= 2
    if known.sum() < fewest:
        spread = 1 / (prior + 1) if known.any() else 0.0
    else:
        size = cases[known]
        squares = (total[known] / size - expected[known]) ** 2 / variance[known]
        spread = _moments(squares, 1 / size, 1 - 1 / size, 0.05, GREATEST_SPREAD)
    if spread == 0:
        return _unspread(cases, total, told)
    strength = np.full_like(cases, 1 / spread - 1)
    value = (total + strength * expected) / (cases + strength)
    error = np.sqrt(value * (1 - value) / (cases + strength + 1))
    return Shrunk(cases, total, expected, strength, value, error, np.sqrt(variance * spread), spread, 0.0)


def _mean(cases: Numbers, total: Numbers, expected: Numbers, within: float, prior: float, fewest: int) -> Shrunk:
    known = cases >= 2
    if known.sum() < fewest:
        spread = within / prior if known.any() else 0.0
    else:
        size = cases[known]
        squares = (total[known] / size - expected[known]) ** 2
        spread = _moments(squares, within / size, np.ones_like(size), within / 20, np.inf)
    if spread == 0 or within == 0:
        return _unspread(cases, total, expected)
    strength = np.full_like(cases, within / spread)
    value = (total + strength * expected) / (cases + strength)
    error = np.sqrt(within / (cases + strength))
    return Shrunk(cases, total, expected, strength, value, error, np.full_like(cases, spread**0.5), spread, within)


def _unspread(cases: Numbers, total: Numbers, expected: Numbers) -> Shrunk:
    """Nobody differs from his equals by more than chance: his value is theirs."""
    nought, endless = np.zeros_like(cases), np.full_like(cases, np.inf)
    return Shrunk(cases, total, expected, endless, expected, nought, nought, 0.0, 0.0)


def _moments(squares: Numbers, chance: Numbers, share: Numbers, first: float, most: float) -> float:
    """The spread s for which squares come to chance + s * share on the mean, weighed by what it says of each."""
    spread = first
    for _ in range(ROUNDS):
        weights = 1 / np.maximum(chance + spread * share, 1e-12) ** 2
        spread = float(np.clip((weights * (squares - chance)).sum() / (weights * share).sum(), 0.0, most))
    return spread


def _within(sums: Sums, squares: float) -> float:
    """The variance of one value about the mean of who is rated on its topic."""
    some = sums.pair_cases > 0
    free = sums.pair_cases.sum() - some.sum()
    if free <= 0:
        return 0.0
    left = squares - (sums.pair_total[some] ** 2 / sums.pair_cases[some]).sum()
    return float(max(left / free, 0.0))
