"""Files of executors, absences and decision rows: CSV (one table) or XLSX (a sheet for each), read and written."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.xml import DEFUSEDXML

from connectors.file.csv_rows import csv_rows
from connectors.file.encoding import encoding_of
from connectors.file.entries import FileError
from connectors.file.xlsx_rows import check_archive

EXECUTORS, ABSENCES, COMPETENCE = "executors", "absences", "competence"
TABLES = {EXECUTORS: {"code", "kind", "name"}, ABSENCES: {"person", "first_day"}, COMPETENCE: {"topic", "body"}}
"""Each table with the columns by which it is told from the others."""

NumberedRow = tuple[int, Mapping[str, str]]
Cells = tuple[int, Sequence[str]]


def read_tables(path: Path) -> dict[str, list[NumberedRow]]:
    """The tables of a file, each row with its line. Raises FileError, OSError; faults inside are for the check."""
    if path.suffix.lower() == ".xlsx":
        sheets = list(_sheets(path))
    elif path.suffix.lower() == ".csv":
        sheets = [(path.name, list(_csv(path)))]
    else:
        raise FileError(f"{path.name}: neither .csv nor .xlsx")
    tables: dict[str, list[NumberedRow]] = {}
    for name, lines in sheets:
        if not lines:
            continue
        (_, header), *rows = lines
        columns = [cell.strip() for cell in header]
        table = _table_of(columns)
        if table is None:
            known = "; ".join(f"{table}: {', '.join(sorted(has))}, …" for table, has in TABLES.items())
            raise FileError(f"{name}: the header names no known table ({known})")
        if table in tables:
            raise FileError(f"{name}: a second table of {table}")
        tables[table] = [(line, _row(columns, cells)) for line, cells in rows]
    if not tables:
        raise FileError("the file is empty")
    return tables


def _table_of(columns: Sequence[str]) -> str | None:
    return next((table for table, has in TABLES.items() if has <= set(columns)), None)


def _row(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    return {name: cell.strip() for name, cell in zip(columns, padded, strict=False) if name}


def _csv(path: Path) -> Iterator[Cells]:
    for row in csv_rows(path, encoding_of(path)):
        if row.error:
            raise FileError(f"line {row.line}: {row.error}")
        yield row.line, row.cells


def _sheets(path: Path) -> Iterator[tuple[str, list[Cells]]]:
    check_archive(path)
    if not DEFUSEDXML:  # a file of a stranger is never parsed without it
        raise FileError("the package defusedxml is missing: install it to read XLSX")
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as workbook:
            for sheet in workbook.worksheets:
                sheet.reset_dimensions()  # what writers declare is often wrong
                lines = enumerate(sheet.iter_rows(max_col=50, values_only=True), start=1)
                written = [(line, [_written(cell) for cell in cells]) for line, cells in lines]
                yield sheet.title, [(line, cells) for line, cells in written if any(cells)]
    except FileError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads to: KeyError, TypeError, ParseError…
        raise FileError(f"the workbook is broken: {type(error).__name__}: {error}") from error


def _written(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "date"):
        return str(value.date().isoformat())  # a day is all that these tables know of time
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_xlsx(path: Path, tables: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, str]]]]) -> None:
    """One sheet a table; every cell is a text, so that nothing in it is taken for a formula."""
    workbook = openpyxl.Workbook(write_only=True)
    for name, (columns, rows) in tables.items():
        sheet = workbook.create_sheet(name)
        for cells in (columns, *([row[column] for column in columns] for row in rows)):
            sheet.append([_text(sheet, cell) for cell in cells])
    workbook.save(path)


def _text(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
