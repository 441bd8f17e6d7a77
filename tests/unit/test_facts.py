"""Facts are found with their normal forms, and what only looks like a fact is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from models.facts import FactKind
from nlp.facts import find_facts
from nlp.words import words_of

SENT = datetime(2026, 1, 14, 12, tzinfo=timezone(timedelta(hours=6)))
"""A Wednesday."""


def found(text: str) -> list[tuple[str, str]]:
    """(kind, normal form) of all facts of the text."""
    facts = find_facts(text, words_of(text), SENT)
    assert all(fact.text == fact.span.of(text) for fact in facts)
    return [(fact.kind.value, fact.value) for fact in facts]


def values(text: str, kind: FactKind) -> list[str]:
    return [value for name, value in found(text) if name == kind.value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("вчера отключили свет", "2026-01-13"),
        ("позавчера звонили", "2026-01-12"),
        ("с 5 января нет воды", "2026-01-05/.."),
        ("яма с 28 декабря", "2025-12-28/.."),
        ("до 20.07 надо успеть", "../2026-07-20"),
        ("авария 02.01.26", "2026-01-02"),
        ("было 09.10.2021г.", "2021-10-09"),
        ("с 09.10.2021 по 12.10.2021", "2021-10-09/2021-10-12"),
        ("не работал с 5 по 12 января", "2026-01-05/2026-01-12"),
        ("в апреле 2018 года упало", "2018-04-01/2018-04-30"),
        ("с ноября по март", "2025-11-01/2026-03-31"),
        ("с 2019 года ждём", "2019-01-01/.."),
        ("две недели назад", "2025-12-31"),
        ("неделю назад писали", "2026-01-07"),
        ("месяц назад обещали", "2025-12-14"),
        ("на прошлой неделе", "2026-01-05/2026-01-11"),
        ("в прошлом году", "2025-01-01/2025-12-31"),
        ("с понедельника темно", "2026-01-12/.."),
        ("третий день без света", "2026-01-12/.."),
        ("Второй месяц жду врача", "2025-12-14/.."),
        ("с прошлой пятницы темно", "2026-01-09/.."),
        ("уже месяц живём без лифта", "2025-12-14/.."),
        ("уже две недели вонь", "2025-12-31/.."),
        ("до конца октября 2018 года обещали", "../2018-10-31"),
        ("с начала октября не ходит", "2025-10-01/.."),
        ("в начале 2017 года", "2017-01-01/2017-04-30"),
        ("летом 2021 года ворота сняли", "2021-06-01/2021-08-31"),
        ("этой зимой ни разу", "2025-12-01/2026-02-28"),
        ("прошлой зимой чистили", "2024-12-01/2025-02-28"),
        ("с 80-х годов не меняли", "1980-01-01/.."),
        ("к 1 сентября не успеют", "2026-09-01"),
    ],
)
def test_dates_are_resolved_against_the_sending_time(text: str, value: str) -> None:
    assert values(text, FactKind.DATE) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "улица 8 Марта 15",
        "на 10 лет Октября 15",
        "несколько дней назад",
        "знак 5.6 перекрыт",
        "п. 9.12 правил",
        "144 маршрутки",
        "с 18.00 нет света",
        "31.02.2026",
    ],
)
def test_what_only_looks_like_a_date_is_left_alone(text: str) -> None:
    assert values(text, FactKind.DATE) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("приехали в 14-30", "14:30"),
        ("с 9:00 до 10:00", "09:00/10:00"),
        ("после 8 вечера", "20:00"),
        ("в 2 часа ночи", "02:00"),
        ("с 18.00 темно", "18:00"),
        ("девять утра, а воды нет", "09:00"),
        ("шумят до трёх часов ночи", "03:00"),
        ("в десять часов отключили", "10:00"),
        ("время 21.15, закрыто", "21:15"),
    ],
)
def test_times_of_day(text: str, value: str) -> None:
    assert values(text, FactKind.TIME) == [value]


@pytest.mark.parametrize(
    "text", ["уже 4 дня", "по 10-15 машин", "в 10-15 местах", "до 20.03 разобраны", "на 23-25 г.г."]
)
def test_counts_and_days_are_no_times(text: str) -> None:
    assert values(text, FactKind.TIME) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("третьи сутки без тепла", "P3D"),
        ("уже две недели", "P2W"),
        ("ждали 40 минут", "PT40M"),
        ("полгода просим", "P6M"),
        ("более 5 лет течёт", "P5Y"),
        ("минут 20 идти", "PT20M"),
        ("полдня без света", "PT12H"),
    ],
)
def test_durations(text: str, value: str) -> None:
    assert values(text, FactKind.DURATION) == [value]


@pytest.mark.parametrize("text", ["ребёнку 5 лет", "на 60 лет Октября", "две недели назад", "в 8 часов"])
def test_ages_names_and_times_are_no_durations(text: str) -> None:
    assert values(text, FactKind.DURATION) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("звоните 8 (913) 123-45-67", ("phone", "+79131234567")),
        ("пишите Zhitel@Example.ru", ("email", "zhitel@example.ru")),
        ("машина А123ВС55 стоит", ("vehicle", "А123ВС55")),
        ("автобус № М 551 ОА 46", ("vehicle", "М551ОА46")),
        ("взяли 1,5 тыс. рублей", ("sum", "1500.00")),
        ("насчитали 174 рубля 50 коп", ("sum", "174.50")),
        ("собрать 151 230 руб.", ("sum", "151230.00")),
        ("нас 30 человек", ("count", "30 человек")),
        ("лицевой счёт № 574744", ("account", "574744")),
        ("Обращение №4512 закрыли", ("appeal_number", "4512")),
        ("заявка 55-2026-14896", ("appeal_number", "55-2026-14896")),
        ("по 59-ФЗ", ("law", "59-ФЗ")),
        ("ст. 12 59-ФЗ", ("law", "ст. 12 59-ФЗ")),
        ("статье 7.22 КоАП РФ", ("law", "ст. 7.22 КоАП РФ")),
        ("постановления Правительства РФ № 354", ("law", "ПП РФ № 354")),
        ("по ГОСТ Р 50597-2017", ("law", "ГОСТ Р 50597-2017")),
        ("п. 4 ч. 1 ст. 161 ЖК РФ", ("law", "п. 4 ч. 1 ст. 161 ЖК РФ")),
        ("СанПиН 2.1.3684-21", ("law", "СанПиН 2.1.3684-21")),
        ("нарушен п. 12.4 Правил дорожного движения", ("law", "п. 12.4 ПДД")),
        ("пенсия 9 тысяч", ("sum", "9000.00")),
        ("живу с тремя детьми", ("count", "3 ребенок")),
        ("ОАО ГАММА закрыли", ("organisation", "ОАО «ГАММА»")),
        ('тсж "Сокол" молчит', ("organisation", "ТСЖ «Сокол»")),
        ("в администрацию города Омска писали", ("organisation", "администрация города Омска")),
        ("Министерство транспорта молчит", ("organisation", "министерство транспорта")),
        ("жилищную инспекцию зовём", ("organisation", "жилищная инспекция")),
        ("в МБДОУ № 19 места нет", ("institution", "детский сад № 19")),
        ("УК «Аврора+» молчит", ("organisation", "УК «Аврора+»")),
        ('ООО "УК Аврора" молчит', ("organisation", "ООО «УК Аврора»")),
        ("у ЖЭУ 19", ("organisation", "ЖЭУ № 19")),
        ("возле школы № 25", ("institution", "школа № 25")),
        ("10 поликлиника переехала", ("institution", "поликлиника № 10")),
        ("в детском саду 122 холодно", ("institution", "детский сад № 122")),
        ("к Смирнову Олегу Ивановичу", ("person", "Смирнов Олег Иванович")),
        ("врач Скакун С.Ю. принял", ("person", "Скакун С. Ю.")),
    ],
)
def test_a_fact_has_its_normal_form(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("автобус 73 не ходит", ["автобус 73"]),
        ("маршрут №22", ["маршрут 22"]),
        ("жду 73-й автобус", ["автобус 73"]),
        ("троллейбусы 4 и 17", ["троллейбус 4", "троллейбус 17"]),
        ("на 71 и 75 маршрутах", ["маршрут 71", "маршрут 75"]),
        ("пришли 2 автобуса", []),
        ("ждали автобус 40 минут", []),
        ("номер автобуса 837", []),
        ("троллейбус №2 и маршрутка 344", ["троллейбус 2", "маршрутка 344"]),
        ("автобус № М 551 ОА 46 автобус № М 558 ОА 46", []),
    ],
)
def test_routes_are_told_from_counted_vehicles(text: str, expected: list[str]) -> None:
    assert values(text, FactKind.ROUTE) == expected


@pytest.mark.parametrize(
    "text",
    [
        "дом 12",
        "12 дом",
        "Ленина 5, квартира 7",
        "4 подъезд",
        "у дома 7 человек стоял",
        "у 62 и 64 дома",
        "течёт со 2 этажа",
    ],
)
def test_numbers_of_houses_are_no_counts(text: str) -> None:
    assert values(text, FactKind.COUNT) == []


def test_a_person_is_found_with_the_post() -> None:
    assert found("директор УК Иванов обещал") == [("post", "директор УК"), ("person", "Иванов")]
    assert found("к генеральному директору Пантюшину Д.В.") == [
        ("post", "генеральный директор"),
        ("person", "Пантюшин Д. В."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "на улице Карла Маркса",
        "по проспекту Вячеслава Клыкова",
        "ул. Лизы Чайкиной 5",
        "Мира и Победы",
        "Добрый День Всем",
    ],
)
def test_streets_named_after_people_are_no_persons(text: str) -> None:
    assert values(text, FactKind.PERSON) == []


def test_a_school_that_is_counted_has_no_number() -> None:
    assert values("построили 4 школы и 5 больниц", FactKind.INSTITUTION) == []


@pytest.mark.parametrize("text", ["стало в 3 раза хуже", "в два раза дороже", "сети и электросети"])
def test_comparisons_and_wires_are_no_counts_or_organisations(text: str) -> None:
    assert [kind for kind, _ in found(text) if kind == "organisation"] == []
    assert values(text, FactKind.COUNT) == []
