"""The tables of states, walked: nothing leads nowhere, nobody does what is another's, and the docs show the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import EventType
from models.states import (
    APPEAL_TRANSITIONS,
    PROBLEM_TRANSITIONS,
    AppealState,
    NotAllowed,
    ProblemState,
    Who,
    next_state,
)
from models.states_page import states_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"
TABLES = [(APPEAL_TRANSITIONS, AppealState.ACCEPTED), (PROBLEM_TRANSITIONS, ProblemState.FOUND)]

steps = st.lists(st.tuples(st.sampled_from(EventType), st.sampled_from(Who)), max_size=30)


def test_the_page_shows_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == states_page(), "run: python -m models.states_page > docs/states.md"


@given(steps)
def test_any_walk_over_the_problems_table_stays_in_it(taken: Sequence[tuple[EventType, Who]]) -> None:
    state = ProblemState.FOUND
    for event, who in taken:
        allowed = {(row.event, each) for row in PROBLEM_TRANSITIONS if row.source == state for each in row.who}
        try:
            state = next_state(PROBLEM_TRANSITIONS, state, event, who)
        except NotAllowed:
            assert (event, who) not in allowed
        else:
            assert (event, who) in allowed


@given(steps)
def test_from_wherever_a_walk_led_an_operator_can_bring_the_problem_to_an_executor(
    taken: Sequence[tuple[EventType, Who]],
) -> None:
    state = ProblemState.FOUND
    for event, who in taken:
        try:
            state = next_state(PROBLEM_TRANSITIONS, state, event, who)
        except NotAllowed:
            continue
    if state in (ProblemState.MERGED, ProblemState.DISMISSED):
        state = next_state(PROBLEM_TRANSITIONS, state, EventType.PROBLEM_RESTORED, Who.OPERATOR)
    if state in (ProblemState.SOLVED, ProblemState.ANSWERED):
        state = next_state(PROBLEM_TRANSITIONS, state, EventType.PROBLEM_REOPENED, Who.OPERATOR)
    assert next_state(PROBLEM_TRANSITIONS, state, EventType.PROBLEM_ASSIGNED, Who.OPERATOR) is ProblemState.ASSIGNED


@pytest.mark.parametrize(("table", "start"), TABLES)
def test_every_state_is_reached_from_the_first(table: Any, start: Any) -> None:
    reached = {start}
    for _ in type(start):
        reached |= {row.target for row in table if row.source in reached}
    assert reached == set(type(start))


@pytest.mark.parametrize(("table", "start"), TABLES)
def test_one_event_by_one_person_leads_to_one_state_only(table: Any, start: Any) -> None:
    keys = [(row.source, row.event, who) for row in table for who in row.who]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("table", "start"), TABLES)
def test_every_row_says_why(table: Any, start: Any) -> None:
    assert all(row.why and row.who for row in table)
