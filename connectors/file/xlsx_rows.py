"""Rows of the first sheet of an XLSX workbook, read as a stream, with a guard against archives that explode."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.xml import DEFUSEDXML

from connectors.file.entries import FileError, Row

LARGEST_UNPACKED = 400_000_000
"""Bytes of all parts of the workbook together."""
LARGEST_STRINGS = 150_000_000
"""Bytes of the table of strings, which is held in memory whole."""
HIGHEST_RATIO = 200
"""Unpacked to packed of one part; real sheets stay under 60."""
RATIO_MATTERS_FROM = 5_000_000
MOST_PARTS = 2_000
MOST_COLUMNS = 200


def check_archive(path: Path) -> None:
    """Raises FileError for what is no workbook or would unpack to more than a workbook should. Unpacks nothing.

    The sizes are those that the archive declares; zipfile never reads more of a part than is declared.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise FileError(f"not an XLSX workbook: {error}") from error
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise FileError(
            f"the workbook would unpack to {unpacked} bytes in {len(parts)} parts; it was not opened (a zip bomb?)"
        )
    for part in parts:
        if part.file_size > RATIO_MATTERS_FROM and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1):
            raise FileError("the workbook is packed more tightly than a sheet can be; it was not opened (a zip bomb?)")
        if part.filename.endswith("sharedStrings.xml") and part.file_size > LARGEST_STRINGS:
            raise FileError("the workbook's table of strings is too large; save it as CSV")


def xlsx_rows(path: Path) -> Iterator[Row]:
    """Rows of the first sheet, the header first, blank rows left out."""
    check_archive(path)
    if not DEFUSEDXML:  # a file of a stranger is never parsed without it
        raise FileError("the package defusedxml is missing: install it to read XLSX")
    try:
        yield from _rows(path)
    except FileError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads to: KeyError, TypeError, ParseError…
        raise FileError(f"the workbook is broken: {type(error).__name__}: {error}") from error


def _rows(path: Path) -> Iterator[Row]:
    with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as workbook:
        sheets = workbook.worksheets
        if not sheets:
            raise FileError("the workbook has no sheet")
        sheet: Any = sheets[0]
        sheet.reset_dimensions()  # what writers declare is often wrong
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            written = tuple(map(_written, cells))
            if any(cell.strip() for cell in written):
                yield Row(number, number, written)


def rows_declared(path: Path) -> int:
    """How many rows the first sheet says it has, for the progress bar; 0 where it does not say."""
    check_archive(path)
    try:
        with closing(openpyxl.load_workbook(path, read_only=True)) as workbook:
            return int(workbook.worksheets[0].max_row or 0)
    except Exception as error:  # as above
        raise FileError(f"the workbook is broken: {type(error).__name__}: {error}") from error


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
