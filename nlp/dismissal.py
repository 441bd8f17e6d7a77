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
    CONTRAST,
    MATTER,
    PLACEHOLDER,
    PRAISE,
    PROBLEM,
    SMALL_TALK,
    STRONG_ADVERTISING,
    THANKS,
    WARM,
)
from nlp.words import Word

LONGEST_THANKS = 60
"""Words; longer thanks tell a story, and a story is for an operator."""
LONGEST_ABUSE = 12
CONTACT = re.compile(
    r"https?://|www\.|t\.me/|wa\.me/|@\w{3,}|(?:\+7|\b8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}|\d\s?(?:руб|₽)",
    re.I,
)
FOREIGN = re.compile(
    r"\[(?:id|club|public)\d+\|[^\]]*\]|#\w+|https?://\S+|@\w+"
    r"|\b[\w-]+\.(?:mp4|mov|avi|jpe?g|png|heic|pdf|docx?)\b",
    re.IGNORECASE,
)
"""Mentions of accounts, tags, links and file names: not the author's own words."""

Verdict = tuple[Dismissal | None, float]
"""Why there is no problem (None: there is one), and how sure that is; probability of dismissal where it is None."""


def dismiss(text: str, words: Sequence[Word]) -> Verdict:
    """Whether the text holds no problem. `words` are the words of the text."""
    lemmas = _own_lemmas(text, words)
    if not any(len(lemma) > 1 for lemma in lemmas):
        return (None, 0.3) if _names_a_house(text) else (Dismissal.EMPTY, 0.99)
    if set(lemmas) <= PLACEHOLDER and not _names_a_house(text):
        return Dismissal.EMPTY, 0.97
    if _only_thanks(text, lemmas):
        return Dismissal.THANKS, 0.95
    problems = sum(lemma in PROBLEM for lemma in lemmas)
    if _advertises(text, lemmas) and problems <= 1 + len(lemmas) / 15:
        return Dismissal.SPAM, 0.95
    if problems:
        return None, round(0.3 / (1 + problems), 3)
    if "?" in text:
        return None, 0.3
    if any(lemma in ABUSE for lemma in lemmas) and len(lemmas) <= LONGEST_ABUSE and not _names_a_house(text):
        return Dismissal.ABUSE, 0.9
    if all(lemma in SMALL_TALK or lemma in PRAISE for lemma in lemmas):
        return Dismissal.TALK, 0.9
    return None, 0.3


def _only_thanks(text: str, lemmas: Sequence[str]) -> bool:
    """Thanks that name what they are for, and nothing that sounds like a complaint, a turn, or irony."""
    if "?" in text or len(lemmas) > LONGEST_THANKS or not any(lemma in THANKS for lemma in lemmas):
        return False
    warm = any(lemma in PRAISE or lemma in WARM for lemma in lemmas)
    return (warm or len(lemmas) < 4) and not any(
        lemma in CONTRAST or (lemma in PROBLEM and lemma not in MATTER) for lemma in lemmas
    )


def _own_lemmas(text: str, words: Sequence[Word]) -> list[str]:
    """Lemmas of the words that are the author's own."""
    foreign = [match.span() for match in FOREIGN.finditer(text)]
    found, at = [], 0
    for word in words:
        while at < len(foreign) and foreign[at][1] <= word.start:
            at += 1
        inside = at < len(foreign) and foreign[at][0] <= word.start
        if not inside and word.lower[0].isalpha():
            found.append(word.lemma)
    return found


def _names_a_house(text: str) -> bool:
    return any(character.isdecimal() for character in FOREIGN.sub(" ", text))


def _advertises(text: str, lemmas: Sequence[str]) -> bool:
    strong = len({lemma for lemma in lemmas if lemma in STRONG_ADVERTISING})
    all_kinds = len({lemma for lemma in lemmas if lemma in ADVERTISING})
    return strong >= 1 and all_kinds >= 4 and CONTACT.search(text) is not None
