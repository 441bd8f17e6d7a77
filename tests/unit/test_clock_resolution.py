"""What plans, proofs and replies do to the clocks of a problem."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.events import Event, EventType
from models.regimes import Regime
from sla import ClockKind, explain
from sla.record import Stage
from tests.unit.test_clock import RULES, START, assigned, clocks, found, happened


def planned(minutes: float) -> Event:
    return happened(
        EventType.SOLUTION_PLANNED, minutes, plan_id="1", variant="by_date", executor="omsk-city", by="egor"
    )


def replied(minutes: float, kind: str, **said: str) -> Event:
    return happened(EventType.PROBLEM_REPLIED, minutes, reply="1", kind=kind, flags=[], by="machine", **said)


def solved(minutes: float) -> Event:
    return happened(EventType.PROBLEM_SOLVED, minutes, by="machine")


def reopened(minutes: float, by: str = "citizen") -> Event:
    return happened(EventType.PROBLEM_REOPENED, minutes, by=by)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def under(regime: Regime) -> Event:
    accepted: dict[str, Any] = {**found().data, "regime": regime.value}
    return Event(EventType.PROBLEM_FOUND, "omsk", found().key, START, accepted, found().id)


def test_a_plan_stops_the_executors_clock_and_not_the_citizens() -> None:
    now = clocks(found(), assigned(10), planned(60))
    assert now[ClockKind.PLAN].stopped_at == START + timedelta(minutes=60)
    assert now[ClockKind.SOLVE].stopped_at is None


def test_another_plan_later_moves_nothing() -> None:
    once, twice = clocks(found(), assigned(10), planned(60)), clocks(found(), assigned(10), planned(60), planned(90))
    assert once == twice


def test_an_explanation_that_is_returned_gives_the_whole_term_of_a_plan_again() -> None:
    returned = happened(EventType.PLAN_RETURNED, 120, plan_id="1", by="olga")
    now = clocks(found(), assigned(10), planned(60), returned)
    assert now[ClockKind.PLAN].started_at == START + timedelta(minutes=120)
    assert now[ClockKind.PLAN].stopped_at is None


def test_a_solved_problem_stops_the_citizens_clock_where_the_term_is_that_of_the_solution() -> None:
    now = clocks(found(), assigned(10), planned(60), solved(300), replied(400, "final"))
    assert now[ClockKind.SOLVE].stopped_at == START + timedelta(minutes=300)


def test_under_the_law_on_appeals_the_clock_runs_until_the_author_is_answered() -> None:
    waits = clocks(under(Regime.FZ59), assigned(10), planned(60), solved(300), replied(310, "interim"))
    assert waits[ClockKind.SOLVE].stopped_at is None
    answered = clocks(under(Regime.FZ59), assigned(10), planned(60), solved(300), replied(400, "final"))
    assert answered[ClockKind.SOLVE].stopped_at == START + timedelta(minutes=400)


def test_an_explanation_closes_the_problem_for_the_clocks_too() -> None:
    answered = happened(
        EventType.PROBLEM_ANSWERED, 300, plan_id="1", variant="refused", executor="omsk-city", by="olga"
    )
    now = clocks(found(), assigned(10), planned(60), answered)
    assert now[ClockKind.SOLVE].stopped_at == START + timedelta(minutes=300)


LAW = under(Regime.FZ59)
"""Found under 59-ФЗ: the citizen's clock runs until he is answered."""


def test_an_answer_that_was_on_its_way_when_the_problem_was_opened_again_stops_no_clock() -> None:
    first = (LAW, assigned(10), planned(60), solved(300))
    late = replied(420, "final", closed=at(300).isoformat())
    untold = clocks(*first, reopened(400, by="olga"), late)[ClockKind.SOLVE]
    assert (untold.stopped_at, untold.started_at) == (None, START)  # the law's term goes on: nobody was answered
    answered = (*first, replied(310, "final", closed=at(300).isoformat()), reopened(400))
    stage = clocks(*answered, late)[ClockKind.SOLVE]
    assert (stage.stage, stage.started_at, stage.stopped_at) == (Stage.REOPENED, at(400), None)
    own = replied(600, "final", closed=at(500).isoformat())
    assert clocks(*answered, late, solved(500), own)[ClockKind.SOLVE].stopped_at == at(600)


def test_the_explanation_says_that_an_outdated_answer_closed_nothing() -> None:
    late = replied(420, "final", closed=at(300).isoformat())
    told = explain([LAW, assigned(10), planned(60), solved(300), reopened(400, by="olga"), late], RULES, at(500))
    assert [one.ignored for one in told if one.clock.kind is ClockKind.SOLVE] == [
        ("ответ отправлен, когда проблема уже снова была в работе: он ничего не закрыл, срок идёт",)
    ]


def test_an_answer_returned_before_it_was_sent_gives_a_new_plan_and_leaves_the_citizens_clock() -> None:
    before = (LAW, assigned(10), planned(60), solved(300))
    now = clocks(*before, reopened(400, by="olga"))
    assert (now[ClockKind.PLAN].started_at, now[ClockKind.PLAN].stopped_at) == (at(400), None)
    assert now[ClockKind.SOLVE].deadline_at == clocks(*before)[ClockKind.SOLVE].deadline_at
    assert clocks(*before, reopened(400), reopened(400)) == clocks(*before, reopened(400))


def test_the_own_clock_of_a_second_executor_goes_on_when_his_answer_is_returned_unsent() -> None:
    given = happened(EventType.PROBLEM_ASSIGNED, 100, executor="omsk-gzhi", by="olga")
    before = clocks(LAW, assigned(10), given)[ClockKind.WORK]
    after = clocks(LAW, assigned(10), given, planned(120), solved(300), reopened(400, by="olga"))[ClockKind.WORK]
    assert (after.started_at, after.deadline_at, after.stopped_at) == (before.started_at, before.deadline_at, None)


def test_clocks_of_plans_explanations_and_answers_can_be_explained() -> None:
    refused = {"plan_id": "1", "variant": "refused", "executor": "omsk-city", "by": "olga"}
    events = [
        LAW,
        assigned(10),
        planned(60),
        happened(EventType.PLAN_RETURNED, 120, plan_id="1", by="olga"),
        planned(180),
        happened(EventType.PROBLEM_ANSWERED, 300, **refused),
        replied(400, "refusal", closed=at(300).isoformat()),
    ]
    told = {(one.clock.kind, one.until): one for one in explain(events, RULES, at(500))}
    solve, plan = told[ClockKind.SOLVE, None], told[ClockKind.PLAN, None]
    assert solve.intervals[-1].why == "срок окончен: автору отправлен ответ"
    assert plan.intervals[-1].why == "срок окончен: исполнитель дал план"
    assert plan.moved[0].why == "план возвращён исполнителю: срок нового плана считается заново"
    assert (ClockKind.PLAN, at(120)) in told
