"""A second counter of terms, minute by minute, written from docs/clocks.md and knowing nothing of sla: tests compare.

Whatever is asked of it is a whole minute. It reads calendar.csv by itself and keeps time as minutes since 1970 (UTC).
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Kirov", "Europe/Simferopol", "Europe/Volgograd", "Europe/Astrakhan",
    "Europe/Saratov", "Europe/Ulyanovsk", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk",
    "Asia/Barnaul", "Asia/Tomsk", "Asia/Novokuznetsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Chita",
    "Asia/Yakutsk", "Asia/Khandyga", "Asia/Vladivostok", "Asia/Ust-Nera", "Asia/Sakhalin", "Asia/Magadan",
    "Asia/Srednekolymsk", "Asia/Kamchatka", "Asia/Anadyr",
)  # fmt: skip
"""Every zone of the tz database that lies in Russia: the 11 of today, and those whose past was another."""
EPOCH = date(1970, 1, 1).toordinal()
DAY = 24 * 60
HOLIDAYS = ("01-01", "01-02", "01-03", "01-04", "01-05", "01-06", "01-07", "01-08", "02-23", "03-08", "05-01", "05-09",
            "06-12", "11-04")  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A term of `amount` in `unit` set going at `start`, standing in each of `pauses`, asked about at `now`."""

    zone: str
    start: int
    amount: int
    unit: str
    rule: str
    roll: str
    pauses: tuple[tuple[int, int], ...]
    now: int


@cache
def _days(file: Path) -> tuple[frozenset[str], frozenset[str], frozenset[str], int]:
    """Days off, working weekend days and short days as they stand in the file, and the last year it has."""
    kinds: dict[str, set[str]] = {"day_off": set(), "working_day": set(), "short_day": set()}
    with file.open(encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            kinds[row["kind"]].add(row["date"])
    last = max(int(day[:4]) for day in kinds["day_off"])
    return frozenset(kinds["day_off"]), frozenset(kinds["working_day"]), frozenset(kinds["short_day"]), last


@cache
def hours_of(file: Path, number: int) -> tuple[int, int] | None:
    """When a local day (days since 1970) opens and closes, in minutes of its clock; None for a day off."""
    off, working, short, last = _days(file)
    day = date.fromordinal(EPOCH + number)
    name = day.isoformat()
    weekend = day.isoweekday() >= 6
    if day.year > last:  # not decreed yet: the Labour Code alone
        return None if weekend or name[5:] in HOLIDAYS else (9 * 60, 18 * 60)
    if name in working or not (weekend or name in off):
        return 9 * 60, (17 if name in short else 18) * 60
    return None


@cache
def _offset(zone: str, hour: int) -> int:
    """Minutes that the zone is before UTC within this hour since 1970; Russia changes its clocks at full hours."""
    there = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).astimezone(ZoneInfo(zone))
    shift = there.utcoffset()
    assert shift is not None
    return int(shift.total_seconds()) // 60


