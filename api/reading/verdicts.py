"""Lists of verdicts, and of replies whose sending waits or was given up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.cursors import decoded, encoded
from api.reading.problems import Page

Row = dict[str, Any]

LIST = """
    SELECT v.id, v.problem_id, p.appeal_id, a.number, coalesce(t.name, p.group_name) AS topic, e.code AS executor_code,
        e.name AS executor_name, v.stage, v.score, v.solved, v.words, v.photo_sha256 <> '' AS photo, v.via, v.given_at,
        v.given_by, coalesce(a.author->>'name', '') AS author
    FROM verdicts v JOIN problems p ON p.id = v.problem_id JOIN appeals a ON a.id = p.appeal_id
        LEFT JOIN topics t ON t.region_id = p.region_id AND t.code = p.topic_code
        LEFT JOIN LATERAL (
            SELECT executor_id FROM assignments s
            WHERE s.problem_id = CASE p.state WHEN 'merged' THEN p.merged_into ELSE p.id END
                AND s.assigned_at <= v.given_at
            ORDER BY s.assigned_at DESC LIMIT 1) s ON true
        LEFT JOIN executors e ON e.id = s.executor_id
    WHERE v.region_id = %(region)s AND (%(solved)s::boolean IS NULL OR v.solved = %(solved)s)
        AND (%(at)s::timestamptz IS NULL OR (v.given_at, v.id) < (%(at)s, %(last)s))
    ORDER BY v.given_at DESC, v.id DESC LIMIT %(limit)s"""
SENDINGS = """
    SELECT r.id, r.appeal_id, a.number, a.channel, r.kind, r.subject, x.way, x.state, x.attempts, x.try_at, x.error
    FROM (SELECT id, 'reply' AS way, state, attempts, try_at, error FROM replies WHERE region_id = %(region)s
          UNION ALL
          SELECT id, 'copy', state, attempts, try_at, error FROM reply_copies WHERE region_id = %(region)s) x
        JOIN replies r ON r.id = x.id JOIN appeals a ON a.id = r.appeal_id
    WHERE x.state = %(state)s ORDER BY x.try_at DESC, r.id LIMIT %(limit)s"""


def listed(
    connection: Connection[Any],
    region: str,
    *,
    solved: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of the region's verdicts, newest first."""
    at, last = decoded(cursor, datetime, UUID) if cursor else (None, None)
    values = {"region": region, "solved": solved, "at": at, "last": last, "limit": limit + 1}
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(LIST, values).fetchall()
    end = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encoded([end["given_at"], end["id"]]) if end else None)


def problem_numbered(connection: Connection[Any], region: str, words: str) -> UUID | None:
    """The problem that is named «ОМ-2026-0000012/2», or by the appeal's number alone where it is the only one."""
    number, _, ordinal = words.upper().replace(" ", "").partition("/")
    rows = connection.execute(
        """SELECT p.id FROM problems p JOIN appeals a ON a.id = p.appeal_id
           WHERE a.number = %s AND a.region_id = %s AND (%s = '' OR (p.ordinal + 1)::text = %s) LIMIT 2""",
        (number, region, ordinal, ordinal),
    ).fetchall()
    return rows[0][0] if len(rows) == 1 else None


def sendings(connection: Connection[Any], region: str, state: str, limit: int = 100) -> list[Row]:
    """Replies, and copies by e-mail beside published ones, whose sending stands so: «approved» waits, «failed»."""
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(SENDINGS, {"region": region, "state": state, "limit": limit}).fetchall()


def photo(connection: Connection[Any], region: str, verdict_id: UUID) -> tuple[str, str, UUID] | None:
    """Digest and media type of the picture that came with a verdict, and the problem whose executor may see it.

    None where there is none.
    """
    row = connection.execute(
        """SELECT v.photo_sha256, v.photo_media_type, CASE p.state WHEN 'merged' THEN p.merged_into ELSE p.id END
           FROM verdicts v JOIN problems p ON p.id = v.problem_id
           WHERE v.id = %s AND v.region_id = %s AND v.photo_sha256 <> ''""",
        (verdict_id, region),
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])
