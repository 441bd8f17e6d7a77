"""What plans, proofs and replies do to the clocks of a problem."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.events import Event, EventType
from models.regimes import Regime
from sla import ClockKind
from tests.unit.test_clock import START, assigned, clocks, found, happened


def planned(minutes: float) -> Event:
    return happened(
        EventType.SOLUTION_PLANNED, minutes, plan_id="1", variant="by_date", executor="omsk-city", by="egor"
    )


def replied(minutes: float, kind: str) -> Event:
    return happened(EventType.PROBLEM_REPLIED, minutes, reply="1", kind=kind, flags=[], by="machine")


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
    solved = happened(EventType.PROBLEM_SOLVED, 300, by="machine")
    now = clocks(found(), assigned(10), planned(60), solved, replied(400, "final"))
    assert now[ClockKind.SOLVE].stopped_at == START + timedelta(minutes=300)


def test_under_the_law_on_appeals_the_clock_runs_until_the_author_is_answered() -> None:
    solved = happened(EventType.PROBLEM_SOLVED, 300, by="machine")
    waits = clocks(under(Regime.FZ59), assigned(10), planned(60), solved, replied(310, "interim"))
    assert waits[ClockKind.SOLVE].stopped_at is None
    answered = clocks(under(Regime.FZ59), assigned(10), planned(60), solved, replied(400, "final"))
    assert answered[ClockKind.SOLVE].stopped_at == START + timedelta(minutes=400)


def test_an_explanation_closes_the_problem_for_the_clocks_too() -> None:
    answered = happened(
        EventType.PROBLEM_ANSWERED, 300, plan_id="1", variant="refused", executor="omsk-city", by="olga"
    )
    now = clocks(found(), assigned(10), planned(60), answered)
    assert now[ClockKind.SOLVE].stopped_at == START + timedelta(minutes=300)
