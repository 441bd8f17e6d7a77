"""The public's map: whole months that are over, groups of topics, people under a floor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from psycopg.rows import tuple_row

from indicators.heat.cells import COARSEST, FINEST
from indicators.heat.counting import ALL
from indicators.heat.floor import Parts, Piece, pieces
from indicators.heat.reading import months
from streams.contract import Connection

FLOOR = 3
"""People a cell, unless the region's pack says another number (`heat_floor` of region.json)."""


def public_months(connection: Connection, region: str, today: date) -> list[date]:
    """The months that the public may ask for: those that are over. One that runs would show each day's difference."""
    return [month for month in months(connection, region) if month < today.replace(day=1)]


def public_map(connection: Connection, region: str, month: date, group: str, floor: int, at: int) -> list[Piece]:
    """The pieces of one month and group of topics (or all), at resolution `at`. Counts: people open, people closed."""
    made = []
    for level in (COARSEST, FINEST):
        of_group = _people(connection, region, month, group, level)
        of_all = _people(connection, region, month, ALL, level) if group else of_group
        made.append({cell: _parts(counts, of_all.get(cell, (0, 0))) for cell, counts in of_group.items()})
    totals, finest = made
    return pieces(totals, finest, floor, at)


def _parts(counts: Sequence[int], of_all: Sequence[int]) -> Parts:
    """Open, closed, and those of other topics in the same cell: else all topics less this group would tell of few."""
    return counts[0], counts[1], sum(of_all) - sum(counts)


def _people(connection: Connection, region: str, month: date, group: str, level: int) -> dict[int, tuple[int, int]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT c.cell, c.people_open, c.people_closed FROM heat_groups g JOIN heat_counts c ON c.group_id = g.id
               WHERE g.region_id = %s AND g.name = %s AND c.resolution = %s AND c.month = %s
                   AND (c.people_open > 0 OR c.people_closed > 0)""",
            [region, group, level, month],
        )
        return {cell: (people_open, people_closed) for cell, people_open, people_closed in rows}
