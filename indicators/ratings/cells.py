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
    _of_pairs: tuple[Indexes, Indexes] | None = None

    @classmethod
    def of_rows(cls, rows: Iterable[Row]) -> Cells:
        """The cells of many rows at once, each of a different cell."""
        cells = cls()
        listed = list(rows)
        if not listed:
            return cells
        who = cells._numbered([row[0] for row in listed], cells._names, cells.names)
        topic = cells._numbered([row[1] for row in listed], cells._topics, cells.topics)
        months: dict[Any, int] = {}
        known: list[Any] = []
        month = cells._numbered([row[2] for row in listed], months, known)
        pairs, pair = np.unique(who * len(cells.topics) + topic, return_inverse=True)
        seasons, season = np.unique(topic * len(known) + month, return_inverse=True)
        cells.pair_who, cells.pair_topic = (found.tolist() for found in np.divmod(pairs, len(cells.topics)))
        season_topic, season_month = np.divmod(seasons, len(known))
        cells.season_topic, cells.season_month = season_topic.tolist(), [known[at] for at in season_month]
        cells._pairs = dict(zip(zip(cells.pair_who, cells.pair_topic, strict=True), range(len(pairs)), strict=True))
        keys = zip(cells.season_topic, cells.season_month, strict=True)
        cells._seasons = dict(zip(keys, range(len(seasons)), strict=True))
        cells._rows = dict(zip(zip(pair.tolist(), season.tolist(), strict=True), range(len(listed)), strict=True))
        cells.who, cells.pair, cells.season, cells.used = who, pair, season, len(listed)
        counted = np.array([row[3:] for row in listed], np.float64)
        cells.sums = {name: np.ascontiguousarray(counted[:, number]) for number, name in enumerate(COUNTS)}
        return cells

    @staticmethod
    def _numbered(values: list[Any], known: dict[Any, int], listed: list[Any]) -> Indexes:
        """The number of each value, in the order in which they come first."""
        for value in dict.fromkeys(values):
            known[value] = len(listed)
            listed.append(value)
        return np.array([known[value] for value in values], np.intp)

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

    def pairs(self) -> tuple[Indexes, Indexes]:
        """The number of the rated one and of the topic of each pair."""
        if self._of_pairs is None or len(self._of_pairs[0]) != len(self.pair_who):
            self._of_pairs = np.array(self.pair_who, np.intp), np.array(self.pair_topic, np.intp)
        return self._of_pairs

    def renew(self, names: Collection[str], rows: Iterable[Row]) -> list[str]:
        """Put in place of all cells of these; the names of the counts that changed."""
        theirs = np.zeros(len(self.names), bool)
        theirs[[self._names[name] for name in names if name in self._names]] = True
        at = np.flatnonzero(theirs[self.who[: self.used]])
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


def summed(index: Indexes, values: Numbers, size: int) -> Numbers:
    """The sum of the values by index, `size` numbers."""
    return np.bincount(index, values, size).astype(np.float64, copy=False)


def _number(known: dict[str, int], listed: list[str], name: str) -> int:
    number = known.get(name)
    if number is None:
        number = known[name] = len(listed)
        listed.append(name)
    return number
