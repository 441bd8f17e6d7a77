"""Reading executors, topics and assignments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.cursors import decoded, encoded
from api.reading.problems import OWN, Page

Row = dict[str, Any]


def executors(connection: Connection[Any], region: str) -> list[Row]:
    """All executors of the region by name, each with how many problems it has to do now: what is solved is no load."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """
            SELECT e.id, e.code, e.kind, e.name, e.parent_id, count(s.id) AS open_assignments
            FROM executors e LEFT JOIN (
                SELECT had.id, each.executor_id FROM assignments had
                JOIN problems p ON p.id = had.problem_id AND p.state IN ('assigned', 'planned', 'reported')
                CROSS JOIN LATERAL (VALUES (had.executor_id), (had.handler_id)) AS each (executor_id)
                WHERE had.region_id = %(region)s AND had.ended_at IS NULL
            ) s ON s.executor_id = e.id
            WHERE e.region_id = %(region)s GROUP BY e.id ORDER BY e.name
            """,
            {"region": region},
        ).fetchall()


def topics(connection: Connection[Any], region: str) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT code, group_name, name FROM topics WHERE region_id = %s ORDER BY group_name, name", (region,)
        ).fetchall()


def assignments(
    connection: Connection[Any],
    region: str,
    *,
    executor_id: UUID | None = None,
    problem_id: UUID | None = None,
    is_open: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of assignments, newest first."""
    conditions, values = ["s.region_id = %(region)s"], dict[str, Any](region=region, limit=limit + 1)
    if executor_id:
        conditions.append(f"(s.executor_id IN ({OWN}) OR s.handler_id IN ({OWN}))")
        values["executor_id"] = executor_id
    if problem_id:
        conditions.append("s.problem_id = %(problem)s")
        values["problem"] = problem_id
    if is_open is not None:
        conditions.append("s.ended_at IS NULL" if is_open else "s.ended_at IS NOT NULL")
    if cursor:
        values["at"], values["last"] = decoded(cursor, datetime, UUID)
        conditions.append("(s.assigned_at, s.id) < (%(at)s, %(last)s)")
    query = f"""
        SELECT s.id, s.problem_id, s.executor_id, e.name AS executor_name, s.handler_id,
            d.name AS handler_name, s.assigned_by, s.reason, s.probability,
            s.assigned_at, s.ended_at, s.end_reason
        FROM assignments s JOIN executors e ON e.id = s.executor_id LEFT JOIN executors d ON d.id = s.handler_id
        WHERE {" AND ".join(conditions)} ORDER BY s.assigned_at DESC, s.id DESC LIMIT %(limit)s
    """
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(query.encode(), values).fetchall()
    more = len(rows) > limit
    return Page(rows[:limit], encoded([rows[limit - 1]["assigned_at"], rows[limit - 1]["id"]]) if more else None)


def totals(connection: Connection[Any], region: str, now: datetime) -> list[Row]:
    """For the governor: by group, how many problems there are, wait for an operator, are in work, solved, overdue."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """
            WITH late AS (
                SELECT DISTINCT problem_id FROM clocks
                WHERE region_id = %(region)s AND stopped_at IS NULL AND deadline_at < %(now)s
            )
            SELECT p.group_name, count(*) AS total,
                count(*) FILTER (WHERE p.state IN ('found', 'queued')) AS waiting,
                count(*) FILTER (WHERE p.state IN ('assigned', 'planned', 'reported')) AS in_work,
                count(*) FILTER (WHERE p.state IN ('solved', 'answered')) AS solved,
                count(late.problem_id) AS overdue
            FROM problems p LEFT JOIN late ON late.problem_id = p.id
            WHERE p.region_id = %(region)s AND p.state NOT IN ('merged', 'dismissed')
            GROUP BY p.group_name ORDER BY total DESC, p.group_name
            """,
            {"region": region, "now": now},
        ).fetchall()
