"""Instructions carried out: lock, ask the rule, write, tell. Every function runs in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import streams
from models.events import EventType, Stream, event
from models.refusal import Refused
from models.states import InstructionState
from routing.instructions import rules, store
from routing.instructions.records import Instruction, Person, Stale, Step, Wish
from streams.contract import Connection


def _seen(connection: Connection, region: str, instruction_id: UUID, version: int, person: Person) -> Instruction:
    """The instruction, locked, as the person saw it. Raises LookupError where he may not see it, Stale."""
    instruction = store.for_update(connection, region, instruction_id)
    if not rules.sees(person, instruction):
        raise LookupError(instruction_id)
    if instruction.version != version:
        raise Stale
    return instruction


def _tell(
    connection: Connection, region: str, root: UUID, type: EventType, now: datetime, person: Person, **data: Any
) -> None:
    streams.append(connection, Stream.INSTRUCTIONS, [event(type, region, root, now, by=person.login, **data)])


def give(
    connection: Connection, region: str, wish: Wish, person: Person, *, parent_id: UUID | None, now: datetime
) -> None:
    """Give an instruction, or hand on a part of one. The same `wish.id` again changes nothing."""
    parent = None
    if parent_id is not None:
        parent = store.for_update(connection, region, parent_id)
        if not rules.sees(person, parent):
            raise LookupError(parent_id)
    if store.exists(connection, wish.id):
        if not rules.sees(person, store.for_update(connection, region, wish.id)):
            raise LookupError(wish.id)
        return
    rules.may_give(person, parent)
    rules.checked(wish, parent, now)
    if wish.problem_id is not None and not store.problem_stands(connection, region, wish.problem_id):
        raise Refused("Такой проблемы нет. Проверьте номер обращения.")
    root = store.insert(connection, region, wish, parent, person, now)
    given = store.for_update(connection, region, wish.id)
    first = Step(EventType.INSTRUCTION_GIVEN, InstructionState.GIVEN, InstructionState.GIVEN, "")
    store.write_history(connection, given, first, person.login, now)
    told: dict[str, Any] = {"executor": wish.executor.code, "deadline": wish.deadline.isoformat()}
    told |= {"parent": str(parent.id)} if parent else {}
    told |= {"problem_id": str(wish.problem_id)} if wish.problem_id else {}
    _tell(connection, region, root, first.event, now, person, instruction_id=str(wish.id), **told)


def step(
    connection: Connection,
    region: str,
    instruction_id: UUID,
    version: int,
    event_type: EventType,
    person: Person,
    *,
    note: str,
    now: datetime,
) -> None:
    """Accept, start, report, return, close or reopen."""
    instruction = _seen(connection, region, instruction_id, version, person)
    taken = rules.stepped(instruction, event_type, person, note, store.children(connection, instruction_id))
    _must_not_outlive(connection, region, instruction, taken)
    store.write_step(connection, instruction, taken, person.login, now)
    _tell(connection, region, instruction.root_id, event_type, now, person, instruction_id=str(instruction_id))


def _must_not_outlive(connection: Connection, region: str, instruction: Instruction, taken: Step) -> None:
    """A part is not reopened under a whole that waits for judgement or is closed."""
    if taken.event is not EventType.INSTRUCTION_REOPENED or instruction.parent_id is None:
        return
    parent = store.for_update(connection, region, instruction.parent_id)
    if parent.state in (InstructionState.REPORTED, InstructionState.CLOSED):
        raise Refused(f"Вернуть часть нельзя: поручение, частью которого она была, {rules.STATE_NAMES[parent.state]}.")


def move(
    connection: Connection,
    region: str,
    instruction_id: UUID,
    version: int,
    deadline: datetime,
    basis: str,
    person: Person,
    *,
    note: str,
    now: datetime,
) -> None:
    """Give the instruction another deadline."""
    instruction = _seen(connection, region, instruction_id, version, person)
    parent = store.for_update(connection, region, instruction.parent_id) if instruction.parent_id else None
    rules.may_move(instruction, person, deadline, parent, store.latest_part(connection, instruction_id), now)
    store.write_deadline(connection, instruction, deadline, basis, now)
    moved = Step(EventType.INSTRUCTION_MOVED, instruction.state, instruction.state, note)
    store.write_history(connection, instruction, moved, person.login, now)
    root, told = instruction.root_id, {"instruction_id": str(instruction_id), "deadline": deadline.isoformat()}
    _tell(connection, region, root, moved.event, now, person, **told)


def reach(
    connection: Connection,
    region: str,
    instruction_id: UUID,
    point_id: UUID,
    person: Person,
    *,
    note: str,
    now: datetime,
) -> None:
    """Say that a control point is reached. Raises LookupError where the instruction has no such point."""
    instruction = store.for_update(connection, region, instruction_id)
    point = next((one for one in store.points(connection, instruction_id) if one.id == point_id), None)
    if point is None or not rules.sees(person, instruction):
        raise LookupError(point_id)
    rules.may_reach(instruction, person, point)
    store.write_reached(connection, point, note, person.login, now)
    reached = Step(EventType.POINT_DONE, instruction.state, instruction.state, f"{point.name}. {note}".strip())
    store.write_history(connection, instruction, reached, person.login, now)
    told = {"instruction_id": str(instruction_id), "point": point.ordinal}
    _tell(connection, region, instruction.root_id, reached.event, now, person, **told)
