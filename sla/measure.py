"""What time is measured by: a calendar, a time zone and the hours of a working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.calendar import DAY, Calendar

SHORTER = timedelta(hours=1)
"""By how much a short day is shorter: Labour Code, art. 95."""


@dataclass(frozen=True, eq=False)  # there is one of a policy: results may be kept by it
class Measure:
    """Moments of local days, in UTC. `opens` and `closes` are local times of the working day."""

    calendar: Calendar
    zone: ZoneInfo
    opens: time
    closes: time

    def day(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The moment a day begins."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def opening(self, day: date) -> datetime:
        """The moment the working time of a working day begins."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def closing(self, day: date) -> datetime:
        """The moment a day is over for a term: the end of working time, or midnight where nobody works."""
        if not self.calendar.is_working(day):
            return self.midnight(day + DAY)
        end = datetime.combine(day, self.closes, self.zone).astimezone(UTC)
        return end - SHORTER if self.calendar.is_short(day) else end

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        day += DAY
        while not self.calendar.is_working(day):
            day += DAY
        return day
