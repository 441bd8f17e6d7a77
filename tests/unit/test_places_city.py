"""A city that is in no pack, read by a list of its streets: embankments, lines, parts of the city, the underground."""

from __future__ import annotations

import pytest

from models.places import PlaceLevel
from nlp.places import Gazetteer, PlaceFinder
from nlp.places.names import street_name
from nlp.words import words_of

CITY = """Невский пр.|Литейный пр.|Лиговский пр.|Гражданский пр.|Просвещения пр.|Ветеранов пр.|Большой пр. В.О.
Средний пр. В.О.|Большой пр. П.С.|7-я линия В.О.|14-я линия В.О.|наб. реки Фонтанки|Мойки реки наб.|Садовая ул.
наб. канала Грибоедова|Обводного канала наб.|Александра Невского ул.|Парадная ул.|Коллонтай ул.|Бабушкина ул.
5-я Красноармейская ул.|10-я Советская ул.|Мытнинская ул.|Турку ул."""


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> PlaceFinder:
    rows = [f"{district},Приморск г.,{name}" for district in ("Северный", "Южный")
            for name in CITY.replace("\n", "|").split("|")]  # fmt: skip
    rows += ["Южный,Заречье пос.,Грибоедова ул.", "Южный,Заречье пос.,Малый пер."]
    path = tmp_path_factory.mktemp("city") / "streets.csv"
    path.write_text("\n".join(["district,settlement,street", *rows, ""]), encoding="utf-8")
    return PlaceFinder(Gazetteer.of_streets_csv(path))


def found(city: PlaceFinder, text: str) -> list[tuple[str, str]]:
    return [(place.street, place.house) for place in city.find(text, words_of(text), {}) if place.street]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("на Фонтанке 64 затопило подвал", [("набережная реки Фонтанки", "64")]),
        ("Наб. р. Фонтанки, д. 92, лит. Б", [("набережная реки Фонтанки", "92б")]),
        ("Мойка 48, ступени разбиты", [("набережная реки Мойки", "48")]),
        ("канал Грибоедова, 71", [("набережная канала Грибоедова", "71")]),
        ("наб. кан. Грибоедова 109", [("набережная канала Грибоедова", "109")]),
        ("на обводном 118 обвал", [("набережная Обводного канала", "118")]),
        ("В.О., 7-я линия, д. 34", [("7-я линия", "34")]),
        ("ВО 14 линия дом 39", [("14-я линия", "39")]),
        ("Средний пр. В.О., 56", [("Средний проспект", "56")]),
        ("Большой проспект Петроградской стороны, 44", [("Большой проспект", "44")]),
        ("С Невского до Литейного тротуар не чищен", [("Невский проспект", ""), ("Литейный проспект", "")]),
        ("Лиговка 123, нет света", [("Лиговский проспект", "123")]),
        ("5-я Красноармейская, 16", [("5-я Красноармейская улица", "16")]),
        ("ул. Бабушкина, д. 84, корп. 1, лит. А, парадная 2", [("улица Бабушкина", "84к1а")]),
        ("Турку 17 к 4 стр 1", [("улица Турку", "17к4с1")]),
        ("лужа у Садовой 5, 2 парадная", [("Садовая улица", "5")]),
    ],
)
def test_the_ways_of_a_great_city_are_read(city: PlaceFinder, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(city, text) == expected


@pytest.mark.parametrize(
    "text",
    ["Я работаю на мойке", "мост Александра Невского разведён", "В парадной 5 темно", "Парадная 3, лампы нет"],
)
def test_what_streets_are_called_after_is_no_street(city: PlaceFinder, text: str) -> None:
    assert found(city, text) == []


@pytest.mark.parametrize(
    ("text", "station"),
    [
        ("у метро Проспект Ветеранов торгуют с рук", "метро «Проспект Ветеранов»"),
        ("ст. м. Гражданский проспект, ларьки", "метро «Гражданский проспект»"),
    ],
)
def test_a_station_of_the_underground_is_no_street(city: PlaceFinder, text: str, station: str) -> None:
    places = city.find(text, words_of(text), {})
    assert [(place.street, place.level) for place in places] == [(station, PlaceLevel.DISTRICT)]


def test_a_city_of_many_districts_is_one_settlement_and_the_one_meant(city: PlaceFinder) -> None:
    towns = [(town.name, town.municipality) for town in city.gazetteer.settlements]
    assert towns == [("Приморск", ""), ("Заречье", "Южный")]
    (place,) = city.find("Садовая 5", words_of("Садовая 5"), {})
    assert (place.settlement, place.confidence > 0.8) == ("Приморск", True)


@pytest.mark.parametrize(
    ("listed", "official"),
    [
        ("Большой пр. В.О.", "Большой проспект"),
        ("7-я линия ВО", "7-я линия"),
        ("Фонтанки р. наб.", "набережная реки Фонтанки"),
        ("Грибоедова кан. наб.", "набережная канала Грибоедова"),
        ("Р. Люксембург ул.", "улица Р. Люксембург"),
    ],
)
def test_a_lists_way_of_writing_leaves_no_trace_in_the_name(listed: str, official: str) -> None:
    name = street_name(listed)
    assert name is not None
    assert name.official == official
