"""Counting of terms: when one ends, how much has run, and which intervals counted and why. All pure.

Days begin with the day after the start (Civil Code, art. 191) and end at the close of the working day, or at midnight
where the day is not a working one (art. 194): a day is counted from that moment on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.calendar import DAY, Calendar
from sla.policy import Policy, Roll, Term, Unit, length

SHORTER = timedelta(hours=1)
"""By how much a short day is shorter: Labour Code, art. 95."""
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Interval:
    """A piece of time, how much of the term it counted (hours as they ran, a day as one day), and why, in Russian."""

    start: datetime
    end: datetime
    counted: timedelta
    why: str


@dataclass(frozen=True)
class Measure:
    """What time is measured by: a calendar, a time zone and the hours of a working day."""

    calendar: Calendar
    zone: ZoneInfo
    opens: time
    closes: time

    @classmethod
    def of(cls, policy: Policy, calendar: Calendar, zone: ZoneInfo) -> Measure:
        return cls(calendar, zone, policy.opens, policy.closes)

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


def deadline(start: datetime, term: Term, measure: Measure) -> datetime:
    """The moment at which a term that runs without a pause from `start` ends."""
    if term.in_hours:
        return after(start, length(term), term.unit, measure)
    day = measure.day(start)
    left = term.amount
    while left:
        day += DAY
        left -= _is_counted(day, term.unit, measure.calendar)
    return measure.closing(_rolled(day, term.roll, measure.day(start), measure.calendar))


def after(start: datetime, amount: timedelta, unit: Unit, measure: Measure) -> datetime:
    """The moment at which `amount` of hours has run since `start`."""
    if unit is Unit.HOUR:
        return start.astimezone(UTC) + amount
    day, moment = measure.day(start), start.astimezone(UTC)
    while True:
        if measure.calendar.is_working(day):
            begins, ends = max(moment, measure.opening(day)), measure.closing(day)
            if begins < ends:
                if amount <= ends - begins:
                    return begins + amount
                amount -= ends - begins
        day += DAY


def _is_counted(day: date, unit: Unit, calendar: Calendar) -> bool:
    return unit is Unit.CALENDAR_DAY or calendar.is_working(day)


def _rolled(day: date, roll: Roll, started: date, calendar: Calendar) -> date:
    """The day on which a term that ends on `day` really ends; never rolled back to the day it began or before."""
    if roll is Roll.PREVIOUS:
        earlier = day
        while not calendar.is_working(earlier):
            earlier -= DAY
        if earlier > started:
            return earlier
    if roll is not Roll.NONE:
        while not calendar.is_working(day):
            day += DAY
    return day


def elapsed(start: datetime, end: datetime, unit: Unit, measure: Measure) -> timedelta:
    """How much of a term has run from `start` to `end`: the sum of what the intervals counted."""
    return sum((piece.counted for piece in _pieces(start, end, unit, measure)), NOTHING)


def intervals(start: datetime, end: datetime, unit: Unit, measure: Measure) -> list[Interval]:
    """The time from `start` to `end` in pieces, those of one kind that follow one another put together."""
    together: list[Interval] = []
    for piece in _pieces(start, end, unit, measure):
        if together and together[-1].why == piece.why:
            last = together[-1]
            together[-1] = replace(last, end=piece.end, counted=last.counted + piece.counted)
        else:
            together.append(piece)
    return together


def _pieces(start: datetime, end: datetime, unit: Unit, measure: Measure) -> Iterator[Interval]:
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if start >= end:
        return
    if unit is Unit.HOUR:
        yield Interval(start, end, end - start, "идёт круглосуточно")
        return
    day, first = measure.day(start), measure.day(start)
    while measure.midnight(day) < end:
        begins, ends = max(start, measure.midnight(day)), min(end, measure.midnight(day + DAY))
        if unit is Unit.WORKING_HOUR:
            yield from _hours_of_day(day, begins, ends, measure)
        elif day == first:
            yield Interval(begins, ends, NOTHING, "день начала не считается, срок идёт со следующего (ГК РФ, ст. 191)")
        else:
            yield _whole_day(day, begins, ends, unit, measure)
        day += DAY


def _whole_day(day: date, begins: datetime, ends: datetime, unit: Unit, measure: Measure) -> Interval:
    calendar = measure.calendar
    if not _is_counted(day, unit, calendar):
        return Interval(begins, ends, NOTHING, _off(day, calendar))
    if ends < measure.closing(day):
        return Interval(begins, ends, NOTHING, "день ещё не закончился")
    why = "календарный день" if unit is Unit.CALENDAR_DAY else _working(day, calendar)
    return Interval(begins, ends, DAY, why)


def _hours_of_day(day: date, begins: datetime, ends: datetime, measure: Measure) -> Iterator[Interval]:
    calendar = measure.calendar
    if not calendar.is_working(day):
        yield Interval(begins, ends, NOTHING, _off(day, calendar))
        return
    opening, closing = measure.opening(day), measure.closing(day)
    for since, till, counts, why in (
        (begins, min(ends, opening), False, "нерабочее время"),
        (max(begins, opening), min(ends, closing), True, _working(day, calendar)),
        (max(begins, closing), ends, False, "нерабочее время"),
    ):
        if since < till:
            yield Interval(since, till, till - since if counts else NOTHING, why)


def _off(day: date, calendar: Calendar) -> str:
    return f"выходной: {calendar.why_off(day)}"


def _working(day: date, calendar: Calendar) -> str:
    if not calendar.knows(day):
        return f"рабочий день (календарь на {day.year} год ещё не утверждён)"
    if day in calendar.working:
        return "рабочий день (перенесён на выходной)"
    return "короткий рабочий день" if calendar.is_short(day) else "рабочий день"
