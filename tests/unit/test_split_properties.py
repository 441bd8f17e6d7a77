"""Whatever people send, a split is inside the text, in order, without overlap, and in linear time."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.pack import REGIONS
from nlp.dismissal import dismiss
from nlp.split import Splitter
from nlp.urgency import urgency
from nlp.words import words_of

SPLITTER = Splitter.load(REGIONS / "omsk" / "model" / "split")
PHRASES = st.sampled_from(
    [
        "нет воды",
        "во дворе яма.",
        "ТАКЖЕ",
        "а ещё",
        "1)",
        "2)",
        "\n",
        "- ",
        "ул. Ленина, д. 5",
        "🤦🏻‍♀️",
        "…",
        "Прошу",
        "\u200f",
        ";",
        "мусор",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=400), st.lists(PHRASES, max_size=60).map(" ".join), st.lists(PHRASES, max_size=60).map("".join)
)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_problems_lie_inside_the_text_in_order_and_share_nothing(text: str) -> None:
    words = words_of(text)

    problems = SPLITTER.split(text, words)
    spans = sorted(span for problem in problems for span in problem)

    assert all(list(problem) == sorted(problem) for problem in problems)
    assert problems == sorted(problems)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert bool(spans) == bool(words)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_every_word_belongs_to_a_problem(text: str) -> None:
    words = words_of(text)

    spans = [span for problem in SPLITTER.split(text, words) for span in problem]

    assert all(any(span.start <= word.start and word.end <= span.end for span in spans) for word in words)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_urgency_and_dismissal_answer_within_their_scales(text: str) -> None:
    words = words_of(text)

    assert 1 <= urgency(text, words, ()).level <= 5
    assert 0 <= dismiss(text, words)[1] <= 1


@pytest.mark.parametrize("piece", ["нет воды ", "Нет воды. ", "нетводы", "НЕТ ВОДЫ! Также яма,\n", "1) яма 2) мусор "])
def test_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(copies: int) -> float:
        text = piece * copies
        words = words_of(text)
        started = time.process_time()
        SPLITTER.split(text, words)
        urgency(text, words, ())
        dismiss(text, words)
        return time.process_time() - started

    seconds(100)
    short, long = (min(seconds(copies) for _ in range(2)) for copies in (500, 5000))

    assert long < 40 * short + 0.1
