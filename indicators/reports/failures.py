"""Executors whose failures repeat: solutions that their authors or operators did not take, and troubles that come back.

A problem fails where it was reopened twice or more, where a report of it was returned or its flags were confirmed, or
where within 60 days of its solution the same topic came again at the same place (H3 cell of resolution 9, some 200 m).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

REOPENED = 2
BACK_DAYS = 60
LEAST = 3
"""Failed problems from which an executor is named."""
FINE_CELL = "89"
"""How the H3 index of a cell of resolution 9 begins; a coarser one is no place that a trouble comes back to."""

FAILED = f"""
    done AS MATERIALIZED (
        SELECT problem_id, topic, cell, closed_day FROM problem_facts
        WHERE region_id = %(region)s AND state = 'solved' AND closed_day BETWEEN %(since)s AND %(until)s
            AND left(cell, 2) = '{FINE_CELL}'),
    later AS MATERIALIZED (
        SELECT problem_id, topic, cell, day FROM problem_facts
        WHERE region_id = %(region)s AND state NOT IN ('merged', 'dismissed')
            AND day BETWEEN %(since)s AND %(until)s::date + {BACK_DAYS}),
    back AS MATERIALIZED (
        SELECT DISTINCT ON (done.problem_id) done.problem_id, later.problem_id AS again
        FROM done JOIN later USING (topic, cell)
        WHERE later.problem_id <> done.problem_id
            AND later.day > done.closed_day AND later.day <= done.closed_day + {BACK_DAYS}
        ORDER BY done.problem_id, later.day, later.problem_id),
    failed AS MATERIALIZED (
        SELECT f.problem_id, f.accepted_at, coalesce(nullif(f.closed_by, ''), f.executor) AS who, f.reopenings,
            f.confirmed_flags > 0 AS returned, back.again
        FROM problem_facts f LEFT JOIN back ON back.problem_id = f.problem_id
        WHERE f.region_id = %(region)s AND f.state NOT IN ('merged', 'dismissed')
            AND coalesce(f.closed_day, f.day) BETWEEN %(since)s AND %(until)s
            AND (f.reopenings >= {REOPENED} OR f.confirmed_flags > 0 OR back.again IS NOT NULL))
"""
"""Named queries: `failed` has each failed problem of the period once, with the problem that came after it.

`done` and `later` stand apart so that they are joined at once: the planner
counts 80,000 walks through an index as 200."""


@dataclass(frozen=True, slots=True)
class Failing:
    """An executor: of `closed` problems `failed`, by the three marks; a problem may bear several."""

    code: str
    name: str
    closed: int
    failed: int
    reopened: int
    returned: int
    back: int


def failing(connection: Connection[Any], region: str, since: date, until: date) -> list[Failing]:
    """Executors with at least `LEAST` failed problems closed (or, open, accepted) in these days; the most first."""
    rows = connection.execute(
        f"""WITH {FAILED}, closed AS (
                SELECT closed_by AS who, count(*) AS closed FROM problem_facts
                WHERE region_id = %(region)s AND closed_day BETWEEN %(since)s AND %(until)s GROUP BY 1)
            SELECT d.who, coalesce(e.name, d.who), coalesce(max(c.closed), 0), count(*),
                count(*) FILTER (WHERE d.reopenings >= {REOPENED}), count(*) FILTER (WHERE d.returned), count(d.again)
            FROM failed d LEFT JOIN closed c ON c.who = d.who
                LEFT JOIN executors e ON e.region_id = %(region)s AND e.code = d.who
            WHERE d.who <> '' GROUP BY d.who, e.name
            HAVING count(*) >= %(least)s ORDER BY count(*) DESC, d.who""".encode(),
        {"region": region, "since": since, "until": until, "least": LEAST},
    ).fetchall()
    return [Failing(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Failed:
    """A problem of one executor, why it counts as failed, and the problem that came after it, if any."""

    problem: UUID
    reopenings: int
    returned: bool
    again: UUID | None


def failed_of(connection: Connection[Any], region: str, code: str, since: date, until: date) -> list[Failed]:
    """The failed problems of an executor, in the order in which they were accepted."""
    rows = connection.execute(
        f"""WITH {FAILED}
            SELECT problem_id, reopenings, returned, again FROM failed
            WHERE who = %(code)s ORDER BY accepted_at, problem_id""".encode(),
        {"region": region, "code": code, "since": since, "until": until},
    ).fetchall()
    return [Failed(*row) for row in rows]
