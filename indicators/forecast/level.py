"""The level of a row of counts as it moves from week to week: the gamma-Poisson filter of Harvey and Fernandes (1989).

The rate has a gamma distribution with shape `a` and weight `b`. A week forgets: both are multiplied by `memory`; a
count y in a week that is s times its level adds y to `a` and s to `b`. A week to come is then negative binomial with
mean s * a / b. Forgetting goes on while nothing is seen, so that intervals widen with the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from indicators.forecast.series import Counts

MEMORIES = (0.80, 0.88, 0.93, 0.96, 0.98)
"""What is left of a week's weight a week later: 5 to 50 weeks count."""
NOISES = (0.0, 0.003, 0.01, 0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 2.0)
"""Variance of a week's own chance beyond that of counting, as a share of the mean squared: floods of one cause."""
PRIORS = (1.0, 4.0)
"""How many weeks of what its parent says a row believes."""
HORIZONS = (1, 4, 8, 12)
"""Weeks ahead at which parameters are judged."""
WARM_UP = 4


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is chosen from the past of rows of one kind."""

    memory: float
    noise: float
    prior: float


def filtered(
    counts: Counts, exposure: Counts, prior_rate: Counts, memory: float, prior: float
) -> tuple[Counts, Counts]:
    """Shape and weight after each week, both (weeks, rows); `prior_rate` (weeks, rows) is what the parents say."""
    weeks, rows = counts.shape
    shape, weight = np.zeros((weeks, rows)), np.zeros((weeks, rows))
    a, b = np.zeros(rows), np.zeros(rows)
    for week in range(weeks):
        a, b = memory * a + counts[week], memory * b + exposure[week]
        # the parent's word is not summed up: it is believed as `prior` weeks beside what was seen
        shape[week], weight[week] = a + prior * prior_rate[week] + 1e-3, b + prior
    return shape, weight


def size_ahead(shape: Counts, ahead: int, parameters: Parameters) -> Counts:
    """The size r of the negative binomial so many weeks ahead: variance = mean + mean² / r."""
    found: Counts = 1 / (1 / (shape * parameters.memory**ahead) + parameters.noise)
    return found


def log_chance(counts: Counts, mean: Counts, size: Counts) -> Counts:
    """Log of the negative binomial chance of counts."""
    share = size / (size + mean)
    found: Counts = (
        gammaln(counts + size)
        - gammaln(size)
        - gammaln(counts + 1)
        + size * np.log(share)
        + counts * np.log(np.maximum(1 - share, 1e-12))
    )
    return found


def chosen(counts: Counts, exposure: Counts, prior_rate: Counts, priors: tuple[float, ...]) -> Parameters:
    """The parameters under which the past of these rows was most probable, one to twelve weeks ahead."""
    best, result = -np.inf, Parameters(MEMORIES[2], NOISES[4], priors[0])
    weeks = counts.shape[0]
    for memory in MEMORIES:
        for prior in priors:
            shape, weight = filtered(counts, exposure, prior_rate, memory, prior)
            for noise in NOISES:
                tried = Parameters(memory, noise, prior)
                told = [
                    _score(counts, exposure, shape, weight, ahead, tried)
                    for ahead in HORIZONS
                    if weeks - ahead > WARM_UP
                ]
                if told and sum(told) > best:
                    best, result = sum(told), tried
    return result


def _score(counts: Counts, exposure: Counts, shape: Counts, weight: Counts, ahead: int, tried: Parameters) -> float:
    """The mean log chance of what came `ahead` weeks later."""
    last = counts.shape[0] - ahead
    a, b = shape[WARM_UP:last], weight[WARM_UP:last]
    later = slice(WARM_UP + ahead, last + ahead)
    mean = exposure[later] * a / b
    return float(log_chance(counts[later], mean, size_ahead(a, ahead, tried)).mean())
