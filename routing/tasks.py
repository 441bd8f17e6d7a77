"""The clocks of tasks that are no problem: a co-executor's answer, an instruction, a control point.

Each has one row of task_clocks, which warns and breaches once; the process of timers calls `tick`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import tuple_row

import streams
from models.events import Event, EventType, Stream, event
from models.identifiers import derived_id
from models.tasks import TaskKind, TaskPassed
from streams.contract import Connection

WARN_SHARE = 0.75
"""Share of the term at which a task warns: that of the clocks of problems in the packs."""

MOST = 1000
"""Clocks marked in one transaction at most, so that it stays short."""


Tell = Callable[[Connection, Sequence[TaskPassed], datetime], None]
"""Writes the notices of tasks that warn or breach."""


def _nobody(_connection: Connection, _passed: Sequence[TaskPassed], _now: datetime) -> None:
    """Nobody is told by notices; the events are there."""


@dataclass(frozen=True, slots=True)
class Row:
    """A clock that was just marked."""

    region: str
    key: UUID
    kind: str
    subject: UUID
    executor: str
    deadline: datetime
    clock_id: UUID
    executor_id: UUID


@dataclass(frozen=True, slots=True)
class Task:
    """What has a term. `key` is the key of its events: the appeal, or the uppermost instruction."""

    kind: TaskKind
    id: UUID
    region: str
    key: UUID
    executor_id: UUID
    deadline: datetime


def start(connection: Connection, task: Task, now: datetime) -> None:
    """Set the clock of a new task going."""
    connection.execute(
        """
        INSERT INTO task_clocks
            (id, region_id, kind, subject_id, event_key, executor_id, started_at, deadline_at, warn_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            derived_id(task.id, "clock"),
            task.region,
            task.kind,
            task.id,
            task.key,
            task.executor_id,
            now,
            task.deadline,
            _warns(now, task.deadline),
        ),
    )


def _warns(start: datetime, deadline: datetime) -> datetime:
    return start + (deadline - start) * WARN_SHARE


def stop(connection: Connection, subject_id: UUID, now: datetime) -> None:
    """The task is done, or taken back."""
    connection.execute(
        "UPDATE task_clocks SET stopped_at = %s WHERE subject_id = %s AND stopped_at IS NULL", (now, subject_id)
    )


def go_on(connection: Connection, subject_id: UUID) -> None:
    """As if it had never stood: the report was sent back, or taking it back was undone."""
    connection.execute("UPDATE task_clocks SET stopped_at = NULL WHERE subject_id = %s", (subject_id,))


def move(connection: Connection, subject_id: UUID, deadline: datetime, now: datetime) -> None:
    """Another deadline: it warns and breaches anew by it."""
    connection.execute(
        """
        UPDATE task_clocks SET deadline_at = %(deadline)s, warn_at = %(warns)s, warned_at = NULL, breached_at = NULL
        WHERE subject_id = %(subject)s
        """,
        {"deadline": deadline, "warns": _warns(now, deadline), "subject": subject_id},
    )


def tick(connection: Connection, now: datetime, tell: Tell = _nobody, most: int = MOST) -> int:
    """Mark the tasks that warn or breach by `now` and append their events, in the caller's transaction.

    `tell` writes the notices of what was marked. Returns how many were marked; call again at once when it is not less
    than `most`. Several processes may tick at a time: a clock that one has locked is skipped by the others.
    """
    stopped = _stop_put_away(connection, now, most)
    breached = _marked(connection, BREACH, now, most)
    warned = _marked(connection, WARN, now, most)
    if breached or warned:
        tell(connection, [*_passed(warned, breached=False), *_passed(breached, breached=True)], now)
        events = [_told(EventType.TASK_WARNED, row, now) for row in warned]
        events += [_told(EventType.TASK_BREACHED, row, now) for row in breached]
        streams.append(connection, Stream.CLOCKS, events)
    return stopped + len(breached) + len(warned)


def _passed(rows: Sequence[Row], *, breached: bool) -> list[TaskPassed]:
    return [
        TaskPassed(row.clock_id, row.region, TaskKind(row.kind), row.executor_id, row.deadline, breached)
        for row in rows
    ]


PUT_AWAY = """
UPDATE task_clocks t SET stopped_at = %(now)s FROM co_assignments c JOIN problems p ON p.id = c.problem_id
WHERE t.kind = 'co_answer' AND t.subject_id = c.id AND p.state IN ('solved', 'answered', 'merged', 'dismissed')
    AND t.id IN (SELECT id FROM task_clocks
                 WHERE stopped_at IS NULL AND (warned_at IS NULL AND warn_at <= %(now)s
                                               OR breached_at IS NULL AND deadline_at <= %(now)s)
                 LIMIT %(most)s FOR UPDATE SKIP LOCKED)
"""
"""A part of a problem that was solved or put away asks for nothing: its clock stops in place of warning."""

# a clock that breaches has nothing to warn of any more
BREACH = """
UPDATE task_clocks t SET breached_at = %(now)s, warned_at = coalesce(t.warned_at, %(now)s) FROM executors e
WHERE e.id = t.executor_id AND t.id IN (
    SELECT id FROM task_clocks WHERE stopped_at IS NULL AND breached_at IS NULL AND deadline_at <= %(now)s
    ORDER BY deadline_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING t.region_id, t.event_key, t.kind, t.subject_id, e.code, t.deadline_at, t.id, e.id
"""
WARN = """
UPDATE task_clocks t SET warned_at = %(now)s FROM executors e
WHERE e.id = t.executor_id AND t.id IN (
    SELECT id FROM task_clocks WHERE stopped_at IS NULL AND warned_at IS NULL AND warn_at <= %(now)s
    ORDER BY warn_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING t.region_id, t.event_key, t.kind, t.subject_id, e.code, t.deadline_at, t.id, e.id
"""


def _stop_put_away(connection: Connection, now: datetime, most: int) -> int:
    return connection.execute(PUT_AWAY, {"now": now, "most": most}).rowcount


def _marked(connection: Connection, query: str, now: datetime, most: int) -> list[Row]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [Row(*row) for row in cursor.execute(query.encode(), {"now": now, "most": most})]


def _told(type: EventType, row: Row, now: datetime) -> Event:
    return event(
        type,
        row.region,
        row.key,
        now,
        kind=row.kind,
        subject_id=str(row.subject),
        executor=row.executor,
        deadline=row.deadline.isoformat(),
    )
