"""Which counts grew more than chance explains: the conditional Poisson test, with false discoveries held down. Pure.

Given the sum of this week's count and that of the weeks before, the week's share is binomial if the rate is the same
(Przyborowski & Wilenski 1940). Many rows are tested at once: those are named among which one in ten at most is named in
vain (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binom

LEAST = 5
"""Fewer problems in the week are no news, however rare they were before."""
FALSE_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Grown:
    """A row that grew: `now` in the week, `usual` a week before on average, `chance` of so many at the old rate."""

    name: str
    group_name: str
    now: int
    usual: float
    chance: float


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of one topic in the week, and in the `weeks` before together."""

    name: str
    group_name: str
    now: int
    before: int
    weeks: int


def grown(rows: Sequence[Counted], false_share: float = FALSE_SHARE) -> list[Grown]:
    """Rows that grew, the most surprising first."""
    tested = sorted((_chance(row), row.name, row) for row in rows if row.now > 0 and row.weeks > 0)
    last = 0
    for rank, (chance, _, _) in enumerate(tested, start=1):
        if chance <= false_share * rank / len(tested):
            last = rank
    return [
        Grown(row.name, row.group_name, row.now, row.before / row.weeks, chance)
        for chance, _, row in tested[:last]
        if row.now >= LEAST
    ]


def _chance(row: Counted) -> float:
    """Of so many or more in the week, given the sum and the same rate."""
    return float(binom.sf(row.now - 1, row.now + row.before, 1 / (row.weeks + 1)))
