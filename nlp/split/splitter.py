"""Splitting an appeal into problems, by argument structure.

The text is cut into elementary units; the best cut of the whole is made if it is sure enough, then the best cut of each
half, and so on. Most appeals hold one problem, so the bar is high: it stands in the model's card, chosen on real texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.text import Span
from nlp.split.boundary import BoundaryModel
from nlp.split.coordination import coordinated
from nlp.split.features import UnitFacts, cut_features, facts_of
from nlp.split.units import Unit, units_of
from nlp.split.vectors import TopicVectors
from nlp.words import Word

MOST_PROBLEMS = 12
"""More than this in one text is a list of something else."""


@dataclass(frozen=True)
class Splitter:
    """`threshold`: probability above which a cut is made; `repeated`: the same for the second cut of a text and on."""

    vectors: TopicVectors
    boundary: BoundaryModel
    threshold: float
    repeated: float

    @classmethod
    def load(cls, folder: Path) -> Splitter:
        """The splitter whose weights and card lie in `folder` (a region pack's model/split). Raises OSError."""
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        return cls(
            TopicVectors.load(folder),
            BoundaryModel.load(folder),
            float(card["threshold"]),
            float(card["repeated_threshold"]),
        )

    def split(self, text: str, words: Sequence[Word], place_spans: Sequence[Span] = ()) -> list[tuple[Span, ...]]:
        """One tuple of spans for each problem, in text order; together they cover the text's words, none overlaps.

        `words` are `words_of(text)`; `place_spans` the places found in it. A text without words has no problem.
        """
        if not words:
            return []
        units = units_of(text, words)
        cuts = self._cuts(words, units, place_spans) if len(units) > 1 else []
        edges = [units[at].span.start for at in cuts]
        if not cuts:
            edges = coordinated(words, units)
        starts = [words[0].start, *edges]
        ends = [*(_end_before(words, edge) for edge in edges), words[-1].end]
        return [(Span(start, end),) for start, end in zip(starts, ends, strict=True)]

    def split_many(self, texts: Iterable[tuple[str, Sequence[Word]]]) -> list[list[tuple[Span, ...]]]:
        """`split` of each text."""
        return [self.split(text, words) for text, words in texts]

    def _cuts(self, words: Sequence[Word], units: Sequence[Unit], place_spans: Sequence[Span]) -> list[int]:
        """Units before which a new problem begins, in order."""
        facts = facts_of(words, units, place_spans, self.vectors)
        cuts: list[int] = []
        waiting = [(0, len(units))]
        while waiting and len(cuts) < MOST_PROBLEMS - 1:
            first, last = waiting.pop(0)
            cut = self._best_cut(facts, first, last, self.repeated if cuts else self.threshold)
            if cut is not None:
                cuts.append(cut)
                waiting += [(first, cut), (cut, last)]
        return sorted(cuts)

    def _best_cut(self, facts: UnitFacts, first: int, last: int, threshold: float) -> int | None:
        if last - first < 2:
            return None
        probabilities = self.boundary.probabilities(cut_features(facts, first, last))
        best = int(probabilities.argmax())
        return first + 1 + best if probabilities[best] > threshold else None


def _end_before(words: Sequence[Word], edge: int) -> int:
    """Where the last word before `edge` ends."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high) // 2
        if words[middle].start < edge:
            low = middle + 1
        else:
            high = middle
    return words[low - 1].end
