"""Executors, absences and decision rows of a region as files that `otklik executors import` takes back unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from models.pack import RegionPack
from otklik.executor_files import ABSENCES, COMPETENCE, EXECUTORS, write_csv, write_xlsx
from otklik.executor_import import named
from routing.competence import Competence

Exported = tuple[Sequence[str], Sequence[Mapping[str, str]]]
EXECUTOR_COLUMNS = (
    "code", "kind", "name", "short_name", "municipality", "parent", "head", "post", "email", "deputies", "capacity",
    "valid_from", "valid_to",
)  # fmt: skip
ABSENCE_COLUMNS = ("person", "first_day", "last_day", "deputy", "reason")
ROW_COLUMNS = ("topic", "name", "municipality", "property", "body", "machine", "basis", "valid_from", "valid_to")


def exported(competence: Competence, pack: RegionPack, today: date) -> dict[str, Exported]:
    """The three tables: what is over is left out, what begins later is there."""
    bodies = [body for body in competence.bodies if body.valid_to is None or body.valid_to >= today]
    absences = [absence for absence in competence.absences if absence.last_day >= today]
    rows = [named(row, pack) for row in competence.rows if row.valid_to is None or row.valid_to >= today]
    return {
        EXECUTORS: (EXECUTOR_COLUMNS, [_cells(body, EXECUTOR_COLUMNS) for body in bodies]),
        ABSENCES: (ABSENCE_COLUMNS, [_cells(absence, ABSENCE_COLUMNS) for absence in absences]),
        COMPETENCE: (ROW_COLUMNS, [_cells(row, ROW_COLUMNS) for row in rows]),
    }


def write_export(path: Path, tables: Mapping[str, Exported], table: str) -> None:
    """All tables into an XLSX, the one named into a CSV."""
    if path.suffix.lower() == ".xlsx":
        write_xlsx(path, tables)
    else:
        write_csv(path, *tables[table])


def _cells(record: object, columns: Sequence[str]) -> dict[str, str]:
    return {column: _cell(getattr(record, column)) for column in columns}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ";".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)
