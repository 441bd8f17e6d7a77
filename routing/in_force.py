"""The decision table that is in force in a region: what its officials imported, or the pack's files where they did not.

An import writes its number; a worker compares the number and the day with those of the table it holds, and reads anew
only where one of them moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from models.pack import RegionPack
from routing.competence import Competence, Row
from routing.executors import Absence, Body
from streams.contract import Connection


@dataclass
class InForce:
    """Tables of decisions by region, each as of an import and a day."""

    pack_of: Callable[[str], RegionPack]
    _held: dict[str, tuple[int, date, Competence]] = field(default_factory=dict)

    def at(self, connection: Connection, region: str, now: datetime) -> Competence:
        """The table of a region at a moment, as of the region's own day."""
        pack = self.pack_of(region)
        day = now.astimezone(pack.zone).date()
        imported = last_import(connection, region)
        held = self._held.get(region)
        if held is None or held[:2] != (imported, day):
            held = imported, day, competence_at(connection, pack, day)
            self._held[region] = held
        return held[2]


def last_import(connection: Connection, region: str) -> int:
    """The number of a region's last import; 0 where there was none."""
    row = connection.execute("SELECT max(id) FROM executor_imports WHERE region_id = %s", (region,)).fetchone()
    return int(row[0]) if row is not None and row[0] is not None else 0


def competence_at(connection: Connection, pack: RegionPack, day: date) -> Competence:
    """The table as it holds on a day. Raises PackError and KeyError as of Competence.of_pack."""
    return stored_competence(connection, pack).on(day)


def stored_competence(connection: Connection, pack: RegionPack) -> Competence:
    """The table with all that was and will be: imported executors, absences and rows, each in place of the pack's."""
    table = Competence.of_pack(pack)
    if not last_import(connection, pack.id):
        return table
    rows = tuple(row for _, row in stored_rows(connection, pack.id))
    return replace(
        table,
        bodies=tuple(stored_executors(connection, pack.id)),
        absences=tuple(stored_absences(connection, pack.id)),
        rows=rows or table.rows,
    )


def stored_executors(connection: Connection, region: str) -> list[Body]:
    """All executors of the table, also those that are not valid any more."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(EXECUTORS, (region,)).fetchall()
    return [Body(**{**row, "deputies": tuple(row["deputies"])}) for row in rows]


def stored_absences(connection: Connection, region: str) -> list[Absence]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return [Absence(**row) for row in cursor.execute(ABSENCES, (region,)).fetchall()]


def stored_rows(connection: Connection, region: str) -> list[tuple[UUID, Row]]:
    """All imported decision rows with their ids, also those that are over."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(ROWS, (region,)).fetchall()
    return [(row["id"], _row(row, line)) for line, row in enumerate(rows, start=2)]


EXECUTORS = """
SELECT e.code, e.name, e.short_name, e.municipality, e.kind, coalesce(p.code, '') AS parent,
    coalesce(h.code, '') AS head, e.post, e.email, e.capacity, e.valid_from, e.valid_to,
    array(SELECT d.code FROM deputies x JOIN executors d ON d.id = x.deputy_id
          WHERE x.executor_id = e.id ORDER BY x.ordinal) AS deputies
FROM executors e LEFT JOIN executors p ON p.id = e.parent_id LEFT JOIN executors h ON h.id = e.head_id
WHERE e.region_id = %s ORDER BY e.kind, e.code
"""
ABSENCES = """
SELECT e.code AS person, a.first_day, a.last_day, coalesce(d.code, '') AS deputy, a.reason
FROM absences a JOIN executors e ON e.id = a.executor_id LEFT JOIN executors d ON d.id = a.deputy_id
WHERE a.region_id = %s ORDER BY e.code, a.first_day
"""
ROWS = """
SELECT id, topic, municipality, property, executor, machine, basis, valid_from, valid_to FROM competences
WHERE region_id = %s ORDER BY property, topic, municipality, executor, valid_from NULLS FIRST
"""


def _row(row: Mapping[str, Any], line: int) -> Row:
    return Row(
        topic=row["topic"],
        municipality=row["municipality"],
        body=row["executor"],
        machine=row["machine"],
        basis=row["basis"],
        line=line,
        property=row["property"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )
