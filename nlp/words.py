"""Words of a text with their places: one pass, shared by every step of the pipeline."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from nlp.lemmas import CACHED_FORMS, lemma

# a word (hyphens and apostrophes inside belong to it), a number, or one other visible character
TOKEN = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+|[^\s\w]|_+")


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


def words_of(text: str) -> list[Word]:
    """The tokens of a text in order; white space is in none of them."""
    found = []
    for match in TOKEN.finditer(text):
        start, end = match.span()
        lower, normal = form(match[0])
        found.append(Word(start, end, lower, normal))
    return found
