"""What a file gives: rows as read, entries as understood, and errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.message import Message


class FileError(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


class RowError(Exception):
    """One row cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: `cells` in the order of the file, `fields` the same by column name."""

    line: int
    """The line (or row of the sheet) where it starts, from 1."""
    position: int
    """How far the file is read, in the source's own units (bytes or rows)."""
    cells: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    not_strings: Mapping[str, str] = field(default_factory=dict)
    """Column name -> what stands there in place of a string, of JSON lines («a number»)."""
    error: str = ""
    """Why the row cannot be read; `cells` then hold what there was of it."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is not an appeal, kept as it was so that a person can mend it and import it again."""

    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row understood or not. `cells` are its words as they stood in the file."""

    line: int
    position: int
    outcome: Message | Rejection
    cells: tuple[str, ...]
