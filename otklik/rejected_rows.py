"""Rows that an import could not take, kept in a file beside it so that a person can mend them and import that file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LINE = "otklik_line"
REASON = "otklik_reason"
LONGEST_CELL = 100_000
"""Characters kept of one cell: what is longer is not mended by hand, and the whole stands in the file itself."""


@dataclass
class RejectedRows:
    """The file of rejected rows: CSV with the columns of its source, or JSON lines where the source is no table.

    It appears with the first rejection, readable by its owner alone, since it holds what people wrote.
    """

    path: Path
    header: Sequence[str]
    resumed: bool = False
    """Rows of an earlier, interrupted run stay."""
    _known: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.resumed and self.path.exists():
            self._known.update(_lines(self.path))

    @property
    def is_table(self) -> bool:
        return self.path.suffix == ".csv"

    def add(self, rows: Sequence[tuple[int, str, Sequence[str]]]) -> None:
        """Append (line, reason, cells) of each row and flush. Raises OSError."""
        fresh = [row for row in rows if row[0] not in self._known]
        if not fresh:
            return
        new = not self._known
        if new:
            self.path.unlink(missing_ok=True)
            self.path.touch(mode=0o600)
        with self.path.open("a", encoding="utf-8", newline="") as file:
            if self.is_table:
                table = csv.writer(file)
                if new:
                    table.writerow([LINE, REASON, *self.header])
                table.writerows([line, reason, *_short(cells)] for line, reason, cells in fresh)
            else:
                for line, reason, cells in fresh:
                    row = {LINE: line, REASON: reason, "row": "".join(_short(cells))}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._known.update(line for line, _, _ in fresh)


def _short(cells: Sequence[str]) -> list[str]:
    return [cell[:LONGEST_CELL] for cell in cells]


def _lines(path: Path) -> Iterator[int]:
    """Lines that the file already tells of. What was cut short by a kill is read as far as it goes."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            csv.field_size_limit(10 * LONGEST_CELL)
            for row in csv.reader(file):
                if row and row[0].isdigit():
                    yield int(row[0])
        else:
            for written in file:
                try:
                    yield int(json.loads(written)[LINE])
                except (ValueError, KeyError, TypeError):
                    continue


def rejected_path(source: Path, is_table: bool) -> Path:
    """FILE.rejected.csv or FILE.rejected.jsonl beside the file."""
    return source.with_name(source.name + (".rejected.csv" if is_table else ".rejected.jsonl"))
