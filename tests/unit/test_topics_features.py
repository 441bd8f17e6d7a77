"""The vectors of texts that the topic model reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.topics.features import Features
from nlp.topics.grams import GramTable, grams_of
from nlp.words import words_of
from tests.topic_texts import complaints

TEXTS = [text for text, _, _ in complaints(60)]


@pytest.fixture(scope="module")
def features() -> Features:
    return Features.learn([words_of(text) for text in TEXTS])


@given(st.text(alphabet="абвгд", min_size=1, max_size=12))
def test_grams_are_those_of_scikit_learn(form: str) -> None:
    cut = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()

    assert sorted(grams_of(form)) == sorted(cut(form))


FORMS = st.text(st.characters(min_codepoint=1), min_size=1, max_size=12)


@given(st.lists(FORMS, min_size=1), st.lists(FORMS))
def test_the_table_finds_what_cutting_each_form_finds(learnt: list[str], forms: list[str]) -> None:
    vocabulary = sorted({gram for form in learnt for gram in grams_of(form)})
    at = {gram: place for place, gram in enumerate(vocabulary)}

    found = GramTable(vocabulary).find([*forms, *learnt])

    cut = [sorted(at[gram] for gram in grams_of(form) if gram in at) for form in [*forms, *learnt]]
    assert [sorted(positions.tolist()) for positions in found] == cut


def test_a_text_is_nothing_more_like_than_itself(features: Features) -> None:
    rows = features.rows([words_of(text) for text in TEXTS])
    likeness = rows.gram(rows)

    assert (np.diag(likeness) <= 1.001).all()
    assert (likeness.argmax(axis=1) == np.arange(len(TEXTS))).all()


def test_likeness_follows_the_words(features: Features) -> None:
    said, alike, other = (words_of(text) for text in ("батареи холодные", "холодная батарея", "автобус не пришёл"))
    row = features.rows([said])

    likeness = row.gram(features.rows([alike, other]))[0]

    assert likeness[0] > 2 * likeness[1]


def test_the_order_of_learning_does_not_matter() -> None:
    there = Features.learn([words_of(text) for text in TEXTS])
    back = Features.learn([words_of(text) for text in reversed(TEXTS)])

    assert there.grams == back.grams
    assert there.lemmas == back.lemmas
    assert np.array_equal(there.idf, back.idf)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_has_a_finite_vector(texts: list[str]) -> None:
    features = Features.learn([words_of(text) for text in TEXTS[:20]])

    rows = features.rows([words_of(text) for text in texts])

    assert rows.sparse.shape == (len(texts), features.size)
    assert np.isfinite(rows.sparse.data).all()
    assert np.isfinite(rows.dense).all()
