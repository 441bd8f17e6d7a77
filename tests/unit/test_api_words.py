"""Words of the pages: numbers, times, addresses, as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.views.words import address, at, clock_words, day, fact_value, percent, span_of_time, until
from models.analysis import Dismissal
from models.facts import FactKind
from models.places import PlaceLevel
from models.russian import plural
from models.states import AppealState, ProblemState

ZONE = ZoneInfo("Asia/Omsk")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 15:00 in Omsk


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 проблем"),
        (1, "1 проблема"),
        (3, "3 проблемы"),
        (5, "5 проблем"),
        (11, "11 проблем"),
        (12, "12 проблем"),
        (21, "21 проблема"),
        (104, "104 проблемы"),
        (111, "111 проблем"),
    ],
)
def test_a_number_takes_the_right_form_of_the_word(number: int, words: str) -> None:
    assert plural(number, "проблема", "проблемы", "проблем") == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=2, minutes=10), "осталось 2 ч 10 мин"),
        (timedelta(hours=3), "осталось 3 ч"),
        (timedelta(seconds=20), "осталось меньше минуты"),
        (timedelta(days=1, hours=5), "осталось 1 день 5 ч"),
        (timedelta(days=4, hours=5), "осталось 4 дня"),
        (-timedelta(minutes=25), "просрочено на 25 мин"),
        (-timedelta(days=21), "просрочено на 21 день"),
    ],
)
def test_a_clock_says_how_long_there_is(left: timedelta, words: str) -> None:
    assert clock_words(NOW + left, NOW) == words


@given(st.integers(min_value=0, max_value=10**9))
def test_any_length_of_time_has_words(seconds: int) -> None:
    words = span_of_time(timedelta(seconds=seconds))
    assert words
    assert "-" not in words


def test_a_moment_is_told_in_the_zone_of_the_region() -> None:
    assert at(NOW, ZONE, NOW) == "сегодня в 15:00"
    assert at(NOW - timedelta(hours=15, minutes=1), ZONE, NOW) == "вчера в 23:59"
    assert at(NOW + timedelta(hours=9), ZONE, NOW) == "завтра в 0:00"
    assert at(NOW - timedelta(days=40), ZONE, NOW) == "21 января в 15:00"
    assert day(NOW + timedelta(days=400), ZONE, NOW) == "6 апреля 2027 года"


def test_a_deadline_reads_as_a_promise() -> None:
    assert until(NOW + timedelta(minutes=50), ZONE, NOW) == "сегодня до 15:50"
    assert until(NOW + timedelta(hours=20), ZONE, NOW) == "завтра до 11:00"
    assert until(NOW + timedelta(days=3), ZONE, NOW) == "до 5 марта"


def test_what_is_not_certain_is_never_a_hundred_percent() -> None:
    assert percent(0.999) == "99\u00a0%"
    assert percent(1.0) == "100\u00a0%"
    assert percent(None) == "—"


def test_an_address_reads_as_on_an_envelope() -> None:
    full = {"municipality": "Омск г.о.", "settlement": "Омск", "street": "улица Мира", "house": "12а"}
    assert address(full) == "Омск, улица Мира, д.\u00a012а"
    assert address({"municipality": "Тарский район"}) == "Тарский район"
    assert address({}) == "место не названо"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("date", "2026-01-05", "05.01.2026"),
        ("date", "2026-01-05/..", "с 05.01.2026"),
        ("date", "2026-01-05/2026-01-12", "05.01.2026 — 12.01.2026"),
        ("duration", "P3D", ""),
        ("law", "59-ФЗ", "59-ФЗ"),
    ],
)
def test_a_fact_is_shown_as_people_write_it(kind: str, value: str, words: str) -> None:
    assert fact_value({"kind": kind, "value": value}) == words


def test_every_state_level_kind_and_reason_has_a_russian_name() -> None:
    from api.views import words

    assert set(words.PROBLEM_STATES) == set(ProblemState)
    assert set(words.APPEAL_STATES) == set(AppealState)
    assert set(words.DISMISSALS) == set(Dismissal)
    assert set(words.FACTS) == set(FactKind)
    assert set(words.PLACE_LEVELS) == set(PlaceLevel)
