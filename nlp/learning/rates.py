"""Rates with their uncertainty: the statistics of the drift report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc
from scipy.stats import beta

FALSE_ALARMS = 0.05
"""Share of false alarms that is accepted among the topics named as growing."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much faster something comes now than before: the ratio of rates, its 95 % interval, the one-sided p-value of
    "not faster". `high` is infinite where there was nothing before."""

    value: float
    low: float
    high: float
    p: float


def rate_ratio(now: int, before: int, exposure_now: float, exposure_before: float, dispersion: float = 1.0) -> Ratio:
    """The exact comparison of two Poisson counts: given their sum, the first is binomial.

    Source: J. Przyborowski, H. Wilenski, Biometrika 31 (1940); interval by C. Clopper, E. Pearson, ibid. 26 (1934).
    `dispersion` above 1 (variance of the counts over their mean) makes both counts worth as many times less: people
    write in bursts, and a burst is no independent evidence.
    """
    if now + before == 0:
        return Ratio(1.0, 0.0, float("inf"), 1.0)
    mine, theirs = now / dispersion, before / dispersion
    share = exposure_now / (exposure_now + exposure_before)
    low = float(beta.ppf(0.025, mine, theirs + 1)) if mine else 0.0
    high = float(beta.ppf(0.975, mine + 1, theirs)) if theirs else 1.0
    p = float(betainc(mine, theirs + 1, share)) if mine else 1.0
    return Ratio(
        (now / exposure_now) / (before / exposure_before) if before else float("inf"),
        _odds(low) * exposure_before / exposure_now,
        _odds(high) * exposure_before / exposure_now,
        p,
    )


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float("inf")


def dispersion(daily: Sequence[int]) -> float:
    """Variance of daily counts over their mean, at least 1."""
    counts = np.asarray(daily, np.float64)
    if len(counts) < 2 or not counts.any():
        return 1.0
    return max(1.0, float(counts.var(ddof=1) / counts.mean()))


def discoveries(p_values: Sequence[float], most_false: float = FALSE_ALARMS) -> list[bool]:
    """Which hypotheses to reject so that on average at most that share of them is rejected wrongly.

    Source: Y. Benjamini, Y. Hochberg, JRSS B 57 (1995).
    """
    order = np.argsort(p_values, kind="stable")
    passed = np.flatnonzero(np.asarray(p_values)[order] <= most_false * np.arange(1, len(order) + 1) / len(order))
    rejected = np.zeros(len(order), bool)
    if len(passed):
        rejected[order[: passed[-1] + 1]] = True
    return rejected.tolist()


def share_interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share. Source: E. B. Wilson, JASA 22 (1927)."""
    if of == 0:
        return 0.0, 1.0
    z = 1.96
    middle = (right + z**2 / 2) / (of + z**2)
    spread = z / (of + z**2) * (right * (of - right) / of + z**2 / 4) ** 0.5
    return max(0.0, middle - spread), min(1.0, middle + spread)


def mean_fall(now: Sequence[float], before: Sequence[float]) -> tuple[float, float, float]:
    """Difference of two means (now - before) with its 95 % interval, unequal variances (B. L. Welch, 1947)."""
    mine, theirs = np.asarray(now, np.float64), np.asarray(before, np.float64)
    if len(mine) < 2 or len(theirs) < 2:
        return 0.0, float("-inf"), float("inf")
    difference = float(mine.mean() - theirs.mean())
    error = 1.96 * float(np.sqrt(mine.var(ddof=1) / len(mine) + theirs.var(ddof=1) / len(theirs)))
    return difference, difference - error, difference + error
