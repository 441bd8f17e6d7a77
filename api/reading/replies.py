"""Reading replies: lists for those who approve them, and those of a problem."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.cursors import decoded, encoded
from api.reading.problems import Page
from resolution.replies import mark

Row = dict[str, Any]

COLUMNS = """
    SELECT r.id, r.appeal_id, a.number, a.regime, a.channel, r.kind, r.state, r.subject, r.text, r.drafted_text,
        r.flags, r.drafted_at, r.approved_by, r.approved_at, r.sent_at, r.cancelled_by, r.cancelled_at, r.reason,
        array(SELECT p.problem_id FROM reply_problems p WHERE p.reply_id = r.id ORDER BY p.problem_id) AS problems,
        array(SELECT DISTINCT e.name FROM reply_problems p
              JOIN assignments s ON s.problem_id = p.problem_id AND s.ended_at IS NULL
              JOIN executors e ON e.id = s.executor_id
              WHERE p.reply_id = r.id ORDER BY e.name) AS executors
    FROM replies r JOIN appeals a ON a.id = r.appeal_id
    WHERE r.region_id = %(region)s"""
LIST = f"""{COLUMNS} AND r.state = %(state)s AND (%(kind)s::text IS NULL OR r.kind = %(kind)s)
        AND (%(flagged)s::boolean IS NULL OR (r.flags <> '[]') = %(flagged)s)
        AND (%(at)s::timestamptz IS NULL OR (r.drafted_at, r.id) > (%(at)s, %(last)s))
    ORDER BY r.drafted_at, r.id LIMIT %(limit)s"""
NEWEST = LIST.replace("(r.drafted_at, r.id) >", "(r.drafted_at, r.id) <").replace(
    "ORDER BY r.drafted_at, r.id", "ORDER BY r.drafted_at DESC, r.id DESC"
)


def listed(
    connection: Connection[Any],
    region: str,
    *,
    state: str,
    kind: str | None = None,
    flagged: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of the region's replies in a state: drafts that wait longest first, else the newest first."""
    at, last = decoded(cursor, datetime, UUID) if cursor else (None, None)
    values = {"region": region, "state": state, "kind": kind, "flagged": flagged, "at": at, "last": last}
    query = LIST if state == "drafted" else NEWEST
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(query.encode(), values | {"limit": limit + 1}).fetchall()
    end = rows[limit - 1] if len(rows) > limit else None
    return Page([_marked(row) for row in rows[:limit]], encoded([end["drafted_at"], end["id"]]) if end else None)


def one(connection: Connection[Any], region: str, reply_id: UUID) -> Row:
    """One reply. Raises LookupError where the region has none such."""
    with connection.cursor(row_factory=dict_row) as reader:
        row = reader.execute(f"{COLUMNS} AND r.id = %(id)s".encode(), {"region": region, "id": reply_id}).fetchone()
    if row is None:
        raise LookupError(reply_id)
    return _marked(row)


def waiting(connection: Connection[Any], region: str) -> tuple[int, int]:
    """(drafts that wait for a person, how many of them are flagged)."""
    row = connection.execute(
        """SELECT count(*), count(*) FILTER (WHERE flags <> '[]') FROM replies
           WHERE region_id = %s AND state = 'drafted'""",
        (region,),
    ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def of_problems(connection: Connection[Any], region: str, problem_ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """The replies about each problem in the order in which they were drafted, without acknowledgements."""
    found: dict[UUID, list[Row]] = {}
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(
            """SELECT p.problem_id, r.id, r.kind, r.state, r.subject, r.text, r.flags, r.drafted_at, r.sent_at, r.reason
               FROM reply_problems p JOIN replies r ON r.id = p.reply_id
               WHERE r.region_id = %s AND p.problem_id = ANY(%s) AND r.kind <> 'acknowledgement'
               ORDER BY r.drafted_at, r.id""",
            (region, list(problem_ids)),
        )
        for row in rows:
            found.setdefault(row["problem_id"], []).append(row)
    return found


def _marked(row: Row) -> Row:
    return row | {"seen": mark(row["text"])}
