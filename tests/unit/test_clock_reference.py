"""Terms counted by sla and, minute by minute, by a counter that knows nothing of it."""

from __future__ import annotations

import random
from datetime import date
from zoneinfo import available_timezones

from models.pack import load_pack
from sla.calendar import Calendar
from tests.clock_cases import CALENDAR, differences
from tests.clock_reference import ZONES, random_case


def test_three_hundred_random_terms_end_and_run_as_counted_minute_by_minute() -> None:
    assert differences(cases=300, seed=20261122) == []


def test_the_cases_reach_every_zone_unit_and_rule_and_years_that_no_decree_knows() -> None:
    chance = random.Random(1)
    cases = [random_case(chance) for _ in range(3000)]
    assert {case.zone for case in cases} == set(ZONES)
    assert len({(case.unit, case.rule, case.roll) for case in cases}) == 2 * 4 + 3 + 3 * 3
    assert {1970 + case.start // (60 * 24 * 365) for case in cases} >= set(range(2015, 2031))
    assert not CALENDAR.knows(date(2030, 6, 1))


def test_the_zones_are_zones() -> None:
    assert set(ZONES) <= available_timezones()


def test_a_regions_own_days_go_over_those_of_the_country() -> None:
    country = Calendar.of_pack(load_pack("omsk"))
    own = country.with_days(
        [
            {"date": "2026-10-11", "kind": "day_off", "name": "День Республики", "source": "закон субъекта"},
            {"date": "2026-10-12", "kind": "day_off", "name": "День Республики (выходной)", "source": "закон субъекта"},
            {"date": "2026-01-09", "kind": "working_day", "name": "рабочий день", "source": "закон субъекта"},
        ]
    )
    monday, ninth = date(2026, 10, 12), date(2026, 1, 9)
    assert (country.is_working(monday), own.is_working(monday)) == (True, False)
    assert own.why_off(monday) == "День Республики (выходной)"
    assert (country.is_working(ninth), own.is_working(ninth)) == (False, True)
    assert own.years == country.years
