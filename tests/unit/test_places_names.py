"""Names of streets: every way of writing one leads to one official form."""

from __future__ import annotations

import pytest

from nlp.places.names import NameClass, street_name

SAME = [
    ("21-я Амурская улица", [("Амурская 21-я", "ул"), ("21-ая Амурская ул.", ""), ("ул. Амурская 21-я", "")]),
    ("улица Карла Маркса", [("Карла Маркса ул.", ""), ("Карла Маркса", "улица"), ("ул. Карла-Маркса", "")]),
    ("13-я линия", [("улица 13-я Линия", ""), ("Линия 13-я", ""), ("13-я", "линия"), ("13 Линия", "ул")]),
    ("14-й Военный городок", [("улица 14-й Военный Городок", ""), ("Военный 14-й", "городок")]),
    ("2-й переулок Воровского", [("Воровского 2-й", "пер"), ("2-й переулок Воровского", "")]),
    ("улица 10 лет Октября", [("10 лет Октября", "ул"), ("10-летия Октября ул.", "")]),
    ("4-й квартал", [("4-й кв-л", ""), ("квартал 4", "")]),
    ("Берёзовая аллея", [("Березовая а.", ""), ("Берёзовая ал.", "")]),
    ("улица Мамина-Сибиряка", [("Мамина-Сибиряка ул", "")]),
]


@pytest.mark.parametrize(("official", "written"), SAME)
def test_every_way_of_writing_a_name_is_the_same_street(official: str, written: list[tuple[str, str]]) -> None:
    wanted = street_name(official)
    assert wanted is not None
    for raw, kind in written:
        name = street_name(raw, kind)
        assert name is not None
        assert name.same_street(wanted), raw


@pytest.mark.parametrize(
    ("raw", "kind", "official"),
    [
        ("Моторная", "ул", "Моторная улица"),
        ("Космический", "пр-кт", "Космический проспект"),
        ("Ленина", "улица", "улица Ленина"),
        ("Амурская 21-я", "ул", "21-я Амурская улица"),
        ("12 Декабря 1-й", "пер", "1-й переулок 12 Декабря"),
        ("Челюскинцев 4-я", "ул", "4-я улица Челюскинцев"),
        ("Иркутский", "туп", "Иркутский тупик"),
        ("Лесная ул.[Комарово пос.]", "", "Лесная улица"),
        ("А.Петухова", "б-р", "бульвар А. Петухова"),
        ("1905 года", "ул", "улица 1905 года"),
        ("9 Мая", "улица", "улица 9 Мая"),
    ],
)
def test_the_official_form_agrees_with_the_kind(raw: str, kind: str, official: str) -> None:
    name = street_name(raw, kind)
    assert name is not None
    assert name.official == official


def test_the_official_form_reads_back_as_itself() -> None:
    for raw, kind in [("Амурская 21-я", "ул"), ("Б.Г. Шаронова", "ул"), ("60-летия ВЛКСМ", "мост"), ("3-й", "проезд")]:
        name = street_name(raw, kind)
        assert name is not None
        again = street_name(name.official, name.kind)
        assert again is not None
        assert (again.key, again.kind) == (name.key, name.kind)


def test_an_avenue_is_not_a_street_of_the_same_name() -> None:
    avenue, street, bare = street_name("проспект Мира"), street_name("улица Мира"), street_name("Мира")
    assert avenue is not None and street is not None and bare is not None
    assert not avenue.same_street(street)
    assert bare.same_street(avenue)


def test_a_genitive_surname_is_not_taken_for_an_adjective() -> None:
    lane, forest = street_name("переулок Крупской"), street_name("Лесной переулок")
    assert lane is not None and forest is not None
    assert lane.name_class is NameClass.GENITIVE
    assert forest.name_class is NameClass.ADJECTIVE


def test_nothing_is_no_name() -> None:
    assert street_name("") is None
    assert street_name("—") is None
