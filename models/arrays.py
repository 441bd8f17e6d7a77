"""Arrays as PostgreSQL writes them: a column of many rows handed over as one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

Value = str | int | float | UUID | date | datetime | None


def array(values: Iterable[Value]) -> str:
    """The text of an array, to be cast in the query (`%s::uuid[]`): several times faster than handing over a list.

    Texts must not hold the character 0, which PostgreSQL does not store. Syntax: PostgreSQL, "Array Value Input".
    """
    return "{" + ",".join([_element(value) for value in values]) + "}"


def columns(rows: Sequence[Sequence[Value]]) -> list[str]:
    """The columns of one or more rows, each an array."""
    return [array(column) for column in zip(*rows, strict=True)]


def _element(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, datetime):
        return f'"{value.isoformat()}"'
    return str(value)
