"""What staff and citizens wrote, for a document that leaves the house: names of authors, phones, flats hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.views.text import masked
from nlp.cover import Cover
from nlp.privacy import of_patterns

PHONE = re.compile(
    r"(?<!\d)(?:\+7|8|7)?[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)"
    r"|(?<!\d)(?:\+7|8|7)(?:[\s()-]{0,3}\d){10}(?!\d)"  # codes of towns have three to five digits
    r"|(?<![\d-])\d{1,3}-\d{2}-\d{2}(?![\d-])"  # within a town
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
SHORTEST_NAME = 3
ENDING = 2
"""Letters that a name may change by its case: «Иванов» and «Иванову», «Анна» and «Анне»."""


def hidden(words: str, author: str) -> str:
    """The words with personal data replaced by «●●●»; `author` is the whole name of who wrote the appeal."""
    spans = [(mark.span.start, mark.span.end) for mark in of_patterns(words, Cover(()))]
    spans += [match.span() for pattern in (PHONE, EMAIL) for match in pattern.finditer(words)]
    spans += _names(words, author)
    return masked(words, spans)


def _names(words: str, author: str) -> Iterator[tuple[int, int]]:
    """Where a part of the author's name stands, in any case."""
    for name in re.findall(r"[\w-]+", author):
        if len(name) >= SHORTEST_NAME:
            stem = name[:-ENDING] if len(name) > SHORTEST_NAME + ENDING else name[:SHORTEST_NAME]
            either = re.sub("[её]", "[её]", re.escape(stem), flags=re.IGNORECASE)
            for match in re.finditer(rf"\b{either}\w{{0,4}}\b", words, re.IGNORECASE):
                yield match.span()
