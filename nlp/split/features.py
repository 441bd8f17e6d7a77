"""What speaks for and against a cut: numbers for every boundary between the units of a piece of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import islice

import numpy as np

from nlp.lemmas import CACHED_FORMS
from nlp.split.lexicon import (
    ANAPHORS,
    CLOSINGS,
    REQUESTS,
    STREET_WORDS,
)
from nlp.split.units import Unit, is_greeting
from nlp.split.vectors import TINY, Doubles, Floats, LemmaVectors, Rows, Sums, cumulative, owners, products, tallied
from nlp.words import Word

HASHED = 128
"""Dimensions of the hashed bag of lemmas: enough to see repetition, few enough to stay linear in the text."""
LONG_WORD = 4
LOCAL = 2
"""Units on each side of a cut that make its neighbourhood."""


@dataclass(frozen=True)
class UnitFacts:
    """Cumulative sums over units (one row more than units, the first zero) and flags of every unit."""

    sums: Sums
    lemmas: Doubles
    counts: Doubles  # of the traits up to QUESTION
    flags: Floats  # of the unit that a cut would open
    edges: Floats  # of each unit: like a beginning, like an end, with closing words
    vectors: LemmaVectors

    def part(self, first: int, last: int) -> UnitFacts:
        """Those of the units [first, last); the sums need not begin with zero, since only differences are asked for."""
        return UnitFacts(
            Sums(self.sums.senses[first : last + 1], self.sums.squares[first : last + 1]),
            self.lemmas[first : last + 1],
            self.counts[first : last + 1],
            self.flags[first:last],
            self.edges[first:last],
            self.vectors,
        )


def facts_of(words: Sequence[Word], units: Sequence[Unit], vectors: LemmaVectors) -> UnitFacts:
    """Everything the cuts of a text need, in one pass over its words."""
    return facts_of_texts([(words, units)], vectors)


def facts_of_texts(texts: Sequence[tuple[Sequence[Word], Sequence[Unit]]], vectors: LemmaVectors) -> UnitFacts:
    """The same of several texts, one after another as if they were one: `UnitFacts.part` gives each its own."""
    words = [word for text, _ in texts for word in text]
    rows = vectors.rows(words)
    before = np.cumsum([0, *(len(text) for text, _ in texts[:-1])])
    starts = np.array(
        [base + unit.first for base, (_, units) in zip(before.tolist(), texts, strict=True) for unit in units]
    )
    seen = np.fromiter((_traits(word.lower, word.lemma) for word in words), dtype=np.int64, count=len(words))
    counts = np.add.reduceat((seen[:, None] >> np.arange(len(Trait))) & 1, starts, axis=0).astype(np.float32)
    counts[:, ONCE:] = np.minimum(counts[:, ONCE:], 1)
    flags = [_flags(text[unit.first : unit.last], unit) for text, units in texts for unit in units]
    return UnitFacts(
        vectors.cumulative(rows, starts),
        cumulative(_bags(rows, starts, vectors)),
        cumulative(counts[:, :-1]),
        np.asarray(flags, dtype=np.float32),
        np.column_stack([*vectors.edge_scores(rows, starts), counts[:, -1]]).astype(np.float32),
        vectors,
    )


def _bags(rows: Rows, starts: Rows, vectors: LemmaVectors) -> Doubles:
    """Hashed bags of the rarer lemmas of each unit."""
    known = rows >= 0
    place = owners(starts, len(rows))[known] * HASHED + rows[known] % HASHED
    weight = np.maximum(vectors.idf[rows[known]] - 2.0, 0.0)
    return tallied(place, weight, len(starts) * HASHED).reshape(len(starts), HASHED)


class Trait(IntEnum):
    """What is counted of the words of a unit, in the order of the features; of those from QUESTION on, one at most."""

    LETTERED = 0
    LONG = 1
    REQUEST = 2
    PLACE = 3
    NUMBER = 4
    QUESTION = 5
    CLOSING = 6


ONCE = int(Trait.QUESTION)


@lru_cache(maxsize=CACHED_FORMS)
def _traits(lower: str, lemma: str) -> int:
    """The traits of a form, a bit each."""
    found = [Trait.NUMBER] * lower.isdigit() + [Trait.QUESTION] * (lower == "?") + [Trait.CLOSING] * (lower in CLOSINGS)
    if lower[0].isalpha():
        found.append(Trait.LETTERED)
        found += [Trait.LONG] * (len(lower) > LONG_WORD) + [Trait.REQUEST] * (lemma in REQUESTS)
        found += [Trait.PLACE] * (lemma in STREET_WORDS or lower in STREET_WORDS)
    return sum(1 << trait for trait in found)


def _flags(words: Sequence[Word], unit: Unit) -> list[float]:
    lowers = list(islice((word.lower for word in words if word.lower[0].isalnum()), 2))
    greeting = any(is_greeting(words, at) for at in range(min(4, len(words))))
    first = lowers[0] if lowers else ""
    return [
        unit.newline,
        unit.blank_line,
        unit.listed,
        unit.marker,
        unit.weak,
        greeting,
        first in ANAPHORS or (first in {"и", "а"} and len(lowers) > 1 and lowers[1] in ANAPHORS),
        first in {"и", "а", "но", "да"},
        words[0].lemma in REQUESTS,
        words[0].lower in {"[", "@"} or words[0].lower == ">",
    ]


def cut_features(facts: UnitFacts, first: int, last: int) -> Floats:
    """Features (last - first - 1, n) of the cuts before units first+1 .. last-1 of the block [first, last)."""
    cuts = np.arange(first + 1, last)
    return features_of_cuts(facts, cuts, np.full_like(cuts, first), np.full_like(cuts, last))


def features_of_cuts(facts: UnitFacts, cuts: Rows, low: Rows, high: Rows) -> Floats:
    """Features (cuts, n) of the cuts before the units `cuts` of the blocks [low, high) they stand in."""
    near_low, near_high = np.maximum(cuts - LOCAL, low), np.minimum(cuts + LOCAL, high)
    left, right = facts.counts[cuts] - facts.counts[low], facts.counts[high] - facts.counts[cuts]
    columns = [
        _change(facts, low, cuts, high),
        _change(facts, near_low, cuts, near_high),
        _overlap(facts, low, cuts, high),
        _overlap(facts, near_low, cuts, near_high),
        np.log1p(left[:, :2]),
        np.log1p(right[:, :2]),
        np.minimum(left[:, 2:], 2.0),
        np.minimum(right[:, 2:], 2.0),
        facts.flags[cuts],
        facts.edges[cuts],
        facts.edges[cuts - 1],
        facts.edges[low],
        np.log1p(np.stack([cuts - low, high - cuts], axis=1)),
    ]
    return np.hstack(columns).astype(np.float32)


def _change(facts: UnitFacts, low: Rows, cuts: Rows, high: Rows) -> Floats:
    """Cosine of the senses of both sides, and how much each side says."""
    left, right = facts.sums.between(low, cuts), facts.sums.between(cuts, high)
    cosine = products(facts.vectors.directions(left), facts.vectors.directions(right))
    return np.stack([cosine, np.log1p(left.squares), np.log1p(right.squares)], axis=1)


def _overlap(facts: UnitFacts, low: Rows, cuts: Rows, high: Rows) -> Floats:
    """Cosine of the bags of lemmas of both sides."""
    left = (facts.lemmas[cuts] - facts.lemmas[low]).astype(np.float32)
    right = (facts.lemmas[high] - facts.lemmas[cuts]).astype(np.float32)
    norm = np.sqrt(products(left, left) * products(right, right))
    cosine: Floats = products(left, right) / np.maximum(norm, TINY)
    return cosine[:, None]
