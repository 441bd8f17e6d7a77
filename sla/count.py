"""Counting of terms: when one ends, how much has run, and which intervals counted and why. All pure.

A day is over at the close of the working day, or at midnight where the day is not a working one (Civil Code, art. 194):
it counts at that moment, if the clock runs then. What stands (a pause) counts nothing; it holds the moments after its
start up to its end, so a day that is over when a pause begins has counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sla.calendar import DAY, Calendar
from sla.measure import Measure
from sla.term import Roll, Start, Term, Unit

NOTHING = timedelta(0)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A piece of time, how much of the term it counted (hours as they ran, a day as one day), and why, in Russian."""

    start: datetime
    end: datetime
    counted: timedelta
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A pause of a clock, and why, in Russian."""

    start: datetime
    end: datetime
    why: str = ""

    def holds(self, moment: datetime) -> bool:
        return self.start < moment <= self.end


Standings = Sequence[Standing]
"""In their order, none over another."""


def begins(start: datetime, term: Term, measure: Measure) -> datetime:
    """The moment from which a term that was set going at `start` runs."""
    start = start.astimezone(UTC)
    if term.runs_from is Start.SAME_MOMENT:
        return start
    day = measure.day(start)
    if term.runs_from is Start.NEXT_DAY:
        return measure.midnight(day + DAY)
    if term.runs_from is Start.NEXT_WORKING_DAY:
        following = measure.next_working(day)
        return measure.opening(following) if term.in_hours else measure.midnight(following)
    if measure.calendar.is_working(day):
        opening = measure.opening(day)
        full_hour = opening + HOUR * max(0, -((opening - start) // HOUR))
        if full_hour < measure.closing(day):
            return full_hour
    return measure.opening(measure.next_working(day))


def deadline(start: datetime, term: Term, measure: Measure, standings: Standings = ()) -> datetime:
    """The moment at which a term that was set going at `start` ends."""
    origin = begins(start, term, measure)
    if not term.in_hours:
        return _end_of_days(origin, measure.day(start), term, measure, standings)
    amount = term.length
    for since, till in _running(origin, standings):
        if till is not None:
            run = elapsed_hours(since, till, term.unit, measure)
            if run < amount:
                amount -= run
                continue
        return after(since, amount, term.unit, measure)
    raise AssertionError("the last stretch is open")


def _running(origin: datetime, standings: Standings) -> Iterator[tuple[datetime, datetime | None]]:
    """The stretches in which the clock runs from `origin` on; the last has no end."""
    since = origin
    for each in standings:
        if each.end <= since:
            continue
        if each.start > since:
            yield since, each.start
        since = each.end
    yield since, None


def after(start: datetime, amount: timedelta, unit: Unit, measure: Measure) -> datetime:
    """The moment at which `amount` of hours has run since `start`."""
    if unit is Unit.HOUR:
        return start.astimezone(UTC) + amount
    day, moment = measure.day(start), start.astimezone(UTC)
    while True:
        if measure.calendar.is_working(day):
            since, till = max(moment, measure.opening(day)), measure.closing(day)
            if since < till:
                if amount <= till - since:
                    return since + amount
                amount -= till - since
        day += DAY


def _end_of_days(origin: datetime, started: date, term: Term, measure: Measure, standings: Standings) -> datetime:
    first = measure.day(origin)

    def runs(day: date) -> bool:
        if day > first and not standings:
            return True  # most terms: the moments of each day need not be looked at
        closing = measure.closing(day)
        return closing > origin and not any(each.holds(closing) for each in standings)

    day, left = first, term.amount
    while True:
        if _is_counted(day, term.unit, measure.calendar) and runs(day):
            left -= 1
            if not left:
                break
        day += DAY
    if term.roll is Roll.PREVIOUS and not measure.calendar.is_working(day):
        earlier = day
        while not measure.calendar.is_working(earlier):
            earlier -= DAY
        if earlier > started and runs(earlier):
            return measure.closing(earlier)
    if term.roll is not Roll.NONE:
        while not (measure.calendar.is_working(day) and runs(day)):
            day += DAY
    return measure.closing(day)


def _is_counted(day: date, unit: Unit, calendar: Calendar) -> bool:
    return unit is Unit.CALENDAR_DAY or calendar.is_working(day)


def elapsed_hours(start: datetime, end: datetime, unit: Unit, measure: Measure) -> timedelta:
    """How many hours of the unit there are from `start` to `end`."""
    return sum((piece.counted for piece in _run_of(start, end, unit, measure)), NOTHING)


def elapsed(start: datetime, end: datetime, term: Term, measure: Measure, standings: Standings = ()) -> timedelta:
    """How much of a term set going at `start` has run by `end`: the sum of what the intervals counted."""
    return sum((piece.counted for piece in _pieces(start, end, term, measure, standings)), NOTHING)


def intervals(
    start: datetime, end: datetime, term: Term, measure: Measure, standings: Standings = ()
) -> list[Interval]:
    """The time from `start` to `end` in pieces, those of one kind that follow one another put together."""
    together: list[Interval] = []
    for piece in _pieces(start, end, term, measure, standings):
        if together and together[-1].why == piece.why:
            last = together[-1]
            together[-1] = replace(last, end=piece.end, counted=last.counted + piece.counted)
        else:
            together.append(piece)
    return together


NOT_BEGUN: Mapping[Start, str] = {
    Start.NEXT_DAY: "день начала не считается, срок идёт со следующего (ГК РФ, ст. 191)",
    Start.NEXT_WORKING_DAY: "срок идёт со следующего рабочего дня",
    Start.NEXT_WORKING_HOUR: "срок идёт со следующего полного рабочего часа",
}


def _pieces(start: datetime, end: datetime, term: Term, measure: Measure, standings: Standings) -> Iterator[Interval]:
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if start >= end:
        return
    origin = begins(start, term, measure)
    if start < origin:
        yield Interval(start, min(origin, end), NOTHING, NOT_BEGUN[term.runs_from])
    since = origin
    for each in standings:
        if each.end <= since:
            continue
        yield from _run_of(since, min(each.start, end), term.unit, measure)
        since = max(since, each.start)
        if since < end:
            yield Interval(since, min(each.end, end), NOTHING, each.why)
        since = each.end
    yield from _run_of(since, end, term.unit, measure)


def _run_of(start: datetime, end: datetime, unit: Unit, measure: Measure) -> Iterator[Interval]:
    """The pieces of a stretch in which the clock runs."""
    if start >= end:
        return
    if unit is Unit.HOUR:
        yield Interval(start, end, end - start, "идёт круглосуточно")
        return
    day = measure.day(start)
    while (midnight := measure.midnight(day)) < end:
        since, till = max(start, midnight), min(end, measure.midnight(day + DAY))
        if unit is Unit.WORKING_HOUR:
            yield from _hours_of_day(day, since, till, measure)
        else:
            yield _whole_day(day, since, till, unit, measure)
        day += DAY


def _whole_day(day: date, since: datetime, till: datetime, unit: Unit, measure: Measure) -> Interval:
    calendar = measure.calendar
    if not _is_counted(day, unit, calendar):
        return Interval(since, till, NOTHING, _off(day, calendar))
    closing = measure.closing(day)
    if since >= closing:
        return Interval(since, till, NOTHING, "день уже закончился")
    if till < closing:
        return Interval(since, till, NOTHING, "день ещё не закончился")
    why = "календарный день" if unit is Unit.CALENDAR_DAY else _working(day, calendar)
    return Interval(since, till, DAY, why)


def _hours_of_day(day: date, since: datetime, till: datetime, measure: Measure) -> Iterator[Interval]:
    calendar = measure.calendar
    if not calendar.is_working(day):
        yield Interval(since, till, NOTHING, _off(day, calendar))
        return
    opening, closing = measure.opening(day), measure.closing(day)
    for begin, end, counts, why in (
        (since, min(till, opening), False, "нерабочее время"),
        (max(since, opening), min(till, closing), True, _working(day, calendar)),
        (max(since, closing), till, False, "нерабочее время"),
    ):
        if begin < end:
            yield Interval(begin, end, end - begin if counts else NOTHING, why)


def _off(day: date, calendar: Calendar) -> str:
    return f"выходной: {calendar.why_off(day)}"


def _working(day: date, calendar: Calendar) -> str:
    if not calendar.knows(day):
        return f"рабочий день (календарь на {day.year} год ещё не утверждён)"
    if day in calendar.working:
        return "рабочий день (перенесён на выходной)"
    return "короткий рабочий день" if calendar.is_short(day) else "рабочий день"
