"""Replies that say nothing are found by what they lack."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.empty_phrases import examples, measured
from models.places import PlaceLevel
from resolution.replies.emptiness.rules import PHRASES, Phrases, flags_of
from resolution.replies.emptiness.wordings import BANDS, PERMUTATIONS, alike, bands, signature
from resolution.replies.grammar import Spot
from resolution.replies.records import Outcome, Section

SPOT = Spot(PlaceLevel.HOUSE, "Омск г.о.", "Омск", "город", "улица Ленина", "12")


def about(words: str, outcome: Outcome = Outcome.SOLVED) -> Section:
    return Section(
        UUID(int=1), None, outcome, "Ямы на дорогах", "Дороги", SPOT, "«Во дворе яма, пробил колесо»", words=words
    )


def codes(words: str, outcome: Outcome = Outcome.SOLVED, alike: int = 0) -> list[str]:
    return [flag.code for flag in flags_of(about(words, outcome), alike)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Меры приняты в рабочем порядке.", ["stock", "no_fact"]),
        ("В соответствии со статьёй 12 закона № 257-ФЗ.", ["law_only", "no_fact"]),
        ("Всё.", ["short", "no_fact"]),
        ("", ["no_words"]),
        ("Яма засыпана.", []),
        ("Работы на Ленина выполнены.", []),
        ("Положили 6 кв. м асфальта.", []),
    ],
)
def test_what_is_flagged_and_what_is_not(words: str, expected: list[str]) -> None:
    assert codes(words) == expected


def test_the_same_words_for_many_problems_are_flagged_unless_they_name_the_place() -> None:
    stamp = "Яма засыпана щебнем, покрытие восстановлено."
    assert codes(stamp, alike=2) == []
    assert codes(stamp, alike=3) == ["same_text"]
    assert codes(f"{stamp} Улица Ленина.", alike=30) == []


def test_a_question_and_an_acknowledgement_are_not_judged() -> None:
    assert codes("Где?", Outcome.ASKED) == codes("", Outcome.UNDERSTOOD) == []


def test_reasons_are_in_russian_and_quote_the_phrase() -> None:
    [stock, _] = flags_of(about("Ваше обращение принято к сведению."), 0)
    assert stock.reason == "общие слова («принято к сведению»): не говорит, что сделано"


def test_every_stock_phrase_says_why_and_compiles() -> None:
    content = json.loads(PHRASES.read_text(encoding="utf-8"))
    assert all(row["why"] for row in content["stock"])
    assert len(Phrases.of_json(content).stock) == len(content["stock"])


def test_clear_cases_are_told_apart() -> None:
    found = measured(examples())
    assert found["examples"] >= 80
    assert found["precision"]["share"] >= 0.9
    assert found["recall"]["share"] >= 0.9


def test_a_wording_is_known_again_with_a_word_changed_and_another_is_not() -> None:
    one = signature(
        "Выполнены работы по ямочному ремонту, покрытие восстановлено, дефекты ликвидированы в полном объёме"
    )
    same = signature(
        "Выполнены работы по ямочному ремонту; покрытие восстановлено, дефекты ликвидированы в полном объеме."
    )
    other = signature("Сломанный насос заменили, вода есть во всех квартирах второго подъезда с вечера")
    assert one == same
    assert alike(one, same)
    assert not alike(one, other)
    assert len(one) == PERMUTATIONS
    assert len(bands(one)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in bands(one))
    assert set(bands(one)).isdisjoint(bands(other))


@given(st.text(max_size=300))
def test_whatever_an_executor_writes_is_judged(words: str) -> None:
    for outcome in Outcome:
        assert all(flag.reason for flag in flags_of(about(words, outcome), 5))
    assert len(signature(words)) == PERMUTATIONS


def test_an_answer_to_another_appeal_is_flagged_and_one_that_names_a_second_street_is_not() -> None:
    strange = about("Слесари заменили два стояка и кран на вводе в доме 3 по улице Гагарина")
    assert "other_place" in {flag.code for flag in flags_of(strange, 0)}
    both = about(f"{strange.words}; {about('').quote}")
    assert "other_place" not in {flag.code for flag in flags_of(both, 0)}
