"""The SQL of instructions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.rows import dict_row

from models.identifiers import derived_id, new_id
from models.states import InstructionState
from models.tasks import TaskKind
from routing.actions.records import Executor
from routing.instructions.records import Instruction, Person, Point, Step, Wish
from routing.tasks import Task, go_on, move, start, stop
from streams.contract import Connection


def for_update(connection: Connection, region: str, instruction_id: UUID) -> Instruction:
    """The instruction, locked. Raises LookupError where the region has none of this id."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            SELECT i.*, e.code, e.name FROM instructions i JOIN executors e ON e.id = i.executor_id
            WHERE i.id = %s AND i.region_id = %s FOR UPDATE OF i
            """,
            (instruction_id, region),
        ).fetchone()
    if row is None:
        raise LookupError(instruction_id)
    return Instruction(
        id=row["id"],
        region=row["region_id"],
        number=row["number"],
        root_id=row["root_id"],
        parent_id=row["parent_id"],
        problem_id=row["problem_id"],
        text=row["text"],
        given_by=row["given_by"],
        given_by_executor_id=row["given_by_executor_id"],
        executor=Executor(row["executor_id"], row["code"], row["name"]),
        state=InstructionState(row["state"]),
        deadline=row["deadline_at"],
        version=row["version"],
    )


def exists(connection: Connection, instruction_id: UUID) -> bool:
    row = connection.execute("SELECT FROM instructions WHERE id = %s", (instruction_id,)).fetchone()
    return row is not None


def problem_stands(connection: Connection, region: str, problem_id: UUID) -> bool:
    row = connection.execute("SELECT FROM problems WHERE id = %s AND region_id = %s", (problem_id, region)).fetchone()
    return row is not None


def children(connection: Connection, instruction_id: UUID) -> list[InstructionState]:
    """The states of the parts that were handed on."""
    rows = connection.execute("SELECT state FROM instructions WHERE parent_id = %s", (instruction_id,))
    return [InstructionState(state) for (state,) in rows]


def latest_part(connection: Connection, instruction_id: UUID) -> datetime | None:
    """The last deadline of the parts that are at work; None where there are none."""
    row = connection.execute(
        "SELECT max(deadline_at) FROM instructions WHERE parent_id = %s AND state <> 'closed'", (instruction_id,)
    ).fetchone()
    return None if row is None else row[0]


def points(connection: Connection, instruction_id: UUID) -> list[Point]:
    rows = connection.execute(
        """
        SELECT id, ordinal, name, deadline_at, done_at IS NOT NULL FROM control_points
        WHERE instruction_id = %s ORDER BY ordinal
        """,
        (instruction_id,),
    )
    return [Point(*row) for row in rows]


def insert(
    connection: Connection, region: str, wish: Wish, parent: Instruction | None, person: Person, now: datetime
) -> UUID:
    """Write a new instruction with its control points and their clocks; returns the uppermost instruction's id."""
    root = parent.root_id if parent else wish.id
    connection.execute(
        """
        INSERT INTO instructions (id, region_id, number, root_id, parent_id, problem_id, text, given_by,
                                  given_by_executor_id, executor_id, state, given_at, deadline_at, basis)
        VALUES (%s, %s, nextval('instruction_numbers'), %s, %s, %s, %s, %s, %s, %s, 'given', %s, %s, %s)
        """,
        (
            wish.id,
            region,
            root,
            parent.id if parent else None,
            wish.problem_id,
            wish.text,
            person.login,
            person.executor_id if parent else None,
            wish.executor.id,
            now,
            wish.deadline,
            wish.basis,
        ),
    )
    start(connection, Task(TaskKind.INSTRUCTION, wish.id, region, root, wish.executor.id, wish.deadline), now)
    for ordinal, (name, deadline) in enumerate(wish.points, start=1):
        point = derived_id(wish.id, "point", str(ordinal))
        connection.execute(
            """
            INSERT INTO control_points (id, region_id, instruction_id, ordinal, name, deadline_at)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            (point, region, wish.id, ordinal, name, deadline),
        )
        start(connection, Task(TaskKind.CONTROL_POINT, point, region, root, wish.executor.id, deadline), now)
    return root


def write_step(connection: Connection, instruction: Instruction, step: Step, login: str, now: datetime) -> None:
    """Move the state, and let the clocks stand or go on."""
    closed = now if step.target is InstructionState.CLOSED else None
    connection.execute(
        """
        UPDATE instructions SET state = %s, report = coalesce(%s, report), closed_at = %s, version = version + 1
        WHERE id = %s
        """,
        (step.target, step.report, closed, instruction.id),
    )
    _clocks(connection, instruction, step, now)
    write_history(connection, instruction, step, login, now)


def _clocks(connection: Connection, instruction: Instruction, step: Step, now: datetime) -> None:
    """The whole stands while a report waits; what was not reached of the points stands only when it is closed."""
    ends = step.target in (InstructionState.REPORTED, InstructionState.CLOSED)
    left = [point.id for point in points(connection, instruction.id) if not point.done]
    if ends:
        stop(connection, instruction.id, now)
    if step.target is InstructionState.RETURNED:
        go_on(connection, instruction.id)
    for point in left:
        if step.target is InstructionState.CLOSED:
            stop(connection, point, now)
        elif step.source is InstructionState.CLOSED:
            go_on(connection, point)


def write_history(connection: Connection, instruction: Instruction, step: Step, login: str, now: datetime) -> None:
    connection.execute(
        """
        INSERT INTO instruction_steps (id, region_id, instruction_id, login, kind, from_state, to_state, note, done_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            new_id(),
            instruction.region,
            instruction.id,
            login,
            step.event,
            step.source,
            step.target,
            step.note,
            now,
        ),
    )


def write_deadline(
    connection: Connection, instruction: Instruction, deadline: datetime, basis: str, now: datetime
) -> None:
    """Another deadline, also of control points that would come after it."""
    connection.execute(
        "UPDATE instructions SET deadline_at = %s, basis = %s, version = version + 1 WHERE id = %s",
        (deadline, basis, instruction.id),
    )
    move(connection, instruction.id, deadline, now)
    for point in points(connection, instruction.id):
        if point.deadline > deadline and not point.done:
            connection.execute("UPDATE control_points SET deadline_at = %s WHERE id = %s", (deadline, point.id))
            move(connection, point.id, deadline, now)


def write_reached(connection: Connection, point: Point, note: str, login: str, now: datetime) -> None:
    connection.execute(
        "UPDATE control_points SET done_at = %s, done_by = %s, note = %s WHERE id = %s", (now, login, note, point.id)
    )
    stop(connection, point.id, now)
