"""The forecast on made-up years whose truth is known, and on what is too short for one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from bench.forecast_town import town
from indicators.forecast import LEAST_WEEKS
from indicators.forecast.backtest import backtest, naive
from indicators.forecast.judgement import judged
from indicators.forecast.model import AHEAD, forecast
from indicators.forecast.outcome import Method, foretell, origins_of, summary
from indicators.forecast.season import exposures
from indicators.forecast.series import REST, Series, of_counts, table_of

MONDAY = date(2024, 1, 1)


def usual_week(_monday: date) -> int:
    return 5


def week_of_holidays(monday: date) -> int:
    """The New Year's weeks have two working days."""
    return 2 if (monday.month, monday.day) in {(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7)} else 5


@pytest.fixture(scope="module")
def years() -> Series:
    return town(156, 5, usual_week)


def test_a_first_week_that_began_before_the_first_day_is_left_out() -> None:
    rows = [(MONDAY + timedelta(days=2), "Дороги", "Город", 3), (MONDAY + timedelta(days=9), "Дороги", "Город", 5)]
    series = of_counts(rows, MONDAY + timedelta(weeks=3))
    assert series is not None
    assert (series.start, series.counts.ravel().tolist()) == (MONDAY + timedelta(weeks=1), [5, 0])


def test_the_week_that_is_not_over_is_not_counted() -> None:
    rows = [(MONDAY, "Дороги", "Город", 3), (MONDAY + timedelta(weeks=1), "Дороги", "Город", 9)]
    series = of_counts(rows, MONDAY + timedelta(weeks=1))
    assert series is not None
    assert series.counts.ravel().tolist() == [3]
    assert of_counts(rows, MONDAY) is None


def test_small_pairs_are_forecast_together_and_nothing_is_lost(years: Series) -> None:
    table = table_of(years, least_a_year=200)
    assert any(row.municipality == REST for row in table.rows)
    for index, row in enumerate(table.rows):
        children = [number for number, one in enumerate(table.rows) if one.parent == index and one.group is not None]
        if row.group_name and not row.municipality and children:
            assert (table.counts[:, children].sum(axis=1) == table.counts[:, index]).all()


def test_the_parts_of_a_forecast_add_up_to_the_whole(years: Series) -> None:
    made = forecast(years, usual_week)
    rows = made.table.rows
    groups = [index for index, row in enumerate(rows) if row.group is not None and not row.municipality]
    places = [index for index, row in enumerate(rows) if row.group is None and row.municipality]
    assert np.allclose(made.mean[:, groups].sum(axis=1), made.mean[:, 0])
    assert np.allclose(made.mean[:, places].sum(axis=1), made.mean[:, 0])


def test_a_winter_group_is_foretold_to_rise_before_it_does(years: Series) -> None:
    """Snow of the third year is forecast in October from two winters."""
    autumn = years.until(145)
    made = forecast(autumn, usual_week)
    snow = next(
        index for index, row in enumerate(made.table.rows) if (row.group_name, row.municipality) == ("Снег и лёд", "")
    )
    last_month = made.table.counts[-4:, snow].mean()
    assert made.mean[-1, snow] > 2 * last_month


def test_a_week_of_holidays_is_foretold_lower() -> None:
    weeks = 120
    mondays = [MONDAY + timedelta(weeks=number) for number in range(weeks + 1)]
    days = [2 if number % 10 == 0 else 5 for number in range(weeks + 1)]
    counts = np.array([[20.0 if day == 2 else 50.0] for day in days[:weeks]])
    found = exposures(counts, mondays, days)
    assert found[weeks, 0] < 0.6 < 0.9 < found[weeks - 1, 0]


def test_nothing_is_foretold_of_less_than_eight_weeks(years: Series) -> None:
    assert foretell(years.until(LEAST_WEEKS - 1), usual_week) is None
    assert foretell(years.until(LEAST_WEEKS), usual_week) is not None


def test_without_a_year_the_guess_to_beat_is_the_last_four_weeks() -> None:
    short, of_last_year = naive(np.array([[8.0], [1.0], [2.0], [3.0], [6.0]]))
    assert (short[0, 0], short[AHEAD - 1, 0], of_last_year) == (3.0, 3.0, False)
    long, of_last_year = naive(np.arange(60.0)[:, None])
    assert (long[0, 0], of_last_year) == (8.0, True)


def test_the_forecast_beats_the_same_week_of_last_year_and_keeps_its_intervals(years: Series) -> None:
    told = summary(backtest(years, usual_week, list(range(108, 144, 6))))["kinds"]
    for kind in ("whole", "groups", "municipalities", "cells"):
        assert told[kind]["wape"] < told[kind]["naive_wape"], kind
        assert told[kind]["pinball"] < told[kind]["naive_pinball"], kind
    assert 0.70 <= told["groups"]["in_80"] <= 0.95
    assert told["groups"]["in_95"] >= 0.90


def test_the_backtest_sees_nothing_that_came_after_its_origins(years: Series) -> None:
    spoilt = years.counts.copy()
    spoilt[120:] = 0
    other = Series(years.start, years.groups, years.municipalities, spoilt)
    assert np.array_equal(forecast(years.until(120), usual_week).mean, forecast(other.until(120), usual_week).mean)
    one, two = (backtest(each, usual_week, [108, 120]) for each in (years, other))
    assert not np.array_equal(one.error, two.error)  # what came differs


def test_where_the_naive_guess_was_better_it_is_what_is_shown() -> None:
    """Every year is the same to a problem: nothing beats last year."""
    year = np.random.default_rng(3).poisson(30, 52).astype(float)
    counts = np.tile(year, 3)[:, None, None]
    outcome = foretell(Series(MONDAY, ("Дороги",), ("Город",), counts), usual_week)
    assert outcome is not None
    whole = outcome.rows[0]
    assert whole.method is Method.LAST_YEAR
    assert whole.naive_wape == 0.0
    assert [week.base for week in whole.weeks] == year[:AHEAD].tolist()
    assert all(week.optimistic <= week.base <= week.pessimistic for week in whole.weeks)


def test_scenarios_lie_on_both_sides_of_the_base(years: Series) -> None:
    outcome = foretell(years, usual_week)
    assert outcome is not None
    for week in outcome.rows[0].weeks:
        assert week.low95 <= week.low80 <= week.optimistic <= week.base <= week.pessimistic
        assert week.high80 <= week.high95


def test_origins_leave_twelve_weeks_to_judge_by_where_there_are_enough() -> None:
    assert origins_of(156)[-1] == 144
    assert origins_of(156)[0] >= 92
    assert origins_of(10)[-1] < 10


def test_a_kept_forecast_is_judged_by_its_weeks_that_are_over() -> None:
    def week(number: int, base: float) -> dict[str, object]:
        monday = (MONDAY + timedelta(weeks=number)).isoformat()
        return {"week": monday, "base": base, "naive": 10.0, "low80": 5.0, "high80": 12.0}

    came = {MONDAY: 10, MONDAY + timedelta(weeks=1): 20, MONDAY + timedelta(weeks=2): 99}
    told = judged(MONDAY, "m", [week(0, 8.0), week(1, 18.0), week(2, 1.0)], came, MONDAY + timedelta(weeks=2))
    assert told is not None
    assert (told.weeks, told.foretold, told.came, told.in_80) == (2, 26.0, 30, 1)
    assert told.wape == pytest.approx(4 / 30)
    assert told.naive_wape == pytest.approx(10 / 30)
    assert judged(MONDAY, "m", [week(0, 8.0)], came, MONDAY) is None
