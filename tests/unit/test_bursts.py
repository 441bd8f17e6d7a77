"""The usual level, and how improbable more than it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import exp, factorial

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from scipy import stats

from routing.incidents.bursts import HOUR, Level, dispersion, hours_of, level, probability, profile

NOON = datetime(2026, 2, 2, 12, tzinfo=UTC)  # a Monday
EVENLY = [1.0] * 168


def test_the_tail_is_that_of_poisson_where_days_scatter_no_more() -> None:
    by_hand = 1 - sum(exp(-0.5) * 0.5**count / factorial(count) for count in range(5))
    assert probability(5, Level(0.5, 1.0)) == pytest.approx(by_hand)


@given(some.integers(1, 200), some.floats(0.01, 50), some.floats(1.01, 20))
def test_the_tail_is_that_of_the_negative_binomial_otherwise(count: int, expected: float, scatter: float) -> None:
    reference = stats.nbinom.sf(count - 1, expected / (scatter - 1), 1 / scatter)
    assert probability(count, Level(expected, scatter)) == pytest.approx(reference, rel=1e-6, abs=1e-15)


@given(some.integers(1, 100), some.floats(0.01, 30), some.floats(1.0, 10))
@example(56, 1.0, 1.0000000000000002)  # the sum of the tail overflowed, or grew with the count
@example(23, 28.0, 1.00001)
def test_more_problems_are_never_more_probable(count: int, expected: float, scatter: float) -> None:
    usual = Level(expected, scatter)
    assert probability(count + 1, usual) <= probability(count, usual) <= 1


def test_what_scatters_more_surprises_less() -> None:
    assert probability(9, Level(1.0, 3.0)) > 100 * probability(9, Level(1.0, 1.0))


def test_the_level_follows_the_place_and_the_hour() -> None:
    since = NOON - timedelta(weeks=4)
    place = {since + timedelta(days=day): 2 for day in range(28)}
    assert level(place, EVENLY, UTC, since, hours_of(NOON, 24)).expected == pytest.approx(2, rel=0.05)
    week = profile({hour: count for hour, count in place.items() if hour.hour == 12}, UTC)
    noon, night = ([NOON], [NOON - 9 * HOUR])
    assert level(place, week, UTC, since, noon).expected > 5 * level(place, week, UTC, since, night).expected


def test_the_window_itself_is_not_taken_for_usual() -> None:
    since = NOON - timedelta(weeks=4)
    window = hours_of(NOON, 2)
    before = {since + timedelta(days=day): 1 for day in range(27)}
    assert level(before | {NOON: 50}, EVENLY, UTC, since, window) == level(before, EVENLY, UTC, since, window)


def test_a_place_that_never_had_any_expects_a_little() -> None:
    assert 0 < level({}, EVENLY, UTC, NOON - timedelta(weeks=8), hours_of(NOON, 2)).expected < 0.01


def test_days_that_are_all_alike_scatter_no_more_than_poisson_and_a_storm_does() -> None:
    since, usual = NOON - timedelta(days=20), [1 / 8] * 480
    alike = {since + timedelta(days=day): 3 for day in range(20)}
    assert dispersion(alike, since, usual, 24) == 1.0
    assert dispersion(alike | {since + timedelta(days=9): 60}, since, usual, 24) > 10


def test_the_week_has_the_mean_of_one_and_few_problems_say_little() -> None:
    assert sum(profile({}, UTC)) / 168 == pytest.approx(1)
    busy = profile({NOON: 5}, UTC)
    assert sum(busy) / 168 == pytest.approx(1)
    assert busy[12] > 1 > busy[24] > 0.3
