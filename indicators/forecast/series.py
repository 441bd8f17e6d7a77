"""Weekly counts of problems by topic group and municipality: the one input of the forecast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

WEEK = timedelta(weeks=1)
YEAR = 52
"""Weeks after which a season comes again; the day that is left over moves a season by a week in seven years."""

Counts = npt.NDArray[np.float64]
"""Counts or their expectations; the shape stands beside each use."""


def monday(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Series:
    """`counts[week, group, municipality]` of whole weeks, the first one begins on the Monday `start`."""

    start: date
    groups: tuple[str, ...]
    municipalities: tuple[str, ...]
    counts: Counts

    @property
    def weeks(self) -> int:
        return int(self.counts.shape[0])

    @property
    def end(self) -> date:
        """The Monday after the last week: the first one that is forecast."""
        return self.start + self.weeks * WEEK

    def until(self, weeks: int) -> Series:
        """The first so many weeks."""
        return Series(self.start, self.groups, self.municipalities, self.counts[:weeks])

    def mondays(self, ahead: int = 0) -> list[date]:
        """The Mondays of the weeks, and of so many after them."""
        return [self.start + number * WEEK for number in range(self.weeks + ahead)]


def of_counts(rows: Iterable[tuple[date, str, str, int]], end: date) -> Series | None:
    """From (day, group, municipality, count), any day of the week; None where there is no whole week.

    Whole weeks before the Monday `end`: a first week that began before the first day is left out.
    """
    kept = [(day, group, place, count) for day, group, place, count in rows if day < end]
    first = min((row[0] for row in kept), default=end)
    start = monday(first + WEEK - timedelta(days=1))
    kept = [row for row in kept if row[0] >= start]
    if not kept:
        return None
    groups, places = _names(row[1] for row in kept), _names(row[2] for row in kept)
    counts = np.zeros(((end - start) // WEEK, len(groups), len(places)))
    for day, group, place, count in kept:
        counts[(monday(day) - start) // WEEK, groups.index(group), places.index(place)] += count
    return Series(start, groups, places, counts)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


@dataclass(frozen=True)
class Row:
    """What is forecast by itself: a group, a municipality, both, or the whole region; empty means all of them.

    `group` is the index of the group whose season it has, None that of the whole; `parent` the row whose sum it is part
    of.
    """

    group_name: str
    municipality: str
    group: int | None
    parent: int | None


@dataclass(frozen=True)
class Table:
    """`counts[week, row]` of all rows that are forecast; the first row is the whole region."""

    rows: tuple[Row, ...]
    counts: Counts


REST = "прочие"
"""The municipalities of a group that are too small to be forecast one by one, taken together."""


def table_of(series: Series, least_a_year: float) -> Table:
    """The whole, every group, every municipality, and those pairs of both with enough problems in the last year."""
    counts = series.counts
    rows = [Row("", "", None, None)]
    columns = [counts.sum(axis=(1, 2))]
    for index, municipality in enumerate(series.municipalities):
        rows.append(Row("", municipality, None, 0))
        columns.append(counts[:, :, index].sum(axis=1))
    for index, group in enumerate(series.groups):
        parent = len(rows)
        rows.append(Row(group, "", index, 0))
        columns.append(counts[:, index].sum(axis=1))
        _cells(series, index, parent, least_a_year, rows, columns)
    return Table(tuple(rows), np.stack(columns, axis=1))


def _cells(series: Series, group: int, parent: int, least: float, rows: list[Row], columns: list[Counts]) -> None:
    """The municipalities of one group; those below `least` problems a year are the rest."""
    cells = series.counts[:, group]
    seen = min(series.weeks, YEAR)
    large: Sequence[bool] = list(cells[-YEAR:].sum(axis=0) >= least * seen / YEAR)
    if not any(large):
        return
    name = series.groups[group]
    for index, municipality in enumerate(series.municipalities):
        if large[index]:
            rows.append(Row(name, municipality, group, parent))
            columns.append(cells[:, index])
    rest = cells[:, [index for index, whether in enumerate(large) if not whether]].sum(axis=1)
    if rest.any():
        rows.append(Row(name, REST, group, parent))
        columns.append(rest)
