"""Lines of a text file, as they stand, with a limit on their length so that no file can fill the memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_LINE = 4_000_000
"""Characters; several times the longest text that intake takes."""

_KEPT_ASIDE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its end. `broken` says why it cannot be read."""

    number: int
    position: int
    text: str
    broken: str = ""


def lines_of(path: Path, encoding: str) -> Iterator[Line]:
    """The lines of the file, its line ends kept; `position` counts bytes read (in chunks)."""
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding, "surrogateescape", newline="") as file:
        number = 0
        while text := file.readline(LONGEST_LINE):
            number += 1
            broken = ""
            if len(text) >= LONGEST_LINE and not text.endswith(("\n", "\r")):
                broken = f"the line is longer than {LONGEST_LINE} characters"
                text = text[:1000]
                while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                    pass
            elif has_broken_bytes(text):
                broken = f"bytes that are not {encoding.removesuffix('-sig').upper()}"
            yield Line(number, raw.tell(), text, broken)


def has_broken_bytes(text: str) -> bool:
    """Whether decoding kept some bytes aside (the codec's surrogateescape) because they are none of its characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def without_broken_bytes(text: str) -> str:
    """`text` with a question mark in a diamond for every such byte, fit for writing."""
    return _KEPT_ASIDE.sub("\N{REPLACEMENT CHARACTER}", text)
