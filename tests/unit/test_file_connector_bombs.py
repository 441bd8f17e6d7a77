"""Workbooks made to hurt whoever opens them: told by what the archive declares, nothing unpacked."""

from __future__ import annotations

import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from connectors.file import FileError, Options, read_file

OPTIONS = Options("omsk", ZoneInfo("Asia/Omsk"), datetime(2026, 11, 20, tzinfo=UTC))
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><worksheet><sheetData><row><c><v>&i;</v></c></row></sheetData></worksheet>"
)


def workbook(path: Path, sheet: bytes) -> Path:
    """A workbook whose only sheet is replaced by these bytes."""
    book = openpyxl.Workbook()
    book.save(path.with_suffix(".plain"))
    with zipfile.ZipFile(path.with_suffix(".plain")) as plain, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for part in plain.infolist():
            content = plain.read(part)
            made.writestr(part.filename, sheet if part.filename.endswith("sheet1.xml") else content)
    return path


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", b"<row>" + b" " * 60_000_000)
    tracemalloc.start()
    with pytest.raises(FileError, match="zip bomb"):
        read_file(path, OPTIONS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_workbook_of_entities_within_entities_is_not_expanded(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="broken"):
        read_file(workbook(tmp_path / "laughs.xlsx", BILLION_LAUGHS.encode()), OPTIONS)


def test_a_workbook_cut_short_is_told(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", b"<worksheet/>").read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="XLSX"):
        read_file(cut, OPTIONS)


def test_an_archive_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(FileError, match="broken"):
        read_file(path, OPTIONS)
