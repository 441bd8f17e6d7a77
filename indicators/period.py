"""A period of days: whole months, which are summed up already, and the days at its edges, which are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the region, both ends counted. Raises ValueError where the last lies before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} lies before {self.first}")

    @classmethod
    def of_month(cls, month: date) -> Period:
        return cls(month, following(month) - DAY)

    @classmethod
    def quarter_to(cls, today: date) -> Period:
        """The month of `today` and the two before it."""
        return cls(month_before(month_before(today)), end_of_month(today))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def whole(self) -> bool:
        """Whether it cuts no month."""
        return self.first.day == 1 and self.last == end_of_month(self.last)

    @property
    def months(self) -> list[date]:
        """First days of the months that lie in it whole."""
        found = []
        month = self.first if self.first.day == 1 else following(self.first)
        while end_of_month(month) <= self.last:
            found.append(month)
            month = following(month)
        return found

    @property
    def edges(self) -> list[Period]:
        """The days outside its whole months: none, one or two runs of them."""
        months = self.months
        if not months:
            return [self]
        runs = [(self.first, months[0] - DAY), (following(months[-1]), self.last)]
        return [Period(first, last) for first, last in runs if first <= last]

    def cut(self) -> tuple[list[date], list[tuple[Period, int]]]:
        """Whole months, and runs of days to add (1) or to take away (-1): half a month at most at either end."""
        months, runs = self.months, []
        for edge in (part for run in self.edges for part in run.by_month()):
            month = Period.of_month(month_of(edge.first))
            if edge.days * 2 <= month.days:
                runs.append((edge, 1))
                continue
            months = [*months, month.first]
            outside = ((month.first, edge.first - DAY), (edge.last + DAY, month.last))
            runs += [(Period(first, last), -1) for first, last in outside if first <= last]
        return months, runs

    def by_month(self) -> list[Period]:
        """Its months, the edges cut as they are."""
        found = []
        start = self.first
        while start <= self.last:
            end = min(end_of_month(start), self.last)
            found.append(Period(start, end))
            start = end + DAY
        return found

    def before(self) -> Period:
        """The period just before it, as long in months where it cuts none, else in days."""
        last = self.first - DAY
        if not self.whole:
            return Period(last - (self.last - self.first), last)
        first = self.first
        for _ in self.months:
            first = month_before(first)
        return Period(first, last)

    def year_before(self) -> Period:
        """The twelve whole months before the month in which it begins: what its level is compared with."""
        begin = month_of(self.first)
        return Period(begin.replace(year=begin.year - 1), begin - DAY)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def following(day: date) -> date:
    """The first day of the next month."""
    return (month_of(day) + timedelta(days=32)).replace(day=1)


def end_of_month(day: date) -> date:
    return following(day) - DAY


def month_before(day: date) -> date:
    """The first day of the month before that of `day`."""
    return month_of(month_of(day) - DAY)
