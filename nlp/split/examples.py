"""Texts as training examples: features of every cut, whether a problem begins there, and how much the text counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from models.text import Span
from nlp.split.corpus import Annotation, Composed
from nlp.split.features import UnitFacts, cut_features, facts_of
from nlp.split.network import Blocks
from nlp.split.units import Unit, units_of
from nlp.split.vectors import LemmaVectors
from nlp.words import words_of

NEAR = 12
"""Characters between the beginning of a part and the unit that is taken for it (greetings, list markers)."""
ANNOTATED_WEIGHT = 2.0
LENGTH_BINS = 25
FEW = 3.0
"""Texts added to every bin of lengths, so that one rare text does not weigh for many."""
RATIOS = (0.2, 6.0)
"""Least and greatest weight that its length gives a text."""
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
    source: str = ""


def known_whole(text: str, vectors: LemmaVectors, source: str, weight: float = 1.0) -> Known:
    """A text with one problem."""
    units, facts = _read(text, vectors)
    return Known(text, (Span(0, len(text)),), units, facts, (), weight=weight, source=source)


def known_composed(composed: Composed, vectors: LemmaVectors) -> Known:
    """A text of several appeals; one whose parts begin inside a unit teaches nothing, it measures only."""
    units, facts = _read(composed.text, vectors)
    starts = np.array([unit.span.start for unit in units])
    begins = []
    for offset in composed.starts[1:]:
        nearest = int(np.abs(starts - offset).argmin())
        if nearest and abs(int(starts[nearest]) - offset) <= NEAR:
            begins.append(nearest)
    edges = [*composed.starts, len(composed.text)]
    pieces = tuple(Span(start, end) for start, end in pairwise(edges))
    weight = 1.0 if len(begins) == len(composed.starts) - 1 else 0.0
    return Known(composed.text, pieces, units, facts, tuple(begins), weight=weight, source=composed.source)


def known_annotated(text: str, annotation: Annotation, vectors: LemmaVectors, source: str) -> Known:
    """An annotated text; the cuts between the last words of one problem and the first of the next are unclear."""
    if len(annotation.problems) < 2:
        return known_whole(text, vectors, source, ANNOTATED_WEIGHT)
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
    return Known(text, pieces, units, facts, tuple(begins), frozenset(unclear), ANNOTATED_WEIGHT, source)


def evenly_long(single: Sequence[Known], joined: Sequence[Known]) -> list[Known]:
    """Single texts weighed as if they were as long as the joined ones: length alone must speak for nothing."""
    bins = [np.array([_length_bin(known) for known in texts]) for texts in (single, joined)]
    one, more = (np.bincount(found, minlength=LENGTH_BINS) + FEW for found in bins)
    ratio = np.clip(more / one, *RATIOS)
    return [replace(known, weight=known.weight * float(ratio[at])) for known, at in zip(single, bins[0], strict=True)]


def _length_bin(known: Known) -> int:
    """Two bins for each doubling of the length."""
    return min(int(2 * np.log2(len(known.text) + 1)), LENGTH_BINS - 1)


def examples_of(texts: Iterable[Known]) -> Blocks:
    """All blocks of the texts that have a cut to judge. Raises ValueError where there is none."""
    features, begins, sizes, weight = [], [], [], []
    for known in texts:
        for first, last, true, share in _blocks(known):
            cuts = np.array([cut for cut in range(first + 1, last) if cut not in known.unclear], dtype=np.int64)
            if known.facts is not None and len(cuts) and share > 0:
                features.append(cut_features(known.facts, first, last)[cuts - first - 1])
                begins.append(np.isin(cuts, true))
                sizes.append(len(cuts))
                weight.append(share)
    return Blocks(
        np.vstack(features), np.concatenate(begins), np.array(sizes, dtype=np.int64), np.array(weight, dtype=np.float32)
    )


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
