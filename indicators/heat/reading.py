"""Reading the map for those who work: any period, topic or group of topics; and what is usual there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from psycopg.rows import tuple_row

from indicators.heat.counting import ALL, Tally
from indicators.heat.store import CELL, NUMBERS, SUMS, parent_sql
from indicators.heat.towns import Vague
from indicators.period import Period
from streams.contract import Connection

Spans = Sequence[tuple[int, int]]

FACT_COUNTS = """
    coalesce(sum(f.sign) FILTER (WHERE f.state NOT IN ('solved', 'answered')), 0) AS open,
    coalesce(sum(f.sign) FILTER (WHERE f.state = 'solved'), 0) AS solved,
    coalesce(sum(f.sign) FILTER (WHERE f.state = 'answered'), 0) AS answered"""

RUNS = "unnest(%(first)s::date[], %(last)s::date[], %(sign)s::integer[]) AS run (first, last, sign)"
ANYTHING = "HAVING sum(open + solved + answered) <> 0"
"""What was taken away whole is not there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which problems of a region: of a period, and of one topic or one group of topics where either is named."""

    region: str
    period: Period
    group: str = ALL
    topic: str = ""

    def year_before(self) -> Choice:
        """The same of the twelve whole months before."""
        return replace(self, period=self.period.year_before())


def cells(
    connection: Connection, choice: Choice, resolution: int, spans: Spans | None, vague: Vague
) -> dict[int, Tally]:
    """Problems by cell of a resolution, in cells that lie in `spans` (None: in all)."""
    parts: list[str] = []
    low, high = zip(*spans, strict=True) if spans else ((0,), (2**63 - 1,))
    values: dict[str, Any] = _values(choice) | {"at": resolution, "low": list(low), "high": list(high)}
    values |= {"vague": sorted(vague)}
    whole, runs = _cut(choice)
    if whole:
        values["months"] = whole
        parts.append(
            f"""SELECT c.cell, {NUMBERS} FROM heat_groups g
                CROSS JOIN unnest(%(months)s::date[]) AS m (month)
                CROSS JOIN unnest(%(low)s::bigint[], %(high)s::bigint[]) AS span (low, high)
                JOIN heat_counts c ON c.group_id = g.id AND c.resolution = %(at)s AND c.month = m.month
                    AND c.cell BETWEEN span.low AND span.high
                WHERE g.region_id = %(region)s AND g.name = %(group)s"""
        )
    if runs:
        values |= _runs(runs)
        # OFFSET 0: the number of a cell is made once a row
        parts.append(
            f"""SELECT cell, {NUMBERS} FROM (
                    SELECT {parent_sql("f.number", "%(at)s")} AS cell, {FACT_COUNTS}
                    FROM (
                        SELECT {CELL} AS number, f.state, run.sign FROM {RUNS}
                        JOIN problem_facts f ON f.region_id = %(region)s AND f.day BETWEEN run.first AND run.last
                        WHERE f.cell <> '' AND f.state NOT IN ('merged', 'dismissed') {_of_subject(choice)} OFFSET 0) f
                    WHERE (f.number >> 52) & 15 >= %(at)s
                        AND (%(at)s = 5 OR f.number <> ALL(%(vague)s)) GROUP BY 1) edges
                WHERE EXISTS (SELECT FROM unnest(%(low)s::bigint[], %(high)s::bigint[]) AS span (low, high)
                              WHERE cell BETWEEN span.low AND span.high)"""
        )
    query = f"SELECT cell, {SUMS} FROM ({' UNION ALL '.join(parts)}) parts GROUP BY cell {ANYTHING}"
    with connection.cursor(row_factory=tuple_row) as cursor:
        return {cell: Tally(*numbers) for cell, *numbers in cursor.execute(query.encode(), values)}


def areas(connection: Connection, choice: Choice) -> dict[str, Tally]:
    """Problems by municipality; the empty name: not known."""
    parts: list[str] = []
    values = _values(choice)
    whole, runs = _cut(choice)
    if whole:
        values["months"] = whole
        parts.append(
            f"""SELECT a.municipality, {NUMBERS} FROM heat_groups g
                JOIN heat_areas a ON a.group_id = g.id AND a.month = ANY(%(months)s)
                WHERE g.region_id = %(region)s AND g.name = %(group)s"""
        )
    if runs:
        values |= _runs(runs)
        parts.append(
            f"""SELECT f.municipality, {FACT_COUNTS} FROM (
                    SELECT f.municipality, f.state, run.sign FROM {RUNS}
                    JOIN problem_facts f ON f.region_id = %(region)s AND f.day BETWEEN run.first AND run.last
                    WHERE f.state NOT IN ('merged', 'dismissed') {_of_subject(choice)}) f GROUP BY 1"""
        )
    query = f"SELECT municipality, {SUMS} FROM ({' UNION ALL '.join(parts)}) parts GROUP BY 1 {ANYTHING}"
    with connection.cursor(row_factory=tuple_row) as cursor:
        return {name: Tally(*numbers) for name, *numbers in cursor.execute(query.encode(), values)}


def months(connection: Connection, region: str) -> list[date]:
    """The months of which there is anything, in order."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT DISTINCT a.month FROM heat_groups g JOIN heat_areas a ON a.group_id = g.id
               WHERE g.region_id = %s AND g.name = '' ORDER BY 1""",
            [region],
        )
        return [month for (month,) in rows]


def _values(choice: Choice) -> dict[str, Any]:
    return {"region": choice.region, "group": choice.group, "topic": choice.topic}


def _of_subject(choice: Choice) -> str:
    if choice.topic:
        return "AND f.topic = %(topic)s"
    return "AND f.group_name = %(group)s" if choice.group else ""


def _runs(runs: Sequence[tuple[Period, int]]) -> dict[str, Any]:
    return {
        "first": [run.first for run, _ in runs],
        "last": [run.last for run, _ in runs],
        "sign": [sign for _, sign in runs],
    }


def _cut(choice: Choice) -> tuple[list[date], list[tuple[Period, int]]]:
    """(months to take from the counts, runs of days to take from the facts); single topics are not pre-counted."""
    return ([], [(choice.period, 1)]) if choice.topic else choice.period.cut()
