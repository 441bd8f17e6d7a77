"""The counts that a rating is made of, by who is rated, topic and month, as columns of numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicators.work import COUNTS

Numbers = NDArray[np.float64]
Indexes = NDArray[np.intp]

SPARE = 4096
"""Rows kept free for cells that come later, so that one new cell moves nothing."""
Row = Sequence[Any]
"""(who, topic, month, then the sums in the order of COUNTS, in thousandths)."""


@dataclass
class Cells:
    """Columns of equal length; those beyond `used` are nought. Sums are whole thousandths, exact as floats.

    `who`, `pair`, `season`: the number of the rated one, of (him, topic), of (topic, month) of each cell.
    `pair_who`, `pair_topic`: of each pair; `season_topic`, `season_month`: of each season.
    """

    names: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    used: int = 0
    who: Indexes = field(default_factory=lambda: np.zeros(0, np.intp))
    pair: Indexes = field(default_factory=lambda: np.zeros(0, np.intp))
    season: Indexes = field(default_factory=lambda: np.zeros(0, np.intp))
    sums: dict[str, Numbers] = field(default_factory=lambda: {name: np.zeros(0) for name in COUNTS})
    pair_who: list[int] = field(default_factory=list)
    pair_topic: list[int] = field(default_factory=list)
    season_topic: list[int] = field(default_factory=list)
    season_month: list[Any] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _topics: dict[str, int] = field(default_factory=dict)
    _pairs: dict[tuple[int, int], int] = field(default_factory=dict)
    _seasons: dict[tuple[int, Any], int] = field(default_factory=dict)
    _rows: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, rows: Iterable[Row]) -> Cells:
        cells = cls()
        cells.put(rows)
        return cells

    def put(self, rows: Iterable[Row]) -> None:
        """Set the sums of cells, new ones and known ones."""
        listed = list(rows)
        if not listed:
            return
        places = [self._place(str(row[0]), str(row[1]), row[2]) for row in listed]
        at = np.array(places, np.intp)
        counted = np.array([row[3:] for row in listed], np.float64)
        for number, name in enumerate(COUNTS):
            self.sums[name][at] = counted[:, number]

    def renew(self, names: Collection[str], rows: Iterable[Row]) -> list[str]:
        """Put in place of all cells of these; the names of the counts that changed."""
        numbers = [self._names[name] for name in names if name in self._names]
        at = np.flatnonzero(np.isin(self.who[: self.used], numbers))
        before = {name: column[at] for name, column in self.sums.items()}
        known = self.used
        for column in self.sums.values():
            column[at] = 0.0
        self.put(rows)
        return [
            name
            for name, column in self.sums.items()
            if not np.array_equal(column[at], before[name]) or column[known : self.used].any()
        ]

    def _place(self, name: str, topic: str, month: Any) -> int:
        who = _number(self._names, self.names, name)
        what = _number(self._topics, self.topics, topic)
        pair = self._pairs.get((who, what))
        if pair is None:
            pair = self._pairs[who, what] = len(self._pairs)
            self.pair_who.append(who)
            self.pair_topic.append(what)
        season = self._seasons.get((what, month))
        if season is None:
            season = self._seasons[what, month] = len(self._seasons)
            self.season_topic.append(what)
            self.season_month.append(month)
        row = self._rows.get((pair, season))
        if row is None:
            row = self._rows[pair, season] = self.used
            self._grow()
            self.who[row], self.pair[row], self.season[row] = who, pair, season
            self.used += 1
        return row

    def _grow(self) -> None:
        if self.used < len(self.who):
            return
        more = max(SPARE, self.used // 2)
        self.who, self.pair, self.season = (
            np.concatenate([column, np.zeros(more, np.intp)]) for column in (self.who, self.pair, self.season)
        )
        self.sums = {name: np.concatenate([column, np.zeros(more)]) for name, column in self.sums.items()}

    def total(self, name: str) -> Numbers:
        """The sum of a count by who is rated, in whole problems."""
        return summed(self.who[: self.used], self.sums[name][: self.used], len(self.names)) / 1000


def summed(index: Indexes, values: Numbers, size: int) -> Numbers:
    """The sum of the values by index, `size` numbers."""
    return np.bincount(index, values, size).astype(np.float64, copy=False)


def _number(known: dict[str, int], listed: list[str], name: str) -> int:
    number = known.get(name)
    if number is None:
        number = known[name] = len(listed)
        listed.append(name)
    return number
