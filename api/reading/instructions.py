"""Reading instructions: lists that a person may see, and one with its points, parts and history."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.cursors import decoded, encoded
from api.reading.problems import Page
from routing.instructions import Person

Row = dict[str, Any]

COLUMNS = """
    i.id, i.number, i.root_id, i.parent_id, i.problem_id, i.text, i.given_by,
    coalesce(u.name, i.given_by) AS given_by_name, i.given_by_executor_id, g.name AS given_by_executor_name,
    i.executor_id, e.name AS executor_name, i.state,
    i.given_at, i.deadline_at, i.basis, i.report, i.closed_at, i.version,
    i.state NOT IN ('reported', 'closed') AND i.deadline_at < %(now)s AS overdue,
    (SELECT count(*) FROM instructions c WHERE c.parent_id = i.id AND c.state <> 'closed') AS open_parts,
    (SELECT count(*) FROM control_points p WHERE p.instruction_id = i.id) AS points,
    (SELECT count(*) FROM control_points p WHERE p.instruction_id = i.id AND p.done_at IS NOT NULL) AS points_done
"""
TABLES = """
    FROM instructions i
    JOIN executors e ON e.id = i.executor_id
    LEFT JOIN executors g ON g.id = i.given_by_executor_id
    LEFT JOIN users u ON u.login = i.given_by
"""
MINE = "(i.executor_id = %(executor)s OR i.given_by_executor_id = %(executor)s)"


def listed(
    connection: Connection[Any],
    region: str,
    person: Person,
    *,
    now: datetime,
    state: str | None = None,
    open_only: bool = False,
    overdue: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of what the person may see, the earliest deadline first."""
    conditions, values = ["i.region_id = %(region)s"], dict[str, Any](region=region, now=now, limit=limit + 1)
    if not (person.governor or person.reader):
        conditions.append(MINE)
        values["executor"] = person.executor_id
    if state:
        conditions.append("i.state = %(state)s")
        values["state"] = state
    if open_only:
        conditions.append("i.state <> 'closed'")
    if overdue:
        conditions.append("i.state NOT IN ('reported', 'closed') AND i.deadline_at < %(now)s")
    if cursor:
        values["at"], values["last"] = decoded(cursor, datetime, UUID)
        conditions.append("(i.deadline_at, i.id) > (%(at)s, %(last)s)")
    query = f"""
        SELECT {COLUMNS} {TABLES} WHERE {" AND ".join(conditions)} ORDER BY i.deadline_at, i.id LIMIT %(limit)s
    """
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(query.encode(), values).fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encoded([last["deadline_at"], last["id"]]) if last else None)


def one(connection: Connection[Any], region: str, instruction_id: UUID, person: Person, now: datetime) -> Row:
    """One instruction whole. Raises LookupError where there is none, or the person may not see it."""
    values = {"region": region, "id": instruction_id, "now": now}
    with connection.cursor(row_factory=dict_row) as reader:
        row = reader.execute(
            f"SELECT {COLUMNS} {TABLES} WHERE i.region_id = %(region)s AND i.id = %(id)s".encode(), values
        ).fetchone()
        if row is None or not may_see(row, person):
            raise LookupError(instruction_id)
        points = reader.execute(
            """
            SELECT id, ordinal, name, deadline_at, note, done_at, done_at IS NULL AND deadline_at < %(now)s AS overdue
            FROM control_points WHERE instruction_id = %(id)s ORDER BY ordinal
            """,
            values,
        ).fetchall()
        parts = reader.execute(
            f"SELECT {COLUMNS} {TABLES} WHERE i.parent_id = %(id)s ORDER BY i.number".encode(), values
        ).fetchall()
        steps = reader.execute(
            """
            SELECT s.kind, s.from_state, s.to_state, s.note, s.done_at, coalesce(u.name, s.login) AS who
            FROM instruction_steps s LEFT JOIN users u ON u.login = s.login
            WHERE s.instruction_id = %(id)s ORDER BY s.done_at, s.id
            """,
            values,
        ).fetchall()
    return row | {"control_points": points, "parts": parts, "steps": steps}


def may_see(row: Row, person: Person) -> bool:
    own = {row["executor_id"], row["given_by_executor_id"]} - {None}
    return person.governor or person.reader or person.executor_id in own


def of_problems(connection: Connection[Any], problems: list[UUID]) -> dict[UUID, list[Row]]:
    """The instructions about each of the problems."""
    found: dict[UUID, list[Row]] = {}
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(
            """
            SELECT i.problem_id, i.id, i.number, i.state, i.deadline_at, e.name AS executor_name
            FROM instructions i JOIN executors e ON e.id = i.executor_id
            WHERE i.problem_id = ANY(%s) ORDER BY i.number
            """,
            (problems,),
        )
        for row in rows:
            found.setdefault(row["problem_id"], []).append(row)
    return found
