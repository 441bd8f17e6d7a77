"""The rules of operators' actions over every state a problem can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import EventType
from models.refusal import Refused
from models.states import PROBLEM_TRANSITIONS, ProblemState, Who
from models.text import Span
from models.topics import Topic
from routing.actions import rules
from routing.actions.records import Action, ActionKind, Assign, Executor, Problem, Unassign
from routing.actions.undoing import undone

ROADS = Executor(uuid4(), "roads")
LIGHT = Executor(uuid4(), "light")
WASTE = Topic("02.001", "Вывоз мусора", "Мусор")


def problem(state: ProblemState = ProblemState.QUEUED) -> Problem:
    held = state in (ProblemState.ASSIGNED, ProblemState.PLANNED)
    return Problem(
        id=uuid4(),
        region="gorod",
        appeal_id=uuid4(),
        ordinal=0,
        state=state,
        version=3,
        spans=(Span(0, 40),),
        topic_code="01.001",
        topic_probability=0.7,
        group_name="Дороги",
        group_probability=0.8,
        decided=False,
        place={"level": "settlement", "settlement": "Городок"},
        municipality="Город г.о.",
        urgency=2,
        executor_id=ROADS.id if held else None,
        executor_guesses=(),
        merged_into=None,
        text_length=40,
        accepted_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def allowed(state: ProblemState, event: EventType) -> bool:
    return any(row.source == state and row.event == event and Who.OPERATOR in row.who for row in PROBLEM_TRANSITIONS)


@pytest.mark.parametrize("state", list(ProblemState))
def test_an_action_is_allowed_just_where_the_table_of_states_has_it(state: ProblemState) -> None:
    before, into = problem(state), problem()
    for event, act in (
        (EventType.PROBLEM_ASSIGNED, lambda: rules.assigned(before, LIGHT, ActionKind.ASSIGN, by="a", reason="")),
        (EventType.PROBLEM_DISMISSED, lambda: rules.dismissed(before, by="a", reason="")),
        (EventType.PROBLEM_MERGED, lambda: rules.merged(before, into, by="a")),
    ):
        if allowed(state, event):
            assert act().events[0][0] is event
        else:
            with pytest.raises(Refused, match=r"[а-я]"):
                act()


def test_a_problem_is_not_given_to_the_one_who_has_it() -> None:
    with pytest.raises(Refused):
        rules.assigned(problem(ProblemState.ASSIGNED), ROADS, ActionKind.ASSIGN, by="a", reason="")


def test_a_person_is_sure_of_the_topic_he_chose() -> None:
    change = rules.topic_corrected(problem(), WASTE, by="a")
    assert change.columns["topic_probability"] == 1.0
    assert change.columns["decided"] is True
    assert change.before["columns"]["topic_code"] == "01.001"
    with pytest.raises(Refused):
        rules.topic_corrected(replace(problem(), topic_code=WASTE.code, decided=True), WASTE, by="a")


def test_nothing_is_merged_into_a_problem_that_is_closed() -> None:
    for state in (ProblemState.MERGED, ProblemState.DISMISSED, ProblemState.SOLVED):
        with pytest.raises(Refused):
            rules.merged(problem(), problem(state), by="a")


def test_a_dismissed_problem_leaves_its_executor() -> None:
    assert isinstance(rules.dismissed(problem(ProblemState.ASSIGNED), by="a", reason="").assignment, Unassign)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4), st.integers(0, 60), st.integers(0, 60))
def test_cutting_a_piece_out_leaves_all_the_rest(raw: list[tuple[int, int]], one: int, other: int) -> None:
    spans = [Span(min(pair), max(pair)) for pair in raw]
    piece = Span(min(one, other), max(one, other))
    left = rules.without(spans, piece)
    covered = {place for span in spans for place in range(span.start, span.end)}
    kept = {place for span in left for place in range(span.start, span.end)}
    assert kept == covered - set(range(piece.start, piece.end))


@pytest.mark.parametrize("piece", [Span(0, 40), Span(5, 5), Span(30, 41)])
def test_a_split_needs_a_part_of_the_text(piece: Span) -> None:
    with pytest.raises(Refused):
        rules.split(problem(), piece, WASTE, new_id=uuid4(), ordinal=1, by="a")


def test_undoing_the_first_assignment_puts_the_problem_back_into_the_queue() -> None:
    held = problem(ProblemState.ASSIGNED)
    change = undone(Action(uuid4(), ActionKind.ACCEPT, held.id), held, None, by="a")
    assert change.columns["state"] is ProblemState.QUEUED
    assert isinstance(change.assignment, Unassign)
    assert [event for event, _ in change.events] == [EventType.PROBLEM_UNASSIGNED]


def test_undoing_a_reassignment_gives_it_back() -> None:
    held = problem(ProblemState.ASSIGNED)
    change = undone(Action(uuid4(), ActionKind.ASSIGN, held.id), held, LIGHT, by="a")
    assert isinstance(change.assignment, Assign)
    assert change.assignment.executor == LIGHT


def test_what_the_executor_has_planned_is_not_taken_away_by_an_undo() -> None:
    planned = problem(ProblemState.PLANNED)
    with pytest.raises(Refused):
        undone(Action(uuid4(), ActionKind.ACCEPT, planned.id), planned, None, by="a")


def test_a_restored_appeal_is_not_dismissed_again_by_an_undo() -> None:
    with pytest.raises(Refused):
        undone(Action(uuid4(), ActionKind.RESTORE_APPEAL, uuid4()), problem(), None, by="a")
