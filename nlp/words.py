"""Words of a text with their places: one pass, shared by every step of the pipeline."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from models.text import Span
from nlp.lemmas import CACHED_FORMS, lemma

# a word (hyphens and apostrophes inside belong to it), a number, or one other visible character
TOKEN = r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+|[^\s\w]|_+"
# a token or white space, and one space after it: together the pieces are the text
PIECE = re.compile(rf"({TOKEN}|\s+)( ?)")

START = itemgetter(0)


class Word(NamedTuple):
    """One token: `start` and `end` in the text, `lower` the form, `lemma` its dictionary form («ё» as «е»)."""

    start: int
    end: int
    lower: str
    lemma: str


@lru_cache(maxsize=CACHED_FORMS)
def form(written: str) -> tuple[str, str]:
    """The lower-case form and the lemma of a token as written."""
    lower = written.lower()
    return lower, lemma(lower) if lower[0].isalpha() else lower


def pieces_of(text: str) -> list[tuple[str, str]]:
    """The tokens of a text and the white space between them, each with «» or the one space after it."""
    return PIECE.findall(text)


def words_in(pieces: Iterable[tuple[str, str]]) -> list[Word]:
    """The tokens among the pieces of a text."""
    found = []
    make = tuple.__new__  # Word(…) takes twice the time, and there are eighty in a text
    start = 0
    for written, space in pieces:
        end = start + len(written)
        if not written.isspace():
            found.append(make(Word, (start, end, *form(written))))
        start = end + len(space)
    return found


def words_of(text: str) -> list[Word]:
    """The tokens of a text in order; white space is in none of them."""
    return words_in(pieces_of(text))


def inside(words: Sequence[Word], spans: Sequence[Span]) -> list[Word]:
    """The words, in text order, that begin inside the spans."""
    if len(spans) == 1:
        low, high = (bisect_left(words, offset, key=START) for offset in (spans[0].start, spans[0].end))
        return list(words[low:high])
    return [word for word in words if any(span.start <= word.start < span.end for span in spans)]
