"""The production calendar of the packs, against the law's figures and against an independent library."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from models.pack import load_pack, region_ids
from sla.calendar import Calendar

YEARS = range(2015, 2028)

NORMS = {
    2015: (247, 1971),
    2016: (247, 1974),
    2017: (247, 1973),
    2018: (247, 1970),
    2019: (247, 1970),
    2020: (248, 1979),
    2021: (247, 1972),
    2022: (247, 1973),
    2023: (247, 1973),
    2024: (248, 1979),
    2025: (247, 1972),
    2026: (247, 1972),
}
"""Working days and hours of a 40-hour week a year, as the published production calendars give them."""


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.of_pack(load_pack("omsk"))


def days(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_working_or_not_as_the_holidays_package_says(calendar: Calendar, year: int) -> None:
    independent = holidays.country_holidays("RU", years=year)
    assert [day for day in days(year) if calendar.is_working(day) != independent.is_working_day(day)] == []


@pytest.mark.parametrize("year", NORMS)
def test_working_days_and_hours_of_a_year_are_the_published_norm(calendar: Calendar, year: int) -> None:
    working = [day for day in days(year) if calendar.is_working(day)]
    short = [day for day in working if calendar.is_short(day)]
    assert (len(working), 8 * len(working) - len(short)) == NORMS[year]


def test_every_short_day_is_a_working_day(calendar: Calendar) -> None:
    assert all(calendar.is_working(day) for day in calendar.short)


def test_every_row_of_every_pack_names_its_source() -> None:
    for region in region_ids():
        rows = list(load_pack(region).rows("calendar.csv"))
        assert rows
        assert all(row["source"] and row["name"] for row in rows)


def test_a_year_not_decreed_yet_is_counted_by_the_law_alone(calendar: Calendar) -> None:
    assert not calendar.knows(date(2035, 1, 1))
    assert not calendar.is_working(date(2035, 1, 5))
    assert calendar.is_working(date(2035, 1, 9))
    assert calendar.why_off(date(2035, 5, 9)) == "праздник (ТК РФ, ст. 112)"
    assert calendar.why_off(date(2035, 5, 12)) == "суббота"
