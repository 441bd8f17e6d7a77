"""Any table that a spreadsheet may write is read back word for word; any bytes lead to rows, reasons or an error."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.file import Entry, FileError, Options, read_file
from models.message import Message

OPTIONS = Options("omsk", ZoneInfo("Asia/Omsk"), datetime(2026, 11, 20, tzinfo=UTC))
living = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t\"',;")
cells = st.text(living, max_size=40)
delimiters = st.sampled_from([",", ";", "\t"])


def entries(name: str, content: bytes) -> list[Entry]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return list(read_file(path, OPTIONS).entries())


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), delimiters, st.sampled_from(["\n", "\r\n"]))
@example([('"', "a\nb"), (" ", "x;y")], ";", "\n")
def test_a_table_is_read_back_word_for_word(rows: Sequence[tuple[str, str]], delimiter: str, end: str) -> None:
    table = io.StringIO()
    # Python before 3.13 leaves a bare carriage return unquoted; before a line feed it cannot be told from a line end
    bare = any("\r" in text for _, text in rows)
    quoting = csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL
    writer = csv.writer(table, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["id", "text"])
    writer.writerows((f"n{number}", text) for number, (_, text) in enumerate(rows))
    found = [entry.outcome for entry in entries("a.csv", table.getvalue().encode())]
    assert [one.text for one in found if isinstance(one, Message)] == [text for _, text in rows]


@given(st.lists(st.dictionaries(st.sampled_from(["id", "text", "x"]), cells), min_size=1, max_size=8))
def test_json_lines_are_read_back_word_for_word(rows: list[dict[str, str]]) -> None:
    rows = [{"text": ""}, *rows]
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    found = [entry.outcome for entry in entries("a.jsonl", content.encode())]
    assert [one.text for one in found if isinstance(one, Message)] == [row.get("text", "") for row in rows]


@settings(max_examples=200)
@given(st.sampled_from(["a.csv", "a.jsonl", "a.mbox", "a.xlsx", "a"]), st.binary(max_size=300), st.booleans())
def test_any_bytes_are_rows_or_a_clear_error(name: str, content: bytes, headed: bool) -> None:
    try:
        found = entries(name, (b"text,id\n" if headed else b"") + content)
    except FileError as error:
        assert str(error)
    else:
        assert all(entry.line >= 1 for entry in found)
