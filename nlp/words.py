"""Words of a text with their places: one pass, shared by every step of the pipeline."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.lemmas import lemma

# a word (hyphens and apostrophes inside belong to it), a number, or one other visible character
TOKEN = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+|[^\s\w]|_+")


@dataclass(frozen=True, slots=True)
class Word:
    """One token: `start` and `end` in the text, `lower` the form, `lemma` its dictionary form («ё» as «е»)."""

    start: int
    end: int
    lower: str
    lemma: str


def words_of(text: str) -> list[Word]:
    """The tokens of a text in order; white space is in none of them."""
    found = []
    for match in TOKEN.finditer(text):
        lower = match.group().lower()
        found.append(Word(match.start(), match.end(), lower, lemma(lower) if lower[0].isalpha() else lower))
    return found
