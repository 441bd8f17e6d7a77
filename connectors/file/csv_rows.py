"""Rows of CSV, with one bad row never taking its neighbours along.

Python's reader, in its strict mode, says when quotes are not closed or not doubled; then only the line where the row
began is given up, and reading goes on from the next one.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from connectors.file.entries import FileError, Row
from connectors.file.lines import LONGEST_LINE, Line, lines_of, without_broken_bytes

MOST_LINES = 2_000
"""A row of more lines than this is a quote that nobody closed."""
_DELIMITERS = ",;\t|"


class _Feed(Iterator[str]):
    """Hands lines to the CSV reader and remembers those of the row under way, to take them back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._back: deque[Line] = deque()
        self.taken: list[Line] = []

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise StopIteration
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line.text

    def give_up_first(self) -> Line:
        """Drop the row's first line, return the others to the queue."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        self.taken = []
        return first


def csv_rows(path: Path, encoding: str, delimiter: str = "") -> Iterator[Row]:
    """Rows of the file, the header first, blank rows left out. A row that cannot be read has its `error`."""
    csv.field_size_limit(LONGEST_LINE)
    separator = delimiter or delimiter_of(path, encoding)
    feed = _Feed(lines_of(path, encoding))
    reader = csv.reader(feed, delimiter=separator, strict=True)
    while True:
        feed.taken = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            first = feed.give_up_first()
            reader = csv.reader(feed, delimiter=separator, strict=True)
            yield _broken(first, _reason(error))
            continue
        broken = next((line.broken for line in feed.taken if line.broken), "")
        first, last = feed.taken[0], feed.taken[-1]
        if any(cell.strip() for cell in cells):
            yield Row(first.number, last.position, tuple(map(without_broken_bytes, cells)), error=broken)


def _broken(line: Line, reason: str) -> Row:
    return Row(line.number, line.position, (without_broken_bytes(line.text.rstrip("\r\n")),), error=reason)


def _reason(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return "a quote is opened and never closed"
    if "expected after" in said:
        return "quotes inside a quoted cell are not doubled"
    return said


def delimiter_of(path: Path, encoding: str) -> str:
    """The character that parts the columns: the one that most often parts the header, outside quotes."""
    header = next((line.text for line in lines_of(path, encoding) if line.text.strip()), "")
    if not header:
        raise FileError("the file is empty")
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)
