"""The rule of promotion and the figures behind it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from nlp.learning.changes import Change, Kind, way_back
from nlp.learning.holding import material
from nlp.learning.verdict import FEWEST, Answers, Part, compare, verdict
from nlp.topics.table import Labelled
from tests.integration.problems import NOW

LABELS = "абвг"


def said(labels: str) -> Answers:
    return Answers(tuple(labels), np.ones(len(labels), bool), np.zeros(len(labels), bool))


def part(truth: str, old: str, new: str, name: str = "base") -> Part:
    return compare(name, tuple(truth), np.arange(len(truth)), said(old), said(new))


TRUTH = "абвг" * 50
WRONG = "бвга" * 50
HALF = "абга" * 50


def test_better_on_corrections_and_equal_on_the_base_is_promoted() -> None:
    assert verdict(part(TRUTH, TRUTH, TRUTH), part(TRUTH, WRONG, HALF)).promote


def test_what_loses_on_the_base_is_not_promoted_however_good_on_corrections() -> None:
    found = verdict(part(TRUTH, TRUTH, HALF), part(TRUTH, WRONG, TRUTH))

    assert not found.promote
    assert "loses 50.0%" in found.why


def test_a_difference_within_noise_is_not_promoted() -> None:
    almost = HALF[:-1] + "г"

    assert not verdict(part(TRUTH, HALF, HALF), part(TRUTH, HALF, almost)).promote


def test_a_loss_that_may_be_noise_but_is_large_is_not_promoted() -> None:
    truth, old, new = "аб" * 10, "аб" * 10, "аб" * 9 + "ба"
    base = part(truth, old, new)

    assert not base.accuracy.worse or base.accuracy.high >= -0.3
    assert not verdict(base, part(TRUTH, WRONG, TRUTH)).promote


def test_few_corrections_promote_nothing() -> None:
    few = FEWEST - 1

    assert not verdict(part(TRUTH, TRUTH, TRUTH), part(TRUTH[:few], WRONG[:few], TRUTH[:few])).promote
    assert not verdict(part(TRUTH, TRUTH, TRUTH), None).promote


def test_copies_of_one_complaint_are_no_further_evidence() -> None:
    truth, old, new = ("а",) * 60, said("б" * 60), said("а" * 30 + "б" * 30)
    apart = compare("corrections", truth, np.arange(60), old, new)
    copies = compare("corrections", truth, np.repeat([0, 1], 30), old, new)

    assert apart.accuracy.better
    assert not copies.accuracy.better


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(LABELS)] * 2), min_size=1, max_size=60))
def test_macro_f1_is_that_of_scikit_learn(rows: list[tuple[str, str]]) -> None:
    truth, found = (list(column) for column in zip(*rows, strict=True))
    figure = compare("base", truth, np.arange(len(rows)), said("".join(found)), said("".join(found))).figures[1]

    assert figure.name == "macro F1"
    assert abs(figure.new - f1_score(truth, found, average="macro", zero_division=0)) < 1e-9
    assert figure.low == figure.high == 0


@given(st.lists(st.booleans(), max_size=12))
def test_rollbacks_walk_back_through_the_promotions_that_stand(steps: list[bool]) -> None:
    stack = ["pack"]
    done: list[Change] = []
    for number, forward in enumerate(steps):
        back = way_back(done)
        assert back == (stack[-2] if len(stack) > 1 else None)
        if not forward and back is None:
            continue
        to = f"v{number}" if forward else str(back)
        kind = Kind.PROMOTE if forward else Kind.ROLLBACK
        done.append(Change(kind, to, stack[-1], "anna", "", NOW))
        if forward:
            stack.append(to)
        else:
            stack.pop()


def test_an_operators_word_replaces_the_row_of_the_same_text() -> None:
    from models.identifiers import new_id
    from models.topics import Topic
    from nlp.learning.corrections import Correction

    base = Labelled(
        tuple(f"Текст {each} о чём-то особенном номер {each}" for each in "один два три четыре пять шесть".split()),
        ("а",) * 6,
        ("группа",) * 6,
    )
    row = Correction(new_id(), base.texts[2], Topic("01.001", "б", "группа"), NOW)
    found = material(base, [row], None)

    assert found.base == 5
    assert found.table.labels[found.table.texts.index(row.text)] == "б"
    assert found.table.texts.count(row.text) == 1
