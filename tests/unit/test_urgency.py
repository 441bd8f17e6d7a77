"""Danger to life raises a problem at once, with a reason an operator can read."""

from __future__ import annotations

import pytest

from models.text import Span
from nlp.urgency import urgency
from nlp.words import words_of

FIRE = "пожар или задымление"
SUICIDE = "угроза жизни: возможна попытка самоубийства"


def level_of(text: str) -> int:
    return urgency(text, words_of(text), ()).level


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Во дворе сильный запах газа", "запах или утечка газа"),
        ("Открытый люк у школы, дети ходят", "открытый люк или колодец"),
        ("Нет крышки на колодце у детского сада", "открытый люк или колодец"),
        ("Торчат оголённые провода из столба", "оголённые или оборванные провода"),
        ("Столб бьёт током", "бьёт током"),
        ("Горит проводка в подъезде", "пожар или задымление"),
        ("Рухнул потолок в подъезде", "обрушение конструкций"),
        ("Горит дом", FIRE),
        ("Дом горит, отключили свет", FIRE),
        ("Горит квартира на третьем этаже", FIRE),
        ("Горит подъезд", FIRE),
        ("Пожар в магазине", FIRE),
        ("Пожар на складе у реки", FIRE),
        ("Хочу покончить с собой", SUICIDE),
        ("Покончу жизнь самоубийством, если не поможете", SUICIDE),
        ("Повешусь прямо у администрации", SUICIDE),
        ("Вскроюсь, сил больше нет", SUICIDE),
        ("Провод висит и искрит", "оголённые или оборванные провода"),
        ("Столб у подъезда искрит", "искрит электричество"),
    ],
)
def test_danger_to_life_is_of_the_highest_level(text: str, reason: str) -> None:
    found = urgency(text, words_of(text), ())

    assert found.level == 5
    assert reason in found.reasons


@pytest.mark.parametrize(
    "text",
    [
        "Газом не пахнет, просим провести газ в посёлок",
        "Запаха газа нет",
        "Цены бьют по карману",
        "Не горит фонарь во дворе дома",
        "Люк не открыт",
        "Горит срок ремонта дома",
        "В доме горит срок поверки счётчиков",
        "Горит лампочка в подъезде",
        "В подъезде горит одна лампочка",
        "Горит путёвка в санаторий",
        "Дом не горит",
        "Пожара в доме нет",
        "В случае пожара в доме не выйти",
        "Пожарная сигнализация в доме не работает",
        "Не покончу с собой",
        "Не повешусь, но обидно",
        "Я не вскроюсь",
        "На реке вскрылся лёд",
        "Пора покончить с этим безобразием",
        "Провод не искрит",
        "Столб не искрит",
    ],
)
def test_denied_and_figurative_dangers_raise_nothing(text: str) -> None:
    assert level_of(text) <= 2


def test_frost_children_and_days_make_a_missing_supply_worse() -> None:
    assert level_of("Отключили отопление") == 3
    assert level_of("Отключили отопление, на улице -30") == 4
    assert level_of("Отключили отопление, в доме дети") == 4
    assert level_of("Нет воды") == 3
    assert level_of("Нет воды третий день") == 4


def test_a_question_without_a_danger_can_wait() -> None:
    assert level_of("Подскажите, когда планируется ремонт сквера") == 1
    assert level_of("Прошу покрасить забор") == 2


def test_only_the_problem_s_own_words_decide() -> None:
    text = "Пахнет газом в подъезде. Покрасьте лавочку."

    assert urgency(text, words_of(text), (Span(25, len(text)),)).level == 2
    assert urgency(text, words_of(text), (Span(0, 24),)).level == 5


def test_branches_on_wires_are_no_torn_wires_yet() -> None:
    assert level_of("Ветки тополя лежат на проводах") == 4
    assert level_of("На тротуаре лежит провод") == 5
    assert level_of("Дерево упало и оборвало провода") == 5
