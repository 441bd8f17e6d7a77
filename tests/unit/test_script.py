"""A text in other letters, with other keys or broken by a machine is read as Russian; what is foreign stays foreign."""

from __future__ import annotations

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.text import Span
from nlp.clean import clean
from nlp.words import words_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Privet, ne rabotaet lift", "Привет, не работает лифт"),
        ("Net goryachey vody uzhe tretiy den'", "Нет горячей воды уже третий день"),
        ("zdravstvujte, ne vyvozyat musor iz podezda 4", "здравствуйте, не вывозят мусор из подъезда 4"),
        ("Kogda pochistyat sneg na ulice Lenina?", "Когда почистят снег на улице Ленина?"),
        ("Добрый день! Opyat net sveta vo dvore", "Добрый день! Опять нет света во дворе"),
        ("ghbdtn", "привет"),
        ("ytn cdtnf", "нет света"),
        ("YTN DJLS", "НЕТ ВОДЫ"),
        ("Добрый день, ytn cdtnf", "Добрый день, нет света"),
        ("ghbdtn? yt hf,jnftn kban/ gjxbybnt", "привет, не работает лифт. почините"),
        ("cпacибo", "спасибо"),
        ("HET воды", "НЕТ воды"),
        ("в0да и 3апах, ч4сто", "вода и запах, ч4сто"),
        ("нееет водыыы", "нет воды"),
        ("отоп-\nление плохое", "отопление плохое"),
        ("какой-\nто свет", "какой-\nто свет"),
        ("Н А Д О Е Л О ждать", "НАДОЕЛО ждать"),
        ("вы кладываю пост", "выкладываю пост"),
        ("нетводынаулице", "нет воды на улице"),
        ("нетводы5ужетретийдень", "нет воды 5 уже третий день"),
        ("𝓗𝓮𝓽 воды", "Нет воды"),
    ],
)
def test_broken_writing_is_read(written: str, read: str) -> None:
    assert clean(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "Please repair the elevator in our house",
        "Купил Lada Vesta Cross, а дороги нет",
        "Wi-Fi в МФЦ не работает, пишите на omsk.privet@mail.ru или vk.com/net_sveta",
        "https://example.ru/ne/rabotaet/lift",
        "Подписывайтесь: t.me/privet_omsk",
        "IMG_privet.jpg",
        "машина О003ОО55 во дворе",
        "дом 3а, 5го числа, к3, 30дней",
        "участник СВО и ветеран",
        "2 г омск, ул ленина",
        "противогололёдная обработка",
        "USB, LED, TOP-10",
        "",
    ],
)
def test_what_is_no_broken_russian_stays_as_it_is(text: str) -> None:
    assert clean(text).text == text


def test_a_reading_leads_back_to_what_was_written() -> None:
    text = "Privet, shchuka vo dvore"
    cleaned = clean(text)
    at = cleaned.text.index("щука")
    assert cleaned.back(Span(at, at + 4)).of(text) == "shchuka"
    text = "нетводынаулице"
    cleaned = clean(text)
    assert [cleaned.back(Span(word.start, word.end)).of(text) for word in words_of(cleaned.text)] == [
        *("нет", "воды", "на", "улице")
    ]


PIECES = st.sampled_from(
    [
        "privet",
        "ghbdtn",
        "нет",
        "воды",
        "HET",
        "в0да",
        "нееет",
        "отоп-\nление",
        "ytn",
        " ",
        " ",
        ", ",
        "\u200d",
        "5",
        "'",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=200)))
def test_words_of_a_reading_lie_in_order_in_the_received_text(text: str) -> None:
    cleaned = clean(text)
    spans = [cleaned.back(Span(word.start, word.end)) for word in words_of(cleaned.text)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.start <= two.start and one.end <= two.end for one, two in pairwise(spans))


@pytest.mark.parametrize(
    "piece", ["privet ", "ghbdtn,", "нетводы", "н е т ", "HET воды ", "в0да ", "нееет", "от-\nбой ", "a.", "a'", "1й"]
)
def test_reading_takes_linear_time(piece: str) -> None:
    started = process_time()
    clean(piece * (100_000 // len(piece)))
    assert process_time() - started < 10
