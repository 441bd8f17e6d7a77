"""Ladders of steps: their data, when a step comes, whom it tells, when it may be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pack import load_pack, region_ids
from sla.escalation import Delivery, Escalations, Kind, Ladder, Level, Quiet, Step
from sla.escalation_people import Absence, Member, Recipient, Staff
from sla.escalation_text import Told, counted, headline, sentence, subject
from sla.escalation_times import coming, due, send_at
from sla.record import Clock, ClockKind
from sla.rules import Rules

PACK = load_pack("omsk")
RULES = Rules.of_pack(PACK)
POLICY = RULES.policies.versions[0]
MEASURE = RULES.measure(POLICY)
OMSK = Escalations.of_pack(PACK).versions[0]
DAY = date(2026, 2, 3)  # a Tuesday
MONDAY = datetime(2026, 2, 2, 4, tzinfo=UTC)  # 10:00 in Omsk


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of February 2026 by the time of Omsk."""
    return datetime(2026, 2, day, hour, minute, tzinfo=PACK.zone).astimezone(UTC)


def clock(kind: ClockKind = ClockKind.ROUTE, **changes: Any) -> Clock:
    ends = MONDAY + timedelta(hours=1)
    made = Clock(kind, POLICY.version, MONDAY, ends, ends - timedelta(minutes=15), None, MONDAY)
    return replace(made, **changes)


@pytest.mark.parametrize("region", region_ids())
def test_every_pack_says_who_is_told_of_every_clock_and_by_what_right(region: str) -> None:
    pack = load_pack(region)
    for version in pack.json("escalation.json")["escalations"]:
        assert version["source"] and version["basis"]
        assert all(ladder["what"] for ladder in version["ladders"])
    for escalation in Escalations.of_pack(pack).versions:
        for kind in ClockKind:
            assert escalation.ladder(kind, danger=False).steps[-1].kind is not Kind.WARNED


@pytest.mark.parametrize(
    "steps",
    [
        [(0.5, Level.PERSON)],
        [(0.9, Level.PERSON), (0.5, Level.PERSON), (1.0, Level.PERSON)],
        [(0.5, Level.PERSON), (0.5, Level.PERSON), (1.0, Level.PERSON)],
        [],
    ],
)
def test_a_ladder_whose_shares_do_not_rise_to_the_breach_is_refused(steps: list[tuple[float, Level]]) -> None:
    with pytest.raises(ValueError, match="shares must rise"):
        Ladder(frozenset(ClockKind), tuple(Step((to,), Delivery.AT_ONCE, share) for share, to in steps))


def test_danger_has_a_ladder_of_its_own_and_other_clocks_do_not_climb_it() -> None:
    assert OMSK.ladder(ClockKind.SOLVE, danger=True).danger
    assert not OMSK.ladder(ClockKind.SOLVE, danger=False).danger
    assert not OMSK.ladder(ClockKind.REGISTRATION, danger=True).danger


def test_shares_are_of_the_whole_term_and_delays_are_after_its_end() -> None:
    ladder = OMSK.ladder(ClockKind.SOLVE, danger=False)
    started, ends = local(2, 10), local(12, 18)
    running = clock(
        ClockKind.SOLVE, started_at=started, deadline_at=ends, warn_at=started + (ends - started) * POLICY.warn_share
    )
    times = [due(step, running, RULES) for step in ladder.steps]
    assert times[0] == started + (ends - started) / 2
    assert times[3] == ends
    assert times[4] == local(13, 18)  # one working day after Thursday's end of work
    assert times[5] == local(17, 18)  # three: the days off between do not count


def test_a_clock_that_went_on_warns_by_what_was_left() -> None:
    """Half an hour was left at 15:00: three quarters of it are over at 15:22:30."""
    resumed = clock(deadline_at=local(2, 15, 30), warn_at=local(2, 15, 22) + timedelta(seconds=30))
    step = Step((Level.PERSON,), Delivery.AT_ONCE, share=0.5)
    assert abs(due(step, resumed, RULES) - local(2, 15, 15)) < timedelta(milliseconds=1)


def test_a_warning_overtaken_by_another_is_not_told() -> None:
    ladder = OMSK.ladder(ClockKind.SOLVE, danger=False)
    running = clock(ClockKind.SOLVE)
    assert coming(ladder, 0, running, RULES, MONDAY + timedelta(minutes=56)) == ([2], 3)
    assert coming(ladder, 3, running, RULES, MONDAY + timedelta(minutes=57)) == ([], 3)
    assert coming(ladder, 0, running, RULES, MONDAY + timedelta(hours=2)) == ([3], 4)


