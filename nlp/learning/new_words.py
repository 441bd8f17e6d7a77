"""Words that the model has never seen: how many of the words people write, and which come most often.

No personal name may come out of here: words that lie in marks of privacy, in names of persons, organisations and
places are not counted, nor is any form that can be a name, surname or patronymic; and a word is told only where it
stands in FEWEST different appeals or more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.text import Span
from nlp.clean import clean
from nlp.learning.drift_store import Appeal
from nlp.lemmas import parses
from nlp.words import Word, words_of

FEWEST = 5
SHORTEST = 4
"""Letters: shorter words are particles and abbreviations."""

TOLD = 20
PERSONAL = frozenset({"Name", "Surn", "Patr", "Init"})


@dataclass(frozen=True, slots=True)
class NewWords:
    """`unknown` of `words`, and the unknown lemmas of FEWEST appeals or more with the number of those appeals."""

    appeals: int
    words: int
    unknown: int
    frequent: tuple[tuple[str, int], ...]

    @property
    def rate(self) -> float:
        return self.unknown / self.words if self.words else 0.0


def new_words(appeals: Iterable[Appeal], knows: Callable[[Word], bool]) -> NewWords:
    """Count over the problems' words of some appeals; `knows` says whether the model has a word's lemma."""
    seen_in: Counter[str] = Counter()
    read = words = unknown = 0
    for appeal in appeals:
        read += 1
        strange = set()
        for word in told_words(appeal):
            words += 1
            if not knows(word):
                unknown += 1
                strange.add(word.lemma)
        seen_in.update(strange)
    often = [(lemma, count) for lemma, count in seen_in.items() if count >= FEWEST and not may_be_a_name(lemma)]
    often.sort(key=lambda each: (-each[1], each[0]))
    return NewWords(read, words, unknown, tuple(often[:TOLD]))


def told_words(appeal: Appeal) -> list[Word]:
    """The ordinary words of an appeal's problems."""
    hidden = (*appeal.private, *appeal.named)
    found = []
    for start, end in appeal.problems:
        piece = clean(appeal.text[start:end])
        for word in words_of(piece.text):
            at = piece.back(Span(word.start, word.end))
            hides = (first - start < at.end and at.start < last - start for first, last in hidden)
            if _ordinary(word) and not any(hides):
                found.append(word)
    return found


def _ordinary(word: Word) -> bool:
    return len(word.lower) >= SHORTEST and "а" <= word.lower[0].replace("ё", "е") <= "я"


def may_be_a_name(form: str) -> bool:
    """Whether any reading of a word is a personal name."""
    return any(str(mark) in PERSONAL for parse in parses(form) for mark in parse.tag.grammemes)
