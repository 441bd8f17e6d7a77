"""A great city in no pack: made-up complaints in its manner, read with a list of its streets and with hardly any list.

The sentences and the list are written by hand, from what is known of the city; `fresh.csv` was written after the finder
was finished with `complaints.csv`, and nothing was changed for its sake.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.evaluate.places import evaluate_places, labelled_texts
from nlp.places.bare import bare_streets
from nlp.places.tokens import Tokens
from nlp.words import words_of

FOLDER = Path(__file__).parent.parent / "great_city"


@pytest.mark.parametrize("file", ["complaints.csv", "fresh.csv"])
def test_streets_and_houses_are_found_and_hardly_one_is_made_up(file: str) -> None:
    figures = evaluate_places(FOLDER / file, streets=FOLDER / "streets.csv")
    assert figures["street_recall"] >= 0.96
    assert figures["house_recall"] >= 0.97
    assert figures["wrong_share"] <= 0.05


def test_most_addresses_are_read_even_where_the_list_lacks_the_city(tmp_path: Path) -> None:
    rows = (FOLDER / "streets.csv").read_text(encoding="utf-8").splitlines()
    suburbs = tmp_path / "suburbs.csv"
    suburbs.write_text("\n".join(row for row in rows if "Санкт-Петербург," not in row), encoding="utf-8")
    figures = evaluate_places(FOLDER / "fresh.csv", streets=suburbs)
    assert figures["street_recall"] >= 0.7
    assert figures["wrong_share_labelled"] <= 0.12


def test_the_complaints_name_enough_to_measure_by() -> None:
    assert len(labelled_texts(FOLDER / "complaints.csv")) >= 120
    assert len(labelled_texts(FOLDER / "fresh.csv")) >= 60


def bare(text: str) -> list[tuple[str, str]]:
    return [(street.name.official, street.houses[0].number)
            for street in bare_streets(Tokens(text, words_of(text)), set())]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Коллонтай 41/1, не работает лифт", [("Коллонтай", "41/1")]),
        ("На Богатырском 25 сугробы", [("Богатырский", "25")]),
        ("2-й Муринский, 38 разбит", [("2-й Муринский", "38")]),
        ("Черняховского 38А, магазин", [("Черняховского", "38а")]),
        ("Энтузиастов, 43, темно", [("Энтузиастов", "43")]),
        ("Б. Сампсониевский 84", [("Большой Сампсониевский", "84")]),
        ("М. Балканская, д. 58", [("Малая Балканская улица", "58")]),
        ("По адресу Хуторская 4 и на Дейнеки, 7", [("Хуторская улица", "4"), ("Дейнеки", "7")]),
    ],
)
def test_an_address_that_no_list_has_is_read_by_its_grammar_and_house(text: str, found: list[tuple[str, str]]) -> None:
    assert bare(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Школа 544 закрыта",
        "Автобус 181 ходит редко",
        "МБДОУ № 11 без света",
        "Администрация, 12 дней нет ответа",
        "Иванова 8-913-555-01-02",
        "Января 15 числа",
        "Госаптека 4 не выдаёт",
        "Позорники, 21 век на дворе",
        "УК Заневская 5 не отвечает",
        "Дом 5 и Корпус 2",
        "Жителей 30 семей обманули",
    ],
)
def test_what_is_no_name_is_no_street_whatever_number_follows(text: str) -> None:
    assert bare(text) == []