@given(st.lists(st.integers(0, 20_000), max_size=12))
def test_whatever_the_order_of_ticks_steps_come_once_and_in_order(minutes: list[int]) -> None:
    ladder = OMSK.ladder(ClockKind.SOLVE, danger=False)
    running, reached, told = clock(ClockKind.SOLVE), 0, []
    for minute in minutes:  # the machine's clock may jump back
        now = MONDAY + timedelta(minutes=minute)
        steps, behind = coming(ladder, reached, running, RULES, now)
        assert behind >= reached
        assert all(due(ladder.steps[index], running, RULES) <= now for index in steps)
        reached = behind
        told += steps
    assert told == sorted(set(told))


def member(number: int, kind: str, parent: int = 0, head: int = 0, deputies: tuple[int, ...] = ()) -> Member:
    return Member(
        UUID(int=number),
        kind,
        str(number),
        UUID(int=parent) if parent else None,
        UUID(int=head) if head else None,
        deputies=tuple(UUID(int=deputy) for deputy in deputies),
    )


GOVERNMENT, CITY, ROADS = 1, 2, 3
GOVERNOR, VICE, MAYOR, MAYORS_DEPUTY, CHIEF, WORKER = 10, 11, 20, 21, 30, 31
MEMBERS = [
    member(GOVERNMENT, "body", head=VICE),
    member(CITY, "body", parent=GOVERNMENT, head=MAYOR),
    member(ROADS, "unit", parent=CITY, head=CHIEF),
    member(GOVERNOR, "person", parent=GOVERNMENT),
    member(VICE, "person", parent=GOVERNMENT),
    member(MAYOR, "person", parent=CITY, deputies=(MAYORS_DEPUTY,)),
    member(MAYORS_DEPUTY, "person", parent=CITY),
    member(CHIEF, "person", parent=ROADS, deputies=(WORKER,)),
    member(WORKER, "person", parent=ROADS),
]


def staff(*away: tuple[int, int]) -> Staff:
    """The staff with these persons absent today; the second number is the deputy named for the absence, or 0."""
    absences: dict[UUID, tuple[Absence, ...]] = {
        UUID(int=person): (Absence(DAY, DAY, UUID(int=deputy) if deputy else None),) for person, deputy in away
    }
    return Staff({each.id: each for each in MEMBERS}, absences, {Level.GOVERNOR: UUID(int=GOVERNOR)})


def told(level: Level, handler: int = 0, body: int = CITY, *, who: Staff | None = None) -> Recipient:
    found = (who or staff()).told(
        [level], UUID(int=body) if body else None, UUID(int=handler) if handler else None, DAY
    )
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("level", "handler", "expected"),
    [
        (Level.PERSON, WORKER, WORKER),
        (Level.PERSON, ROADS, CHIEF),
        (Level.PERSON, 0, CITY),
        (Level.HEAD, WORKER, CHIEF),
        (Level.HEAD, ROADS, MAYOR),
        (Level.HEAD, CHIEF, MAYOR),
        (Level.HEAD, 0, MAYOR),
        (Level.DEPUTY_GOVERNOR, WORKER, VICE),
        (Level.GOVERNOR, WORKER, GOVERNOR),
    ],
)
def test_the_ladder_climbs_from_who_does_it_to_who_heads_him(level: Level, handler: int, expected: int) -> None:
    assert told(level, handler).executor == UUID(int=expected)


def test_an_absent_person_is_replaced_by_who_is_named_for_the_absence_or_by_his_deputies() -> None:
    chief_away = told(Level.HEAD, WORKER, who=staff((CHIEF, MAYORS_DEPUTY)))
    assert (chief_away.executor, chief_away.instead_of) == (UUID(int=MAYORS_DEPUTY), UUID(int=CHIEF))
    mayor_away = told(Level.HEAD, CHIEF, who=staff((MAYOR, 0)))
    assert (mayor_away.executor, mayor_away.instead_of) == (UUID(int=MAYORS_DEPUTY), UUID(int=MAYOR))


def test_a_head_whose_deputy_is_the_doer_himself_is_passed_over() -> None:
    assert told(Level.HEAD, WORKER, who=staff((CHIEF, 0))).executor == UUID(int=MAYOR)


def test_where_nobody_stands_in_the_next_above_is_told() -> None:
    assert told(Level.PERSON, WORKER, who=staff((WORKER, 0))).executor == UUID(int=CHIEF)


def test_deputies_in_a_circle_who_are_all_away_end_at_who_is_above() -> None:
    assert told(Level.HEAD, 0, who=staff((MAYOR, 0), (MAYORS_DEPUTY, MAYOR))).executor == UUID(int=VICE)


