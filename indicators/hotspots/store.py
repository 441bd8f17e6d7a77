"""The SQL of hot spots: what they are looked for in, and what was found when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row, tuple_row

from indicators.heat.store import CELL, parent_sql
from indicators.heat.towns import Vague
from indicators.hotspots.records import Found, Observed
from models.identifiers import new_id
from streams.contract import Connection

YEAR = timedelta(days=365)
LOCK_SPACE = 0x407


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A row of hot_spots."""

    id: UUID
    group_name: str
    method: str
    cells: list[int]
    municipality: str
    first_day: date
    last_day: date
    appeals: int
    expected: float
    probability: float
    found_on: date
    seen_on: date
    ended_on: date | None


COLUMNS = ", ".join(HotSpot.__dataclass_fields__)


def observed(
    connection: Connection, region: str, last: date, days: int, resolution: int, vague: Vague
) -> dict[str, Observed]:
    """Appeals by group ('' is all topics), cell and day: of the window up to `last`, and of the year before it.

    Whoever writes of a cell several times in so many `days` counts once, on the first: a cluster is of people, not of
    one who is persistent.
    """
    begin = last - timedelta(days=days - 1)
    history: dict[str, dict[int, int]] = defaultdict(dict)
    window: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"""SELECT name, cell, CASE WHEN run = 0 THEN back END, count(*) FROM (
                    SELECT g.name, {parent_sql(CELL, "%(at)s")} AS cell, (%(last)s - f.day) / %(days)s AS run,
                        coalesce(f.author, f.appeal_id) AS person, max(%(last)s - f.day) AS back
                    FROM problem_facts f CROSS JOIN LATERAL (SELECT '' UNION SELECT f.group_name) AS g (name)
                    WHERE f.region_id = %(region)s AND f.day BETWEEN %(since)s AND %(last)s AND f.cell <> ''
                        AND f.state NOT IN ('merged', 'dismissed') AND ({CELL} >> 52) & 15 >= %(at)s
                        AND {CELL} <> ALL(%(vague)s)
                    GROUP BY 1, 2, 3, 4) people
                GROUP BY 1, 2, 3""".encode(),
            {
                "region": region, "at": resolution, "days": days, "last": last, "since": begin - YEAR,
                "vague": sorted(vague),
            },
        )  # fmt: skip
        for group, cell, back, appeals in rows:
            if back is None:
                history[group][cell] = appeals
            else:
                window[group][cell, back] = appeals
    return {group: Observed(history[group], window[group]) for group in window}


def lock(connection: Connection, region: str) -> None:
    """Till the commit nobody else looks for hot spots of this region."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, region])


def last_run(connection: Connection, region: str) -> date | None:
    """The last day that was looked at."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT max(day) FROM hot_spot_runs WHERE region_id = %s", [region]).fetchone()
    return row[0] if row else None


def anything_up_to(connection: Connection, region: str, day: date) -> bool:
    """Whether there is any problem of that day or before."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "SELECT EXISTS (SELECT FROM problem_facts WHERE region_id = %s AND day <= %s)", [region, day]
        ).fetchone()
    return bool(row and row[0])


def put_run(connection: Connection, region: str, day: date, ran_at: datetime, seconds: float, found: int) -> None:
    connection.execute(
        """INSERT INTO hot_spot_runs (id, region_id, day, ran_at, seconds, found) VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (region_id, day) DO UPDATE SET
               ran_at = excluded.ran_at, seconds = excluded.seconds, found = excluded.found""",
        [new_id(), region, day, ran_at, seconds, found],
    )


def running(connection: Connection, region: str) -> list[HotSpot]:
    """Those that the last run found, those found last first."""
    with connection.cursor(row_factory=class_row(HotSpot)) as cursor:
        return cursor.execute(
            f"SELECT {COLUMNS} FROM hot_spots WHERE region_id = %s AND ended_on IS NULL ORDER BY found_on DESC, id",
            [region],
        ).fetchall()


def listed(connection: Connection, region: str, since: date, limit: int = 50) -> list[HotSpot]:
    """Those that were seen since a day: the running ones first, the least likely by chance first."""
    with connection.cursor(row_factory=class_row(HotSpot)) as cursor:
        return cursor.execute(
            f"""SELECT {COLUMNS} FROM hot_spots WHERE region_id = %s AND seen_on >= %s
                ORDER BY ended_on IS NOT NULL, seen_on DESC, probability, appeals DESC, id LIMIT %s""",
            [region, since, limit],
        ).fetchall()


def one(connection: Connection, region: str, spot: UUID) -> HotSpot | None:
    with connection.cursor(row_factory=class_row(HotSpot)) as cursor:
        return cursor.execute(
            f"SELECT {COLUMNS} FROM hot_spots WHERE region_id = %s AND id = %s", [region, spot]
        ).fetchone()


def course(connection: Connection, region: str, spot: UUID) -> list[tuple[date, int, float]]:
    """How it went: (day, appeals, expected) of each run that found it."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """SELECT day, appeals, expected FROM hot_spot_days WHERE region_id = %s AND hot_spot_id = %s
               ORDER BY day""",
            [region, spot],
        ).fetchall()


def put(connection: Connection, region: str, spot: UUID | None, found: Found, municipality: str, day: date) -> UUID:
    """Write what a run found: a new hot spot, or `spot` as it stands now."""
    key = spot or new_id()
    connection.execute(
        """INSERT INTO hot_spots (id, region_id, group_name, method, cells, municipality, first_day, last_day, appeals,
                                  expected, probability, found_on, seen_on)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (id) DO UPDATE SET
               method = excluded.method, cells = excluded.cells, municipality = excluded.municipality,
               first_day = least(hot_spots.first_day, excluded.first_day), last_day = excluded.last_day,
               appeals = excluded.appeals, expected = excluded.expected, probability = excluded.probability,
               seen_on = excluded.seen_on, ended_on = NULL""",
        [
            key, region, found.group, found.method, list(found.cells), municipality, found.first, found.last,
            found.appeals, found.expected, found.probability, day, day,
        ],
    )  # fmt: skip
    connection.execute(
        """INSERT INTO hot_spot_days (hot_spot_id, day, region_id, appeals, expected, probability)
           VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (hot_spot_id, day) DO UPDATE SET
               appeals = excluded.appeals, expected = excluded.expected, probability = excluded.probability""",
        [key, day, region, found.appeals, found.expected, found.probability],
    )
    return key


def end(connection: Connection, spots: Sequence[UUID], day: date) -> None:
    connection.execute("UPDATE hot_spots SET ended_on = %s WHERE id = ANY(%s)", [day, list(spots)])


def municipality_of(connection: Connection, region: str, cells: Sequence[tuple[str, str]], since: date) -> str:
    """The municipality that most problems in these runs of cells name since a day; empty where none does."""
    low, high = zip(*cells, strict=True)
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """SELECT f.municipality FROM unnest(%s::text[], %s::text[]) AS run (low, high)
               JOIN problem_facts f ON f.region_id = %s
                   AND f.cell COLLATE "C" >= run.low AND f.cell COLLATE "C" <= run.high
               WHERE f.day >= %s GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1""",
            [list(low), list(high), region, since],
        ).fetchone()
    return str(row[0]) if row else ""
