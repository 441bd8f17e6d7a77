"""What speaks for and against a cut: numbers for every boundary between the units of a piece of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.split.lexicon import (
    ANAPHORS,
    CLOSINGS,
    REQUESTS,
    STREET_WORDS,
)
from nlp.split.units import Unit, is_greeting
from nlp.split.vectors import Floats, LemmaVectors, Rows, Sums
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
    lemmas: Floats
    counts: Floats  # what _counts counts
    flags: Floats  # of the unit that a cut would open
    edges: Floats  # of each unit: like a beginning, like an end, with closing words
    vectors: LemmaVectors


def facts_of(words: Sequence[Word], units: Sequence[Unit], vectors: LemmaVectors) -> UnitFacts:
    """Everything the cuts of a text need, in one pass over its words."""
    rows = vectors.rows(words)
    counts, flags, edges = [], [], []
    for unit in units:
        inside = words[unit.first : unit.last]
        counts.append(_counts(inside))
        flags.append(_flags(inside, unit))
        opens, closes = vectors.edge_scores(rows[unit.first : unit.last])
        edges.append([opens, closes, any(word.lower in CLOSINGS for word in inside)])
    return UnitFacts(
        vectors.cumulative(rows, [unit.first for unit in units]),
        _cumulative(_bags(rows, units, vectors)),
        _cumulative(np.asarray(counts, dtype=np.float32)),
        np.asarray(flags, dtype=np.float32),
        np.asarray(edges, dtype=np.float32),
        vectors,
    )


def _bags(rows: Rows, units: Sequence[Unit], vectors: LemmaVectors) -> Floats:
    """Hashed bags of the rarer lemmas of each unit."""
    bags = np.zeros((len(units), HASHED), dtype=np.float32)
    owner = np.repeat(np.arange(len(units)), [unit.last - unit.first for unit in units])
    known = rows >= 0
    np.add.at(bags, (owner[known], rows[known] % HASHED), np.maximum(vectors.idf[rows[known]] - 2.0, 0.0))
    return bags


def _cumulative(values: Floats) -> Floats:
    summed = np.zeros((len(values) + 1, values.shape[1]), dtype=np.float32)
    np.cumsum(values, axis=0, out=summed[1:])
    return summed


def _counts(words: Sequence[Word]) -> list[float]:
    """Words, long words, requests, words of places, numbers, questions."""
    lettered = [word for word in words if word.lower[0].isalpha()]
    return [
        len(lettered),
        sum(len(word.lower) > LONG_WORD for word in lettered),
        sum(word.lemma in REQUESTS for word in lettered),
        sum(word.lemma in STREET_WORDS or word.lower in STREET_WORDS for word in lettered),
        sum(word.lower.isdigit() for word in words),
        any(word.lower == "?" for word in words),
    ]


def _flags(words: Sequence[Word], unit: Unit) -> list[float]:
    lowers = [word.lower for word in words if word.lower[0].isalnum()][:4]
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
    low, high = np.full_like(cuts, first), np.full_like(cuts, last)
    near_low, near_high = np.maximum(cuts - LOCAL, first), np.minimum(cuts + LOCAL, last)
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
        np.log1p(np.stack([cuts - first, last - cuts], axis=1)).astype(np.float32),
    ]
    return np.hstack(columns).astype(np.float32)


def _change(facts: UnitFacts, low: Rows, cuts: Rows, high: Rows) -> Floats:
    """Cosine of the senses of both sides, and how much each side says."""
    left, right = facts.sums.between(low, cuts), facts.sums.between(cuts, high)
    cosine = (facts.vectors.directions(left) * facts.vectors.directions(right)).sum(axis=1)
    return np.stack([cosine, np.log1p(left.squares), np.log1p(right.squares)], axis=1)


def _overlap(facts: UnitFacts, low: Rows, cuts: Rows, high: Rows) -> Floats:
    """Cosine of the bags of lemmas of both sides."""
    left, right = facts.lemmas[cuts] - facts.lemmas[low], facts.lemmas[high] - facts.lemmas[cuts]
    norm = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    cosine: Floats = ((left * right).sum(axis=1) / np.maximum(norm, 1e-6))[:, None]
    return cosine
