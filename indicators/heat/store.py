"""The SQL of the counts: adding to them, filling them from problem_facts, comparing them with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from psycopg.rows import tuple_row

from indicators.heat.cells import COARSEST, FINEST
from indicators.heat.counting import Counts, InCell, Tally
from indicators.heat.towns import Vague
from streams.contract import Connection

NUMBERS = ", ".join(Tally._fields)
ADDED = ", ".join(f"{name} = standing.{name} + excluded.{name}" for name in Tally._fields)
NUMBER_ARRAYS = ", ".join(["%s::integer[]"] * len(Tally._fields))
IS_NOTHING = " AND ".join(f"standing.{name} = 0" for name in Tally._fields)

CELL_KEY = {"group_id": "integer", "resolution": "smallint", "month": "date", "cell": "bigint"}
AREA_KEY = {"group_id": "integer", "month": "date", "municipality": "text"}

CELL = "('x' || lpad(f.cell, 16, '0'))::bit(64)::bigint"
"""A cell as a number, from the text in problem_facts."""


def parent_sql(cell: str, at: str) -> str:
    """indicators.heat.cells.parent in SQL."""
    return f"(({cell} & ~(15::bigint << 52)) | ({at}::bigint << 52) | ((1::bigint << (3 * (15 - {at}))) - 1))"


def add(connection: Connection, changes: Counts) -> None:
    """Add to the rows, in the order of their keys, so that no two workers wait for each other; empty rows go."""
    groups = group_ids(connection, {(key.region, key.group) for key in changes})
    cells: dict[tuple[Any, ...], Tally] = {}
    areas: dict[tuple[Any, ...], Tally] = {}
    for key, tally in changes.items():
        group = groups[key.region, key.group]
        if isinstance(key, InCell):
            cells[group, key.resolution, key.month, key.cell, key.region] = tally
        else:
            areas[group, key.month, key.municipality, key.region] = tally
    _add(connection, "heat_counts", CELL_KEY, cells)
    _add(connection, "heat_areas", AREA_KEY, areas)


def _add(connection: Connection, table: str, key: Mapping[str, str], changes: Mapping[tuple[Any, ...], Tally]) -> None:
    if not changes:
        return
    columns = [list(column) for column in zip(*((*at, *tally) for at, tally in sorted(changes.items())), strict=True)]
    names, types = ", ".join(key), [*key.values(), "text"]
    connection.execute(
        f"""INSERT INTO {table} AS standing ({names}, region_id, {NUMBERS})
            SELECT * FROM unnest({", ".join(f"%s::{one}[]" for one in types)}, {NUMBER_ARRAYS})
            ON CONFLICT ({names}) DO UPDATE SET {ADDED}""".encode(),
        columns,
    )
    if any(number < 0 for tally in changes.values() for number in tally):
        connection.execute(
            f"""DELETE FROM {table} standing
                USING unnest({", ".join(f"%s::{one}[]" for one in key.values())}) AS touched ({names})
                WHERE {" AND ".join(f"standing.{name} = touched.{name}" for name in key)} AND {IS_NOTHING}""".encode(),
            columns[: len(key)],
        )


def group_ids(connection: Connection, groups: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The numbers of (region, group), given to those that have none yet."""
    if not groups:
        return {}
    columns = [list(column) for column in zip(*sorted(groups), strict=True)]
    found = _known(connection, columns)
    if len(found) < len(groups):
        connection.execute(
            """INSERT INTO heat_groups (region_id, name) SELECT * FROM unnest(%s::text[], %s::text[])
               ON CONFLICT DO NOTHING""",
            columns,
        )
        found = _known(connection, columns)
    return found


def _known(connection: Connection, columns: list[list[str]]) -> dict[tuple[str, str], int]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT region_id, name, id FROM heat_groups
               JOIN unnest(%s::text[], %s::text[]) AS asked (region_id, name) USING (region_id, name)""",
            columns,
        )
        return {(region, name): number for region, name, number in rows}


def forget(connection: Connection, region: str) -> None:
    """Take away a region's counts; the stage that writes facts must wait, or it would add to what is counted anew."""
    connection.execute("LOCK TABLE heat_counts, heat_areas IN EXCLUSIVE MODE")
    for table in ("heat_counts", "heat_areas"):
        connection.execute(f"DELETE FROM {table} WHERE region_id = %s".encode(), [region])


