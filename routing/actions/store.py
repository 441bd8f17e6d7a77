"""The SQL of operators' actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from models.identifiers import new_id
from models.refusal import Stale
from models.states import ProblemState
from models.text import Span
from routing.actions.records import Action, ActionKind, Assign, Change, Executor, NewProblem, Problem, Unassign
from streams.contract import Connection

JSON_COLUMNS = frozenset({"spans", "place", "executor_guesses"})
INHERITED = (
    "region_id, appeal_id, topic_guesses, words, facts, place, more_places, place_level, municipality, latitude, "
    "longitude, h3, urgency, urgency_reasons"
)


def problem_for_update(connection: Connection, region: str, problem_id: UUID) -> Problem | None:
    """The problem, locked until the transaction ends; None where the region has none of this id."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            SELECT p.*, assignment.executor_id, assignment.handler_id, length(appeal.text) AS text_length,
                   appeal.accepted_at, appeal.regime
            FROM problems p
            JOIN appeals appeal ON appeal.id = p.appeal_id
            LEFT JOIN assignments assignment ON assignment.problem_id = p.id AND assignment.ended_at IS NULL
            WHERE p.id = %s AND p.region_id = %s
            FOR UPDATE OF p
            """,
            (problem_id, region),
        ).fetchone()
    return None if row is None else _problem(row)


def _problem(row: Mapping[str, Any]) -> Problem:
    return Problem(
        id=row["id"],
        region=row["region_id"],
        appeal_id=row["appeal_id"],
        ordinal=row["ordinal"],
        state=ProblemState(row["state"]),
        version=row["version"],
        spans=tuple(Span(start, end) for start, end in row["spans"]),
        topic_code=row["topic_code"],
        topic_probability=row["topic_probability"],
        group_name=row["group_name"],
        group_probability=row["group_probability"],
        decided=row["decided"],
        place=row["place"],
        municipality=row["municipality"],
        urgency=row["urgency"],
        executor_id=row["executor_id"],
        executor_guesses=tuple(row["executor_guesses"]),
        merged_into=row["merged_into"],
        text_length=row["text_length"],
        accepted_at=row["accepted_at"],
        regime=row["regime"],
        doubt=row["doubt"],
        handler_id=row["handler_id"],
    )


def executor(connection: Connection, region: str, executor_id: UUID) -> Executor | None:
    row = connection.execute(
        "SELECT id, code, name FROM executors WHERE id = %s AND region_id = %s", (executor_id, region)
    ).fetchone()
    return None if row is None else Executor(*row)


def executor_by_code(connection: Connection, region: str, code: str) -> Executor | None:
    row = connection.execute(
        "SELECT id, code, name FROM executors WHERE code = %s AND region_id = %s", (code, region)
    ).fetchone()
    return None if row is None else Executor(*row)


def next_ordinal(connection: Connection, appeal_id: UUID) -> int:
    row = connection.execute("SELECT max(ordinal) + 1 FROM problems WHERE appeal_id = %s", (appeal_id,)).fetchone()
    assert row is not None
    return int(row[0])


def last_action(connection: Connection, problem_id: UUID) -> Action | None:
    """The problem's last action that is not undone."""
    row = connection.execute(
        """
        SELECT id, kind, problem_id, before, after FROM actions
        WHERE problem_id = %s AND undone_at IS NULL
        ORDER BY done_at DESC, id DESC LIMIT 1
        """,
        (problem_id,),
    ).fetchone()
    return None if row is None else Action(row[0], ActionKind(row[1]), row[2], row[3], row[4])


def mark_undone(connection: Connection, action_id: UUID, now: datetime) -> None:
    connection.execute("UPDATE actions SET undone_at = %s WHERE id = %s", (now, action_id))


def write_change(connection: Connection, change: Change, *, by: str, now: datetime) -> None:
    """Move the row, the assignment and, after a split, the new problem. Raises Stale where the version moved on."""
    _update(connection, change)
    if change.assignment is not None:
        _reassign(connection, change, change.assignment, by=by, now=now)
    if change.created is not None:
        _create(connection, change.problem, change.created, now)


def write_action(connection: Connection, change: Change, *, by: str, now: datetime) -> None:
    problem = change.problem
    connection.execute(
        """
        INSERT INTO actions (id, region_id, appeal_id, problem_id, login, kind, before, after, reason, done_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            new_id(),
            problem.region,
            problem.appeal_id,
            problem.id,
            by,
            change.kind,
            Jsonb(dict(change.before)),
            Jsonb(dict(change.after)),
            change.reason,
            now,
        ),
    )


def _update(connection: Connection, change: Change) -> None:
    settings: list[sql.Composable] = [sql.SQL("version = version + 1")]
    values: dict[str, Any] = {}
    for name, value in change.columns.items():
        settings.append(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)))
        values[name] = Jsonb(value) if name in JSON_COLUMNS else value
    query = sql.SQL("UPDATE problems SET {} WHERE id = %(id)s AND version = %(version_before)s").format(
        sql.SQL(", ").join(settings)
    )
    done = connection.execute(query, values | {"id": change.problem.id, "version_before": change.problem.version})
    if done.rowcount != 1:
        raise Stale


def _reassign(connection: Connection, change: Change, assignment: Assign | Unassign, *, by: str, now: datetime) -> None:
    problem = change.problem
    ended = assignment.ended if isinstance(assignment, Assign) else assignment.reason
    connection.execute(
        "UPDATE assignments SET ended_at = %s, end_reason = %s WHERE problem_id = %s AND ended_at IS NULL",
        (now, ended, problem.id),
    )
    if isinstance(assignment, Assign):
        connection.execute(
            """
            INSERT INTO assignments
                (id, region_id, problem_id, executor_id, handler_id, assigned_by, reason, assigned_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                new_id(),
                problem.region,
                problem.id,
                assignment.executor.id,
                assignment.handler.id if assignment.handler else None,
                assignment.by or by,
                assignment.reason,
                now,
            ),
        )


def _create(connection: Connection, parent: Problem, created: NewProblem, now: datetime) -> None:
    names = ["id", "found_at", *created.columns]
    values = [
        created.id,
        now,
        *(Jsonb(value) if name in JSON_COLUMNS else value for name, value in created.columns.items()),
    ]
    query = sql.SQL("INSERT INTO problems ({}, {}) SELECT {}, {} FROM problems WHERE id = %s").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(INHERITED),
        sql.SQL(", ").join(sql.Placeholder() for _ in names),
        sql.SQL(INHERITED),
    )
    connection.execute(query, [*values, parent.id])
