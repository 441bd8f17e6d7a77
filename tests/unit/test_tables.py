"""Tables as files: no cell becomes a formula, Russian Excel opens them, long lists end with a word."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.responses import StreamingResponse
from openpyxl import load_workbook

from api import tables
from api.reading.problems import Page
from api.tables import Format, Sheet, as_file, safe, walked

ZONE = ZoneInfo("Asia/Omsk")
COLUMNS: tables.Columns = {"Кто": "name", "Сколько": "count", "Когда": "at"}
FORMULA = '=HYPERLINK("http://x";"я")'
ROWS = [
    {"name": FORMULA, "count": 2.5, "at": datetime(2026, 3, 1, 20, 5, tzinfo=UTC)},
    {"name": "Дороги; мосты", "count": None, "at": date(2026, 3, 2)},
]


def content(rows: Iterable[dict[str, Any]], format: Format) -> bytes:
    answer = as_file(Sheet("Список: [1]", COLUMNS, rows, ZONE), format)
    assert isinstance(answer, StreamingResponse)

    async def whole() -> bytes:
        return b"".join([bytes(piece) async for piece in answer.body_iterator])

    return asyncio.run(whole())


@pytest.mark.parametrize("words", ["=1+1", "+7 900", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1"])
def test_a_cell_that_would_be_a_formula_is_quoted(words: str) -> None:
    assert safe(words) == f"'{words}"


def test_other_words_stay_as_they_are_without_control_characters() -> None:
    assert safe("Яма = беда\x00\x07\x1f\ufffe\uffff\ud800") == "Яма = беда"


def test_a_csv_is_as_russian_excel_reads_it() -> None:
    raw = content(ROWS, Format.CSV)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Кто", "Сколько", "Когда"],
        [f"'{FORMULA}", "2,5", "02.03.2026 02:05"],
        ["Дороги; мосты", "", "02.03.2026"],
    ]


def test_a_workbook_holds_words_numbers_and_local_times_and_no_formula() -> None:
    book = load_workbook(io.BytesIO(content(ROWS, Format.XLSX)))
    rows = list(book.worksheets[0].iter_rows())
    words, number, moment = (cell.value for cell in rows[1])
    assert (words, number) == (f"'{FORMULA}", 2.5)
    assert isinstance(moment, datetime)
    assert moment.isoformat() == "2026-03-02T02:05:00"
    assert rows[1][0].data_type == "s"


def test_a_list_that_is_too_long_says_so_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    many = ({"name": str(number), "count": number, "at": None} for number in range(9))
    lines = content(many, Format.CSV).decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert "сузьте список" in lines[-1]


def test_pages_are_walked_to_the_last_one() -> None:
    pages = {None: Page([{"n": 1}, {"n": 2}], "a"), "a": Page([{"n": 3}], None)}
    assert [row["n"] for row in walked(pages.__getitem__)] == [1, 2, 3]
