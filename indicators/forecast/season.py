"""How a group's weeks differ by season and by working days, apart from its level: a penalised Poisson regression.

log E[count] = level of the group + its trend + season of all + the group's own season + working days.
What is the group's own is penalised, so that a group of few problems has the season of all (ridge, which is the mode of
a normal prior: partial pooling, Gelman & Hill 2007, ch. 12). Solved by Newton's steps on all groups at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from indicators.forecast.series import YEAR, Counts

HARMONICS = 3
"""Waves of the year: three follow a heating season and a melting of snow, and are steady on two years of counts."""
LEAST_WEEKS = YEAR + 8
"""A season is learnt only from more than a year: before that a rise in autumn is no different from growth."""
SHARED, OWN = 1.0, 20.0
"""Penalties of what all groups share, and of what one has of its own (in units of log rate squared)."""
STEPS = 30
USUAL_DAYS = 5.0


def regressors(mondays: Sequence[date], working_days: Sequence[int], seasonal: bool) -> Counts:
    """Shape (weeks, columns): working days less five, in fifths; then sines and cosines of the year where wanted."""
    columns = [(np.asarray(working_days, dtype=float) - USUAL_DAYS) / USUAL_DAYS]
    if seasonal:
        # the middle of the week as a share of the year
        share = np.array([(day.timetuple().tm_yday + 3) / 365.25 for day in mondays])
        for wave in range(1, HARMONICS + 1):
            columns += [np.sin(2 * np.pi * wave * share), np.cos(2 * np.pi * wave * share)]
    return np.stack(columns, axis=1)


def exposures(counts: Counts, mondays: Sequence[date], working_days: Sequence[int]) -> Counts:
    """How many times its level each week of each group is, shape (len(mondays), groups), 1 on the average of the past.

    `counts` has shape (weeks, groups); `mondays` and `working_days` go on after its last week for the weeks to come.
    """
    weeks, groups = counts.shape
    known = regressors(mondays, working_days, seasonal=weeks >= LEAST_WEEKS)
    coefficients = _fitted(counts, known[:weeks])
    logs = known @ coefficients.T
    found: Counts = np.exp(np.clip(logs - logs[:weeks].mean(axis=0), -2, 2))
    return found if groups else np.ones((len(mondays), 0))


def _fitted(counts: Counts, known: Counts) -> Counts:
    """Coefficients of `known` by group, shape (groups, columns): the shared ones and the group's own added."""
    weeks, groups = counts.shape
    columns = known.shape[1]
    trend = (np.arange(weeks) - weeks / 2) / YEAR
    own = np.stack([np.ones(weeks), trend, *known.T], axis=1)  # what one group has, its level and trend first
    width = own.shape[1]
    size = groups * width + columns
    penalty = np.concatenate([np.tile([1e-3, OWN / 4, *[OWN] * columns], groups), np.full(columns, SHARED)])
    solution = np.zeros(size)
    solution[: groups * width : width] = np.log(counts.mean(axis=0) + 0.1)
    for _ in range(STEPS):
        shared = solution[groups * width :]
        each = solution[: groups * width].reshape(groups, width)
        rate = np.exp(np.clip(own @ each.T + (known @ shared)[:, None], -20, 20))
        gradient, curve = _newton(own, known, counts - rate, rate)
        step = np.linalg.solve(curve + np.diag(penalty), gradient - penalty * solution)
        solution = solution + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-6:
            break
    return np.asarray(solution[: groups * width].reshape(groups, width)[:, 2:] + solution[groups * width :])


def _newton(own: Counts, known: Counts, residual: Counts, rate: Counts) -> tuple[Counts, Counts]:
    """Gradient and curvature (Fisher information) of the log likelihood; blocks by group, then what is shared."""
    groups, width, columns = rate.shape[1], own.shape[1], known.shape[1]
    size = groups * width + columns
    gradient, curve = np.zeros(size), np.zeros((size, size))
    for group in range(groups):
        block = slice(group * width, (group + 1) * width)
        weighted = own * rate[:, group, None]
        gradient[block] = own.T @ residual[:, group]
        curve[block, block] = own.T @ weighted
        curve[block, groups * width :] = weighted.T @ known
        curve[groups * width :, block] = curve[block, groups * width :].T
    whole = rate.sum(axis=1)
    gradient[groups * width :] = known.T @ residual.sum(axis=1)
    curve[groups * width :, groups * width :] = known.T @ (known * whole[:, None])
    return gradient, curve