def test_nobodys_problem_is_the_operators_and_an_unknown_desk_stays_a_desk() -> None:
    assert told(Level.PERSON, body=0) == Recipient(Level.OPERATORS)
    assert told(Level.DEPUTY_GOVERNOR, body=0) == Recipient(Level.DEPUTY_GOVERNOR)


def test_who_is_two_levels_at_once_is_told_once() -> None:
    found = staff().told([Level.OPERATORS, Level.PERSON, Level.HEAD], None, None, DAY)
    assert found == [Recipient(Level.OPERATORS)]


@pytest.mark.parametrize(
    ("now", "delivery", "expected"),
    [
        (local(3, 11), Delivery.AT_ONCE, local(3, 11)),
        (local(3, 23), Delivery.AT_ONCE, local(4, 8, 30)),
        (local(3, 3), Delivery.AT_ONCE, local(3, 8, 30)),
        (local(6, 23), Delivery.AT_ONCE, local(9, 8, 30)),  # a Friday night: Monday
        (local(7, 12), Delivery.AT_ONCE, local(9, 8, 30)),
        (local(3, 8, 30), Delivery.DIGEST, local(3, 8, 30)),
        (local(3, 11), Delivery.DIGEST, local(4, 8, 30)),
        (local(6, 11), Delivery.DIGEST, local(9, 8, 30)),
        (local(22, 11), Delivery.DIGEST, local(24, 8, 30)),  # the 23rd is a holiday
    ],
)
def test_notices_wait_for_the_morning_and_for_the_end_of_quiet_time(
    now: datetime, delivery: Delivery, expected: datetime
) -> None:
    assert send_at(now, delivery, False, OMSK, MEASURE) == expected


@given(st.integers(0, 480_000), st.sampled_from(Delivery))
def test_danger_is_sent_at_once_and_nothing_else_in_quiet_time(minutes: int, delivery: Delivery) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert send_at(now, delivery, True, OMSK, MEASURE) == now
    sent = send_at(now, delivery, False, OMSK, MEASURE).astimezone(PACK.zone)
    assert sent >= now
    assert time(8, 30) <= sent.time() < time(22)
    assert RULES.calendar.is_working(sent.date())
    assert sent - now < timedelta(days=12)


def test_quiet_hours_may_lie_within_a_day_and_leave_days_off_alone() -> None:
    siesta = replace(OMSK, quiet=Quiet(time(13), time(14), days_off=False))
    assert send_at(local(7, 13, 20), Delivery.AT_ONCE, False, siesta, MEASURE) == local(7, 14)
    assert send_at(local(7, 12), Delivery.AT_ONCE, False, siesta, MEASURE) == local(7, 12)


def test_what_a_notice_says() -> None:
    problem = "«Ямы», обращение ОМ-26-0000007"
    warning = Told(
        Kind.WARNED, 0.9, Level.HEAD, "решения", problem, local(12, 18), False, "ОМ-26-0000007", "Иванов И. И."
    )
    assert sentence(warning, PACK.zone) == (
        "Прошло 90 % срока решения: «Ямы», обращение ОМ-26-0000007. Срок — 12 февраля 2026 г., 18:00. "
        "Вам — как руководителю исполнителя. Вы замещаете: Иванов И. И."
    )
    late = replace(warning, kind=Kind.BREACHED, danger=True)
    assert headline(late) == "Опасность для жизни. Срок решения истёк"
    task = replace(warning, kind=Kind.BREACHED, term="исполнения поручения", subject="поручение № 4", instead_of="")
    assert sentence(task, PACK.zone).startswith("Срок исполнения поручения истёк: поручение № 4. Срок был — 12 февраля")
    again = replace(warning, kind=Kind.REOPENED, instead_of="")
    assert sentence(again, PACK.zone).startswith(f"Автор не считает проблему решённой: она снова в работе: {problem}.")
    returned = replace(warning, kind=Kind.RETURNED, level=Level.PERSON, instead_of="")
    assert sentence(returned, PACK.zone) == (
        f"Оператор вернул вашу работу на доработку: {problem}. Срок — 12 февраля 2026 г., 18:00. "
        "Что исправить, написано на странице проблемы."
    )
    assert subject([late, warning]) == "Отклик: 2 уведомления о сроках, об опасности — 1"
    assert [counted(number) for number in (1, 5, 11, 21, 24)] == [
        "1 уведомление", "5 уведомлений", "11 уведомлений", "21 уведомление", "24 уведомления",
    ]  # fmt: skip
