"""Which days are working days: the production calendar of a region pack (calendar.csv), pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from models.pack import PackError, RegionPack

SATURDAY = 5
DAY = timedelta(days=1)
COUNTRY = "calendar.csv"
REGIONAL = "regional_days.csv"
"""The region's own holidays, and the days it works or shortens otherwise than the country; a pack may have none."""


class DayKind(StrEnum):
    """What calendar.csv says of a day that is not as its weekday says."""

    DAY_OFF = "day_off"  # a holiday, or a day off moved to it
    WORKING_DAY = "working_day"  # a Saturday or Sunday made working
    SHORT_DAY = "short_day"  # a working day one hour shorter


FIXED = frozenset({(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
"""Months and days of the holidays of the Labour Code, art. 112, part 1."""


@dataclass(frozen=True)
class Calendar:
    """Days off, working weekend days and short days, with the names of days off; `years` are those it knows.

    Transfers of a year are decreed in the autumn before. A year that is not known yet is counted by the Labour Code
    alone, and `knows` says so: a clock must not stop for want of a decree.
    """

    days_off: Mapping[date, str]
    working: frozenset[date] = frozenset()
    short: frozenset[date] = frozenset()
    years: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of_rows(cls, rows: Iterable[Mapping[str, str]]) -> Calendar:
        """From the rows of calendar.csv (date, kind, name, source). Raises ValueError or KeyError on a bad row."""
        days_off: dict[date, str] = {}
        working: set[date] = set()
        short: set[date] = set()
        for row in rows:
            day, kind = date.fromisoformat(row["date"]), DayKind(row["kind"])
            if kind is DayKind.DAY_OFF:
                days_off[day] = row["name"]
            elif kind is DayKind.WORKING_DAY:
                working.add(day)
            else:
                short.add(day)
        return cls(days_off, frozenset(working), frozenset(short), frozenset(day.year for day in days_off))

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Calendar:
        """The calendar of a pack, with the region's own days where it has such a file.

        Raises PackError where the calendar is missing or one of both is broken.
        """
        try:
            country = cls.of_rows(pack.rows(COUNTRY))
            return country.with_days(pack.rows(REGIONAL)) if pack.path(REGIONAL).is_file() else country
        except (ValueError, KeyError) as error:
            raise PackError(f"region pack {pack.folder.name}: {COUNTRY} or {REGIONAL}: {error}") from error

    def with_days(self, rows: Iterable[Mapping[str, str]]) -> Calendar:
        """The same calendar with a region's own days over it: its holidays, days it works or shortens."""
        own = Calendar.of_rows(rows)
        return replace(
            self,
            days_off={day: name for day, name in self.days_off.items() if day not in own.working} | dict(own.days_off),
            working=(self.working | own.working) - own.days_off.keys(),
            short=(self.short | own.short) - own.days_off.keys(),
        )

    def knows(self, day: date) -> bool:
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        if day.year not in self.years:
            return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED
        return day in self.working or (day.weekday() < SATURDAY and day not in self.days_off)

    def is_short(self, day: date) -> bool:
        return day in self.short

    def why_off(self, day: date) -> str:
        """Why a day that is not working is not, in Russian."""
        if day in self.days_off:
            return self.days_off[day]
        if not self.knows(day) and (day.month, day.day) in FIXED:
            return "праздник (ТК РФ, ст. 112)"
        return "суббота" if day.weekday() == SATURDAY else "воскресенье"
