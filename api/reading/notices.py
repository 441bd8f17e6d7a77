"""Reading notices of clocks: an executor's account sees those to it and to everybody in it, others their desks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.cursors import decoded, encoded
from api.reading.problems import Page
from api.security.users import Role, User
from sla.escalation import Level
from sla.notice_rows import ABOUT, COLUMNS, HOLDS, SHOWN

DESKS = {
    Role.OPERATOR: [Level.OPERATORS],
    Role.GOVERNOR: [Level.DEPUTY_GOVERNOR, Level.GOVERNOR],
    Role.ADMIN: [Level.OPERATORS, Level.DEPUTY_GOVERNOR, Level.GOVERNOR],
    Role.EXECUTOR: [],
}
"""The levels whose notices a role reads; where a person is named for a level, he and the role both do."""
READS = f"""
    n.region_id = %(region)s AND {SHOWN} AND (
        n.executor_id IN (
            WITH RECURSIVE mine AS (
                SELECT id FROM executors WHERE id = %(executor)s AND region_id = %(region)s
                UNION SELECT e.id FROM executors e JOIN mine ON e.parent_id = mine.id)
            SELECT id FROM mine)
        OR n.level = ANY(%(desks)s))
"""


def _reader(user: User) -> dict[str, Any]:
    return {"region": user.region, "executor": user.executor_id, "desks": [desk.value for desk in DESKS[user.role]]}


def of_reader(
    connection: Connection[Any],
    user: User,
    now: datetime,
    *,
    unread: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of what this person may read, newest first."""
    values, conditions = _reader(user) | {"now": now, "limit": limit + 1}, [READS]
    if unread:
        conditions.append("n.state <> 'read'")
    if cursor:
        values["at"], values["last"] = decoded(cursor, datetime, UUID)
        conditions.append("(n.delivered_at, n.id) < (%(at)s, %(last)s)")
    query = f"""
        SELECT n.id, CASE n.state WHEN 'read' THEN 'read' ELSE 'delivered' END AS state, n.delivered_at,
            {COLUMNS}, e.name AS executor_name, {HOLDS} AS holds
        {ABOUT} LEFT JOIN executors e ON e.id = n.executor_id
        WHERE {" AND ".join(conditions)} ORDER BY n.delivered_at DESC, n.id DESC LIMIT %(limit)s
    """
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(query.encode(), values).fetchall()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(rows[:limit], encoded([last["delivered_at"], last["id"]]) if last else None)


def mark_read(connection: Connection[Any], user: User, ids: Sequence[UUID] | None, now: datetime) -> int:
    """Mark notices as read, all where `ids` is None; what this person may not read stays. Returns how many."""
    values = _reader(user) | {"now": now, "ids": None if ids is None else list(ids)}
    return connection.execute(
        f"""UPDATE notices n SET state = 'read', read_at = %(now)s
            WHERE {READS} AND n.state <> 'read' AND (%(ids)s::uuid[] IS NULL OR n.id = ANY(%(ids)s))""".encode(),
        values,
    ).rowcount
