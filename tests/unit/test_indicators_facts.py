"""The fact of a problem is a replay of its events; each executor's account is told by facts and terms alone."""

from __future__ import annotations

import random
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indicators.authors import Authors
from indicators.facts import NotFound, replay, step
from indicators.terms import replay as replay_terms
from indicators.way import Way
from indicators.work import AGAIN, COUNTS, entries_of
from models.identifiers import new_id
from models.regimes import Identity
from models.states import ProblemState
from tests.lives import Life

OMSK = ZoneInfo("Asia/Omsk")
AUTHORS = Authors(180, frozenset({Identity.CONFIRMED}))


def account(*lives: Life) -> dict[str, dict[str, int]]:
    """Totals by executor, in thousandths, of the problems of one appeal, without what is counted once more."""
    facts = [fact for life in lives if (fact := replay(life.problems))]
    terms = {life.problem: list(replay_terms(life.clocks).values()) for life in lives}
    totals: dict[str, dict[str, int]] = {}
    for entries in entries_of(facts, terms, OMSK, AUTHORS).values():
        for key, counts in entries.items():
            sums = totals.setdefault(key.executor, dict.fromkeys(COUNTS, 0))
            for name, count in zip(COUNTS, counts, strict=True):
                sums[name] += count
    return {
        who: {name: count for name, count in sums.items() if count and name not in AGAIN}
        for who, sums in totals.items()
    }


def reopened_life() -> Life:
    life = Life().found().assigned(0.1).planned(1).reported(4).solved(5).replied(5.1, flags=("same_text",))
    life.judged(6, 2, False).reopened(6).planned(7).reported(8).solved(9, flags=("blurred",)).judged(10, 5, True, 1)
    life.stopped("plan", 0.1, 3.1, 1).stopped("solve", 0, 10, 5)
    return life.stopped("plan", 6, 9, 7).stopped("solve", 6, 8, 9)


def test_a_fact_tells_the_whole_way_of_a_problem() -> None:
    fact = replay(reopened_life().problems)
    assert fact is not None and fact.state is ProblemState.SOLVED
    first, second = fact.way.stages
    assert (first.score, first.said_solved, first.reopened, first.formal) == (2, False, True, 1)
    assert (second.score, second.said_solved, second.reopened, second.flagged) == (5, True, False, 1)
    assert [stint.executor for stint in fact.way.stints] == ["roads"]


def test_a_verdict_is_about_who_closed_last_and_not_about_whose_answer_an_operator_took_back() -> None:
    life = Life().found().assigned(0.1, "roads").planned(1).reported(2).solved(3)
    life.reopened(4).assigned(5, "waste").planned(6).reported(7).solved(8, executor="waste").replied(8.5)
    told = account(life.judged(9, 1, False))
    assert told["waste"]["unsolved"] == 1000 and "unsolved" not in told["roads"]


def test_an_event_that_comes_again_changes_nothing() -> None:
    life, chance = reopened_life(), random.Random(6)
    for _ in range(50):
        fact = None
        for number, each in enumerate(life.problems):
            fact = step(fact, each)
            for again in chance.sample(life.problems[: number + 1], chance.randint(0, number + 1)):
                assert step(fact, again) == fact
        assert fact == replay(life.problems)


def test_terms_come_out_equal_in_whatever_order_their_events_come() -> None:
    life = reopened_life().breached("solve", 8)
    told, chance = replay_terms(life.clocks), random.Random(1)
    assert len(told) == 4
    for _ in range(20):
        mixed = [*life.clocks, *chance.choices(life.clocks, k=3)]
        chance.shuffle(mixed)
        assert replay_terms(mixed) == told


def test_a_way_comes_back_from_json_as_it_was() -> None:
    fact = replay(reopened_life().problems)
    assert fact is not None and Way.of_json(fact.way.to_json()) == fact.way


def test_an_event_before_the_finding_is_refused() -> None:
    with pytest.raises(NotFound):
        replay(reopened_life().problems[1:])


def test_an_account_counts_each_stage() -> None:
    assert account(reopened_life()) == {
        "roads": {
            "received": 1000, "plans": 2000, "terms": 2000, "terms_late": 1000, "solved": 2000, "reopened": 1000,
            "speeds": 2000, "speed_total": -288, "speed_squares": 644, "verdicts": 2000, "score_total": 7000,
            "score_squares": 29000, "unsolved": 1000, "reports": 2000, "flagged": 1000, "replies": 1000,
            "formal": 1000,
        }
    }  # fmt: skip


