"""What a text is read as where it was not typed in plain Russian: words that exist after and did not before decide.

A reading is for the engine alone: the stored text stays word for word, and every span leads back to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nlp.script.alignment import Edit
from nlp.script.layout import typed
from nlp.script.noise import digits_in_words, hyphens_at_line_ends, latin_twins, repeated_letters
from nlp.script.spaces import glued, scattered
from nlp.script.transliteration import transliterated

Reader = Callable[[str], list[Edit]]

ASCII_LETTER = re.compile(r"[A-Za-z]")
CYRILLIC = re.compile(r"[А-Яа-яЁё]+")
NAMES = re.compile(
    r"https?://\S+|www\.\S+|[#@]\w+|[\w.%+-]{1,64}@[\w.-]+|(?<![\w.-])[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}\.[a-z]{2,4}(?:/\S*)?(?!\w)"
)
"""Links, addresses, tags, accounts and names of files, which are what they are."""
LATIN = re.compile(r"[^А-Яа-яЁё]*[A-Za-z][^А-Яа-яЁё]*")


def from_latin(text: str) -> list[Edit]:
    """Pieces between Cyrillic letters that are Russian in other letters or typed with other keys."""
    if not ASCII_LETTER.search(text):
        return []
    latin, cyrillic = len(ASCII_LETTER.findall(text)), sum(map(len, CYRILLIC.findall(text)))
    whole = latin > cyrillic
    edits: list[Edit] = []
    for start, end in pieces(text):
        edits += typed(text, start, end) or transliterated(text, start, end, whole=whole)
    return edits


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Runs without Cyrillic letters that hold a Latin one, without names that are what they are."""
    names = [match.span() for match in NAMES.finditer(text)] if "." in text or "@" in text or "#" in text else []
    for match in LATIN.finditer(text):
        at, end = match.span()
        for start, stop in names:
            if start < end and stop > at:
                if start > at and ASCII_LETTER.search(text, at, start):
                    yield at, start
                at = max(at, stop)
        if at < end and ASCII_LETTER.search(text, at, end):
            yield at, end


READERS: tuple[Reader, ...] = (
    hyphens_at_line_ends,
    from_latin,
    latin_twins,
    digits_in_words,
    repeated_letters,
    scattered,
    glued,
)
"""In order: each reads what the one before made of the text."""
