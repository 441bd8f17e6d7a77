"""The SQL of co-executors: `co_assignments` and their clocks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from models.tasks import TaskKind
from routing import tasks
from routing.actions.records import Executor, Problem
from routing.actions.sharing import Part, Role
from streams.contract import Connection

PARTS = """
SELECT c.id, c.problem_id, c.role, t.deadline_at, c.answered_at IS NOT NULL, c.ended_at IS NOT NULL,
    e.id, e.code, e.name
FROM co_assignments c JOIN executors e ON e.id = c.executor_id JOIN task_clocks t ON t.subject_id = c.id
"""


def parts_of(connection: Connection, problem_id: UUID) -> list[Part]:
    """All parts of a problem in the order in which they were asked for."""
    rows = connection.execute(f"{PARTS} WHERE c.problem_id = %s ORDER BY c.assigned_at, c.id".encode(), (problem_id,))
    return [_part(row) for row in rows]


def part(connection: Connection, problem_id: UUID, part_id: UUID) -> Part:
    """One part, locked. Raises LookupError where the problem has none of this id."""
    row = connection.execute(
        f"{PARTS} WHERE c.problem_id = %s AND c.id = %s FOR UPDATE OF c".encode(), (problem_id, part_id)
    ).fetchone()
    if row is None:
        raise LookupError(part_id)
    return _part(row)


def _part(row: tuple[object, ...]) -> Part:
    id, problem_id, role, deadline, answered, ended, executor_id, code, name = row
    assert isinstance(id, UUID) and isinstance(problem_id, UUID) and isinstance(executor_id, UUID)
    assert isinstance(deadline, datetime)
    executor = Executor(executor_id, str(code), str(name))
    return Part(id, problem_id, executor, Role(str(role)), deadline, bool(answered), bool(ended))


def insert(connection: Connection, problem: Problem, part: Part, task: str, by: str, now: datetime) -> None:
    connection.execute(
        """
        INSERT INTO co_assignments (id, region_id, problem_id, executor_id, role, task, assigned_by, assigned_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (part.id, problem.region, problem.id, part.executor.id, part.role, task, by, now),
    )
    task_clock = tasks.Task(
        TaskKind.CO_ANSWER, part.id, problem.region, problem.appeal_id, part.executor.id, part.deadline
    )
    tasks.start(connection, task_clock, now)


def end(connection: Connection, part_id: UUID, reason: str, now: datetime) -> None:
    connection.execute("UPDATE co_assignments SET ended_at = %s, end_reason = %s WHERE id = %s", (now, reason, part_id))
    tasks.stop(connection, part_id, now)


def reopen(connection: Connection, part: Part) -> None:
    """Taking the executor off was undone."""
    connection.execute("UPDATE co_assignments SET ended_at = NULL, end_reason = NULL WHERE id = %s", (part.id,))
    if not part.answered:
        tasks.go_on(connection, part.id)


def go_on(connection: Connection, problem_id: UUID) -> None:
    """The problem that was put away came back: the parts that are still owed are due again."""
    for part in parts_of(connection, problem_id):
        if not (part.ended or part.answered):
            tasks.go_on(connection, part.id)


def answer(connection: Connection, part_id: UUID, text: str, by: str, now: datetime) -> None:
    connection.execute(
        "UPDATE co_assignments SET answer = %s, answered_by = %s, answered_at = %s WHERE id = %s",
        (text, by, now, part_id),
    )
    tasks.stop(connection, part_id, now)


def citizens_deadline(connection: Connection, problem_id: UUID) -> datetime | None:
    """When the problem must be solved; None while no clock says so."""
    row = connection.execute(
        "SELECT deadline_at FROM clocks WHERE problem_id = %s AND kind = 'solve'", (problem_id,)
    ).fetchone()
    return None if row is None else row[0]
