"""What is typed into a search box: numbers and words, without a database."""

from __future__ import annotations

import pytest

from api.reading.search import MOST_WORDS, number_in, said_in, words_in


@pytest.mark.parametrize("typed", ["ОМ-2026-0000483", " ом-2026-483 ", "ом 2026 483", "ОМ20260000483"])
def test_a_number_is_known_however_it_is_typed(typed: str) -> None:
    assert number_in(typed) == "ОМ-2026-0000483"


@pytest.mark.parametrize("typed", ["483", "дом 2026", "ОМ-2026-", "яма ОМ-2026-0000483"])
def test_what_is_not_a_whole_number_is_looked_for_by_its_words(typed: str) -> None:
    assert number_in(typed) is None


def test_signs_part_words_and_short_forms_of_addresses_are_left_out() -> None:
    assert words_in("ул. Мира, д. 5/1 кв.12") == ["мира", "5", "1", "12"]
    assert words_in("Ещё ёлка!") == ["еще", "елка"]
    assert words_in("мир_труд") == ["мир", "труд"]


def test_where_nothing_else_is_said_the_short_form_is_looked_for() -> None:
    assert words_in("ул.") == ["ул"]


def test_many_words_are_cut_short() -> None:
    assert len(words_in(" ".join(f"слово{number}" for number in range(50)))) == MOST_WORDS


def test_what_is_typed_never_becomes_part_of_the_query() -> None:
    values: dict[str, object] = {"region": "gorod"}
    condition = said_in("text", "');DROP TABLE appeals;-- 'яма' & ! (", values)
    assert "DROP" not in condition
    assert values["word_1"] == "drop"
