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
    back AS MATERIALIZED (
        SELECT DISTINCT ON (a.problem_id) a.problem_id, b.problem_id AS again
        FROM problem_facts a JOIN problem_facts b
            ON b.region_id = a.region_id AND b.topic = a.topic AND b.cell = a.cell AND b.problem_id <> a.problem_id
        WHERE a.region_id = %(region)s AND a.state = 'solved' AND a.closed_day BETWEEN %(since)s AND %(until)s
            AND left(a.cell, 2) = '{FINE_CELL}' AND b.state NOT IN ('merged', 'dismissed')
            AND b.day BETWEEN %(since)s AND %(until)s::date + {BACK_DAYS}
            AND b.day > a.closed_day AND b.day <= a.closed_day + {BACK_DAYS}
        ORDER BY a.problem_id, b.day, b.problem_id),
    failed AS MATERIALIZED (
        SELECT f.problem_id, f.accepted_at, coalesce(nullif(f.closed_by, ''), f.executor) AS who, f.reopenings,
            f.confirmed_flags > 0 AS returned, back.again
        FROM problem_facts f LEFT JOIN back ON back.problem_id = f.problem_id
        WHERE f.region_id = %(region)s AND f.state NOT IN ('merged', 'dismissed')
            AND coalesce(f.closed_day, f.day) BETWEEN %(since)s AND %(until)s
            AND (f.reopenings >= {REOPENED} OR f.confirmed_flags > 0 OR back.again IS NOT NULL))
"""
"""Two named queries: `failed` has each failed problem of the period once, with the problem that came after it."""


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
