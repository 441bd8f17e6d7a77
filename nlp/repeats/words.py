"""The words of a problem as the comparison reads them, without what every appeal says («Здравствуйте», «прошу»)."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 4_000
"""Characters that are compared; two texts that agree so far are copies, whatever follows."""
WORD = re.compile(r"[^\W_]+")
COURTESY = frozenset(
    "здравствуйте здравствуй добрый доброе доброго день дня утро вечер вечера уважаемый уважаемая уважаемые прошу "
    "просим пожалуйста спасибо подскажите".split()
)
KEPT_TEXTS = 512
"""A text is read for its keys, then for each comparison with another; the same earlier ones are met again and again."""
SHORTEST_WORD = 4
"""Letters; shorter words are mostly prepositions and particles, alike in all texts."""


def comparable_words(text: str) -> list[str]:
    """Words and numbers in lower case, «ё» as «е», without courtesy. Not to be changed: others get the same list."""
    return words_of(text[:LONGEST])


@lru_cache(maxsize=KEPT_TEXTS)
def words_of(text: str) -> list[str]:
    return [word for word in WORD.findall(text.lower().replace("ё", "е")) if word not in COURTESY]


def telling_words(words: list[str]) -> list[str]:
    """Those of the words that tell texts apart: numbers, and words of four letters and more."""
    return [word for word in words if len(word) >= SHORTEST_WORD or word[0].isdigit()]
