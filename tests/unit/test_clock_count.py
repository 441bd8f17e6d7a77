"""When a term ends, how much of it has run, and which intervals counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.pack import load_pack
from sla.calendar import Calendar
from sla.count import deadline, elapsed, elapsed_hours, intervals
from sla.measure import Measure
from sla.term import Basis, Roll, Term, Unit

OMSK = ZoneInfo("Asia/Omsk")
CALENDAR = Calendar.of_pack(load_pack("omsk"))
MEASURE = Measure(CALENDAR, OMSK, time(9), time(18))
ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


naive = datetime.fromisoformat


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OMSK)


def term(amount: int, unit: Unit, roll: Roll = Roll.NONE) -> Term:
    return Term(amount, unit, Basis.PRACTICE, "тест", roll)


def test_an_hour_runs_at_night_and_on_holidays() -> None:
    assert deadline(local("2026-01-01T03:00"), term(1, Unit.HOUR), MEASURE) == local("2026-01-01T04:00")


def test_working_days_skip_the_new_year_holidays() -> None:
    # 2026: 9 January is a day off moved from 3 January, 31 December 2025 one moved from 5 January 2025
    assert deadline(local("2025-12-30T12:00"), term(2, Unit.WORKING_DAY), MEASURE) == local("2026-01-13T18:00")


def test_a_working_saturday_counts() -> None:
    assert deadline(local("2025-10-31T12:00"), term(1, Unit.WORKING_DAY), MEASURE) == local("2025-11-01T17:00")


def test_the_day_of_the_start_does_not_count_however_early() -> None:
    assert deadline(local("2026-02-02T00:00"), term(1, Unit.WORKING_DAY), MEASURE) == local("2026-02-03T18:00")


def test_working_hours_go_over_the_night_and_the_weekend() -> None:
    assert deadline(local("2026-02-06T17:00"), term(3, Unit.WORKING_HOUR), MEASURE) == local("2026-02-09T11:00")


def test_a_short_day_is_an_hour_shorter() -> None:
    assert deadline(local("2026-11-03T16:00"), term(2, Unit.WORKING_HOUR), MEASURE) == local("2026-11-05T10:00")


def test_calendar_days_that_end_on_a_day_off_roll_as_told() -> None:
    start = local("2026-02-18T12:00")  # + 3 days is Saturday 21 February, Monday 23 February is a holiday
    assert deadline(start, term(3, Unit.CALENDAR_DAY), MEASURE) == local("2026-02-22T00:00")
    assert deadline(start, term(3, Unit.CALENDAR_DAY, Roll.NEXT), MEASURE) == local("2026-02-24T18:00")
    assert deadline(start, term(3, Unit.CALENDAR_DAY, Roll.PREVIOUS), MEASURE) == local("2026-02-20T18:00")


def test_thirty_days_of_59_fz_from_registration() -> None:
    start = local("2026-03-02T10:00")
    assert deadline(start, term(30, Unit.CALENDAR_DAY, Roll.PREVIOUS), MEASURE) == local("2026-04-01T18:00")


def test_a_roll_back_never_comes_before_the_start() -> None:
    start = local("2026-01-02T12:00")
    assert deadline(start, term(1, Unit.CALENDAR_DAY, Roll.PREVIOUS), MEASURE) > start


def test_intervals_say_why_each_counted_or_not() -> None:
    told = intervals(local("2026-02-20T15:00"), local("2026-02-25T09:00"), term(1, Unit.WORKING_DAY), MEASURE)
    assert [(each.counted.days, each.why) for each in told] == [
        (0, "день начала не считается, срок идёт со следующего (ГК РФ, ст. 191)"),
        (0, "выходной: суббота"),
        (0, "выходной: воскресенье"),
        (0, "выходной: День защитника Отечества"),
        (1, "рабочий день"),
        (0, "день ещё не закончился"),
    ]


moments = st.datetimes(naive("2015-01-01"), naive("2027-11-30"), timezones=st.just(UTC))
terms = st.one_of(
    st.builds(term, st.integers(1, 200), st.sampled_from([Unit.HOUR, Unit.WORKING_HOUR])),
    st.builds(term, st.integers(1, 40), st.sampled_from([Unit.CALENDAR_DAY, Unit.WORKING_DAY])),
)
measures = st.builds(
    lambda zone: Measure(CALENDAR, ZoneInfo(zone), time(9), time(18)),
    st.sampled_from(ZONES),
)


@given(moments, terms, measures)
@settings(max_examples=200, deadline=None)
def test_at_the_deadline_exactly_the_term_has_run_and_not_a_moment_before(
    start: datetime, term: Term, measure: Measure
) -> None:
    end = deadline(start, term, measure)
    assert elapsed(start, end, term, measure) == term.length
    assert elapsed(start, end - timedelta(microseconds=1), term, measure) < term.length


@given(moments, st.timedeltas(timedelta(0), timedelta(days=60)), st.sampled_from(Unit), measures)
@settings(max_examples=200, deadline=None)
def test_intervals_cover_the_time_without_gap_and_sum_to_what_has_run(
    start: datetime, lasting: timedelta, unit: Unit, measure: Measure
) -> None:
    end = start + lasting
    told = intervals(start, end, term(1, unit), measure)
    edges = [start, *(edge for each in told for edge in (each.start, each.end)), end]
    assert edges[::2] == edges[1::2]
    assert sum((each.counted for each in told), timedelta()) == elapsed(start, end, term(1, unit), measure)


@given(
    moments,
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.sampled_from([Unit.HOUR, Unit.WORKING_HOUR]),
    measures,
)
@settings(max_examples=100, deadline=None)
def test_hours_of_two_stretches_add_up(
    start: datetime, first: timedelta, second: timedelta, unit: Unit, measure: Measure
) -> None:
    middle, end = start + first, start + first + second
    parts = elapsed_hours(start, middle, unit, measure) + elapsed_hours(middle, end, unit, measure)
    assert parts == elapsed_hours(start, end, unit, measure)


def minutes_by_hand(start: datetime, end: datetime, zone: str) -> int:
    """Working minutes counted one by one, knowing nothing of sla.count."""
    total, moment = 0, start
    while moment < end:
        here = moment.astimezone(ZoneInfo(zone))
        day = here.date()
        closes = 17 if CALENDAR.is_short(day) else 18
        total += CALENDAR.is_working(day) and 9 <= here.hour < closes
        moment += timedelta(minutes=1)
    return total


@given(
    st.datetimes(naive("2015-01-01"), naive("2027-12-01")),
    st.integers(0, 6 * 24 * 60),
    st.sampled_from(ZONES),
)
@settings(max_examples=40, deadline=None)
def test_a_counter_that_goes_minute_by_minute_agrees(start: datetime, minutes: int, zone: str) -> None:
    since = start.replace(second=0, microsecond=0, tzinfo=UTC)
    till = since + timedelta(minutes=minutes)
    measure = Measure(CALENDAR, ZoneInfo(zone), time(9), time(18))
    assert elapsed_hours(since, till, Unit.WORKING_HOUR, measure) == timedelta(
        minutes=minutes_by_hand(since, till, zone)
    )


def test_a_term_of_nothing_and_a_roll_of_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="a term of 0"):
        term(0, Unit.HOUR)
    with pytest.raises(ValueError, match="roll"):
        term(1, Unit.HOUR, Roll.NEXT)


def test_the_first_day_is_the_local_one() -> None:
    # 20:00 UTC is already the next day in Omsk
    start = datetime(2026, 2, 2, 20, tzinfo=UTC)
    assert MEASURE.day(start) == date(2026, 2, 3)
    assert deadline(start, term(1, Unit.WORKING_DAY), MEASURE) == local("2026-02-04T18:00")
