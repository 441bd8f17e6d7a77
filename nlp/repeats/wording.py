"""How alike two texts are: rapidfuzz on all letters, on sorted words, and on what one text has of the other."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from nlp.repeats.words import comparable_words, telling_words

LONGEST = 2_000
"""Characters that are compared."""
FEW = 6
"""Telling words from which on a text is told from thousands of others."""
SHARED = 0.5
"""Texts whose shorter one shares so many of its telling words are compared with their words sorted too."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text made ready for comparison."""

    whole: str
    words: tuple[str, ...]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Text:
        words = comparable_words(text[:LONGEST])
        return cls(
            whole=" ".join(words),
            words=tuple(telling_words(words)),
            numbers=frozenset(word for word in words if word[0].isdigit()),
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """`score` is 0 to 1; `telling` where both texts are long enough for it to mean something.

    `numbers_differ`: each text has a number that the other has not, so they may be one form filled in twice.
    """

    score: float
    reason: str
    telling: bool
    numbers_differ: bool


def wording(one: Text, two: Text) -> Wording:
    """How alike two texts are; `reason` says it in Russian."""
    alike = fuzz.ratio(one.whole, two.whole) / 100
    if alike < 1 and len(set(one.words) & set(two.words)) >= SHARED * min(len(one.words), len(two.words)):
        alike = max(alike, fuzz.token_sort_ratio(one.whole, two.whole) / 100)
    held = contained(one, two)
    reason = f"текст совпадает на {percent(alike)}"
    if held > alike:
        reason = f"один текст — часть другого (совпадает {percent(held)} слов)"
    return Wording(
        score=max(alike, held),
        reason=reason,
        telling=min(len(one.words), len(two.words)) >= FEW,
        numbers_differ=bool(one.numbers - two.numbers and two.numbers - one.numbers),
    )


def contained(one: Text, two: Text) -> float:
    """The share of the shorter text's telling words that stand in the longer one in the same order."""
    shorter, longer = sorted((one.words, two.words), key=len)
    if len(shorter) < FEW:
        return 0.0
    return LCSseq.similarity(shorter, longer) / len(shorter)


def percent(share: float) -> str:
    """«93 %», never 100 for what is not the same."""
    return f"{100 if share == 1 else min(round(share * 100), 99)} %"
