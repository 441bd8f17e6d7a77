"""Rows of JSON lines: one object a line; inner objects become columns with a dot (author.name)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.file.entries import Row
from connectors.file.lines import lines_of, without_broken_bytes


def jsonl_rows(path: Path, encoding: str) -> Iterator[Row]:
    """Rows of the file, blank lines left out; `cells` is the line itself. A line that is no object has its `error`."""
    for line in lines_of(path, encoding):
        written = without_broken_bytes(line.text.strip())
        if not written:
            continue
        fields: dict[str, str] = {}
        not_strings: dict[str, str] = {}
        error = line.broken
        if not error:
            try:
                content = json.loads(written)
                fields, not_strings = _fields(content), _not_strings(content)
            except RecursionError:
                error = "objects nested too deep"
            except ValueError as problem:
                error = f"not a JSON object: {problem}"
        yield Row(line.number, line.position, (written,), fields, not_strings, error)


def _fields(content: Any) -> dict[str, str]:
    if not isinstance(content, Mapping):
        raise ValueError(f"a {type(content).__name__} in place of an object")
    fields: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            fields |= {f"{name}.{inner}": found for inner, found in _fields(value).items()}
        elif isinstance(value, str):
            fields[name] = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            fields[name] = str(value)
    return fields


def _not_strings(content: Mapping[str, Any], outer: str = "") -> dict[str, str]:
    """By column name what stands in place of a string; null is as good as nothing there."""
    found: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            found |= {outer + name: "an object"} | _not_strings(value, f"{outer}{name}.")
        elif value is not None and not isinstance(value, str):
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            found[outer + name] = "a number" if is_number else "a list" if isinstance(value, list) else "true or false"
    return found