def test_what_is_open_past_its_term_stays_with_who_let_it_run_out_until_he_gives_it_away() -> None:
    late = Life().found().assigned(0.1).breached("plan", 3.1).breached("solve", 10)
    assert account(late) == {
        "roads": {
            "received": 1000, "opened": 1000, "plans": 1000, "plans_late": 1000, "terms": 1000, "terms_late": 1000,
            "overdue": 1000,
        }
    }  # fmt: skip
    passed_on = late.assigned(12, "heating").solved(14, "heating")
    passed_on.stopped("work", 12, 20, 14).stopped("solve", 0, 10, 14)
    told = account(passed_on)
    assert told["roads"]["terms_late"] == 1000 and "overdue" not in told["roads"] and "opened" not in told["roads"]
    assert told["heating"]["terms"] == 1000 and "terms_late" not in told["heating"]


def test_who_refuses_what_he_closes_himself_in_the_end_refused_wrongly() -> None:
    bounced = Life().found().assigned(0.1).refused(0.5).assigned(1, "heating").refused(2, "heating").assigned(3)
    told = account(bounced.planned(4).solved(5))
    assert (told["roads"]["refused"], told["roads"]["refused_wrongly"]) == (1000, 1000)
    assert told["heating"]["refused"] == 1000 and "refused_wrongly" not in told["heating"]


def test_one_problem_split_in_three_counts_as_one() -> None:
    whole = account(Life().found().assigned(0.1).solved(2).stopped("solve", 0, 10, 2))["roads"]
    appeal = Life().appeal
    pieces = [Life(appeal).found().assigned(0.1).solved(2).stopped("solve", 0, 10, 2) for _ in range(3)]
    split = account(*pieces)["roads"]
    assert whole["solved"] == 1000 and 998 <= split["solved"] <= 1000


def test_what_was_put_away_counts_for_nobody() -> None:
    from models.events import EventType

    life = Life().found().assigned(0.1).breached("plan", 3.1)
    assert account(life.add(EventType.PROBLEM_DISMISSED, 4, reason="operator", by="operator")) == {}


def test_verdicts_of_one_author_count_less_and_of_what_an_operator_wrote_down_only_blame() -> None:
    def verdicts(**given: Any) -> int:
        return account(Life().found().assigned(0.1).solved(2).judged(3, **given)).get("roads", {}).get("verdicts", 0)

    assert verdicts(score=5, solved=True, via="link") == 1000
    assert verdicts(score=5, solved=True, via="link", earlier=1) == 62
    assert verdicts(score=1, solved=False, via="link", earlier=1) == 250
    assert verdicts(score=1, solved=False, via="operator") == 500
    assert verdicts(score=5, solved=True, via="operator") == 0


def test_what_one_author_writes_again_and_again_counts_less_unless_something_went_wrong() -> None:
    def solved(day: float) -> dict[str, int]:
        life = Life().found(earlier=4).assigned(0.1).solved(day).stopped("solve", 0, 10, day)
        return account(life)["roads"]

    assert solved(2)["terms"] == 1
    assert (solved(12)["terms"], solved(12)["terms_late"]) == (1000, 1000)


def test_an_explanation_is_no_solution() -> None:
    told = account(Life().found().assigned(0.1).planned(1).answered(1).stopped("solve", 0, 10, 1))["roads"]
    assert told["explained"] == 1000 and "solved" not in told and "speeds" not in told


def test_days_are_those_of_the_region() -> None:
    life = Life().found(0.9).assigned(0.9)  # 03:36 UTC of the second of September, 09:36 in Omsk
    fact = replay(life.problems)
    assert fact is not None
    ((key, _),) = entries_of([fact], {}, OMSK, AUTHORS)[fact.problem].items()
    assert key.day == date(2026, 9, 2)


def test_praise_of_a_body_by_its_own_staff_counts_nothing_and_complaints_do() -> None:
    def life(staff: str, late: bool = False) -> Life:
        made = Life().found(author=str(new_id()), identity="stated", known_days=0, staff=staff).assigned(0.1)
        closed = 12 if late else 5
        return (
            made.planned(1)
            .reported(closed - 1)
            .solved(closed)
            .judged(closed + 1, 5, True)
            .stopped("solve", 0, 10, closed)
        )

    assert account(life("roads")) == {}
    assert account(life("waste"))["roads"]["verdicts"] == 1000
    assert account(life("roads", late=True))["roads"]["terms_late"] == 1000


@pytest.mark.parametrize(
    ("said", "new"),
    [
        ({}, False),  # events of before
        ({"identity": "stated", "known_days": 0}, True),
        ({"identity": "none"}, True),
        ({"identity": "stated", "known_days": 180}, False),
        ({"identity": "confirmed", "known_days": 0}, False),
    ],
)
def test_who_is_new_among_the_authors(said: dict[str, Any], new: bool) -> None:
    fact = replay(Life().found(**said).problems)
    assert fact is not None and AUTHORS.new(fact) is new
