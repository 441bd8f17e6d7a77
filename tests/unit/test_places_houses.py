"""House numbers as people write them."""

from __future__ import annotations

import pytest

from nlp.places.houses import house_at, houses_after, houses_named
from nlp.places.tokens import Tokens
from nlp.words import words_of


def tokens_of(text: str) -> Tokens:
    return Tokens(text, words_of(text))


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", "12"),
        ("12а", "12а"),
        ("12 А, кв. 3", "12а"),
        ("12-а", "12а"),
        ("12/1", "12/1"),
        ("91А/5", "91а/5"),
        ("12 корп. 2", "12к2"),
        ("12 к 2", "12к2"),
        ("12к2", "12к2"),
        ("12, корпус 2", "12к2"),
        ("12 строение 3", "12с3"),
        ("12 лит. Б", "12б"),
        ("12 кв 4", "12"),
        ("12 подъезд 4", "12"),
        ("25 в планах", "25"),
        ("28 д , парит", "28"),
        ("10 и №12", "10"),
        ("12 с подвала", "12"),
    ],
)
def test_a_house_number_has_one_normal_form(written: str, number: str) -> None:
    house = house_at(tokens_of(written), 0)
    assert house is not None
    assert house.number == number


@pytest.mark.parametrize(
    "written",
    [
        "15 января",
        "18 градусов",
        "20 лет",
        "5 этаж",
        "12 %",
        "10:30",
        "16.01.26",
        "5 школа",
        "2026 год",
        "7-й",
        "3 подъезд",
    ],
)
def test_a_count_a_date_or_an_ordinal_is_no_house(written: str) -> None:
    assert house_at(tokens_of(written), 0) is None


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        (", дом 5", ["5"]),
        (" д.12", ["12"]),
        (", д. № 7а", ["7а"]),
        (" дома 5, 7 и 9", ["5", "7", "9"]),
        (" 3,4, прорыв", ["3", "4"]),
        (" 2,18 градусов", ["2"]),
        (" д. 89, 83, 83б - напряжение", ["89", "83", "83б"]),
        (" и Мира 5", []),
    ],
)
def test_houses_follow_a_street(written: str, numbers: list[str]) -> None:
    assert [house.number for house in houses_after(tokens_of(written), 0)] == numbers


@pytest.mark.parametrize(
    ("written", "groups"),
    [
        ("у дома 12 яма", [["12"]]),
        ("возле 12 дома", [["12"]]),
        ("между домами 14 и 16", [["14", "16"]]),
        ("дома № 5 и № 7, а дом 9 цел", [["5", "7"], ["9"]]),
        ("дома холодно 12 дней", []),
    ],
)
def test_houses_are_found_by_their_word(written: str, groups: list[list[str]]) -> None:
    assert [[house.number for house in group] for group in houses_named(tokens_of(written))] == groups
