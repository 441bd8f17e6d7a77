"""The encoding of a text file, found by its bytes and not by chance.

UTF-8 is recognised by its own structure; among the one-byte Cyrillic encodings the right one gives Russian letters
in the common case and frequency (a wrong one gives capitals or drawing characters).
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from connectors.file.entries import FileError

SAMPLE = 4_000_000
"""Bytes looked at; an encoding does not change in the middle of a file."""
BINARY_SHARE = 0.05
"""Compressed data are 11 % control characters; a table with one spoilt cell stays under this."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE = ("cp1251", "koi8-r", "cp866")
_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбч")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def encoding_of(path: Path) -> str:
    """The name of the encoding of a text file. Raises FileError for what is no text."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, name in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return name
    start = sample[:4096]
    if len(_CONTROL.findall(start)) > BINARY_SHARE * len(start):
        raise FileError("binary data in place of text")
    return encoding_of_bytes(sample)


def encoding_of_bytes(sample: bytes) -> str:
    """The encoding of `sample`, which has no byte order mark."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    sequences = _MULTIBYTE.findall(sample)
    high = sum(1 for byte in sample if byte >= 0x80)
    # a few broken bytes in UTF-8 leave most bytes in whole sequences; Cyrillic in one byte makes few of them
    if sum(map(len, sequences)) > high / 2:
        return "utf-8"
    return max(_ONE_BYTE, key=lambda name: _russianness(sample, name))


def _russianness(sample: bytes, encoding: str) -> float:
    letters = [one for one in sample[:200_000].decode(encoding, "replace") if not one.isascii()]
    return sum(one in _COMMON for one in letters) / (len(letters) or 1)
