"""Tables on screen as files: `?format=csv` or `?format=xlsx` of a list gives the whole of it, up to a stated number.

The columns are those of the screen for who asks, with the same parts of the text hidden. CSV is as a Russian Excel
opens it: UTF-8 with a mark, semicolons, decimal commas. A cell that a spreadsheet would take for a formula gets an
apostrophe before it (OWASP, CSV Injection).
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import Response, StreamingResponse

MOST_ROWS = 50_000
"""Of one file; the last line says so where there were more."""
CUT = f"Показаны первые {MOST_ROWS} строк: сузьте список фильтрами, чтобы получить остальные."
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs outside XML 1.0, 2.2: one of them in one appeal would make the workbook of the whole list unreadable."""
BLOCK = 500
"""Rows that go out together."""
SPOOL = 4_000_000
"""Bytes of a workbook that stay in memory; more go to a temporary file."""


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


FormatAsked = Annotated[Format | None, Query(description="The whole list as a file.")]
Row = Mapping[str, Any]
Columns = Mapping[str, str | Callable[[Row], Any]]
"""Titles, each with the key of a row or what makes the cell."""


@dataclass(frozen=True)
class Sheet:
    """A table with its name, which is the file's too."""

    name: str
    columns: Columns
    rows: Iterable[Row]
    zone: ZoneInfo


class Listed(Protocol):
    """One page of a list, as api.reading gives it."""

    @property
    def rows(self) -> list[dict[str, Any]]: ...

    @property
    def next_cursor(self) -> str | None: ...


def walked(page_of: Callable[[str | None], Listed]) -> Iterator[dict[str, Any]]:
    """All rows of a list that is read by pages: `page_of` takes a cursor, None for the first page."""
    cursor: str | None = None
    while True:
        page = page_of(cursor)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def as_file(sheet: Sheet, format: Format) -> Response:
    """The answer to a request for a file. Rows are read while they are sent."""
    ending = f"{sheet.name}.{format.value}"
    headers = {
        "Content-Disposition": f"attachment; filename=\"table.{format.value}\"; filename*=UTF-8''{quote(ending)}",
        "Cache-Control": "no-store",
    }
    if format is Format.CSV:
        return StreamingResponse(_csv(sheet), media_type="text/csv; charset=utf-8", headers=headers)
    workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return StreamingResponse(_xlsx(sheet), media_type=workbook, headers=headers)


def _lines(sheet: Sheet) -> Iterator[list[Any]]:
    """The heading, the rows, and where there are more than `MOST_ROWS` a line that says so."""
    yield list(sheet.columns)
    rows = iter(sheet.rows)
    for row in islice(rows, MOST_ROWS):
        yield [_cell(row[what] if isinstance(what, str) else what(row), sheet.zone) for what in sheet.columns.values()]
    if next(rows, None) is not None:
        yield [CUT]


def _cell(value: Any, zone: ZoneInfo) -> str | int | float | date | None:
    """What a spreadsheet may hold. Moments become the region's own, without a zone: spreadsheets know none."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool):
        return "да" if value else "нет"
    if value is None or isinstance(value, (int, float, date)):
        return value
    return safe(str(value))


def safe(words: str) -> str:
    """Words that no spreadsheet takes for a formula, without what XML and so a workbook cannot hold."""
    kept = IMPOSSIBLE.sub("", words)
    return f"'{kept}" if kept.startswith(FORMULA) or kept.lstrip().startswith(FORMULA) else kept


def _csv(sheet: Sheet) -> Iterator[bytes]:
    yield "\ufeff".encode()
    lines = _lines(sheet)
    while block := list(islice(lines, BLOCK)):
        written = io.StringIO()
        csv.writer(written, delimiter=";").writerows([[_words(cell) for cell in line] for line in block])
        yield written.getvalue().encode()


def _words(cell: Any) -> str:
    """A cell of a CSV as Russian Excel reads it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)


def _xlsx(sheet: Sheet) -> Iterator[bytes]:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(_sheet_title(sheet.name))
    page.freeze_panes = "A2"
    for line in _lines(sheet):
        cells = []
        for value in line:
            cell = WriteOnlyCell(page, value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
            cells.append(cell)
        page.append(cells)
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as file:
        book.save(file)
        file.seek(0)
        while block := file.read(1 << 16):
            yield block


def _sheet_title(name: str) -> str:
    """A sheet's title has 31 letters at most and none of []:*?/\\."""
    return "".join(letter for letter in name if letter not in "[]:*?/\\")[:31]