class Counter:
    """One case, lived through minute by minute."""

    def __init__(self, case: Case, calendar: Path) -> None:
        self.case = case
        self.calendar = calendar

    def clock(self, minute: int) -> tuple[int, int]:
        """(local day, minute of its clock) at this moment."""
        return divmod(minute + _offset(self.case.zone, minute // 60), DAY)

    def stands(self, minute: int) -> bool:
        """Whether the minute that begins here lies in a pause."""
        return any(since <= minute < till for since, till in self.case.pauses)

    def ended(self, moment: int) -> int | None:
        """The local day that is over at this very moment; None where none is."""
        day, clock = self.clock(moment)
        hours = hours_of(self.calendar, day)
        if hours is not None and clock == hours[1]:
            return day
        if clock == 0 and hours_of(self.calendar, day - 1) is None:
            return day - 1
        return None

    def running(self) -> Iterator[tuple[int, bool]]:
        """Each moment that ends a minute after the start, and whether the term has begun to run by that minute."""
        case, begun, first = self.case, self.case.rule == "same_moment", self.clock(self.case.start)[0]
        minute = case.start
        while True:
            if not begun:
                begun = self._begins(minute, first)
            yield minute + 1, begun
            minute += 1

    def _begins(self, minute: int, first: int) -> bool:
        """Whether a term that has not run yet runs from this minute on."""
        day, clock = self.clock(minute)
        hours = hours_of(self.calendar, day)
        if self.case.rule == "next_day":
            return day > first
        if self.case.rule == "next_working_day":
            opening = hours[0] if hours and self.case.unit in ("hour", "working_hour") else 0
            return day > first and hours is not None and clock >= opening
        return hours is not None and hours[0] <= clock < hours[1] and (clock - hours[0]) % 60 == 0

    def counts(self, moment: int) -> int:
        """What the minute that ends at this moment adds: a minute of hours, or a day that is over now."""
        if self.stands(moment - 1):
            return 0
        unit = self.case.unit
        if unit == "hour":
            return 1
        if unit == "working_hour":
            day, clock = self.clock(moment - 1)
            hours = hours_of(self.calendar, day)
            return int(hours is not None and hours[0] <= clock < hours[1])
        over = self.ended(moment)
        if over is None:
            return 0
        return int(unit == "calendar_day" or hours_of(self.calendar, over) is not None)

    def elapsed(self) -> int:
        """Minutes of hours, or days, that have run by `now`."""
        total = 0
        if self.case.now <= self.case.start:
            return 0
        for moment, begun in self.running():
            total += begun and self.counts(moment)
            if moment == self.case.now:
                return total
        raise AssertionError("endless")

    def deadline(self) -> int:
        """The moment at which the term is over."""
        case = self.case
        whole = case.amount * (60 if case.unit in ("hour", "working_hour") else 1)
        total = 0
        for moment, begun in self.running():
            total += begun and self.counts(moment)
            if total == whole:
                return self._rolled(moment)
        raise AssertionError("endless")

    def _rolled(self, end: int) -> int:
        """Where an end on a day off goes. The nearest working day before, if it came after the start and the clock did
        not stand when it was over; otherwise the next one at whose end the clock does not stand."""
        over = self.ended(end)
        if self.case.roll == "none" or over is None or hours_of(self.calendar, over) is not None:
            return end
        if self.case.roll == "previous":
            moment = end - 1
            while (day := self.ended(moment)) is None or hours_of(self.calendar, day) is None:
                moment -= 1
            if day > self.clock(self.case.start)[0] and not self.stands(moment - 1):
                return moment
        moment = end + 1
        while (day := self.ended(moment)) is None or hours_of(self.calendar, day) is None or self.stands(moment - 1):
            moment += 1
        return moment


def random_case(chance: random.Random) -> Case:
    """A case that begins in 2015-2030; half of them have pauses."""
    unit = chance.choice(("hour", "working_hour", "calendar_day", "working_day"))
    in_hours = unit in ("hour", "working_hour")
    first, last = (date(year, month, day).toordinal() for year, month, day in ((2015, 1, 3), (2030, 11, 15)))
    start = (chance.randint(first, last) - EPOCH) * DAY + chance.randrange(DAY)
    pauses, at = [], start + chance.randrange(5 * DAY)
    for _ in range(chance.choice((0, 0, 0, 1, 2, 3))):
        till = at + chance.randint(1, chance.choice((60, DAY, 6 * DAY)))
        pauses.append((at, till))
        at = till + chance.randint(1, 4 * DAY)
    rules = ("same_moment", "next_day", "next_working_day") + (("next_working_hour",) if in_hours else ())
    return Case(
        zone=chance.choice(ZONES),
        start=start,
        amount=chance.randint(1, 60 if in_hours else 30),
        unit=unit,
        rule=chance.choice(rules),
        roll=chance.choice(("none", "next", "previous")) if unit == "calendar_day" else "none",
        pauses=tuple(pauses),
        now=start + chance.randrange(25 * DAY),
    )
