"""Letters of an mbox file, one at a time, never the whole file in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST_LETTER = 60_000_000
"""Bytes; three of the largest attachments, encoded."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter's bytes without its «From » line; `line` is where that stood, `position` the bytes read so far."""

    line: int
    position: int
    content: bytes
    too_large: bool = False


def mbox_letters(path: Path) -> Iterator[Letter]:
    """The letters of the file: each begins with a «From » line at the start or after a blank line (mboxrd)."""
    with path.open("rb") as file:
        kept: list[bytes] = []
        start = size = position = 0
        previous_blank = True
        for number, line in enumerate(file, start=1):
            if line.startswith(b"From ") and previous_blank:
                if start:
                    yield _letter(start, position, kept, size)
                start, kept, size = number, [], 0
            elif start:
                size += len(line)
                if size <= LARGEST_LETTER:
                    kept.append(line[1:] if line.lstrip(b">").startswith(b"From ") and line[:1] == b">" else line)
            previous_blank = not line.strip()
            position += len(line)
        if start:
            yield _letter(start, position, kept, size)


def _letter(start: int, position: int, kept: list[bytes], size: int) -> Letter:
    return Letter(start, position, b"".join(kept), too_large=size > LARGEST_LETTER)
