"""What the log says is what must stand in the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.events import Event, EventType, event
from models.states import AppealState, NotAllowed, ProblemState
from otklik.verify_rules import AppealRow, Stood, compare_appeal, replay_appeal, replay_problem

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
APPEAL, PROBLEM = UUID(int=1), UUID(int=2)
E = EventType


def told(kind: EventType, minute: int = 0, **data: Any) -> Event:
    if kind not in (E.APPEAL_ACCEPTED, E.APPEAL_DISMISSED, E.APPEAL_RESTORED):
        data["problem_id"] = str(PROBLEM)
    return event(kind, "omsk", APPEAL, NOW + timedelta(minutes=minute), **data)


ROUTED = [told(E.APPEAL_ACCEPTED), told(E.PROBLEM_FOUND), told(E.PROBLEM_ASSIGNED, executor="gkh", by="machine")]


def differences(state: AppealState, stood: Stood | None, events: list[Event]) -> list[str]:
    row = AppealRow(APPEAL, state, {PROBLEM: stood} if stood else {})
    return [one.what for one in compare_appeal(row, APPEAL, events)]


def test_a_refusal_and_the_parts_of_co_executors_follow_their_events() -> None:
    part: dict[str, Any] = {"co_id": str(UUID(int=9)), "by": "anna"}
    events = [
        *ROUTED,
        told(E.PROBLEM_REFUSED, executor="gkh", reason="not_ours", named="roads", by="boris"),
        told(E.PROBLEM_ASSIGNED, executor="roads", by="machine"),
        told(E.CO_ASSIGNED, executor="light", role="co", **part),
        told(E.CO_ANSWERED, **part),
    ]
    stood = Stood(ProblemState.ASSIGNED, "roads", hops=("gkh",), co=frozenset({"co light answered"}))
    assert differences(AppealState.ANALYSED, stood, events) == []
    assert differences(AppealState.ANALYSED, Stood(ProblemState.ASSIGNED, "roads"), events) == [
        "assigned to roads in the table, assigned to roads, refused by gkh, with co light answered by the log"
    ]
    assert replay_problem([*events[1:], told(E.CO_ENDED, **part)]).co == frozenset()
    with pytest.raises(NotAllowed, match="not open"):
        replay_problem([*ROUTED[1:], told(E.CO_ENDED, **part)])


def test_a_problem_stays_with_its_executor_when_his_plan_is_returned() -> None:
    events = [
        *ROUTED[1:],
        told(E.SOLUTION_PLANNED, executor="gkh", variant="refused", by="boris"),
        told(E.PLAN_RETURNED, by="anna"),
    ]
    assert replay_problem(events) == Stood(ProblemState.ASSIGNED, "gkh")


def test_a_problem_follows_its_events() -> None:
    events = [
        *ROUTED[1:],
        told(E.PROBLEM_CORRECTED, by="anna"),
        told(E.PROBLEM_MERGED, by="anna", into=str(UUID(int=3))),
        told(E.PROBLEM_RESTORED, by="anna"),
        told(E.PROBLEM_ASSIGNED, executor="roads", by="anna"),
    ]
    assert replay_problem(events) == Stood(ProblemState.ASSIGNED, "roads")
    assert replay_problem(events[:4]) == Stood(ProblemState.MERGED)


def test_a_step_that_the_states_do_not_have_is_noticed() -> None:
    with pytest.raises(NotAllowed):
        replay_problem([*ROUTED[1:], told(E.PROBLEM_QUEUED)])
    with pytest.raises(NotAllowed):
        replay_problem([told(E.PROBLEM_ASSIGNED, executor="gkh", by="machine")])


def test_an_appeal_follows_dismissal_and_its_undoing() -> None:
    events = [told(E.APPEAL_ACCEPTED), told(E.APPEAL_DISMISSED, 1), told(E.APPEAL_RESTORED, 2)]
    assert replay_appeal(events[:2]) is AppealState.DISMISSED
    assert replay_appeal(events) is AppealState.ACCEPTED
    assert replay_appeal([*events, told(E.PROBLEM_FOUND, 3)]) is AppealState.ANALYSED


def test_what_agrees_gives_no_difference() -> None:
    assert differences(AppealState.ANALYSED, Stood(ProblemState.ASSIGNED, "gkh"), ROUTED) == []


@pytest.mark.parametrize(
    ("state", "stood", "events", "word"),
    [
        (AppealState.ACCEPTED, None, [], "0 events of acceptance"),
        (AppealState.ACCEPTED, None, ROUTED[:1] * 2, "2 events of acceptance"),
        (AppealState.ANALYSED, None, ROUTED[:1], "accepted by the log"),
        (AppealState.ANALYSED, None, ROUTED, "no problem in the table"),
        (AppealState.ACCEPTED, Stood(ProblemState.FOUND), ROUTED[:1], "no event in the log"),
        (AppealState.ANALYSED, Stood(ProblemState.QUEUED), ROUTED, "assigned to gkh by the log"),
        (AppealState.ANALYSED, Stood(ProblemState.ASSIGNED, "roads"), ROUTED, "assigned to roads in the table"),
    ],
)
def test_what_differs_is_told(state: AppealState, stood: Stood | None, events: list[Event], word: str) -> None:
    assert any(word in one for one in differences(state, stood, events))


def test_events_of_an_appeal_that_is_not_there_are_told() -> None:
    (one,) = compare_appeal(None, APPEAL, ROUTED)
    assert "no appeal in the table" in one.what
