"""Clocks under each regime: registration, forwarding, extension, pauses, stages, and the executor's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from models.events import Event, EventType
from models.message import Author, Channel, Message
from models.pack import load_pack, region_ids
from models.regime_choice import RegimeTable, regime_of
from models.regimes import Identity, Regime
from sla import Clock, ClockKind, Rules, derive_clocks, explain
from sla.policy import Policies
from sla.record import Stage
from sla.regime_terms import RegimeTerms
from sla.term import Basis, Term, Unit

PACK = load_pack("omsk")
RULES = Rules.of_pack(PACK)
OMSK = ZoneInfo("Asia/Omsk")
START = datetime(2026, 2, 2, 4, 10, tzinfo=UTC)  # Monday, 10:10 in Omsk
SNOW, PITS = "05.020", "05.007"
E = EventType


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OMSK)


def happened(type: EventType, hours: float, **data: Any) -> Event:
    time = START + timedelta(hours=hours)
    return Event(type, "omsk", UUID(int=1), time, {"problem_id": str(UUID(int=2)), **data}, UUID(int=3))


def found(regime: Regime, topic: str = SNOW, urgency: int = 2) -> Event:
    data = {"topic": topic, "urgency": urgency, "accepted_at": START.isoformat(), "regime": regime}
    return happened(E.PROBLEM_FOUND, 0, **data)


def clocks(*events: Event, rules: Rules = RULES) -> dict[ClockKind, Clock]:
    return {clock.kind: clock for clock in derive_clocks(events, rules.calendar, rules.policies, rules.zone)}


def solve(*events: Event, rules: Rules = RULES) -> Clock:
    return clocks(*events, rules=rules)[ClockKind.SOLVE]


def assigned(hours: float, executor: str = "omsk-city") -> Event:
    return happened(E.PROBLEM_ASSIGNED, hours, executor=executor, by="machine")


# --- the choice -----------------------------------------------------------------------------------------------------


def message(channel: Channel, identity: Identity = Identity.STATED, regime: Regime | None = None) -> Message:
    author = Author(name="Анна Вымышленная")
    return Message("omsk", channel, "1", "Яма", START, author, identity=identity, regime=regime)


@pytest.mark.parametrize(
    ("channel", "identity", "regime"),
    [
        (Channel.FORM, Identity.CONFIRMED, Regime.FZ59),
        (Channel.FORM, Identity.STATED, Regime.PORTAL),
        (Channel.EMAIL, Identity.CONFIRMED, Regime.PORTAL),  # no channel of 59-ФЗ since 30.03.2025
        (Channel.VK, Identity.STATED, Regime.OPEN_SOURCES),
        (Channel.FILE, Identity.NONE, Regime.PORTAL),
    ],
)
def test_channel_and_identity_choose_the_regime(channel: Channel, identity: Identity, regime: Regime) -> None:
    assert regime_of(message(channel, identity), PACK) is regime


def test_a_source_that_knows_its_regime_says_it_and_nobody_is_identified_without_a_name() -> None:
    assert regime_of(message(Channel.FILE, regime=Regime.PLATFORM), PACK) is Regime.PLATFORM
    nobody = replace(message(Channel.FORM, Identity.CONFIRMED), author=Author())
    assert regime_of(nobody, PACK) is Regime.PORTAL


def test_a_table_that_may_leave_an_appeal_without_a_regime_is_refused() -> None:
    with pytest.raises(ValueError, match="fit everything"):
        RegimeTable.of_json([{"regime": "fz59", "channels": ["form"], "source": "тест"}])


def test_every_pack_names_the_source_of_every_choice_regime_and_pause() -> None:
    for region in region_ids():
        pack = load_pack(region)
        assert all(row.source for row in RegimeTable.of_pack(pack).rows)
        for policy in Rules.of_pack(pack).policies.versions:
            assert set(policy.regimes) == set(Regime)
            assert all(terms.name and terms.source for terms in policy.regimes.values())
            assert all(rule.source and rule.basis is Basis.PRACTICE for rule in policy.pauses)
            assert not any(Regime.FZ59 in rule.regimes for rule in policy.pauses)  # the law knows no pause


# --- 59-ФЗ ----------------------------------------------------------------------------------------------------------


def test_an_appeal_by_law_has_thirty_days_from_registration_and_seven_to_be_forwarded() -> None:
    now = clocks(found(Regime.FZ59))
    assert now[ClockKind.SOLVE].deadline_at == local("2026-03-04T18:00")
    assert now[ClockKind.FORWARDING].deadline_at == local("2026-02-09T18:00")
    assert now[ClockKind.REGISTRATION].stopped_at == START  # the number was given at once


def test_the_term_to_forward_ends_with_an_executor_or_with_a_notice_and_not_without_one() -> None:
    silent = happened(E.APPEAL_FORWARDED, 5, to="прокуратура", notice="", by="operator")
    noticed = happened(E.APPEAL_FORWARDED, 6, to="прокуратура", notice="12-35", by="operator")
    assert clocks(found(Regime.FZ59), assigned(1))[ClockKind.FORWARDING].stopped_at == START + timedelta(hours=1)
    assert clocks(found(Regime.FZ59), silent)[ClockKind.FORWARDING].stopped_at is None
    assert clocks(found(Regime.FZ59), silent, noticed)[ClockKind.FORWARDING].stopped_at == noticed.time
    told = next(each for each in explain([found(Regime.FZ59), silent], RULES, START) if each.ignored)
    assert told.ignored == ("переадресация без уведомления автора не считается (59-ФЗ, ст. 8, ч. 3)",)


def test_what_comes_back_to_the_queue_is_still_to_be_forwarded_in_time() -> None:
    back = happened(E.PROBLEM_UNASSIGNED, 30, by="operator")
    again = clocks(found(Regime.FZ59), assigned(1), back)[ClockKind.FORWARDING]
    assert (again.stopped_at, again.deadline_at) == (None, local("2026-02-09T18:00"))


def extended(hours: float, notice: str = "12-34") -> Event:
    return happened(E.TERM_EXTENDED, hours, notice=notice, by="operator")


def test_the_answer_may_be_put_off_once_by_thirty_days_with_a_notice() -> None:
    assert solve(found(Regime.FZ59), extended(100)).deadline_at == local("2026-04-03T18:00")
    assert solve(found(Regime.FZ59), extended(100), extended(200)).deadline_at == local("2026-04-03T18:00")
    told = explain([found(Regime.FZ59), extended(100)], RULES, START + timedelta(days=40, hours=14))[1]
    assert (told.clock.kind, told.allowed, told.counted) == (ClockKind.SOLVE, timedelta(days=60), timedelta(days=40))
    assert [each.why for each in told.moved] == ["срок продлён с уведомлением автора"]


@pytest.mark.parametrize(
    ("regime", "event", "why"),
    [
        (Regime.FZ59, extended(1, notice=""), "нет уведомления автору (59-ФЗ, ст. 12, ч. 2)"),
        (Regime.FZ59, extended(24 * 40), "срок уже прошёл"),
        (Regime.PORTAL, extended(1), "режим «сообщение на портале» его не знает"),
    ],
)
def test_an_extension_that_the_law_does_not_know_changes_nothing_and_is_told(
    regime: Regime, event: Event, why: str
) -> None:
    assert solve(found(regime), event) == solve(found(regime))
    told = next(each for each in explain([found(regime), event], RULES, event.time) if each.ignored)
    assert told.ignored == (f"продление не считается: {why}",)


def office() -> Rules:
    """The rules of a region where an office registers what Otklik takes in."""
    [policy] = RULES.policies.versions
    terms = replace(policy.regimes[Regime.FZ59], at_acceptance=False)
    regimes = {**policy.regimes, Regime.FZ59: terms}
    return replace(RULES, policies=Policies((replace(policy, regimes=regimes),)))


def test_where_an_office_registers_terms_run_from_registration_but_lateness_takes_nothing() -> None:
    registered = happened(E.APPEAL_REGISTERED, 48, number="О-1", by="operator")
    late = happened(E.APPEAL_REGISTERED, 24 * 9, number="О-1", by="operator")
    waits = clocks(found(Regime.FZ59), rules=office())
    assert ClockKind.FORWARDING not in waits
    assert waits[ClockKind.REGISTRATION].deadline_at == local("2026-02-05T18:00")
    now = clocks(found(Regime.FZ59), registered, rules=office())
    assert now[ClockKind.SOLVE].deadline_at == local("2026-03-06T18:00")
    assert now[ClockKind.FORWARDING].started_at == registered.time
    after = clocks(found(Regime.FZ59), late, rules=office())
    assert after[ClockKind.REGISTRATION].late
    assert after[ClockKind.SOLVE].started_at == waits[ClockKind.REGISTRATION].deadline_at


# --- open sources ---------------------------------------------------------------------------------------------------


def test_a_post_is_answered_in_nine_working_hours_from_the_next_full_one() -> None:
    assert solve(found(Regime.OPEN_SOURCES)).deadline_at == local("2026-02-03T11:00")


def test_an_important_post_is_answered_in_four() -> None:
    assert solve(found(Regime.OPEN_SOURCES, urgency=4)).deadline_at == local("2026-02-02T15:00")
    told = explain([found(Regime.OPEN_SOURCES, urgency=4)], RULES, START)[-1]
    assert told.note == "важное (срочность от 4 из 5): этот срок короче обычного"


def test_after_an_interim_answer_the_final_one_has_seven_working_days() -> None:
    interim = happened(E.INTERIM_REPLIED, 4, reply="12-36", by="executor")
    again = happened(E.INTERIM_REPLIED, 40, reply="12-37", by="executor")
    clock = solve(found(Regime.OPEN_SOURCES), interim)
    assert (clock.stage, clock.deadline_at) == (Stage.INTERIM, local("2026-02-11T18:00"))
    assert solve(found(Regime.OPEN_SOURCES), interim, again) == clock  # no chain of interim answers


def test_an_interim_answer_given_late_opens_no_new_term() -> None:
    late = happened(E.INTERIM_REPLIED, 60, reply="12-36", by="executor")
    assert solve(found(Regime.OPEN_SOURCES), late) == solve(found(Regime.OPEN_SOURCES))
    told = explain([found(Regime.OPEN_SOURCES), late], RULES, late.time)[-1]
    assert told.ignored == ("промежуточный ответ дан после срока: новый срок не начался",)


# --- pauses ---------------------------------------------------------------------------------------------------------


def paused(hours: float, reason: str = "weather") -> Event:
    return happened(E.PROBLEM_PAUSED, hours, reason=reason, by="operator")


def resumed(hours: float) -> Event:
    return happened(E.PROBLEM_RESUMED, hours, by="operator")


def test_a_pause_moves_the_deadline_by_the_days_at_whose_end_the_clock_stood() -> None:
    usual = solve(found(Regime.PORTAL, PITS))
    assert usual.deadline_at == local("2026-02-16T18:00")
    two_days = solve(found(Regime.PORTAL, PITS), paused(24), resumed(72))
    assert two_days.deadline_at == local("2026-02-18T18:00")
    an_hour = solve(found(Regime.PORTAL, PITS), paused(24), resumed(25))
    assert an_hour.deadline_at == usual.deadline_at


def test_a_pause_ends_by_itself_when_its_reason_is_used_up() -> None:
    forgotten = solve(found(Regime.PORTAL, PITS), paused(24, "access"))
    long_after = solve(found(Regime.PORTAL, PITS), paused(24, "access"), resumed(24 * 20))
    assert forgotten.deadline_at == long_after.deadline_at == local("2026-02-19T18:00")
    told = explain([found(Regime.PORTAL, PITS), paused(24, "access")], RULES, START + timedelta(days=5))[-1]
    stood = [each for each in told.intervals if each.why == "срок приостановлен: нет доступа в помещение"]
    assert sum((each.end - each.start for each in stood), timedelta()) == timedelta(days=3)


def test_the_time_of_a_reason_is_one_for_all_its_pauses() -> None:
    twice = (paused(24, "access"), resumed(72), paused(96, "access"), resumed(24 * 12))
    stood = RULES.standings(solve(found(Regime.PORTAL, PITS), *twice))
    assert sum((each.end - each.start for each in stood), timedelta()) == timedelta(days=3)


@pytest.mark.parametrize(
    ("regime", "event", "why"),
    [
        (Regime.PORTAL, paused(24, "holiday"), "для режима «сообщение на портале» такой причины в политике нет"),
        (Regime.FZ59, paused(24), "для режима «обращение по 59-ФЗ» такой причины в политике нет"),
        (Regime.PORTAL, paused(24 * 30), "срок уже прошёл"),
    ],
)
def test_a_pause_that_the_policy_does_not_name_pauses_nothing_and_is_told(
    regime: Regime, event: Event, why: str
) -> None:
    assert solve(found(regime), event) == solve(found(regime))
    told = next(each for each in explain([found(regime), event], RULES, event.time) if each.ignored)
    assert told.ignored == (f"приостановка «{event.data['reason']}» не считается: {why}",)


# --- executors, topics, stages --------------------------------------------------------------------------------------


def test_another_executor_has_the_whole_term_of_his_own_and_the_citizens_clock_goes_on() -> None:
    back = happened(E.PROBLEM_REFUSED, 24, executor="omsk-city", reason="not_ours", by="executor")
    now = clocks(found(Regime.PORTAL), assigned(1), back, assigned(48, "omsk-gkh"))
    assert now[ClockKind.SOLVE] == solve(found(Regime.PORTAL))
    assert now[ClockKind.WORK].deadline_at == local("2026-02-09T18:00")
    assert ClockKind.WORK not in clocks(found(Regime.PORTAL), assigned(1))


def test_a_corrected_topic_keeps_the_old_deadline_on_record() -> None:
    corrected = happened(E.PROBLEM_CORRECTED, 5, topic=PITS, municipality="Омск г.о.", by="operator")
    told = explain([found(Regime.PORTAL), corrected], RULES, corrected.time)[-1]
    [moved] = told.moved
    assert (moved.before, moved.after) == (local("2026-02-05T18:00"), local("2026-02-16T18:00"))
    assert moved.why == "тема исправлена: срок новой темы от того же начала"


def test_reopening_opens_a_new_stage_and_leaves_the_first_explained() -> None:
    solved = happened(E.PROBLEM_SOLVED, 30, by="executor")
    reopened = happened(E.PROBLEM_REOPENED, 96, by="citizen")
    events = [found(Regime.PORTAL), assigned(1), solved, reopened]
    now = clocks(*events)
    assert (now[ClockKind.SOLVE].stage, now[ClockKind.SOLVE].deadline_at) == (
        Stage.REOPENED,
        local("2026-02-13T18:00"),
    )
    assert now[ClockKind.PLAN].started_at == reopened.time
    told = [each for each in explain(events, RULES, START + timedelta(days=5)) if each.clock.kind is ClockKind.SOLVE]
    assert [each.until for each in told] == [reopened.time, None]
    assert told[0].clock.stopped_at == solved.time


def test_versions_of_a_policy_that_come_in_whatever_order_leave_the_past_equal() -> None:
    [first] = RULES.policies.versions
    stricter = replace(first, version="b", valid_from=START.date() + timedelta(days=1), solve={"*": first.route})
    milder = replace(first, version="c", valid_from=START.date() + timedelta(days=2))
    events = [found(Regime.PORTAL), paused(24), resumed(30)]
    told = {
        tuple(derive_clocks(events, RULES.calendar, Policies(versions), OMSK))
        for versions in ((first,), (first, stricter), (first, milder), (first, stricter, milder))
    }
    assert len(told) == 1


def test_an_extension_in_another_unit_than_its_terms_is_refused() -> None:
    [policy] = RULES.policies.versions
    hours = Term(30, Unit.HOUR, Basis.PRACTICE, "тест")
    broken = RegimeTerms("тест", "тест", Basis.PRACTICE, extension=hours)
    with pytest.raises(ValueError, match="unit of the terms it extends"):
        replace(policy, regimes={Regime.PORTAL: broken})
