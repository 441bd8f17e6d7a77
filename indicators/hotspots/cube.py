"""Problems by cell and day, and how many are usual: what both statistics look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Means = NDArray[np.float64]

FLAT = 0.5
"""So many problems a year are added to each cell's history, spread as around it: none seen is not impossible."""


@dataclass(frozen=True)
class Cube:
    """`observed` and `expected` are (cells, days); `cells` are H3 numbers of one resolution, `days` end with `last`.

    `level` (cells,) is what `expected` was made of, in appeals of the year before: how well the shares are known.
    """

    cells: tuple[int, ...]
    last: date
    observed: Counts
    expected: Means
    level: Means

    def by_chance(self, chance: np.random.Generator, counts: Counts, many: int) -> Counts:
        """(cells, days, replications): so many appeals a day placed anew by the usual shares.

        The shares themselves are drawn for each replication from what the year before leaves open (Gamma posterior):
        else a cell that happened to have nothing would make an alarm of its first few appeals.
        """
        drawn = np.empty((len(self.cells), len(counts), many), dtype=np.int64)
        for number in range(many):
            share = chance.gamma(self.level)
            share /= share.sum()
            for day, count in enumerate(counts):
                drawn[:, day, number] = chance.multinomial(int(count), share)
        return drawn

    @property
    def days(self) -> int:
        return int(self.observed.shape[1])

    def day(self, number: int) -> date:
        return self.last - timedelta(days=self.days - 1 - number)


def cube_of(cells: tuple[int, ...], last: date, observed: Counts, history: Counts, smooth: Means | None = None) -> Cube:
    """The cube, given problems by cell and day of the days in question and by cell alone of the year before.

    A cell is expected to have its share of the year before of what the whole region has on each day: so the season,
    the weekday and a day on which everybody complains are in it. `smooth` (cells,) says how FLAT is spread: evenly
    where nothing is said.
    """
    spread = np.ones(len(cells)) if smooth is None else smooth
    level = history + FLAT * spread / max(spread.mean(), 1e-12)
    share = level / level.sum()
    return Cube(cells, last, observed, np.outer(share, observed.sum(axis=0)), level)
