"""The SQL of ratings: sums of the accounts by who is rated, topic and month, and the problems behind a number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from indicators.period import Period, month_of
from indicators.ratings.cells import Row
from indicators.ratings.components import Component
from indicators.work import COUNTS
from streams.contract import Connection


class Level(StrEnum):
    """Whose rating."""

    BODIES = "bodies"
    UNITS = "units"
    PERSONS = "persons"
    MUNICIPALITIES = "municipalities"


WHO = {
    Level.BODIES: "s.executor",
    Level.MUNICIPALITIES: "s.municipality",
    Level.PERSONS: "CASE WHEN x.kind = 'person' THEN x.code ELSE '' END",
    # the work of a person is that of the unit he is in; of units in units, the nearest one
    Level.UNITS: "CASE WHEN x.kind = 'unit' THEN x.code WHEN p.kind = 'unit' THEN p.code ELSE '' END",
}
JOINED = """LEFT JOIN executors x ON x.region_id = s.region_id AND x.code = s.handler
    LEFT JOIN executors p ON p.id = x.parent_id"""
STOCK = ("opened", "overdue")
ROOM = "SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true)"
"""Till the end of the transaction: great sums stay in memory, and compiling them takes longer than adding them."""


def rows(
    connection: Connection, region: str, level: Level, period: Period, only: Collection[str] | None = None
) -> list[Row]:
    """The sums of the period; what stood open before it comes with no month. `only` these, where given.

    Summed as floats, in which whole numbers below 2**53 are exact: several times faster than as numeric.
    """
    sums = ", ".join(f"sum({name})" for name in COUNTS)
    query = f"""SELECT who, topic, month, {sums} FROM (
        {_month_rows(level, "s.month BETWEEN %(since)s AND %(until)s", "s.month", COUNTS)}
        UNION ALL {_day_rows(level, _ranges(period.edges), "date_trunc('month', s.day)::date", COUNTS)}
        UNION ALL {_month_rows(level, "s.month < %(month)s", "NULL::date", STOCK)}
        UNION ALL {_day_rows(level, "s.day >= %(month)s AND s.day < %(first)s", "NULL::date", STOCK)}
    ) counted WHERE who <> '' AND (%(only)s::text[] IS NULL OR who = ANY(%(only)s)) GROUP BY who, topic, month"""
    whole = period.months or [date.max, date.min]
    parameters = {
        "region": region,
        "since": whole[0],
        "until": whole[-1],
        "first": period.first,
        "month": month_of(period.first),
        "only": list(only) if only is not None else None,
    }
    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        if only is None:
            cursor.execute(ROOM)
        return list(cursor.execute(query.encode(), parameters))


def _month_rows(level: Level, where: str, month: str, names: Collection[str]) -> str:
    return _select("executor_months", level, where, month, names)


def _day_rows(level: Level, where: str, month: str, names: Collection[str]) -> str:
    return _select("executor_work", level, where, month, names)


def _select(table: str, level: Level, where: str, month: str, names: Collection[str]) -> str:
    """Counts that are not among `names` come as nought."""
    counts = ", ".join(f"s.{name}::float8" if name in names else f"0::float8 AS {name}" for name in COUNTS)
    joined = JOINED if level in (Level.PERSONS, Level.UNITS) else ""
    own = "AND (%(only)s::text[] IS NULL OR s.executor = ANY(%(only)s))" if level is Level.BODIES else ""
    return f"""SELECT {WHO[level]} AS who, s.topic, {month} AS month, {counts}
        FROM {table} s {joined} WHERE s.region_id = %(region)s AND {where} {own}"""


def _ranges(edges: Collection[Period]) -> str:
    """A condition on days; dates are ours, no person's words."""
    told = " OR ".join(f"s.day BETWEEN '{edge.first}' AND '{edge.last}'" for edge in edges)
    return f"({told})" if told else "false"


def mark(connection: Connection) -> str:
    """All that is committed up to now was changed by transactions before this one; later ones may yet be under way."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
    assert row is not None
    return str(row[0])


def changed(connection: Connection, region: str, level: Level, since: str) -> list[str]:
    """Whose sums changed since the mark, and perhaps a little earlier."""
    joined = JOINED if level in (Level.PERSONS, Level.UNITS) else ""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            f"""SELECT DISTINCT {WHO[level]} FROM executor_months s {joined}
                WHERE s.region_id = %s AND s.changed >= %s::xid8""".encode(),
            [region, since],
        )
        return [str(row[0]) for row in found if row[0]]


@dataclass(frozen=True, slots=True)
class Behind:
    """A problem behind a count. `cases`, `count`: what it adds, in thousandths."""

    problem: UUID
    appeal: UUID
    topic: str
    day: date
    cases: int
    count: int


def behind(
    connection: Connection, region: str, level: Level, who: str, component: Component, period: Period, limit: int
) -> tuple[list[Behind], int]:
    """The problems that a component counts, the bad cases first, and how many there are."""
    of = " + ".join(f"s.{name}" for name in component.of)
    joined = JOINED if level in (Level.PERSONS, Level.UNITS) else ""
    since = "" if component.stock else "AND s.day >= %(first)s"
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            f"""SELECT s.problem_id, s.appeal_id, min(s.topic), max(s.day), sum({of})::bigint,
                       sum(s.{component.count})::bigint, count(*) OVER ()
                FROM executor_work s {joined}
                WHERE s.region_id = %(region)s AND {WHO[level]} = %(who)s AND s.day <= %(last)s {since}
                GROUP BY s.problem_id, s.appeal_id
                HAVING sum({of}) > 0 OR sum(s.{component.count}) > 0
                ORDER BY 6 {"ASC" if component.higher else "DESC"}, 4 DESC, 1 LIMIT %(limit)s""".encode(),
            {"region": region, "who": who, "first": period.first, "last": period.last, "limit": limit},
        ).fetchall()
    return [Behind(*row[:6]) for row in found], found[0][6] if found else 0


@dataclass(frozen=True, slots=True)
class Named:
    """An executor as he is called. `parent`: whose unit or person he is."""

    code: str
    name: str
    kind: str
    parent: str
    post: str


def executors(connection: Connection, region: str) -> dict[str, Named]:
    """The executors of a region by code."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(
            """SELECT e.code, coalesce(nullif(e.short_name, ''), e.name), e.kind, coalesce(p.code, ''), e.post
               FROM executors e LEFT JOIN executors p ON p.id = e.parent_id WHERE e.region_id = %s""",
            [region],
        ).fetchall()
    return {row[0]: Named(*row) for row in found}


def below(connection: Connection, region: str, executor: UUID) -> frozenset[str]:
    """The codes that an executor may look at: his own, of those he heads, and of everybody below."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            """WITH RECURSIVE own (id, code) AS (
                   SELECT id, code FROM executors WHERE region_id = %(region)s AND %(who)s IN (id, head_id)
                   UNION SELECT below.id, below.code FROM executors below JOIN own ON below.parent_id = own.id)
               SELECT code FROM own""",
            {"region": region, "who": executor},
        )
        return frozenset(str(row[0]) for row in found)


def numbers(connection: Connection, region: str, appeals: Collection[UUID]) -> dict[UUID, str]:
    """The registration numbers of appeals."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return dict(
            cursor.execute(
                "SELECT id, number FROM appeals WHERE region_id = %s AND id = ANY(%s)", [region, list(appeals)]
            ).fetchall()
        )
