"""The statistics of the drift report."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from nlp.learning.rates import discoveries, dispersion, mean_fall, rate_ratio, share_interval

COUNTS = st.integers(0, 500)


@given(COUNTS, COUNTS)
def test_the_ratio_is_that_of_the_exact_binomial_test(now: int, before: int) -> None:
    ratio = rate_ratio(now, before, 28, 84)

    if now + before:
        exact = binomtest(now, now + before, 0.25, alternative="greater")
        assert ratio.p == pytest.approx(exact.pvalue, abs=1e-9)
    assert ratio.low <= ratio.value <= ratio.high


@given(COUNTS, COUNTS, st.floats(1, 10))
def test_bursts_only_widen_the_interval(now: int, before: int, spread: float) -> None:
    plain, bursty = rate_ratio(now, before, 28, 84), rate_ratio(now, before, 28, 84, spread)

    assert bursty.low <= plain.low + 1e-9
    assert bursty.high >= plain.high - 1e-9


def test_bursts_are_told_from_steady_counts() -> None:
    assert dispersion([3, 3, 3, 3]) == 1.0
    assert dispersion([0, 0, 30, 0]) > 10
    assert dispersion([]) == dispersion([0, 0]) == 1.0


def test_of_many_topics_without_growth_hardly_any_is_named() -> None:
    chance = np.random.default_rng(1)
    named = []
    for _ in range(40):
        counts = chance.poisson((5, 15), size=(100, 2)).tolist()
        named.append(any(discoveries([rate_ratio(now, before, 28, 84).p for now, before in counts])))

    assert np.mean(named) <= 0.1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_what_is_named_has_smaller_p_values_than_what_is_not(p_values: list[float]) -> None:
    found = discoveries(p_values)

    named = [p for p, yes in zip(p_values, found, strict=True) if yes]
    rest = [p for p, yes in zip(p_values, found, strict=True) if not yes]
    assert max(named, default=0) <= min(rest, default=1)
    assert all(p <= 0.05 for p in named)


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_of_a_share_holds_the_share(right: int, more: int) -> None:
    low, high = share_interval(right, right + more)

    assert 0 <= low <= high <= 1
    if right + more:
        assert low - 1e-9 <= right / (right + more) <= high + 1e-9


def test_a_fall_of_confidence_is_told_from_noise() -> None:
    chance = np.random.default_rng(2)
    before = chance.beta(8, 2, 400).tolist()

    assert mean_fall(chance.beta(6, 4, 200).tolist(), before)[2] < 0
    _, low, high = mean_fall(chance.beta(8, 2, 200).tolist(), before)
    assert low < 0 < high
    assert mean_fall([], before) == (0.0, float("-inf"), float("inf"))
