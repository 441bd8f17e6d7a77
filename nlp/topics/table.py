"""Labelled texts out of a CSV file that anybody may have made: checked, with one clear line on what is wrong."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TEXT, GROUP = "text", "group"
LONGEST_CELL = 2_000_000
"""Characters; the csv module's own limit (131,072) is less than a long letter."""


class TableError(Exception):
    """The file cannot be used; the message says why, for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with their labels; `groups` where the file has such a column beside the label, else None."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...] | None

    def __len__(self) -> int:
        return len(self.texts)

    def sample(self, most: int, seed: int = 0) -> Labelled:
        """At most that many rows, chosen at random but the same every time."""
        if len(self) <= most:
            return self
        chosen = sorted(random.Random(seed).sample(range(len(self)), most))
        return Labelled(
            tuple(self.texts[at] for at in chosen),
            tuple(self.labels[at] for at in chosen),
            None if self.groups is None else tuple(self.groups[at] for at in chosen),
        )

    def group_of(self) -> dict[str, str]:
        """The group of each label: the one it stands with most often."""
        if self.groups is None:
            return {}
        seen: dict[str, dict[str, int]] = {}
        for label, group in zip(self.labels, self.groups, strict=True):
            counts = seen.setdefault(label, {})
            counts[group] = counts.get(group, 0) + 1
        return {label: max(sorted(counts), key=lambda group: counts[group]) for label, counts in seen.items()}


def read_labelled(path: Path, label: str) -> Labelled:
    """Rows of a UTF-8 CSV that have a text and a label; rows without a label are left out. Raises TableError."""
    records = read_records(path, [TEXT, label])
    kept = [row for row in records if (row[TEXT] or "").strip() and (row[label] or "").strip()]
    if not kept:
        raise TableError(f"{path}: no row has both a text and a {label!r}")
    grouped = label != GROUP and all((row.get(GROUP) or "").strip() for row in kept)
    return Labelled(
        texts=tuple(row[TEXT] for row in kept),
        labels=tuple(row[label].strip() for row in kept),
        groups=tuple(row[GROUP].strip() for row in kept) if grouped else None,
    )


def read_records(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV (a byte order mark is allowed) by column name. Raises TableError."""
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    csv.field_size_limit(LONGEST_CELL)
    try:
        columns = list(reader.fieldnames or [])
        missing = [name for name in needed if name not in columns]
        if missing:
            raise TableError(f"{path}: no column {', '.join(missing)}; found: {', '.join(columns) or 'nothing'}")
        return [{name: row[name] or "" for name in columns} for row in reader]
    except csv.Error as error:
        raise TableError(f"{path}, line {reader.line_num}: not a CSV file: {error}") from error


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: {error.strerror or error}") from error
    if not raw.strip():
        raise TableError(f"{path}: the file is empty")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        advice = "save it as UTF-8"
        if _looks_like_cp1251(raw):
            advice = f"it looks like Windows-1251: convert it with  iconv -f cp1251 -t utf-8 {path.name}"
        raise TableError(f"{path}, line {line}: not UTF-8 ({advice})") from error


def _looks_like_cp1251(raw: bytes) -> bool:
    """Whether most bytes above ASCII are letters of Windows-1251 (0xC0-0xFF)."""
    high = [byte for byte in raw[:100_000] if byte > 0x7F]
    return sum(byte >= 0xC0 for byte in high) > 0.9 * len(high)
