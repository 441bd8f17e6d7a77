"""Texts that hold no problem: thanks, talk, advertising, abuse, nothing at all.

A citizen whose problem is dismissed is wronged, an operator who reads one text too many is not: a text is
dismissed only
where nothing in it sounds like a problem. Abuse never hides one: insults beside a problem leave the problem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.analysis import Dismissal
from nlp.dismissal_words import (
    ABUSE,
    ADVERTISING,
    PRAISE,
    PROBLEM,
    SMALL_TALK,
    STRONG_ADVERTISING,
    THANKS,
)
from nlp.words import Word

LONGEST_THANKS = 60
"""Words; longer thanks tell a story, and a story is for an operator."""
LONGEST_ABUSE = 12
CONTACT = re.compile(
    r"https?://|www\.|t\.me/|wa\.me/|@\w{3,}|(?:\+7|\b8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}|\d\s?(?:руб|₽)",
    re.I,
)
MENTION = re.compile(r"\[(?:id|club|public)\d+\|[^\]]*\]|#\w+|https?://\S+|@\w+")

Verdict = tuple[Dismissal | None, float]
"""Why there is no problem (None: there is one), and how sure that is; probability of dismissal where it is None."""


def dismiss(text: str, words: Sequence[Word]) -> Verdict:
    """Whether the text holds no problem. `words` are the words of the text."""
    lemmas = _own_lemmas(text, words)
    if not any(len(lemma) > 1 for lemma in lemmas):
        return (Dismissal.EMPTY, 0.99) if not _names_a_house(text) else (None, 0.3)
    problems = sum(lemma in PROBLEM for lemma in lemmas)
    if _advertises(text, lemmas) and problems <= 1 + len(lemmas) / 15:
        return Dismissal.SPAM, 0.95
    if problems:
        return None, round(0.3 / (1 + problems), 3)
    if "?" in text:
        return None, 0.3
    if any(lemma in THANKS for lemma in lemmas) and len(lemmas) <= LONGEST_THANKS:
        return Dismissal.THANKS, 0.95
    if any(lemma in ABUSE for lemma in lemmas) and len(lemmas) <= LONGEST_ABUSE and not _names_a_house(text):
        return Dismissal.ABUSE, 0.9
    if all(lemma in SMALL_TALK or lemma in PRAISE for lemma in lemmas):
        return Dismissal.TALK, 0.9
    return None, 0.3


def _own_lemmas(text: str, words: Sequence[Word]) -> list[str]:
    """Lemmas of the words that are the author's own: mentions of accounts, tags and links are not."""
    foreign = [match.span() for match in MENTION.finditer(text)]
    found, at = [], 0
    for word in words:
        while at < len(foreign) and foreign[at][1] <= word.start:
            at += 1
        inside = at < len(foreign) and foreign[at][0] <= word.start
        if not inside and word.lower[0].isalpha():
            found.append(word.lemma)
    return found


def _names_a_house(text: str) -> bool:
    return any(character.isdecimal() for character in text)


def _advertises(text: str, lemmas: Sequence[str]) -> bool:
    strong = len({lemma for lemma in lemmas if lemma in STRONG_ADVERTISING})
    all_kinds = len({lemma for lemma in lemmas if lemma in ADVERTISING})
    return strong >= 1 and all_kinds >= 4 and CONTACT.search(text) is not None
