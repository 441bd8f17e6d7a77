"""Texts that hold no problem: thanks, talk, advertising, abuse, nothing at all.

A citizen whose problem is dismissed is wronged, an operator who reads one text too many is not: a text is
dismissed only where nothing in it sounds like a problem. Abuse never hides one: insults beside a problem
leave the problem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.analysis import Dismissal
from nlp.dismissal_frames import has_foreign_sentence, is_bait, is_classified, is_echo, is_remark, is_thanks, is_wish
from nlp.dismissal_words import (
    ABUSE,
    ADVERTISING,
    PLACEHOLDER,
    PRAISE,
    PROBLEM,
    SMALL_TALK,
    STRONG_ADVERTISING,
)
from nlp.words import Word

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
    own = _own_words(text, words)
    lemmas = [word.lemma for word in own]
    if not any(len(lemma) > 1 for lemma in lemmas):
        return (None, 0.3) if _names_a_house(text) else (Dismissal.EMPTY, 0.99)
    if set(lemmas) <= PLACEHOLDER and not _names_a_house(text):
        return Dismissal.EMPTY, 0.97
    if is_thanks(text, own, lemmas):
        return Dismissal.THANKS, 0.95
    if is_wish(text, lemmas):
        return Dismissal.TALK, 0.95
    if is_remark(text, lemmas):
        return Dismissal.TALK, 0.9
    if is_bait(text, own, lemmas) or is_classified(text, own, lemmas):
        return Dismissal.SPAM, 0.95
    problems = sum(lemma in PROBLEM for lemma in lemmas)
    if _advertises(text, lemmas) and problems <= 1 + len(lemmas) / 15 and not has_foreign_sentence(text, own):
        return Dismissal.SPAM, 0.95
    if problems:
        return None, round(0.3 / (1 + problems), 3)
    if "?" in text:
        return None, 0.3
    if any(lemma in ABUSE for lemma in lemmas) and len(lemmas) <= LONGEST_ABUSE and not _names_a_house(text):
        return Dismissal.ABUSE, 0.9
    if all(lemma in SMALL_TALK or lemma in PRAISE for lemma in lemmas) and not is_echo(text, lemmas):
        return Dismissal.TALK, 0.9
    return None, 0.3


def _own_words(text: str, words: Sequence[Word]) -> list[Word]:
    """The words that are the author's own."""
    foreign = [match.span() for match in FOREIGN.finditer(text)]
    if not foreign:
        return [word for word in words if word.lower[0].isalpha()]
    found, at = [], 0
    for word in words:
        while at < len(foreign) and foreign[at][1] <= word.start:
            at += 1
        inside = at < len(foreign) and foreign[at][0] <= word.start
        if not inside and word.lower[0].isalpha():
            found.append(word)
    return found


def _names_a_house(text: str) -> bool:
    return any(character.isdecimal() for character in FOREIGN.sub(" ", text))


def _advertises(text: str, lemmas: Sequence[str]) -> bool:
    strong = len({lemma for lemma in lemmas if lemma in STRONG_ADVERTISING})
    all_kinds = len({lemma for lemma in lemmas if lemma in ADVERTISING})
    return strong >= 1 and all_kinds >= 4 and CONTACT.search(text) is not None
