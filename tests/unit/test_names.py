"""Names without a patronymic are asked about: grammar proposes, natasha's recogniser confirms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.facts import FactKind
from models.text import Span
from nlp.cover import Cover
from nlp.facts import find_facts
from nlp.words import words_of


def persons(text: str) -> list[str]:
    facts = find_facts(text, words_of(text), datetime(2026, 1, 14, tzinfo=UTC))
    return [fact.value for fact in facts if fact.kind is FactKind.PERSON]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Меня зовут Мария Иванова, живу рядом", "Иванова Мария"),
        ("Передайте Дмитрию Маркелову наши слова", "Маркелов Дмитрий"),
        ("Учится наш внук Лебедев Андрей в четвёртом классе", "Лебедев Андрей"),
    ],
)
def test_a_name_and_a_surname_are_a_person_in_the_nominative(text: str, value: str) -> None:
    assert persons(text) == [value]


def test_a_name_far_into_a_long_text_is_found() -> None:
    assert persons("Нет воды. " * 1000 + "Меня зовут Мария Иванова, живу рядом") == ["Иванова Мария"]


def test_a_cover_joins_spans_that_touch_and_answers_for_all_of_them() -> None:
    cover = Cover([Span(5, 7), Span(0, 3), Span(6, 9)])
    assert cover.pieces() == [Span(0, 3), Span(5, 9)]
    assert [cover.overlaps(Span(at, at + 1)) for at in range(10)] == [
        *(True, True, True, False, False, True, True, True, True, False)
    ]
    assert not Cover([]).overlaps(Span(0, 10))
