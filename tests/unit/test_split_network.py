"""The boundary network weighs all cuts of a text against «one problem»."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.split.boundary import BoundaryModel, split_probability
from nlp.split.examples import Known, evenly_long
from nlp.split.network import Blocks, fit_boundary


def blocks(texts: int) -> Blocks:
    """Texts of three cuts; every other one holds two problems, and its second cut shows it by the first feature."""
    random = np.random.default_rng(1)
    features = random.normal(size=(texts * 3, 4)).astype(np.float32)
    begins = np.zeros(texts * 3, dtype=np.bool_)
    begins[1::6] = True
    features[begins, 0] += 6.0
    return Blocks(features, begins, np.full(texts, 3), np.ones(texts, dtype=np.float32))


@pytest.fixture(scope="module")
def model() -> BoundaryModel:
    return fit_boundary(blocks(1500), seeds=1)


def test_a_sign_of_a_second_problem_is_learned_and_placed(model: BoundaryModel) -> None:
    plain = np.zeros((3, 4), dtype=np.float32)
    told = plain.copy()
    told[1, 0] = 6.0

    assert split_probability(model.scores(plain)) < 0.2
    assert split_probability(model.scores(told)) > 0.8
    assert model.scores(told).argmax() == 1


def test_two_doubtful_cuts_make_a_second_problem_more_probable_than_one() -> None:
    one, two = np.zeros(1, dtype=np.float32), np.zeros(2, dtype=np.float32)

    assert split_probability(one) == pytest.approx(1 / 2)
    assert split_probability(two) == pytest.approx(2 / 3)


def test_training_again_gives_the_same_network(model: BoundaryModel) -> None:
    again = fit_boundary(blocks(1500), seeds=1)

    assert np.array_equal(model.hidden, again.hidden)


def test_a_long_single_text_weighs_more_where_joined_texts_are_long() -> None:
    short = Known("а" * 20, (), (), None, ())
    long = Known("а" * 900, (), (), None, ())

    weighed = evenly_long([short] * 20 + [long] * 2, [short] * 2 + [long] * 20)

    assert weighed[0].weight < 1 < weighed[-1].weight
