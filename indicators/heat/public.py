"""The public's map: whole months that are over, groups of topics, people under a floor.

People are counted when the map is asked for, from the facts: a person counts once a group of topics and month, in the
cell of the first of his problems that lies on the map. Numbers of people therefore add up over cells, and those of any
set of cells are never more than the people who wrote of it, however many appeals each of them sent.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import NamedTuple

from psycopg.rows import tuple_row

from indicators.heat.cells import COARSEST, FINEST, parent, resolution
from indicators.heat.counting import ALL, finest_of
from indicators.heat.floor import Parts, Piece, pieces
from indicators.heat.reading import months
from indicators.heat.store import CELL
from indicators.heat.towns import Vague, vague_of
from models.pack import RegionPack
from streams.contract import Connection

FLOOR = 3
"""People a cell, unless the region's pack says another number (`heat_floor` of region.json)."""
KEPT = 64
"""Maps of so many months, groups and resolutions are kept ready: some hundred pieces each."""

# whose problem an operator split off an appeal has no author of its own: the appeal's is his
PEOPLE = f"""
WITH told AS (
    SELECT coalesce((array_agg(f.author) FILTER (WHERE f.author IS NOT NULL) OVER appeal)[1], f.appeal_id) AS person,
        CASE f.cell WHEN '' THEN 0 ELSE {CELL} END AS cell, f.group_name, f.problem_id,
        f.state IN ('solved', 'answered') AS closed
    FROM problem_facts f
    WHERE f.region_id = %(region)s AND f.day >= %(month)s AND f.day < %(month)s + interval '1 month'
        AND f.state NOT IN ('merged', 'dismissed')
    WINDOW appeal AS (PARTITION BY f.appeal_id)
), people AS (
    SELECT DISTINCT ON (person) cell, closed FROM told WHERE %(group)s IN ('', group_name)
    ORDER BY person, cell = 0, problem_id
)
SELECT cell, count(*) FILTER (WHERE NOT closed), count(*) FILTER (WHERE closed)
FROM people WHERE cell <> 0 GROUP BY 1"""

# the counts of all topics and of the group: whatever changes the map changes them
VERSION = """
SELECT coalesce(bit_xor(hashint8extended(c.cell,
    c.group_id::bigint << 48 # c.open::bigint << 32 # c.solved::bigint << 16 # c.answered::bigint)), 0)
FROM heat_groups g JOIN heat_counts c ON c.group_id = g.id
WHERE g.region_id = %(region)s AND g.name IN ('', %(group)s) AND c.resolution IN (5, 9) AND c.month = %(month)s"""

Counts = Mapping[int, tuple[int, int]]
"""People with an open and with a closed problem, by cell."""


class Asked(NamedTuple):
    """Which map: of a month that is over, of a group of topics or all, at a resolution."""

    region: str
    month: date
    group: str
    floor: int
    at: int


@dataclass(frozen=True, slots=True)
class PublicMap:
    """`version` is the same as long as the map is."""

    version: str
    pieces: list[Piece]


@dataclass
class PublicMaps:
    """Maps that were asked for lately, made anew where the counts have changed since. Threads may share it."""

    _known: OrderedDict[Asked, PublicMap] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, connection: Connection, pack: RegionPack, asked: Asked) -> PublicMap:
        """The map as the facts stand now."""
        version = version_of(connection, asked)
        with self._lock:
            known = self._known.get(asked)
            if known is not None and known.version == version:
                self._known.move_to_end(asked)
                return known
        made = PublicMap(version, public_map(connection, pack, asked))
        with self._lock:
            self._known[asked] = made
            self._known.move_to_end(asked)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return made


def version_of(connection: Connection, asked: Asked) -> str:
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(VERSION, asked._asdict()).fetchone()
    assert row is not None
    return f"{int(row[0]) & (1 << 64) - 1:016x}"


def public_months(connection: Connection, region: str, today: date) -> list[date]:
    """The months that the public may ask for: those that are over. One that runs would show each day's difference."""
    return [month for month in months(connection, region) if month < today.replace(day=1)]


def public_map(connection: Connection, pack: RegionPack, asked: Asked) -> list[Piece]:
    """The pieces of a map. Counts: people open, people closed."""
    vague = vague_of(pack)
    of_group = _by_cell(_people(connection, asked, asked.group), vague)
    of_all = _by_cell(_people(connection, asked, ALL), vague) if asked.group else of_group
    totals, finest = (
        {cell: _parts(counts, all_.get(cell, (0, 0))) for cell, counts in group.items()}
        for group, all_ in zip(of_group, of_all, strict=True)
    )
    return pieces(totals, finest, asked.floor, asked.at)


def _parts(counts: tuple[int, int], of_all: tuple[int, int]) -> Parts:
    """Open, closed, and those of other topics in the same cell: else all topics less this group would tell of few."""
    return *counts, sum(of_all) - sum(counts)


def _by_cell(people: Counts, vague: Vague) -> tuple[Counts, Counts]:
    """The sums by cell of the coarsest resolution, and of those whose place is known as well by the finest."""
    totals: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    finest: dict[int, tuple[int, int]] = {}
    for cell, (open_, closed) in people.items():
        home = parent(cell, COARSEST)
        totals[home] = totals[home][0] + open_, totals[home][1] + closed
        if resolution(cell) == finest_of(cell, vague) == FINEST:
            finest[cell] = open_, closed
    return totals, finest


def _people(connection: Connection, asked: Asked, group: str) -> Counts:
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(PEOPLE.encode(), {**asked._asdict(), "group": group})
        return {cell: (people_open, people_closed) for cell, people_open, people_closed in rows}
