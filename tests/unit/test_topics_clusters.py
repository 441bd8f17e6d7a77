"""Near-duplicates and the folds that keep them together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlp.topics.clusters import grouped_folds, near_duplicates


def test_a_copy_with_an_addition_is_a_near_duplicate() -> None:
    text = "Здравствуйте, на улице Садовой третий день не работает уличное освещение, очень темно"
    clusters = near_duplicates([text, "Автобус ушёл раньше расписания", text + "!!! Примите меры"])

    assert clusters[0] == clusters[2]
    assert clusters[0] != clusters[1]


def test_texts_without_letters_are_all_different() -> None:
    assert len(set(near_duplicates(["", " ", ""]))) == 3


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200), st.integers(0, 5))
def test_folds_never_tear_a_cluster(numbers: list[int], seed: int) -> None:
    clusters = np.array(numbers)

    folds = grouped_folds(clusters, 5, seed)

    assert set(folds) <= set(range(5))
    for number in set(numbers):
        assert len(set(folds[clusters == number])) == 1
