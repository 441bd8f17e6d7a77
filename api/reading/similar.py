"""Reading what problems have in common with others: repeats, copies, common causes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.problems import Row

MOST = 10
"""So many of one problem are listed, the most alike first; `total` counts them all."""

QUERY = f"""
    WITH alike AS (
        SELECT p.id AS problem_id, s.earlier_id AS other_id, true AS other_is_earlier, s.kind, s.score, s.reason
        FROM problems p JOIN similar_problems s ON s.problem_id = p.id
        WHERE p.region_id = %(region)s AND p.appeal_id = %(appeal)s
        UNION ALL
        SELECT p.id, s.problem_id, false, s.kind, s.score, s.reason
        FROM problems p JOIN similar_problems s ON s.earlier_id = p.id
        WHERE p.region_id = %(region)s AND p.appeal_id = %(appeal)s
    ), numbered AS (
        SELECT *, count(*) OVER (PARTITION BY problem_id) AS total,
            row_number() OVER (PARTITION BY problem_id ORDER BY score DESC, other_is_earlier DESC, other_id) AS place
        FROM alike
    )
    SELECT n.problem_id, n.other_id, n.other_is_earlier, n.kind, n.score, n.reason, n.total,
        o.appeal_id, o.ordinal, o.state, a.number, a.sent_at
    FROM numbered n JOIN problems o ON o.id = n.other_id JOIN appeals a ON a.id = o.appeal_id
    WHERE n.place <= {MOST}
    ORDER BY n.problem_id, n.place
"""


def of_appeal(connection: Connection[Any], region: str, appeal_id: UUID) -> dict[UUID, list[Row]]:
    """By problem of the appeal, what is like it, found before it or after it."""
    found: dict[UUID, list[Row]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(QUERY.encode(), {"region": region, "appeal": appeal_id}):
            found.setdefault(row["problem_id"], []).append(row)
    return found
