"""Reading appeals, their attachments and their history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading import search
from api.reading.cursors import decoded, encoded
from api.reading.problems import RUNNING, Page

Row = dict[str, Any]

COLUMNS = """
    id, region_id, number, channel, text, author, stated, sent_at, accepted_at, state, dismissal,
    dismissal_probability, privacy, analysed_at, model_version, regime
"""


WAITING = 2000
"""Appeals looked through for words before they are analysed; a moment later there is nothing to look through."""


def one(connection: Connection[Any], region: str, appeal_id: UUID) -> Row | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"SELECT {COLUMNS} FROM appeals WHERE region_id = %s AND id = %s".encode(), (region, appeal_id)
        ).fetchone()


def by_number(connection: Connection[Any], number: str) -> Row | None:
    """The appeal of this registration number: numbers are unique over all regions."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"SELECT {COLUMNS} FROM appeals WHERE number = %s".encode(), (number,)).fetchone()


def _waiting(connection: Connection[Any], region: str, typed: str) -> list[UUID]:
    """Those of the newest appeals that nobody analysed yet in which the words stand: the index has them later."""
    values: dict[str, Any] = {"region": region, "limit": WAITING}
    said = search.said_in("concat_ws(' ', a.number, a.text, a.author->>'name')", typed, values)
    query = f"""
        SELECT a.id FROM (SELECT id, number, text, author FROM appeals
            WHERE region_id = %(region)s AND state = 'accepted' ORDER BY accepted_at DESC LIMIT %(limit)s) a
        WHERE {said}"""
    return [row[0] for row in connection.execute(query.encode(), values, prepare=False).fetchall()]


def listed(
    connection: Connection[Any],
    region: str,
    *,
    state: str | None = None,
    dismissal: str | None = None,
    text: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of appeals, newest first."""
    conditions, source = ["region_id = %(region)s"], "appeals"
    values: dict[str, Any] = {"region": region, "limit": limit + 1}
    if state:
        conditions.append("state = %(state)s")
        values["state"] = state
    if dismissal:
        conditions.append("dismissal = %(dismissal)s")
        values["dismissal"] = dismissal
    if text:
        sought = search.look_up(connection, region, text)
        waiting = _waiting(connection, region, text)
        if sought.ids is not None:
            sought = replace(sought, ids=[*sought.ids, *waiting])
        else:
            conditions.append(f"(id {sought.condition} OR id = ANY(%(waiting)s))")
        source = sought.source("appeals", "id")
        values |= {"sought": sought.ids, "waiting": waiting, **sought.values}
    if cursor:
        values["at"], values["last"] = decoded(cursor, datetime, UUID)
        conditions.append("(accepted_at, id) < (%(at)s, %(last)s)")
    query = (
        f"SELECT {COLUMNS} FROM {source} a WHERE {' AND '.join(conditions)} "
        "ORDER BY accepted_at DESC, id DESC LIMIT %(limit)s"
    )
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(query.encode(), values, prepare=False).fetchall()
    more = len(rows) > limit
    return Page(rows[:limit], encoded([rows[limit - 1]["accepted_at"], rows[limit - 1]["id"]]) if more else None)


def attachments(connection: Connection[Any], appeal_id: UUID) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT id, name, media_type, size, sha256 FROM attachments WHERE appeal_id = %s ORDER BY ordinal",
            (appeal_id,),
        ).fetchall()


def attachment(connection: Connection[Any], region: str, appeal_id: UUID, attachment_id: UUID) -> Row | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """
            SELECT name, media_type, sha256 FROM attachments WHERE region_id = %s AND appeal_id = %s AND id = %s
            """,
            (region, appeal_id, attachment_id),
        ).fetchone()


def history(connection: Connection[Any], appeal_id: UUID) -> list[Row]:
    """What operators did with the appeal and its problems, oldest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """
            SELECT x.id, x.problem_id, p.ordinal, coalesce(u.name, x.login) AS who, x.kind, x.before, x.after,
                x.reason, x.done_at, x.undone_at, e.name AS executor_name, t.name AS topic_name
            FROM actions x
            LEFT JOIN problems p ON p.id = x.problem_id
            LEFT JOIN users u ON u.login = x.login
            LEFT JOIN executors e ON e.id = (x.after->>'executor_id')::uuid
            LEFT JOIN topics t ON t.region_id = x.region_id AND t.code = x.after->'columns'->>'topic_code'
            WHERE x.appeal_id = %s ORDER BY x.done_at, x.id
            """,
            (appeal_id,),
        ).fetchall()


def clocks(connection: Connection[Any], appeal_id: UUID) -> list[Row]:
    """The clocks of the appeal's problems, stopped and running; none runs that the problem's state does not know."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"""
            SELECT c.problem_id, c.kind, c.started_at, c.deadline_at, c.stopped_at, c.breached_at
            FROM clocks c JOIN problems p ON p.id = c.problem_id
            WHERE p.appeal_id = %s AND (c.stopped_at IS NOT NULL OR {RUNNING})
            ORDER BY c.deadline_at
            """.encode(),
            (appeal_id,),
        ).fetchall()
