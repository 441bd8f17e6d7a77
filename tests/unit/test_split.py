"""An appeal is split into problems by its argument, not by its sentences."""

from __future__ import annotations

import numpy as np
import pytest

from models.pack import REGIONS
from models.text import Span
from nlp.split import Splitter
from nlp.split.boundary import BoundaryModel
from nlp.split.features import facts_of
from nlp.split.splitter import find_problems
from nlp.split.units import units_of
from nlp.split.vectors import Floats, LemmaVectors
from nlp.words import words_of


@pytest.fixture(scope="module")
def splitter() -> Splitter:
    return Splitter.load(REGIONS / "omsk" / "model" / "split")


def problems(splitter: Splitter, text: str) -> list[str]:
    return [" … ".join(span.of(text) for span in spans) for spans in splitter.split(text, words_of(text))]


@pytest.mark.parametrize(
    "text",
    [
        "Мусор у дома 5 и у дома 7 не вывозят.",
        "Прорвало трубу во дворе. Вода течёт третий день. Затопило подвал. Машины стоят во льду.",
        "Здравствуйте! Когда почистят тротуар на улице Ленина? Ходить невозможно, люди падают. Спасибо.",
        "Автобус 73 опять не пришёл. Ждали на остановке час. Люди мёрзнут, а водители едут мимо.",
        "Нет света",
    ],
)
def test_a_story_about_one_thing_stays_one_problem(splitter: Splitter, text: str) -> None:
    assert len(problems(splitter, text)) == 1


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("На Ленина 5 не горит фонарь. Также прошу убрать снег во дворе.", "Также прошу убрать снег во дворе."),
        (
            "В доме нет отопления, батареи ледяные. А ещё соседи шумят ночью, полиция не едет.",
            "А ещё соседи шумят ночью, полиция не едет.",
        ),
        (
            "не работает лифт во втором подъезде уже неделю а еще возле дома огромная яма машины бьют колеса",
            "а еще возле дома огромная яма машины бьют колеса",
        ),
        ("Нет горячей воды и отопления", "отопления"),
    ],
)
def test_two_topics_in_one_text_are_two_problems(splitter: Splitter, text: str, second: str) -> None:
    found = problems(splitter, text)

    assert len(found) == 2
    assert found[1] == second


def test_items_of_a_list_about_different_things_are_problems_of_their_own(splitter: Splitter) -> None:
    text = "1) Яма на дороге у дома 5 2) Не вывозят мусор со двора уже неделю 3) Нет горячей воды"

    assert len(problems(splitter, text)) == 3


def test_each_utility_that_is_missing_is_a_problem_of_its_own(splitter: Splitter) -> None:
    found = problems(splitter, "В доме нет света, воды и отопления")

    assert found == ["В доме нет света,", "воды и", "отопления"]


def test_a_clause_about_another_thing_needs_no_full_stop(splitter: Splitter) -> None:
    assert len(problems(splitter, "Во дворе третий день не горит фонарь, и мусор не вывозят")) == 2


def test_a_burst_pipe_that_leaves_people_without_both_is_one_problem(splitter: Splitter) -> None:
    assert len(problems(splitter, "Прорвало трубу, нет горячей воды и отопления")) == 1


def test_a_text_without_words_has_no_problem(splitter: Splitter) -> None:
    assert splitter.split("   \n ", words_of("   \n ")) == []


def test_many_texts_are_split_as_each_of_them_alone(splitter: Splitter) -> None:
    texts = ["Нет воды", "На Ленина 5 не горит фонарь. Также прошу убрать снег во дворе.", ""]

    many = splitter.split_many((text, words_of(text)) for text in texts)

    assert many == [splitter.split(text, words_of(text)) for text in texts]


def test_a_place_that_was_found_is_never_cut_in_two(splitter: Splitter) -> None:
    text = "На Ленина 5 не горит фонарь. Также прошу убрать снег во дворе."
    words = words_of(text)

    whole = splitter.split(text, words, (Span(0, len(text)),))

    assert [span.of(text) for problem in whole for span in problem] == [text]
    assert len(splitter.split(text, words, (Span(0, 11),))) == 2


def test_a_story_that_another_one_interrupts_is_one_problem_of_several_spans() -> None:
    vectors = LemmaVectors(
        index={"люк": 0, "автобус": 1},
        senses=np.array([[1, 0], [0, 1]], dtype=np.float32),
        mean=np.zeros(2, dtype=np.float32),
        idf=np.full(2, 6, dtype=np.float32),
        edges=np.zeros((2, 5), dtype=np.float32),
    )
    text = "Открыт люк. Автобус не ходит. Закройте люк."
    words = words_of(text)
    units = units_of(text, words)
    facts = facts_of(words, units, vectors)
    certain = Certain(*[np.zeros((1, 1), dtype=np.float32)] * 6)

    groups = find_problems(facts, len(units), certain, 0.5, 0.5)

    assert groups == [[(0, 1), (2, 3)], [(1, 2)]]


class Certain(BoundaryModel):
    """A boundary network that would cut everywhere."""

    def scores(self, features: Floats) -> Floats:
        return np.full(len(features), 9.0, dtype=np.float32)
