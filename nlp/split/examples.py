"""Cuts of texts as training examples: features of every cut, whether a problem begins there, and how much it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.text import Span
from nlp.split.corpus import Annotation, Composed
from nlp.split.features import UnitFacts, cut_features, facts_of
from nlp.split.units import Unit, units_of
from nlp.split.vectors import Floats, LemmaVectors
from nlp.words import words_of

NEAR = 12
"""Characters between the beginning of a part and the unit that is taken for it (greetings, list markers)."""
ANNOTATED_WEIGHT = 2.0
CHECK_WEIGHT = 0.5
"""Weight of parts of texts that are shown again alone, so that the second cut is learned too."""


@dataclass(frozen=True)
class Known:
    """A text in units, its pieces by problem, where problems begin (units), and cuts that nobody can judge."""

    text: str
    pieces: tuple[Span, ...]
    units: Sequence[Unit]
    facts: UnitFacts | None
    begins: tuple[int, ...]
    unclear: frozenset[int] = frozenset()
    weight: float = 1.0


@dataclass(frozen=True)
class Examples:
    features: Floats
    begins: NDArray[np.bool_]
    weight: Floats


def known_whole(text: str, vectors: LemmaVectors, weight: float = 1.0) -> Known:
    """A text with one problem."""
    units, facts = _read(text, vectors)
    return Known(text, (Span(0, len(text)),), units, facts, (), weight=weight)


def known_composed(composed: Composed, vectors: LemmaVectors) -> Known:
    units, facts = _read(composed.text, vectors)
    starts = np.array([unit.span.start for unit in units])
    begins = []
    for offset in composed.starts[1:]:
        nearest = int(np.abs(starts - offset).argmin())
        if nearest and abs(int(starts[nearest]) - offset) <= NEAR:
            begins.append(nearest)
    edges = [*composed.starts, len(composed.text)]
    pieces = tuple(Span(start, end) for start, end in pairwise(edges))
    return Known(composed.text, pieces, units, facts, tuple(begins))


def known_annotated(text: str, annotation: Annotation, vectors: LemmaVectors) -> Known:
    """An annotated text; the cuts between the last words of one problem and the first of the next are unclear."""
    if len(annotation.problems) < 2:
        return known_whole(text, vectors, ANNOTATED_WEIGHT)
    units, facts = _read(text, vectors)
    starts = [unit.span.start for unit in units]
    owned = sorted((start, end, at) for at, pieces in enumerate(annotation.problems) for start, end in pieces)
    begins, unclear = [], set()
    for (_, end, one), (start, _, other) in pairwise(owned):
        last = max((at for at, offset in enumerate(starts) if offset < end), default=0)
        first = max((at for at, offset in enumerate(starts) if offset <= start), default=0)
        if one != other and first > last:
            begins.append(first)
            unclear |= set(range(last + 1, first))
    longest = [max(pieces, key=lambda piece: piece[1] - piece[0]) for pieces in annotation.problems]
    pieces = tuple(Span(start, end) for start, end in longest)
    return Known(text, pieces, units, facts, tuple(begins), frozenset(unclear), ANNOTATED_WEIGHT)


def examples_of(texts: Iterable[Known]) -> Examples:
    """All examples of the texts. Raises ValueError where no text has two units."""
    features, begins, weight = [], [], []
    for known in texts:
        for first, last, true, share in _blocks(known):
            if known.facts is None or last - first < 2:
                continue
            cuts = np.arange(first + 1, last)
            judged = ~np.isin(cuts, list(known.unclear))
            features.append(cut_features(known.facts, first, last)[judged])
            begins.append(np.isin(cuts, true)[judged])
            weight.append(np.full(int(judged.sum()), share, dtype=np.float32))
    return Examples(np.vstack(features), np.concatenate(begins), np.concatenate(weight))


def _blocks(known: Known) -> Iterator[tuple[int, int, tuple[int, ...], float]]:
    """The whole text, and what the splitter sees after its first cut: single problems, and pairs of neighbours."""
    edges = (0, *known.begins, len(known.units))
    yield 0, len(known.units), known.begins, known.weight
    if len(known.begins) > 0:
        for first, last in pairwise(edges):
            yield first, last, (), known.weight * CHECK_WEIGHT
    if len(known.begins) > 1:
        for at in range(1, len(edges) - 1):
            yield edges[at - 1], edges[at + 1], (edges[at],), known.weight * CHECK_WEIGHT


def _read(text: str, vectors: LemmaVectors) -> tuple[Sequence[Unit], UnitFacts | None]:
    words = words_of(text)
    units = units_of(text, words)
    return units, facts_of(words, units, vectors) if len(units) > 1 else None
