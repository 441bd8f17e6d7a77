"""Units: the smallest pieces that can belong to one problem, found with and without punctuation."""

from __future__ import annotations

import random

import pytest

from models.text import Span
from nlp.split.compose import compose, compose_clauses
from nlp.split.units import units_of
from nlp.words import words_of


def units(text: str) -> list[str]:
    return [unit.span.of(text) for unit in units_of(text, words_of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Нет воды. Нет света!", ["Нет воды.", "Нет света!"]),
        ("Живу на ул. Ленина, д. 5 кв. 7. Нет воды.", ["Живу на ул. Ленина, д. 5 кв. 7.", "Нет воды."]),
        ("Нет воды\nНет света", ["Нет воды", "Нет света"]),
        ("1) Яма у дома 5 2) Нет света", ["1) Яма у дома 5", "2) Нет света"]),
        ("Дом 2. Нет воды", ["Дом 2.", "Нет воды"]),
        ("С 12.01 нет воды", ["С 12.01 нет воды"]),
        ("Не горит фонарь у дома, а также не убран снег", ["Не горит фонарь у дома,", "а также не убран снег"]),
        (
            "во дворе яма машины бьют колеса кроме того нет света",
            ["во дворе яма машины бьют колеса", "кроме того нет света"],
        ),
        ("Не горит фонарь, и мусор не вывозят", ["Не горит фонарь,", "и мусор не вывозят"]),
        ("Фонарь не горит и лифт сломан", ["Фонарь не горит", "и лифт сломан"]),
        ("Крыша течёт, подъезд не убирают", ["Крыша течёт,", "подъезд не убирают"]),
        ("Мы звонили и писали, и нам не ответили", ["Мы звонили и писали, и нам не ответили"]),
        ("Нет горячей воды и отопления", ["Нет горячей воды и отопления"]),
        ("Нет воды 😡 Когда дадут", ["Нет воды 😡", "Когда дадут"]),
        ("Фонарь не горит, ещё в 2017 году погас", ["Фонарь не горит, ещё в 2017 году погас"]),
        ("Пишите на сайт omsk.ru", ["Пишите на сайт omsk.ru"]),
    ],
)
def test_units_end_where_an_argument_may_turn(text: str, expected: list[str]) -> None:
    assert units(text) == expected


def test_no_unit_begins_inside_a_name_of_a_place() -> None:
    text = "Яма на пр. Мира. Когда закопают"
    words = words_of(text)

    assert len(units_of(text, words)) == 2
    assert len(units_of(text, words, [Span(7, 22)])) == 1


def test_composed_texts_say_where_each_part_begins() -> None:
    for seed in range(200):
        text, starts = compose(["Нет воды на Мира 5.", "Во дворе открыт люк!", "Автобус не ходит"], random.Random(seed))

        assert len(starts) == 3
        assert starts == sorted(starts)
        assert "люк" in text[starts[1] : starts[2]].lower()
        assert "автобус" in text[starts[2] :].lower()


def test_short_clauses_are_composed_into_one_sentence() -> None:
    texts = ["Здравствуйте! Не горит фонарь. Уже год!", "Мусор не вывозят. Грязь."]

    made = [compose_clauses(texts, random.Random(seed)) for seed in range(50)]

    assert ("Не горит фонарь, и мусор не вывозят", [0, 17]) in made
    assert compose_clauses(["Уже год. Темно", texts[1]], random.Random(0)) == ("", [])
