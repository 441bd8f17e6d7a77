"""Instructions: any walk stays in the table of states, each step is made by whom it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import EventType
from models.identifiers import derived_id
from models.refusal import Refused
from models.states import INSTRUCTION_TRANSITIONS, InstructionState, Who
from routing.actions.records import Executor
from routing.instructions import rules
from routing.instructions.records import Instruction, Person, Point, Wish

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROADS, WASTE = (Executor(derived_id("executor", code), code, code) for code in ("roads", "waste"))
GOVERNOR = Person("governor", governor=True)
ROADMAN = Person("roadman", executor_id=ROADS.id)
STRANGER = Person("stranger", executor_id=WASTE.id)
WHOLE = Instruction(
    UUID(int=1), "omsk", 1, UUID(int=1), None, None, "Проверить мосты", "governor", None, ROADS,
    InstructionState.GIVEN, NOW + timedelta(days=10), 1,
)  # fmt: skip
PART = replace(
    WHOLE, id=UUID(int=2), parent_id=WHOLE.id, given_by="roadman", given_by_executor_id=ROADS.id, executor=WASTE
)
EVENTS = sorted({row.event for row in INSTRUCTION_TRANSITIONS})

walks = st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from([GOVERNOR, ROADMAN, STRANGER])), max_size=30)


@given(walks, st.sampled_from([WHOLE, PART]))
def test_any_walk_stays_in_the_table_and_nobody_does_what_is_anothers(
    walk: Sequence[tuple[EventType, Person]], begun: Instruction
) -> None:
    instruction = begun
    for event, person in walk:
        whos = rules.parts(person, instruction)
        rows = [
            row
            for row in INSTRUCTION_TRANSITIONS
            if row.source is instruction.state and row.event is event and row.who & whos
        ]
        try:
            step = rules.stepped(instruction, event, person, "сказано", [])
        except Refused:
            assert rows == []
        else:
            assert [row.target for row in rows] == [step.target]
            instruction = replace(instruction, state=step.target)


def test_the_head_of_a_whole_is_the_governor_and_of_a_part_who_handed_it_on() -> None:
    assert rules.parts(GOVERNOR, WHOLE) == {Who.HEAD}
    assert rules.parts(GOVERNOR, PART) == set()
    assert rules.parts(ROADMAN, WHOLE) == {Who.EXECUTOR}
    assert rules.parts(ROADMAN, PART) == {Who.HEAD}
    assert rules.parts(STRANGER, PART) == {Who.EXECUTOR}


def test_the_governor_sees_everything_and_an_executor_his_own() -> None:
    assert rules.sees(GOVERNOR, PART)
    assert rules.sees(ROADMAN, PART)
    assert not rules.sees(STRANGER, WHOLE)
    assert rules.sees(Person("operator", reader=True), WHOLE)


def test_only_a_governor_gives_and_only_the_executor_hands_a_part_on_while_he_is_at_it() -> None:
    rules.may_give(GOVERNOR, None)
    rules.may_give(ROADMAN, WHOLE)
    for person, parent in ((ROADMAN, None), (STRANGER, WHOLE), (GOVERNOR, WHOLE)):
        with pytest.raises(Refused):
            rules.may_give(person, parent)
    with pytest.raises(Refused, match="ждёт проверки отчёта"):
        rules.may_give(ROADMAN, replace(WHOLE, state=InstructionState.REPORTED))


@pytest.mark.parametrize("event", [EventType.INSTRUCTION_REPORTED, EventType.INSTRUCTION_CLOSED])
def test_nothing_is_reported_or_closed_over_parts_that_are_at_work(event: EventType) -> None:
    person, state = (
        (ROADMAN, InstructionState.IN_WORK)
        if event is EventType.INSTRUCTION_REPORTED
        else (GOVERNOR, InstructionState.REPORTED)
    )
    at = replace(WHOLE, state=state)
    with pytest.raises(Refused, match="закройте части"):
        rules.stepped(at, event, person, "готово", [InstructionState.IN_WORK])
    assert rules.stepped(at, event, person, "готово", [InstructionState.CLOSED]).event is event


@pytest.mark.parametrize(
    ("state", "event", "person"),
    [
        (InstructionState.IN_WORK, EventType.INSTRUCTION_REPORTED, ROADMAN),
        (InstructionState.REPORTED, EventType.INSTRUCTION_RETURNED, GOVERNOR),
        (InstructionState.IN_WORK, EventType.INSTRUCTION_CLOSED, GOVERNOR),
    ],
)
def test_a_report_remarks_and_taking_back_need_words(state: InstructionState, event: EventType, person: Person) -> None:
    with pytest.raises(Refused, match="Напишите"):
        rules.stepped(replace(WHOLE, state=state), event, person, "", [])


def wish(**changes: object) -> Wish:
    return replace(Wish(UUID(int=9), "Сделать", WASTE, NOW + timedelta(days=5), "день"), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        wish(text=""),
        wish(deadline=NOW),
        wish(deadline=WHOLE.deadline + timedelta(seconds=1)),
        wish(executor=ROADS),
        wish(points=(("", NOW + timedelta(days=1)),)),
        wish(points=(("Осмотр", NOW + timedelta(days=6)),)),
        wish(points=tuple(("Осмотр", NOW + timedelta(days=1)) for _ in range(21))),
    ],
)
def test_a_part_fits_into_its_whole_and_its_points_into_it(wrong: Wish) -> None:
    rules.checked(wish(points=(("Осмотр", NOW + timedelta(days=1)),)), WHOLE, NOW)
    with pytest.raises(Refused):
        rules.checked(wrong, WHOLE, NOW)


def test_only_who_gave_it_moves_the_deadline_and_only_the_executor_reaches_points() -> None:
    later, point = NOW + timedelta(days=20), Point(UUID(int=3), 1, "Осмотр", NOW + timedelta(days=1))
    rules.may_move(WHOLE, GOVERNOR, later, None, later, NOW)
    rules.may_reach(WHOLE, ROADMAN, point)
    attempts: list[Callable[[], None]] = [
        lambda: rules.may_move(WHOLE, ROADMAN, later, None, None, NOW),
        lambda: rules.may_move(WHOLE, GOVERNOR, NOW, None, None, NOW),
        lambda: rules.may_move(WHOLE, GOVERNOR, later, None, later + timedelta(days=1), NOW),
        lambda: rules.may_move(PART, ROADMAN, later, WHOLE, None, NOW),
        lambda: rules.may_reach(WHOLE, GOVERNOR, point),
        lambda: rules.may_reach(WHOLE, ROADMAN, replace(point, done=True)),
        lambda: rules.may_reach(replace(WHOLE, state=InstructionState.CLOSED), ROADMAN, point),
    ]
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
