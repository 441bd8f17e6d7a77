"""Words cover all that is visible, in order, at their places, for any text."""

from __future__ import annotations

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import Span
from nlp.clean import clean, fold
from nlp.lemmas import lemma, parses, part_of_speech
from nlp.script.transliteration import words_by_key
from nlp.words import words_of


@pytest.fixture(scope="module", autouse=True)
def _table_of_transliteration() -> None:
    """Made once: hypothesis times every text, and the first Latin letter would pay for it."""
    words_by_key()


@given(st.text())
def test_words_stand_where_they_are_written_and_leave_out_only_white_space(text: str) -> None:
    words = words_of(text)
    assert all(text[word.start : word.end].lower() == word.lower for word in words)
    covered = {place for word in words for place in range(word.start, word.end)}
    assert all(text[place].isspace() for place in range(len(text)) if place not in covered)
    assert all(one.end <= two.start for one, two in pairwise(words))


def test_lemmas_are_dictionary_forms_with_e_for_yo() -> None:
    assert [word.lemma for word in words_of("Не убирают снег у ёлок, 73-й автобус")] == [
        *("не", "убирать", "снег", "у", "елка", ",", "73", "-", "й", "автобус"),
    ]


@pytest.mark.parametrize("form", "стекла мой белка еще Ёж пила 73 ростелеком jkh ҕ".split())
def test_what_is_read_from_the_dictionary_alone_is_what_the_most_probable_reading_says(form: str) -> None:
    best = parses(form)[0]

    assert lemma(form) == best.normal_form.replace("ё", "е")
    assert part_of_speech(form) == best.tag.POS


def test_a_word_too_long_to_be_one_is_its_own_lemma() -> None:
    assert lemma("ё" * 1000) == "е" * 1000
    assert parses("а" * 1_000_000)


@given(st.text())
def test_a_repaired_text_leads_back_to_the_received_one(text: str) -> None:
    cleaned = clean(text)
    whole = cleaned.back(Span(0, len(cleaned.text)))
    assert 0 <= whole.start <= whole.end <= len(text)
    for word in words_of(cleaned.text):
        back = cleaned.back(Span(word.start, word.end))
        assert 0 <= back.start < back.end <= len(text)
        assert cleaned.is_reading or back.end - back.start >= word.end - word.start


@given(st.text())
def test_a_folded_text_is_as_long_as_the_text(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_what_is_invisible_is_taken_out_and_found_again() -> None:
    text = "нет во\u200bды и свеч\u0438\u0306"
    cleaned = clean(text)
    assert cleaned.text == "нет воды и свечй"
    assert cleaned.back(Span(4, 8)).of(text) == "во\u200bды"


def test_mentions_lose_their_mark_up_and_keep_their_words_in_place() -> None:
    text = "[club123|Администрация города], привет"
    assert clean(text).text == "         Администрация города , привет"
    assert clean(text).text.index("Администрация") == text.index("Администрация")


def test_latin_twins_inside_russian_words_become_russian() -> None:
    assert clean("Aвтобус и oбъезд, but wi-fi USB").text == "Автобус и объезд, but wi-fi USB"


def test_cleaning_takes_linear_time() -> None:
    for text in ("a" * 100_000, "aа" * 50_000, "[id1|" * 20_000, "\u200b" * 100_000, " " * 100_000):
        started = process_time()
        words_of(clean(text).text)
        assert process_time() - started < 10
