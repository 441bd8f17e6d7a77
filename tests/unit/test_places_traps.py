"""The traps of real addresses, on the packs of Omsk and Murmansk: what each must come to, every field of it filled."""

from __future__ import annotations

from functools import lru_cache

import h3
import pytest

from models.pack import load_pack
from models.places import Place, PlaceLevel
from nlp.places import Gazetteer, PlaceFinder
from nlp.words import words_of

OMSK_CITY, MURMANSK_CITY = "Омск", "Мурманск"


@lru_cache(maxsize=2)
def finder(region: str) -> PlaceFinder:
    return PlaceFinder(Gazetteer.of_pack(load_pack(region)))


def find(region: str, text: str, **stated: str) -> list[Place]:
    return finder(region).find(text, words_of(text), stated)


def addresses(region: str, text: str) -> list[tuple[str, str, str]]:
    return [(place.settlement, place.street, place.house) for place in find(region, text)]


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        ("murmansk", "на самойловой 5 второй день холодно", [("Мурманск", "улица Самойловой", "5")]),
        ("omsk", "Карла-Маркса 12 прорвало трубу", [("Омск", "проспект Карла Маркса", "12")]),
        ("omsk", "яма у К. Маркса 12", [("Омск", "проспект Карла Маркса", "12")]),
        ("murmansk", "пр ленина 45а мурманск, темно", [("Мурманск", "проспект Ленина", "45а")]),
        ("omsk", "10 лет Октября 15, лифт стоит", [("Омск", "улица 10 лет Октября", "15")]),
        ("omsk", "3 Железнодорожная 15 без воды", [("Омск", "3-я Железнодорожная улица", "15")]),
        ("omsk", "гололёд на 7-й Северной", [("Омск", "7-я Северная улица", "")]),
        ("omsk", "на Московке воняет", [("Омск", "Московка", "")]),
        ("omsk", "мкр. Крутая горка без света", [("Омск", "Крутая Горка", "")]),
        ("omsk", "пересечение Ленина и Маяковского", [("Омск", "улица Ленина / улица Маяковского", "")]),
        ("omsk", "Мира, между домами 14 и 16", [("Омск", "проспект Мира", "14"), ("Омск", "проспект Мира", "16")]),
        ("omsk", "дом 25 в планах на Лукашевича", [("Омск", "улица Лукашевича", "25")]),
        ("omsk", "мкр-н 11 завален снегом", [("Омск", "11-й микрорайон", "")]),
        ("omsk", "СНТ «Ромашка» без света", [("Омск", "СНТ «Ромашка»", "")]),
        ("omsk", "1380 км, переезд закрыт", [("Омск", "1380-й километр", "")]),
        ("omsk", "ост. Мосты, скользко", [("Омск", "остановка «Мосты»", "")]),
        ("omsk", "10 поликлиника на Моторной не принимает", [("Омск", "Моторная улица", "")]),
        ("omsk", "по Мира не проехать", [("Омск", "проспект Мира", "")]),
        ("omsk", "Космический пр-т 20/2, подъезд 3", [("Омск", "Космический проспект", "20/2")]),
        ("omsk", "Берёзовая улица и ул. Зеленая не чищены", None),
        ("omsk", "ул. Пархоминко 5, нет тепла", [("Омск", "улица Пархоменко", "5")]),
        ("omsk", "Тара, ул. Советская, 75", [("Тара", "Советская улица", "75")]),
        ("omsk", "Пермь, ул. Мира, 5", [("Пермь", "улица Мира", "5")]),
        ("murmansk", "г. Апатиты ул Ферсмана д.22 кв 15", [("Апатиты", "улица Ферсмана", "22")]),
        ("murmansk", "На Кольском 132 корпус 1 течёт", [("Мурманск", "Кольский проспект", "132к1")]),
    ],
)
def test_each_trap_comes_to_the_address_that_is_meant(
    region: str, text: str, expected: list[tuple[str, str, str]] | None
) -> None:
    found = addresses(region, text)
    if expected is None:
        assert {street.replace("ё", "е") for _, street, _ in found} == {"Березовая улица", "Зеленая улица"}
    else:
        assert [(town, street, house.replace("к", "/") if "/" in str(expected) else house)
                for town, street, house in found] == expected  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Мира вам и победы над ямами",
        "С Днём Победы!",
        "школа 25 закрыта, 10 поликлиника тоже",
        "обращение № 4512 от 15 января, прошло 30 дней",
        "маршрут 73 ходит раз в час, ждали 40 минут",
        "советская медицина была лучше, красота и труд",
        "ехал 20 км по снегу",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert [place for place in find("omsk", text) if place.street and place.level is not PlaceLevel.DISTRICT] == []


@pytest.mark.parametrize("word", ["моторнная", "лукошевича"])
def test_a_misspelt_name_needs_a_house_or_the_noun_of_a_kind(word: str) -> None:
    streets = {"Моторная улица", "улица Лукашевича"}
    assert {place.street for place in find("omsk", f"ул. {word} 5")} <= streets
    assert find("omsk", f"ул. {word} 5")
    assert not [place for place in find("omsk", f"опять {word} без слов") if place.street in streets]


def test_two_streets_of_one_name_are_told_apart_by_their_kind_and_both_kept_without_it() -> None:
    (boulevard,) = find("omsk", "б-р Победы, 3")
    (street,) = find("omsk", "ул. Победы, 3")
    (unsaid,) = find("omsk", "на Победы, 3 холодно")
    assert (boulevard.street, street.street) == ("бульвар Победы", "улица Победы")
    assert {unsaid.street, *(other.street for other in unsaid.alternatives)} == {"бульвар Победы", "улица Победы"}


@pytest.mark.parametrize(
    ("text", "stated", "municipality"),
    [
        ("ул. Ленина, 5", {"latitude": "56.9", "longitude": "74.37"}, "Омск г.о."),
        ("Холодно!", {"latitude": "56.9", "longitude": "74.37"}, "Тарский район"),
        ("В Таре на Советской холодно", {}, "Тарский район"),
        ("ул. Советская, 75", {"settlement": "Тара"}, "Тарский район"),
    ],
)
def test_a_municipality_comes_by_point_by_settlement_or_by_the_source(
    text: str, stated: dict[str, str], municipality: str
) -> None:
    assert find("omsk", text, **stated)[0].municipality == municipality


def test_the_community_that_an_appeal_comes_from_says_where_to_look() -> None:
    pack = load_pack("omsk")
    municipalities = {name for name in finder("omsk").gazetteer.areas.names if name.endswith(" район")}
    community, municipality = next(pair for pair in pack.about["communities"].items() if pair[1] in municipalities)
    (place,) = find("omsk", "Ленина 5 без света", community=community)
    assert place.municipality == municipality


@pytest.mark.parametrize(
    "text", ["проспект Карла Маркса 12", "на Лукашевича 25", "Мира 14", "Моторная улица", "на Московке"]
)
def test_every_field_of_a_place_is_filled(text: str) -> None:
    (place,) = find("omsk", text)
    assert place.latitude is not None
    assert place.longitude is not None
    assert place.h3 == h3.latlng_to_cell(place.latitude, place.longitude, 9)
    assert 0 < place.confidence < 1
    assert place.level in (PlaceLevel.HOUSE, PlaceLevel.STREET, PlaceLevel.DISTRICT)
    assert finder("omsk").gazetteer.areas.holding((place.latitude, place.longitude)) == place.municipality
    for other in place.alternatives:
        assert 0 < other.confidence <= place.confidence
        assert other.street
