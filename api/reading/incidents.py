"""Reading incidents, suggestions and bursts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import h3
from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.cursors import decoded, encoded
from api.reading.problems import Page, Row

COLUMNS = """
    i.id, i.number, i.cause, i.name, i.state, i.municipality, i.latitude, i.longitude, i.first_at, i.last_at,
    i.opened_by, i.opened_at, i.closed_at, i.version, i.executor_id, e.name AS executor_name, m.problems, m.waiting,
    m.solved, m.place, m.group_name"""
TABLES = """
    FROM incidents i LEFT JOIN executors e ON e.id = i.executor_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS problems, count(*) FILTER (WHERE p.state IN ('found', 'queued')) AS waiting,
            count(*) FILTER (WHERE p.state IN ('solved', 'answered')) AS solved,
            (array_agg(p.place ORDER BY s.joined_at, p.id))[1] AS place,
            mode() WITHIN GROUP (ORDER BY p.group_name) AS group_name
        FROM incident_problems s JOIN problems p ON p.id = s.problem_id
        WHERE s.incident_id = i.id AND s.left_at IS NULL) m"""


def listed(
    connection: Connection[Any], region: str, *, state: str | None, limit: int, cursor: str | None = None
) -> Page:
    """One page of incidents, those with the latest problem first."""
    conditions = ["i.region_id = %(region)s"]
    values: dict[str, Any] = {"region": region, "limit": limit + 1}
    if state:
        conditions.append("i.state = %(state)s")
        values["state"] = state
    if cursor:
        values["last"], values["id"] = decoded(cursor, datetime, UUID)
        conditions.append("(i.last_at, i.id) < (%(last)s, %(id)s)")
    query = (
        f"SELECT {COLUMNS} {TABLES} WHERE {' AND '.join(conditions)} ORDER BY i.last_at DESC, i.id DESC LIMIT %(limit)s"
    )
    with connection.cursor(row_factory=dict_row) as rows:
        found = rows.execute(query.encode(), values).fetchall()
    more = encoded([found[limit - 1]["last_at"], found[limit - 1]["id"]]) if len(found) > limit else None
    return Page(found[:limit], more)


def one(connection: Connection[Any], region: str, incident: UUID) -> Row | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        query = f"SELECT {COLUMNS} {TABLES} WHERE i.id = %s AND i.region_id = %s"
        return cursor.execute(query.encode(), (incident, region)).fetchone()


def members(connection: Connection[Any], incident: UUID) -> list[Row]:
    """The problems of an incident, in the order in which they were sent."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """
            SELECT p.id, p.appeal_id, p.ordinal, p.state, p.spans, p.place, p.latitude, p.longitude, p.urgency,
                p.group_name, t.name AS topic_name, a.number, a.text, a.privacy, a.sent_at, s.reason, s.joined_by,
                s.joined_at, e.name AS executor_name
            FROM incident_problems s
            JOIN problems p ON p.id = s.problem_id JOIN appeals a ON a.id = p.appeal_id
            LEFT JOIN topics t ON t.region_id = p.region_id AND t.code = p.topic_code
            LEFT JOIN assignments g ON g.problem_id = p.id AND g.ended_at IS NULL
            LEFT JOIN executors e ON e.id = g.executor_id
            WHERE s.incident_id = %s AND s.left_at IS NULL ORDER BY a.sent_at, p.id LIMIT 500
            """,
            (incident,),
        ).fetchall()


def suggestions(connection: Connection[Any], region: str, *, limit: int = 50) -> list[Row]:
    """What nobody has answered yet: problems that look like an incident, or like another problem."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """
            SELECT s.problem_id, s.incident_id, s.reason, s.score, s.suggested_at, p.appeal_id, a.number,
                i.number AS incident_number, i.name AS incident_name, b.number AS with_number,
                o.appeal_id AS with_appeal_id, s.with_problem_id
            FROM incident_suggestions s
            JOIN problems p ON p.id = s.problem_id JOIN appeals a ON a.id = p.appeal_id
            LEFT JOIN incidents i ON i.id = s.incident_id
            LEFT JOIN problems o ON o.id = s.with_problem_id LEFT JOIN appeals b ON b.id = o.appeal_id
            WHERE s.region_id = %s AND s.answer IS NULL
                AND p.state IN ('found', 'queued', 'assigned', 'planned', 'reported')
            ORDER BY s.suggested_at DESC, s.problem_id LIMIT %s
            """,
            (region, limit),
        ).fetchall()


def of_appeal(connection: Connection[Any], appeal: UUID) -> dict[UUID, list[Row]]:
    """The incident of each problem of the appeal that stands in one, with how many stand there."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            SELECT s.problem_id, i.id, i.number, i.name, s.reason, (
                SELECT count(*) FROM incident_problems o WHERE o.incident_id = i.id AND o.left_at IS NULL) AS problems
            FROM problems p JOIN incident_problems s ON s.problem_id = p.id AND s.left_at IS NULL
            JOIN incidents i ON i.id = s.incident_id WHERE p.appeal_id = %s
            """,
            (appeal,),
        ).fetchall()
    return {row["problem_id"]: [row] for row in rows}


def bursts(connection: Connection[Any], region: str, now: datetime, *, days: float = 3, limit: int = 20) -> list[Row]:
    """The alarms of the last days, newest first. `cell` is the centre of the neighbourhood, where it is one."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            SELECT id, group_name, place, municipality, hours, reached_at, problems, expected, probability, detected_at
            FROM bursts WHERE region_id = %s AND reached_at > %s ORDER BY reached_at DESC, place LIMIT %s
            """,
            (region, now - timedelta(days=days), limit),
        ).fetchall()
    return [row | {"cell": h3.cell_to_latlng(row["place"]) if h3.is_valid_cell(row["place"]) else None} for row in rows]
