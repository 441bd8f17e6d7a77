"""Clocks of a problem as a replay of its events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from models.events import Event, EventType
from models.pack import load_pack, region_ids
from models.regimes import Regime
from sla import ClockKind, Rules, derive_clocks, explain
from sla.clock import NoClocks, step
from sla.count import deadline, elapsed
from sla.policy import Policies, Policy
from sla.regime_terms import Danger
from sla.term import Basis, Roll, Term, Unit

RULES = Rules.of_pack(load_pack("omsk"))
OMSK = ZoneInfo("Asia/Omsk")
START = datetime(2026, 2, 2, 4, tzinfo=UTC)  # Monday, 10:00 in Omsk
APPEAL = UUID(int=1)
SNOW, NO_WATER = "05.020", "06.017"


def happened(type: EventType, minutes: float, **data: Any) -> Event:
    time = START + timedelta(minutes=minutes)
    return Event(type, "omsk", APPEAL, time, {"problem_id": str(UUID(int=2))} | data, UUID(int=3))


def found(minutes: float = 0, topic: str = SNOW, urgency: int = 2) -> Event:
    return happened(EventType.PROBLEM_FOUND, minutes, topic=topic, urgency=urgency, accepted_at=START.isoformat())


def assigned(minutes: float) -> Event:
    return happened(EventType.PROBLEM_ASSIGNED, minutes, executor="omsk-city", by="machine")


def clocks(*events: Event) -> dict[ClockKind, Any]:
    derived = derive_clocks(events, RULES.calendar, RULES.policies, RULES.zone)
    return {clock.kind: clock for clock in derived}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OMSK)


def test_finding_starts_the_hour_of_routing_and_the_citizens_term() -> None:
    now = clocks(found(1))
    assert set(now) == {ClockKind.ROUTE, ClockKind.SOLVE}
    assert now[ClockKind.ROUTE].deadline_at == START + timedelta(minutes=61)
    assert now[ClockKind.SOLVE].started_at == START
    assert now[ClockKind.SOLVE].deadline_at == local("2026-02-05T18:00")


def test_assigning_stops_routing_and_starts_the_plan() -> None:
    now = clocks(found(), assigned(10))
    assert now[ClockKind.ROUTE].stopped_at == START + timedelta(minutes=10)
    assert now[ClockKind.PLAN].started_at == START + timedelta(minutes=10)
    assert now[ClockKind.PLAN].deadline_at == local("2026-02-05T18:00")
    assert now[ClockKind.SOLVE].stopped_at is None


def test_a_plan_of_three_days_is_not_due_on_a_day_off() -> None:
    event = assigned(3 * 24 * 60)  # Thursday: the third day is Sunday
    assert clocks(found(), event)[ClockKind.PLAN].deadline_at == local("2026-02-09T18:00")


def test_back_in_the_queue_routing_goes_on_with_what_was_left() -> None:
    taken_back = happened(EventType.PROBLEM_UNASSIGNED, 600, by="operator")
    now = clocks(found(), assigned(20), taken_back)
    assert now[ClockKind.ROUTE].stopped_at is None
    assert now[ClockKind.ROUTE].deadline_at == START + timedelta(minutes=640)
    assert now[ClockKind.PLAN].stopped_at == START + timedelta(minutes=600)


def test_routing_that_was_late_stays_late_when_it_goes_on() -> None:
    taken_back = happened(EventType.PROBLEM_UNASSIGNED, 600, by="operator")
    now = clocks(found(), assigned(90), taken_back)
    assert now[ClockKind.ROUTE].deadline_at == START + timedelta(minutes=60)


def test_another_executor_has_a_plan_of_his_own_and_the_citizen_waits_no_longer() -> None:
    once, twice = clocks(found(), assigned(10)), clocks(found(), assigned(10), assigned(2000))
    assert twice[ClockKind.PLAN].started_at == START + timedelta(minutes=2000)
    assert twice[ClockKind.SOLVE] == once[ClockKind.SOLVE]


def test_a_corrected_topic_counts_the_new_term_from_the_same_start() -> None:
    corrected = happened(EventType.PROBLEM_CORRECTED, 500, topic=NO_WATER, municipality="Омск г.о.", by="operator")
    now = clocks(found(), assigned(10), corrected)
    assert now[ClockKind.SOLVE].started_at == START
    assert now[ClockKind.SOLVE].deadline_at == START + timedelta(hours=24)


def corrected(minutes: float, topic: str) -> Event:
    return happened(EventType.PROBLEM_CORRECTED, minutes, topic=topic, municipality="Омск г.о.", by="operator")


def test_danger_to_life_has_two_hours_whatever_the_topic() -> None:
    for topic in (SNOW, NO_WATER, "16.001"):
        assert clocks(found(1, topic, urgency=5))[ClockKind.SOLVE].deadline_at == START + timedelta(hours=2)
    assert clocks(found(1, SNOW, urgency=4))[ClockKind.SOLVE] == clocks(found(1, SNOW))[ClockKind.SOLVE]


def test_a_corrected_topic_does_not_take_the_danger_away() -> None:
    solve = clocks(found(1, urgency=5), assigned(10), corrected(60, "16.001"), corrected(90, SNOW))[ClockKind.SOLVE]
    assert solve.deadline_at == START + timedelta(hours=2)
    assert solve.danger


def shorter(hours: int) -> Rules:
    """The rules with a term of danger of so many hours."""
    [policy] = RULES.policies.versions
    danger = Danger(5, Term(hours, Unit.HOUR, Basis.PRACTICE, "тест"))
    return replace(RULES, policies=Policies((replace(policy, danger=danger),)))


def test_a_topics_own_term_stays_where_it_ends_before_that_of_danger() -> None:
    rules, events = shorter(30), [found(topic=NO_WATER, urgency=5)]
    before = step({}, events[0], rules)
    assert before[ClockKind.SOLVE].deadline_at == START + timedelta(hours=24)
    assert explain(events, rules, START)[-1].note == ""
    after = step(before, corrected(60, SNOW), rules)
    assert after[ClockKind.SOLVE].deadline_at == START + timedelta(hours=30)


def test_the_explanation_says_that_danger_made_the_term_short() -> None:
    told = explain([found(1, urgency=5), corrected(60, "16.001")], RULES, START + timedelta(hours=3))[-1]
    assert told.note == "опасность для жизни (срочность от 5 из 5): этот срок короче срока по теме"
    assert (told.allowed, told.counted) == (timedelta(hours=2), timedelta(hours=3))


def test_a_policy_without_a_row_of_danger_knows_topics_alone() -> None:
    [policy] = RULES.policies.versions
    rules = replace(RULES, policies=Policies((replace(policy, danger=None),)))
    assert step({}, found(urgency=5), rules) == step({}, found(), RULES)


def test_an_undone_dismissal_is_as_if_the_citizens_clock_had_never_stood() -> None:
    dismissed = happened(EventType.PROBLEM_DISMISSED, 30, reason="operator", by="operator")
    restored = happened(EventType.PROBLEM_RESTORED, 3000, by="operator")
    stopped, again = clocks(found(), dismissed), clocks(found(), dismissed, restored)
    assert all(clock.stopped_at is not None for clock in stopped.values())
    assert again[ClockKind.SOLVE].deadline_at == clocks(found())[ClockKind.SOLVE].deadline_at
    assert again[ClockKind.SOLVE].stopped_at is None
    assert again[ClockKind.ROUTE].deadline_at == START + timedelta(minutes=3030)


def test_an_event_without_its_beginning_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(NoClocks):
        clocks(assigned(5))


def test_a_new_version_of_the_policy_leaves_earlier_appeals_alone() -> None:
    old = RULES.policies.versions[0]
    new = Policy("stricter", date(2026, 2, 3), old.route, old.plan, {"*": old.route})
    both = Rules(RULES.calendar, Policies((old, new)), RULES.zone)
    derived = derive_clocks([found()], both.calendar, both.policies, both.zone)
    assert derived == derive_clocks([found()], RULES.calendar, RULES.policies, RULES.zone)


def test_the_law_is_named_where_it_is_law_and_practice_where_it_is_practice() -> None:
    for region in region_ids():
        for policy in Rules.of_pack(load_pack(region)).policies.versions:
            assert policy.danger is not None
            for term in policy.terms:
                assert term.source
                if term.basis is Basis.LAW:
                    assert "ст. " in term.source and "закон" in term.source


def test_the_explanation_of_routing_shows_where_it_stood() -> None:
    taken_back = happened(EventType.PROBLEM_UNASSIGNED, 600, by="operator")
    told = explain([found(), assigned(20), taken_back], RULES, START + timedelta(minutes=610))
    route = told[0]
    assert [(each.counted, each.why) for each in route.intervals] == [
        (timedelta(minutes=20), "идёт круглосуточно"),
        (timedelta(0), "срок стоит: поручение у исполнителя"),
        (timedelta(minutes=10), "идёт круглосуточно"),
    ]
    assert route.counted == timedelta(minutes=30)


def test_the_explanation_says_why_a_deadline_rolled() -> None:
    event = assigned(3 * 24 * 60)
    plan = next(told for told in explain([found(), event], RULES, event.time) if told.clock.kind is ClockKind.PLAN)
    day = "последний день срока, 08.02.2026, выходной (воскресенье)"
    assert plan.note == f"{day}: перенесён на следующий рабочий день (ГК РФ, ст. 193)"


kinds = st.sampled_from(
    [
        EventType.PROBLEM_QUEUED,
        EventType.PROBLEM_ASSIGNED,
        EventType.PROBLEM_UNASSIGNED,
        EventType.PROBLEM_CORRECTED,
        EventType.PROBLEM_MERGED,
        EventType.PROBLEM_DISMISSED,
        EventType.PROBLEM_RESTORED,
        EventType.PROBLEM_REFUSED,
        EventType.PROBLEM_PAUSED,
        EventType.PROBLEM_RESUMED,
        EventType.SOLUTION_PLANNED,
        EventType.PLAN_RETURNED,
        EventType.PROBLEM_SOLVED,
        EventType.PROBLEM_ANSWERED,
        EventType.PROBLEM_REPLIED,
        EventType.PROBLEM_REOPENED,
        EventType.TERM_EXTENDED,
        EventType.INTERIM_REPLIED,
        EventType.APPEAL_REGISTERED,
        EventType.APPEAL_FORWARDED,
    ]
)
DATA = {
    EventType.PROBLEM_PAUSED: {"reason": "weather"},
    EventType.TERM_EXTENDED: {"notice": "12"},
    EventType.APPEAL_FORWARDED: {"notice": "13", "to": "прокуратура"},
    EventType.PROBLEM_REPLIED: {"kind": "final", "closed": START.isoformat()},
}
lives = st.lists(st.tuples(kinds, st.integers(1, 20_000), st.sampled_from([SNOW, NO_WATER, "16.001"])), max_size=10)
urgencies = st.sampled_from([2, 4, 5])
regimes = st.sampled_from(Regime)


def life_of(drawn: list[tuple[EventType, int, str]], urgency: int, regime: Regime) -> list[Event]:
    first = found(urgency=urgency)
    minutes, events = 0, [structs.replace(first, data={**first.data, "regime": regime})]
    for kind, later, topic in drawn:
        minutes += later
        data = {"topic": topic, "municipality": ""} if kind is EventType.PROBLEM_CORRECTED else DATA.get(kind, {})
        events.append(happened(kind, minutes, **data))
    return events


@given(lives, urgencies, regimes, st.integers(0, 50_000))
@settings(max_examples=150, deadline=None)
def test_the_explanation_sums_to_what_has_run_and_covers_the_time(
    drawn: list[tuple[EventType, int, str]], urgency: int, regime: Regime, later: int
) -> None:
    events = life_of(drawn, urgency, regime)
    asked = events[-1].time + timedelta(minutes=later)
    for told in explain(events, RULES, asked):
        now = told.until or asked
        pieces = told.intervals
        assert all(one.end == after.start for one, after in pairwise(pieces))
        if pieces:
            assert pieces[0].start == told.clock.started_at and pieces[-1].end == now
        clock = told.clock
        if clock.kind is ClockKind.ROUTE:
            if clock.stopped_at is None:
                assert (told.counted >= told.allowed) == (now >= clock.deadline_at)
            continue
        ran_till = min(clock.stopped_at or now, now)
        measure, standings = RULES.measure(RULES.policy(clock.policy_version)), RULES.standings(clock)
        assert told.counted == elapsed(clock.started_at, ran_till, told.term, measure, standings)
        if told.term.roll is Roll.NONE:
            assert (told.counted >= told.allowed) == (ran_till >= clock.deadline_at)
        elif ran_till >= clock.deadline_at > deadline(clock.started_at, replace(told.term, roll=Roll.NONE), measure):
            assert told.counted >= told.allowed


@given(lives, urgencies, regimes)
@settings(max_examples=150, deadline=None)
def test_events_that_come_again_change_nothing(
    drawn: list[tuple[EventType, int, str]], urgency: int, regime: Regime
) -> None:
    events = life_of(drawn, urgency, regime)
    once = clocks(*events)
    again: Any = once
    for event in events:
        again = step(again, event, RULES)
    assert again == once


@given(lives, urgencies, regimes)
@settings(max_examples=100, deadline=None)
def test_other_events_move_no_clock(drawn: list[tuple[EventType, int, str]], urgency: int, regime: Regime) -> None:
    events = life_of(drawn, urgency, regime)
    with_edits = [each for event in events for each in (event, happened(EventType.PROBLEM_QUEUED, 0, reason="x"))]
    assert clocks(*with_edits) == clocks(*events)


def test_the_unit_of_routing_must_be_hours() -> None:
    days = Term(1, Unit.CALENDAR_DAY, Basis.PRACTICE, "тест")
    with pytest.raises(ValueError, match="in hours"):
        Policy("bad", date(2026, 1, 1), days, days, {"*": days})
