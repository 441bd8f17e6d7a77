"""Replays the log of instructions and compares it with their tables: states, deadlines, points and clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from psycopg.rows import tuple_row

from models.events import Event, EventType
from models.states import INSTRUCTION_TRANSITIONS, InstructionState, NotAllowed, next_state
from otklik.verify_rules import Difference
from streams import Connection

RUNNING = frozenset(InstructionState) - {InstructionState.REPORTED, InstructionState.CLOSED}


@dataclass(frozen=True, slots=True)
class Stood:
    """An instruction as its row, or as the replay of its events, shows it. `points` are the reached ones."""

    state: InstructionState
    executor: str
    deadline: datetime
    points: tuple[int, ...] = ()


def replay(events: Sequence[Event]) -> Stood:
    """The instruction after its events, in the log's order. Raises NotAllowed for a step that the table lacks."""
    first, *rest = events
    if first.type is not EventType.INSTRUCTION_GIVEN:
        raise NotAllowed(f"{first.type} before {EventType.INSTRUCTION_GIVEN}")
    given = datetime.fromisoformat(first.data["deadline"])
    stood = Stood(InstructionState.GIVEN, str(first.data["executor"]), given)
    for one in rest:
        if one.type is EventType.INSTRUCTION_MOVED:
            stood = replace(stood, deadline=datetime.fromisoformat(one.data["deadline"]))
        elif one.type is EventType.POINT_DONE:
            stood = replace(stood, points=tuple(sorted((*stood.points, int(one.data["point"])))))
        else:
            stood = replace(stood, state=_moved(stood.state, one.type))
    return stood


def _moved(state: InstructionState, event: EventType) -> InstructionState:
    """Each step of an instruction belongs to one: its executor or its head."""
    rows = [row for row in INSTRUCTION_TRANSITIONS if row.event is event]
    if not rows:
        raise NotAllowed(f"{event} is no step of an instruction")
    (who,) = rows[0].who
    return next_state(INSTRUCTION_TRANSITIONS, state, event, who)


def compare(connection: Connection) -> Iterator[Difference]:
    """What the log and the tables of instructions tell differently."""
    rows = dict(_rows(connection))
    for id, events in _events(connection):
        what = _compare(rows.pop(id, None), events)
        if what:
            yield Difference("instructions", str(id), what)
    for id in rows:
        yield Difference("instructions", str(id), "stands in the table, no event in the log")


def _compare(row: tuple[Stood, bool] | None, events: Sequence[Event]) -> str:
    if row is None:
        return f"{len(events)} events in the log, no instruction in the table"
    stands, runs = row
    try:
        told = replay(events)
    except NotAllowed as error:
        return f"the log has a step that is not allowed: {error}"
    if told != stands:
        return f"{stands} in the table, {told} by the log"
    if runs != (stands.state in RUNNING):
        return f"it is {stands.state} and its clock {'runs' if runs else 'stands'}"
    return ""


def _rows(connection: Connection) -> Iterator[tuple[UUID, tuple[Stood, bool]]]:
    """(id, (what stands, whether its clock runs)) of every instruction."""
    with connection.cursor("verify_instructions", row_factory=tuple_row) as cursor:
        cursor.execute(
            """
            SELECT i.id, i.state, e.code, i.deadline_at,
                ARRAY(SELECT p.ordinal FROM control_points p
                      WHERE p.instruction_id = i.id AND p.done_at IS NOT NULL ORDER BY p.ordinal),
                t.stopped_at IS NULL AND t.deadline_at = i.deadline_at
            FROM instructions i JOIN executors e ON e.id = i.executor_id JOIN task_clocks t ON t.subject_id = i.id
            """
        )
        for id, state, executor, deadline, points, runs in cursor:
            yield id, (Stood(InstructionState(state), executor, deadline, tuple(points)), runs)


def _events(connection: Connection) -> Iterator[tuple[UUID, list[Event]]]:
    """The events of every instruction in the log's order."""
    with connection.cursor("verify_instruction_events", row_factory=tuple_row) as cursor:
        cursor.execute(
            """
            SELECT event->'data'->>'instruction_id' AS id, event FROM stream_events WHERE stream = 'instructions'
            ORDER BY event->'data'->>'instruction_id' COLLATE "C", partition, position
            """
        )
        for id, rows in groupby(cursor, itemgetter(0)):
            yield UUID(id), [Event.of_json(content) for _, content in rows]
