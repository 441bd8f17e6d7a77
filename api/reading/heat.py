"""Reading the problems behind the map: those of a cell or of a hot spot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading.cursors import decoded, encoded
from api.reading.problems import Page, Row
from indicators.heat import Choice, Vague
from indicators.heat.cells import COARSEST, FINEST, resolution, span, text_of

STATES = {
    "": "f.state NOT IN ('merged', 'dismissed')",
    "open": "f.state NOT IN ('merged', 'dismissed', 'solved', 'answered')",
    "solved": "f.state = 'solved'",
    "answered": "f.state = 'answered'",
}
"""The states that the map lets one choose, as conditions over problem_facts."""


def problems_in(
    connection: Connection[Any],
    choice: Choice,
    cells: Sequence[int],
    vague: Vague,
    *,
    state: str = "",
    limit: int,
    cursor: str | None = None,
) -> Page:
    """One page of the problems that the map counts in these cells, newest first."""
    low, high = zip(*(run for cell in cells for run in _runs(cell)), strict=True)
    values: dict[str, Any] = {
        "region": choice.region, "low": list(low), "high": list(high), "first": choice.period.first,
        "last": choice.period.last, "group": choice.group, "topic": choice.topic, "limit": limit + 1,
        "vague": [text_of(cell) for cell in vague] if min(map(resolution, cells)) > COARSEST else [],
    }  # fmt: skip
    conditions = [STATES[state], "f.day BETWEEN %(first)s AND %(last)s", "f.cell <> ALL(%(vague)s)"]
    if choice.group:
        conditions.append("f.group_name = %(group)s")
    if choice.topic:
        conditions.append("f.topic = %(topic)s")
    if cursor:
        values["day"], values["id"] = decoded(cursor, str, UUID)
        conditions.append("(f.day, f.problem_id) < (%(day)s::date, %(id)s)")
    with connection.cursor(row_factory=dict_row) as rows:
        found: list[Row] = rows.execute(
            f"""
            SELECT f.problem_id AS id, f.appeal_id, f.day, f.state, f.cell, f.group_name, t.name AS topic_name,
                p.urgency, p.spans, p.place, p.municipality, a.number, a.text, a.privacy, e.name AS executor_name
            FROM unnest(%(low)s::text[], %(high)s::text[]) AS run (low, high)
            JOIN problem_facts f ON f.region_id = %(region)s
                AND f.cell COLLATE "C" >= run.low AND f.cell COLLATE "C" <= run.high
            JOIN problems p ON p.id = f.problem_id JOIN appeals a ON a.id = f.appeal_id
            LEFT JOIN topics t ON t.region_id = f.region_id AND t.code = f.topic
            LEFT JOIN executors e ON e.region_id = f.region_id AND e.code = f.executor
            WHERE {" AND ".join(conditions)} ORDER BY f.day DESC, f.problem_id DESC LIMIT %(limit)s
            """.encode(),
            values,
        ).fetchall()
    more = encoded([str(found[limit - 1]["day"]), found[limit - 1]["id"]]) if len(found) > limit else None
    return Page(found[:limit], more)


def about(connection: Connection[Any], choice: Choice, cells: Sequence[int], limit: int = 8) -> list[Row]:
    """What the problems in these cells are about: topics with their numbers, and the incidents they stand in."""
    low, high = zip(*(run for cell in cells for run in _runs(cell)), strict=True)
    with connection.cursor(row_factory=dict_row) as rows:
        return rows.execute(
            """
            SELECT coalesce(t.name, f.group_name) AS name, count(*) AS problems,
                count(*) FILTER (WHERE f.state IN ('solved', 'answered')) AS closed,
                (SELECT array_agg(DISTINCT i.number ORDER BY i.number) FROM incident_problems s
                 JOIN incidents i ON i.id = s.incident_id
                 WHERE s.problem_id = ANY(array_agg(f.problem_id)) AND s.left_at IS NULL) AS incidents
            FROM unnest(%(low)s::text[], %(high)s::text[]) AS run (low, high)
            JOIN problem_facts f ON f.region_id = %(region)s
                AND f.cell COLLATE "C" >= run.low AND f.cell COLLATE "C" <= run.high
            LEFT JOIN topics t ON t.region_id = f.region_id AND t.code = f.topic
            WHERE f.day BETWEEN %(first)s AND %(last)s AND f.state NOT IN ('merged', 'dismissed')
                AND (%(group)s = '' OR f.group_name = %(group)s)
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s
            """,
            {
                "low": list(low), "high": list(high), "region": choice.region, "first": choice.period.first,
                "last": choice.period.last, "group": choice.group, "limit": limit,
            },
        ).fetchall()  # fmt: skip


def _runs(cell: int) -> list[tuple[str, str]]:
    """Runs of texts of the cell itself and its descendants: facts hold cells of several resolutions."""
    runs = [span(cell, at) for at in range(resolution(cell), FINEST + 1)]
    return [(text_of(low), text_of(high)) for low, high in runs]
