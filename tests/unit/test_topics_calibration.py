"""Probabilities that keep their word, and the threshold of the machine's own decisions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.topics.calibration import (
    NEVER,
    RIGHT,
    calibration_error,
    reliability,
    risk_coverage,
    threshold,
)


def answers(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Confidences and whether the answers were right, true to their confidence."""
    chance = np.random.default_rng(seed)
    confidence = chance.uniform(0.2, 1, n)
    return confidence, chance.uniform(size=n) < confidence


def test_the_threshold_keeps_its_promise_on_other_texts() -> None:
    least = threshold(*answers(3000, seed=1))

    confidence, correct = answers(20000, seed=2)

    assert correct[confidence >= least].mean() >= RIGHT - 0.01
    assert (confidence >= least).mean() > 0.05


def test_the_machine_never_decides_where_it_is_never_right_enough() -> None:
    confidence = np.linspace(0.5, 1, 400)

    assert threshold(confidence, np.arange(400) % 2 == 0) == NEVER


def test_a_few_lucky_answers_are_not_enough_to_decide() -> None:
    assert threshold(np.array([0.9, 0.8, 0.7]), np.array([True, True, True])) == NEVER


def test_honest_probabilities_have_a_small_calibration_error() -> None:
    assert calibration_error(reliability(*answers(20000))) < 0.02


def test_boasting_has_a_large_calibration_error() -> None:
    confidence = np.full(1000, 0.99)

    assert calibration_error(reliability(confidence, np.arange(1000) % 2 == 0)) == pytest.approx(0.49, abs=0.01)


@given(st.integers(1, 300))
def test_the_risk_coverage_curve_ends_with_the_accuracy_of_all(n: int) -> None:
    confidence, correct = answers(n)

    last = risk_coverage(confidence, correct)[-1]

    assert last["coverage"] == 1
    assert last["right"] == pytest.approx(correct.mean(), abs=1e-4)
