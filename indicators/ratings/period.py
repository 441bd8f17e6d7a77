"""The days a rating is of: whole months as they are summed up already, days where an edge cuts a month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


def month_of(day: date) -> date:
    return day.replace(day=1)


def end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_before(day: date) -> date:
    """The first day of the month before that of `day`."""
    return month_of(month_of(day) - DAY)


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both counted. Raises ValueError where the last lies before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} lies before {self.first}")

    @classmethod
    def quarter_to(cls, today: date) -> Period:
        """The month of `today` and the two before it."""
        return cls(month_before(month_before(today)), end_of_month(today))

    @property
    def whole(self) -> bool:
        """Whether it cuts no month."""
        return self.first.day == 1 and self.last == end_of_month(self.last)

    def months(self) -> tuple[date, date] | None:
        """The first and the last of the months that lie in it whole."""
        first = self.first if self.first.day == 1 else end_of_month(self.first) + DAY
        last = month_of(self.last) if self.last == end_of_month(self.last) else month_before(self.last)
        return (first, last) if first <= last else None

    def edges(self) -> list[tuple[date, date]]:
        """The days outside its whole months, as ranges with both ends."""
        whole = self.months()
        if whole is None:
            return [(self.first, self.last)]
        found = [(self.first, whole[0] - DAY), (end_of_month(whole[1]) + DAY, self.last)]
        return [(first, last) for first, last in found if first <= last]

    def before(self) -> Period:
        """The period just before it, as long in months where it cuts none, else in days."""
        last = self.first - DAY
        if not self.whole:
            return Period(last - (self.last - self.first), last)
        first = self.first
        for _ in self.by_month():
            first = month_before(first)
        return Period(first, last)

    def by_month(self) -> Iterator[Period]:
        """Its months, the edges cut as they are."""
        start = self.first
        while start <= self.last:
            end = min(end_of_month(start), self.last)
            yield Period(start, end)
            start = end + DAY
