"""Personal data are marked; officials named with their posts and streets named after people are not."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from models.analysis import PrivacyKind
from models.text import Span
from nlp.facts import find_facts
from nlp.privacy import inn, luhn, privacy_marks, snils
from nlp.words import words_of

SENT = datetime(2026, 1, 14, tzinfo=UTC)


def marked(text: str, *places: str) -> list[tuple[str, str]]:
    """(kind, marked words) of a text; `places` are pieces of it that name places."""
    facts = find_facts(text, words_of(text), SENT)
    spans = [Span(text.index(place), text.index(place) + len(place)) for place in places]
    return [(mark.kind.value, mark.span.of(text)) for mark in privacy_marks(text, facts, spans)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Я, Иванова Мария Петровна, прошу", PrivacyKind.NAME, "Иванова Мария Петровна"),
        ("Меня зовут Сабина Каримова", PrivacyKind.NAME, "Сабина Каримова"),
        ("С уважением, Ольга.", PrivacyKind.NAME, "Ольга"),
        ("пишет сосед Скакун С.Ю. с пятого", PrivacyKind.NAME, "Скакун С.Ю."),
        ("звоните 8-913-123-45-67", PrivacyKind.PHONE, "8-913-123-45-67"),
        ("тел. 39-11-02 днём", PrivacyKind.PHONE, "39-11-02"),
        ("звонить 8 (38173) 2-15-40 вечером", PrivacyKind.PHONE, "8 (38173) 2-15-40"),
        ("звоните 8-38151-21-345", PrivacyKind.PHONE, "8-38151-21-345"),
        ("мой номер 8-(381-73)-2-15-40", PrivacyKind.PHONE, "8-(381-73)-2-15-40"),
        ("8 – 38151 – 21 – 345", PrivacyKind.PHONE, "8 – 38151 – 21 – 345"),
        ("8/38173/2-15-40", PrivacyKind.PHONE, "8/38173/2-15-40"),
        ("(38173) 2-15-40, Ольга", PrivacyKind.PHONE, "(38173) 2-15-40"),
        ("код 38173, 2-15-40", PrivacyKind.PHONE, "38173, 2-15-40"),
        ("(8152) 42-15-40", PrivacyKind.PHONE, "(8152) 42-15-40"),
        ("тел. 2-15-40", PrivacyKind.PHONE, "2-15-40"),
        ("тел 21-540", PrivacyKind.PHONE, "21-540"),
        ("позвоните 215640", PrivacyKind.PHONE, "215640"),
        ("т. 23-45-67", PrivacyKind.PHONE, "23-45-67"),
        ("почта zhitel@example.ru", PrivacyKind.EMAIL, "zhitel@example.ru"),
        ("лицевой счёт 574744", PrivacyKind.ACCOUNT, "574744"),
        ("паспорт 5204 123456", PrivacyKind.DOCUMENT, "5204 123456"),
        ("СНИЛС 112-233-445 95", PrivacyKind.DOCUMENT, "112-233-445 95"),
        ("карта 2200 0000 0000 0004", PrivacyKind.DOCUMENT, "2200 0000 0000 0004"),
        ("полис ОМС 1234567890123456", PrivacyKind.DOCUMENT, "1234567890123456"),
        ("дом 7, кв. 15", PrivacyKind.FLAT, "кв. 15"),
        ("Заводская 5 кв 73", PrivacyKind.FLAT, "кв 73"),
        ("в 15 квартире холодно", PrivacyKind.FLAT, "15 квартире"),
        ("[id123456|Оля], поддерживаю", PrivacyKind.LINK, "[id123456|Оля]"),
        ("вот https://vk.com/id123456 он", PrivacyKind.LINK, "https://vk.com/id123456"),
        ("паспорт серии 5204 номер 123456", PrivacyKind.DOCUMENT, "5204 номер 123456"),
        ("удостоверение 55 12 345678", PrivacyKind.DOCUMENT, "55 12 345678"),
        ("свидетельство о рождении I-КН № 123456", PrivacyKind.DOCUMENT, "I-КН № 123456"),
        ("ИНН 500100732259", PrivacyKind.DOCUMENT, "500100732259"),
        ("перевела на карту 4276 1234 5678 9010", PrivacyKind.DOCUMENT, "4276 1234 5678 9010"),
        ("счёт 40817810099910004312", PrivacyKind.ACCOUNT, "40817810099910004312"),
        ("Родилась 12.03.1956 в селе", PrivacyKind.BIRTH, "12.03.1956"),
        ("дата рождения: 01.02.1960", PrivacyKind.BIRTH, "01.02.1960"),
        ("мать 1956 г.р. одна", PrivacyKind.BIRTH, "1956"),
        ("пенсионер 1948 года рождения", PrivacyKind.BIRTH, "1948"),
        ("диагноз: киста почки, жду", PrivacyKind.HEALTH, "киста почки"),
        ("сын болен ДЦП", PrivacyKind.HEALTH, "ДЦП"),
        ("я инвалид 2 группы", PrivacyKind.HEALTH, "инвалид 2 группы"),
        ("у мужа сахарный диабет", PrivacyKind.HEALTH, "сахарный диабет"),
        ("сосед на А123ВС55 паркуется", PrivacyKind.PLATE, "А123ВС55"),
        ("госномер а 123 вс 55 на газоне", PrivacyKind.PLATE, "а 123 вс 55"),
        ("Мария Петровна болеет", PrivacyKind.NAME, "Мария Петровна"),
    ],
)
def test_personal_data_are_marked(text: str, kind: PrivacyKind, words: str) -> None:
    assert marked(text) == [(kind.value, words)]


@pytest.mark.parametrize(
    "text",
    [
        "директор УК Иванов обещал",
        "губернатор Петров Иван Сергеевич приезжал",
        "на улице Карла Маркса нет света",
        "горячая линия 8-800-100-20-30",
        "8 (800) 100-20-30, звоните",
        "заявка № 8-38-2026-1489",
        "показания 34812 и 12-15-40",
        "телефон за 12000 рублей",
        "принято 12-05-26",
        "сумма 7 345 678 901 руб",
        "в квартире 16 градусов",
        "квартира 50 кв. м",
        "[club123456|Администрация города], когда почистят",
        "https://vk.com/wall-123_45",
        "заявка 55-2026-14896",
        "000-000-000 00",
        "123456789012",
        "автобус А123ВС55 не остановился",
        "лекарств для больных диабетом нет в аптеках",
        "онкологический диспансер закрыт",
        "родильный дом закрыли в 1956 году",
        "дом построен в 1956 г. рядом",
    ],
)
def test_what_is_public_is_not_marked(text: str) -> None:
    assert marked(text) == []


def test_a_name_inside_a_place_is_the_name_of_a_street() -> None:
    text = "Просим свет: Лизы Чайкиной 5, Ивану Петровичу Сидорову скажите"
    assert marked(text, "Лизы Чайкиной 5") == [("name", "Ивану Петровичу Сидорову")]


def test_marks_do_not_overlap_and_stand_in_order() -> None:
    text = "Иванова Мария Петровна, кв. 3, 8-913-123-45-67, [id1|Мария Иванова], с уважением, Мария Иванова"
    facts = find_facts(text, words_of(text), SENT)
    marks = privacy_marks(text, facts)
    assert all(one.span.end <= two.span.start for one, two in pairwise(marks))
    assert len(marks) == 5


def test_checksums_know_real_numbers_from_made_up_ones() -> None:
    assert snils([1, 1, 2, 2, 3, 3, 4, 4, 5, 9, 5]) and not snils([1, 1, 2, 2, 3, 3, 4, 4, 5, 9, 6])
    assert inn([5, 0, 0, 1, 0, 0, 7, 3, 2, 2, 5, 9]) and not inn([5, 0, 0, 1, 0, 0, 7, 3, 2, 2, 5, 8])
    assert luhn([2, 2, 0, 0] + [0] * 11 + [4]) and not luhn([2, 2, 0, 0] + [0] * 11 + [5])
