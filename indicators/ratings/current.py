"""Ratings kept in memory and brought up to date: one event moves one account, not a million problems."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from indicators.period import Period
from indicators.ratings import store
from indicators.ratings.cells import Cells
from indicators.ratings.components import COUNTED
from indicators.ratings.detail import Detail, detail
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.rate import Ratings, compose
from indicators.ratings.shrink import Gathered, gathered
from indicators.ratings.store import Level
from indicators.work import COUNTS
from streams.contract import Connection

KEPT = 24
"""Ratings of so many levels and periods are kept; a region with 2,000 executors and a year takes 60 MB."""


@dataclass
class Current:
    """The ratings of one region, level and period."""

    region: str
    level: Level
    period: Period
    policy: RatingPolicy
    cells: Cells = field(default_factory=Cells)
    found: dict[str, Gathered] = field(default_factory=dict)
    _mark: str = ""
    _ratings: Ratings | None = None

    def ratings(self, connection: Connection) -> Ratings:
        """As the accounts stand now."""
        mark = store.mark(connection)
        if self._ratings is None or not self.period.whole:  # days are not marked with what changed them
            self.cells = Cells.of_rows(store.rows(connection, self.region, self.level, self.period))
            self.found = {}
            stale = set(COUNTS)
        else:
            stale = self._renew(connection)
        self._mark = mark
        if stale or self._ratings is None:
            self._ratings = self._rate(stale)
        return self._ratings

    def _renew(self, connection: Connection) -> set[str]:
        """Read anew whoever's sums changed; the names of the counts that did."""
        names = store.changed(connection, self.region, self.level, self._mark)
        if not names:
            return set()
        rows = store.rows(connection, self.region, self.level, self.period, names)
        return set(self.cells.renew(names, rows))

    def _rate(self, stale: set[str]) -> Ratings:
        size = len(self.cells.names)
        for component in COUNTED:
            known = self.found.get(component.code)
            counts = {*component.of, component.count, component.squares}
            counts |= {f"fresh_{name}" for name in counts}
            if known is None or len(known.cases) != size or stale & counts:
                self.found[component.code] = gathered(self.cells, component, self.policy.equals_strength)
        return compose(self.cells, self.policy, self.found, self.period.last)


class Renewed(NamedTuple):
    """Ratings and the cells they were made of."""

    ratings: Ratings
    cells: Cells


Asked = tuple[str, Level, Period, RatingPolicy]


@dataclass
class Kept:
    """The ratings that were asked for last. Threads take turns."""

    _known: OrderedDict[Asked, Current] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, connection: Connection, region: str, level: Level, period: Period, policy: RatingPolicy) -> Ratings:
        """The ratings as the accounts stand now."""
        with self._lock:
            return self._renewed(connection, (region, level, period, policy)).ratings

    def details(
        self, connection: Connection, region: str, level: Level, period: Period, policy: RatingPolicy, name: str
    ) -> dict[str, Detail]:
        """What each component of one who is rated was made of; empty where he is not among them."""
        with self._lock:
            renewed = self._renewed(connection, (region, level, period, policy))
            if name not in renewed.ratings.names:
                return {}
            who = renewed.ratings.names.index(name)
            return {component.code: detail(renewed.cells, component, who) for component in COUNTED}

    def _renewed(self, connection: Connection, key: Asked) -> Renewed:
        current = self._known.pop(key, None) or Current(*key)
        self._known[key] = current
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return Renewed(current.ratings(connection), current.cells)
