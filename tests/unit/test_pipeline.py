"""The whole engine on one text and on many: what comes out fits the text that came in, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.analysis import Analysis, Dismissal, ProblemDraft, SourceText
from models.facts import FactKind
from models.pack import load_pack
from models.places import PlaceLevel
from models.text import Span
from nlp.pipeline import BATCH, Engine

SENT = datetime(2026, 1, 14, 20, tzinfo=UTC)
"""15 January, 02:00 in Omsk."""
LINEAR = 3.0
"""Ten times the text may take ten times as long, and three times that for what the machine does beside."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.of_pack(load_pack("omsk"))


def analysed(engine: Engine, text: str, **stated: str) -> Analysis:
    [analysis] = engine.analyse([SourceText(text, SENT, stated)])
    return analysis


def spans_of(draft: ProblemDraft) -> Iterator[Span]:
    yield from draft.spans
    yield from (fact.span for fact in draft.facts)
    for place in (draft.place, *draft.more_places):
        yield from place.spans
        for other in place.alternatives:
            yield from other.spans


def assert_fits(text: str, analysis: Analysis) -> None:
    """Every span lies inside the text, problems do not overlap, facts say what the text says."""
    assert (analysis.dismissal is None) == bool(analysis.problems)
    for draft in analysis.problems:
        assert all(0 <= span.start <= span.end <= len(text) for span in spans_of(draft))
        assert all(fact.text == fact.span.of(text) for fact in draft.facts)
        assert 1 <= draft.urgency.level <= 5
        assert len(draft.topic.guesses) == 3
    spans = sorted(span for draft in analysis.problems for span in draft.spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert all(mark.span.end <= len(text) for mark in analysis.privacy)


def test_two_problems_have_their_own_places_and_facts(engine: Engine) -> None:
    text = "На улице Ленина, дом 5 третий день нет горячей воды. Также на улице 10 лет Октября 15 не убирают снег."
    one, two = analysed(engine, text).problems
    assert (one.place.street, one.place.house) == ("улица Ленина", "5")
    assert (two.place.street, two.place.house) == ("улица 10 лет Октября", "15")
    assert {fact.kind for fact in one.facts} == {FactKind.ADDRESS, FactKind.DATE, FactKind.DURATION}
    assert {fact.kind for fact in two.facts} == {FactKind.ADDRESS}


def test_a_problem_without_a_place_inherits_the_address(engine: Engine) -> None:
    text = (
        "Проживаю на улице Ленина, дом 5. В квартире холодно, батареи не греют. Кроме того, во дворе не горит фонарь."
    )
    problems = analysed(engine, text).problems
    assert {(draft.place.street, draft.place.house) for draft in problems} == {("улица Ленина", "5")}


def test_what_the_source_states_is_the_place_where_the_text_has_none(engine: Engine) -> None:
    [draft] = analysed(engine, "Не убирают снег во дворе", settlement="Тара").problems
    assert (draft.place.settlement, draft.place.spans) == ("Тара", ())
    [draft] = analysed(engine, "Не убирают снег во дворе").problems
    assert draft.place.level is PlaceLevel.REGION


def test_yesterday_is_counted_in_the_time_zone_of_the_region(engine: Engine) -> None:
    [draft] = analysed(engine, "Вчера отключили свет").problems
    assert [fact.value for fact in draft.facts] == ["2026-01-14"]


def test_offsets_are_those_of_the_received_text(engine: Engine) -> None:
    text = "[club1|Город], на у\u200bлице Ле\u0301нина 5 нет во\u200bды, тел. 8-913-123-45-67"
    analysis = analysed(engine, text)
    assert_fits(text, analysis)
    [draft] = analysis.problems
    assert draft.place.street == "улица Ленина"
    assert [mark.span.of(text) for mark in analysis.privacy] == ["8-913-123-45-67"]


def test_thanks_hold_no_problem_unless_an_operator_says_so(engine: Engine) -> None:
    assert analysed(engine, "Спасибо большое!").dismissal is Dismissal.THANKS
    [analysis] = engine.analyse([SourceText("Спасибо большое!", SENT)], may_dismiss=False)
    assert analysis.dismissal is None and len(analysis.problems) == 1


def said(analysis: Analysis) -> object:
    """What an analysis says, apart from the last digits of probabilities."""
    problems = [
        (draft.spans, [guess.code for guess in draft.topic.guesses], draft.topic.decided, draft.place, draft.facts)
        for draft in analysis.problems
    ]
    return problems, analysis.dismissal, analysis.privacy


def test_a_batch_gives_what_each_text_gives_alone(engine: Engine) -> None:
    texts = ["Нет света на Ленина 5", "", "Автобус 73 не ходит", "Спасибо!"] * (BATCH // 4 + 1)
    together = engine.analyse([SourceText(text, SENT) for text in texts])
    alone = [analysed(engine, text) for text in texts[:4]]
    assert [said(one) for one in together] == [said(one) for one in alone] * (BATCH // 4 + 1)


def test_no_texts_give_no_analyses(engine: Engine) -> None:
    assert engine.analyse([]) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\x00\x01\x02\ufffd" * 50,
        bytes(range(256)).decode("latin-1") * 20,
        "НЕТ ВОДЫ НА ЛЕНИНА 5 УЖЕ ТРЕТИЙ ДЕНЬ",
        "нетводыналенина5ужетретийдень" * 20,
        "Privet, ne rabotaet lift, Lenina 5",
        "ghbdtn, yt hf,jnftn kban",
        "👨\u200d👩\u200d👧 не убирают снег 🤬🤬🤬",
        "\u202eдыдов тен\u202c на Ленина 5",
        "не т во ды на у лице Ле нина 5",
        "𝓗𝓮𝓽 воды",
        "İстанбул ı ß ﬁ",
        "((((((((((" * 500,
        "1" * 5000,
        "12.12.12.12." * 500,
    ],
)
def test_strange_texts_are_analysed_like_any_other(engine: Engine, text: str) -> None:
    assert_fits(text, analysed(engine, text))


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_unicode_gives_spans_inside_the_text(engine: Engine, text: str) -> None:
    assert_fits(text, analysed(engine, text))


DAMAGED = (
    "Privet,|ne rabotaet lift|ghbdtn|ytn cdtnf|НЕТ ВОДЫ|нетводыналенина5|HET|в0да|3апах|нееет|отоп-\nление|н е т"
    "|во ды|👨\u200d👩\u200d👧|🤬|\u202e|\u200f|ле\u0301то|н\u0336е\u0336т|𝓗𝓮𝓽|[id1|Оля]|http://a.ru/net|'|`|;"
    "|ул Ленина 5|с 5 января|8-913-123-45-67|Ivanova Mariya Petrovna|kv 15|bd/ 15"
).split("|")


@given(st.lists(st.sampled_from(DAMAGED), max_size=25), st.sampled_from(["", " ", "\n", ", "]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_writing_in_any_mixture_gives_spans_inside_the_text(
    engine: Engine, pieces: list[str], glue: str
) -> None:
    text = glue.join(pieces)
    assert_fits(text, analysed(engine, text))


@given(st.text(alphabet=st.characters(categories=["Mn", "Cf", "So", "Sk", "Lo", "Nd", "Zs"]), max_size=300))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marks_joiners_and_foreign_scripts_give_spans_inside_the_text(engine: Engine, text: str) -> None:
    assert_fits(text, analysed(engine, text))


def test_ten_thousand_words_are_analysed(engine: Engine) -> None:
    text = " ".join(DAMAGED[number * 7 % len(DAMAGED)] for number in range(10_000))
    assert_fits(text[:100_000], analysed(engine, text[:100_000]))


def test_a_text_in_other_letters_or_with_other_keys_is_understood(engine: Engine) -> None:
    plain = analysed(engine, "Привет, на улице Ленина 5 третий день не работает лифт")
    latin = "Privet, na ulitse Lenina 5 tretiy den' ne rabotaet lift"
    keys = "Ghbdtn? yf ekbwt Ktybyf 5 nhtnbq ltym yt hf,jnftn kban"
    for text in (latin, keys):
        [draft] = analysed(engine, text).problems
        [expected] = plain.problems
        assert draft.topic.best.code == expected.topic.best.code
        assert (draft.place.street, draft.place.house) == ("улица Ленина", "5")
        assert [fact.value for fact in draft.facts] == [fact.value for fact in expected.facts]
        assert all(fact.text in text for fact in draft.facts)


def test_personal_data_in_other_letters_are_marked(engine: Engine) -> None:
    text = "Ya Ivanova Mariya Petrovna, dom 7, kv. 15, net sveta vo vsem podezde"
    assert {mark.span.of(text) for mark in analysed(engine, text).privacy} == {"Ivanova Mariya Petrovna", "kv. 15"}


WORDS = (
    "улица Ленина 5 дом , . не вода свет нет автобус 73 вчера с января кв 15 № школа Иванов Мария ул д - \n ( ) :"
).split(" ")


@given(st.lists(st.sampled_from(WORDS), max_size=60))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_the_words_of_appeals_gives_spans_inside_the_text(engine: Engine, words: list[str]) -> None:
    text = " ".join(words)
    assert_fits(text, analysed(engine, text))


@pytest.mark.parametrize(
    "piece",
    [
        "На улице Ленина 5 третий день нет воды, звоните Ивановой Марии. ",
        "Ивановой Марии Петровой Анне ",
        "автобус 73, 74, 75 и ",
        "а",
        "1 ",
        "с 5 января по 12 марта до 20.07 ",
        "- ",
    ],
)
def test_time_is_linear_in_the_length_of_the_text(engine: Engine, piece: str) -> None:
    def seconds(length: int) -> float:
        started = process_time()
        analysed(engine, piece * (length // len(piece)))
        return process_time() - started

    seconds(1_000)
    short = max(seconds(4_000), 0.03)
    assert seconds(40_000) < 10 * LINEAR * short


def test_a_megabyte_of_text_is_analysed(engine: Engine) -> None:
    text = "На улице Ленина 5 нет воды. " * 37_500
    assert_fits(text, analysed(engine, text))