# what each problem adds, once for its group and once for all topics
SPOTS = f"""
spots AS MATERIALIZED (
    SELECT date_trunc('month', f.day)::date AS month, f.municipality,
        CASE f.cell WHEN '' THEN 0 ELSE {CELL} END AS cell, g.name AS group_name, f.state
    FROM problem_facts f CROSS JOIN LATERAL (SELECT '' UNION SELECT f.group_name) AS g (name)
    WHERE f.region_id = %(region)s AND f.state NOT IN ('merged', 'dismissed')
), tallies AS MATERIALIZED (
    SELECT month, municipality, cell, group_name,
        CASE WHEN cell = ANY(%(vague)s) THEN {COARSEST} ELSE least((cell >> 52) & 15, {FINEST})::integer END AS finest,
        count(*) FILTER (WHERE state NOT IN ('solved', 'answered')) AS open,
        count(*) FILTER (WHERE state = 'solved') AS solved,
        count(*) FILTER (WHERE state = 'answered') AS answered
    FROM spots GROUP BY month, municipality, cell, group_name
)"""
SUMS = ", ".join(f"sum({name})::integer AS {name}" for name in Tally._fields)
BY_CELL = f"""
SELECT group_name, at::smallint AS resolution, month, {parent_sql("cell", "at")} AS cell, {SUMS}
FROM tallies CROSS JOIN LATERAL generate_series({COARSEST}, finest) AS at WHERE cell <> 0 GROUP BY 1, 2, 3, 4"""
BY_AREA = f"SELECT group_name, month, municipality, {SUMS} FROM tallies GROUP BY 1, 2, 3"


def fill(connection: Connection, region: str, vague: Vague) -> None:
    """Fill the counts of a region, which must be empty, from its facts."""
    values = {"region": region, "vague": sorted(vague)}
    connection.execute(
        """INSERT INTO heat_groups (region_id, name)
           SELECT DISTINCT %(region)s, name FROM (
               SELECT group_name AS name FROM problem_facts WHERE region_id = %(region)s UNION ALL SELECT '') named
           ON CONFLICT DO NOTHING""",
        values,
    )
    for table, key, made in (
        ("heat_counts", "resolution, month, cell", BY_CELL),
        ("heat_areas", "month, municipality", BY_AREA),
    ):
        connection.execute(
            f"""WITH {SPOTS}, made AS ({made})
                INSERT INTO {table} (group_id, {key}, region_id, {NUMBERS})
                SELECT g.id, {key}, %(region)s, {NUMBERS}
                FROM made JOIN heat_groups g ON g.region_id = %(region)s AND g.name = made.group_name
                ORDER BY g.id, {key}""".encode(),
            values,
        )


def differences(connection: Connection, region: str, vague: Vague) -> Iterator[tuple[str, str]]:
    """Rows that are not what the facts give: (where, how)."""
    values = {"region": region, "vague": sorted(vague)}
    for table, key, made in (
        ("heat_counts", ("resolution", "month", "cell"), BY_CELL),
        ("heat_areas", ("month", "municipality"), BY_AREA),
    ):
        with connection.cursor(row_factory=tuple_row) as cursor:
            rows = cursor.execute(
                f"""WITH {SPOTS}, made AS ({made}), stood AS (
                        SELECT g.name AS group_name, {", ".join(key)}, {NUMBERS}
                        FROM {table} JOIN heat_groups g ON g.id = group_id WHERE {table}.region_id = %(region)s)
                    SELECT group_name, {", ".join(f"{name}::text" for name in key)},
                        (SELECT row({_each("made")})::text), (SELECT row({_each("stood")})::text)
                    FROM made FULL JOIN stood USING (group_name, {", ".join(key)})
                    WHERE row({_each("made")}) IS DISTINCT FROM row({_each("stood")})""".encode(),
                values,
            )
            for group, *at, made_of_facts, stands in rows:
                where = ", ".join((table, group or "all topics", *at))
                yield where, f"{stands} in the table, {made_of_facts} by the facts"


def _each(side: str) -> str:
    return ", ".join(f"{side}.{name}" for name in Tally._fields)
