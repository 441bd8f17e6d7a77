"""A period of days, cut into whole months and the days at its edges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the region, both ends counted. Raises ValueError where the last is before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last day is before the first")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def months(self) -> list[date]:
        """First days of the months that lie in it whole."""
        found = []
        month = self.first if self.first.day == 1 else following(self.first)
        while following(month) - DAY <= self.last:
            found.append(month)
            month = following(month)
        return found

    @property
    def edges(self) -> list[Period]:
        """The days outside its whole months: none, one or two runs of them."""
        months = self.months
        if not months:
            return [self]
        before, after = months[0] - DAY, following(months[-1])
        runs = [(self.first, before), (after, self.last)]
        return [Period(first, last) for first, last in runs if first <= last]

    def cut(self) -> tuple[list[date], list[tuple[Period, int]]]:
        """Whole months, and runs of days to add (1) or to take away (-1): half a month at most at either end."""
        months, runs = self.months, []
        for edge in (part for run in self.edges for part in run.by_month()):
            month = Period.of_month(edge.first.replace(day=1))
            if edge.days * 2 <= month.days:
                runs.append((edge, 1))
                continue
            months = [*months, month.first]
            outside = ((month.first, edge.first - DAY), (edge.last + DAY, month.last))
            runs += [(Period(first, last), -1) for first, last in outside if first <= last]
        return months, runs

    def by_month(self) -> list[Period]:
        """The same cut where months begin."""
        end = following(self.first) - DAY
        if self.last <= end:
            return [self]
        return [Period(self.first, end), *Period(end + DAY, self.last).by_month()]

    @classmethod
    def of_month(cls, month: date) -> Period:
        return cls(month, following(month) - DAY)

    def year_before(self) -> Period:
        """The twelve whole months before the month in which it begins: what its level is compared with."""
        begin = self.first.replace(day=1)
        return Period(begin.replace(year=begin.year - 1), begin - DAY)


def following(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
