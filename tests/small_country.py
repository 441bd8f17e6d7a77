"""A small made-up gazetteer: a city with streets of every kind, a town and two villages."""

from __future__ import annotations

from functools import lru_cache

from shapely.geometry import box

from models.places import Place
from nlp.places import Gazetteer, PlaceFinder
from nlp.places.areas import Areas
from nlp.places.names import street_name
from nlp.places.records import Settlement, Street
from nlp.words import words_of

CITY, TOWN, VILLAGE, NAMESAKE = range(4)
SETTLEMENTS = [
    Settlement("Светлоград", "город", "Светлоград", (55.0, 73.4), 500_000),
    Settlement("Тара", "город", "Тарский район", (56.9, 74.4), 27_000),
    Settlement("Троицкое", "село", "Омский район", (54.9, 73.3)),
    Settlement("Лесной", "посёлок", "Тарский район"),
    Settlement("Крутая Горка", "микрорайон", "Светлоград", (55.1, 73.4), part_of="Светлоград"),
    Settlement("Московка", "микрорайон", "Светлоград", (55.0, 73.5), part_of="Светлоград"),
]
STREETS = {
    CITY: """улица Ленина|проспект Карла Маркса|улица Самойловой|улица 10 лет Октября|3-я Железнодорожная улица
        7-я Северная улица|24-я Северная улица|Моторная улица|Советская улица|проспект Мира|улица Мира|улица Победы
        21-я Амурская улица|улица Николая Худенко|улица Героев Североморцев|Космический проспект|Кольский проспект
        Иртышская набережная|Иртышская улица|13-я линия|14-й Военный городок|улица Красный Путь|Омская улица
        улица Лукашевича|улица Пархоменко|улица Дианова|бульвар Архитекторов|улица Бредова|2-й переулок Воровского
        улица Кузнецова|4-я улица Челюскинцев|улица Чайковского|улица Мамина-Сибиряка|улица 1905 года""",
    TOWN: "Советская улица|улица Ленина|Рабочий переулок|Избышева улица",
    VILLAGE: "улица Ленина|Молодёжная улица",
    NAMESAKE: "Молодёжная улица",
}
HOUSES = {
    "проспект Мира": "2@55.01000 73.40000;28а;14;16",
    "улица Лукашевича": "25",
    "Космический проспект": "20к2@55.02000 73.41000",
    "улица Мира": "7",
}


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    streets = []
    for settlement, listed in STREETS.items():
        for raw in listed.replace("\n", "|").split("|"):
            name = street_name(raw.strip())
            assert name is not None
            point = (55.03, 73.42) if settlement == CITY else None
            streets.append(
                Street(settlement, name, point, 1, HOUSES.get(raw.strip(), "") if settlement == CITY else "")
            )
    shapes = [box(73, 54.95, 74, 55.5), box(73, 56, 75, 58), box(72, 54, 75, 54.95)]
    areas = Areas(["Светлоград", "Тарский район", "Омский район"], shapes)
    return Gazetteer(SETTLEMENTS, streets, areas, CITY, {"Тара говорит": "Тарский район"})


@lru_cache(maxsize=1)
def finder() -> PlaceFinder:
    return PlaceFinder(gazetteer())


def places(text: str, **stated: str) -> list[Place]:
    return finder().find(text, words_of(text), stated)


def addresses(text: str, **stated: str) -> list[tuple[str, str]]:
    """Streets and houses found in the text, settlements and districts apart."""
    return [(place.street, place.house) for place in places(text, **stated) if place.street and place.spans]
