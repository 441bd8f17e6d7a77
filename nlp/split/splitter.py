"""Splitting an appeal into problems, by argument structure.

The text is cut into elementary units. If it is sure enough to hold a second problem, the best cut is made, and each
half is asked again. Most appeals hold one problem, so the bar is high: it stands in the model's card, chosen on real
texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from pathlib import Path

import numpy as np

from models.text import Span
from nlp.split.boundary import BoundaryModel, split_probability
from nlp.split.coordination import coordinated
from nlp.split.features import UnitFacts, cut_features, facts_of_texts, features_of_cuts
from nlp.split.units import Unit, units_of
from nlp.split.vectors import LemmaVectors
from nlp.words import Word

RETURNS = 0.55
"""Cosine of senses above which a block goes on with a problem that was interrupted: one in three such returns is found,
one in twenty other blocks is taken for one."""
EVIDENCE = 20.0
"""Squared idf that a block must hold for its sense to count: one rare lemma, or several common ones."""
MOST_PROBLEMS = 12
"""More than this in one text is a list of something else."""
PORTION = 8_000
"""Words of the texts that are judged at once."""

Groups = list[list[tuple[int, int]]]
"""Problems as blocks of units [first, last)."""
Asked = tuple[tuple[str, Sequence[Word]], Sequence[Span]]
"""A text with its words and the places named in it."""


@dataclass(frozen=True)
class Splitter:
    """`threshold`: probability of a second problem above which a text is cut; `repeated`: the same for its parts."""

    vectors: LemmaVectors
    boundary: BoundaryModel
    threshold: float
    repeated: float

    @classmethod
    def load(cls, folder: Path) -> Splitter:
        """The splitter whose weights and card lie in `folder` (a region pack's model/split). Raises OSError."""
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        return cls(
            LemmaVectors.load(folder),
            BoundaryModel.load(folder),
            float(card["threshold"]),
            float(card["repeated_threshold"]),
        )

    def split(self, text: str, words: Sequence[Word], place_spans: Sequence[Span] = ()) -> list[tuple[Span, ...]]:
        """One tuple of spans for each problem, in text order; together they cover the text's words, none overlaps.

        `words` are `words_of(text)`; `place_spans` the places found in it: none of them is cut in two. A text without
        words has no problem.
        """
        return self.split_many([(text, words)], [place_spans])[0]

    def split_many(
        self, texts: Iterable[tuple[str, Sequence[Word]]], places: Iterable[Sequence[Span]] | None = None
    ) -> list[list[tuple[Span, ...]]]:
        """`split` of each text, with the places named in each; the cuts of many texts are judged at once."""
        found: list[list[tuple[Span, ...]]] = []
        for some in _portions(zip(texts, places or repeat(()))):  # noqa: B905 - the repetition is endless
            units = [units_of(text, words, spans) for (text, words), spans in some]
            blocks = self._blocks([(words, own) for ((_, words), _), own in zip(some, units, strict=True)])
            for ((_, words), _), own, groups in zip(some, units, blocks, strict=True):
                if not own:
                    found.append([])
                elif len(groups) == 1:
                    found.append(_apart(words, [0, *coordinated(words, own), len(words)]))
                else:
                    found.append([tuple(_span(words, own, *block) for block in group) for group in groups])
        return found

    def _blocks(self, texts: Sequence[tuple[Sequence[Word], Sequence[Unit]]]) -> list[Groups]:
        """The problems of each text as `find_problems` tells them."""
        several = [text for text in texts if len(text[1]) > 1]
        if not several:
            return [[[(0, len(units))]] for _, units in texts]
        facts = facts_of_texts(several, self.vectors)
        ends = np.cumsum([len(units) for _, units in several])
        sizes = np.diff(ends, prepend=0)
        low, high = np.repeat(ends - sizes, sizes - 1), np.repeat(ends, sizes - 1)
        cuts = np.delete(np.arange(ends[-1]), ends - sizes)
        odds = np.exp(self.boundary.scores(features_of_cuts(facts, cuts, low, high)))
        most = np.add.reduceat(odds, np.cumsum(sizes - 1) - (sizes - 1))
        whole = iter(zip(ends.tolist(), sizes.tolist(), (most / (1.0 + most)).tolist(), strict=True))
        found: list[Groups] = []
        for _, units in texts:
            groups = [[(0, len(units))]]
            if len(units) > 1:
                end, size, probability = next(whole)
                if probability > self.threshold:
                    own = facts.part(end - size, end)
                    groups = find_problems(own, size, self.boundary, self.threshold, self.repeated)
            found.append(groups)
        return found


def _portions(texts: Iterable[Asked]) -> Iterator[list[Asked]]:
    """The texts in order, some at a time: as many as hold a few thousand words, so that memory stays small."""
    some: list[Asked] = []
    size = 0
    for text in texts:
        some.append(text)
        size += len(text[0][1])
        if size >= PORTION:
            yield some
            some, size = [], 0
    if some:
        yield some


def find_cuts(facts: UnitFacts, units: int, boundary: BoundaryModel, threshold: float, repeated: float) -> list[int]:
    """Units before which a new problem begins, in order: the best cut of the whole, then of each part, and so on."""
    cuts: list[int] = []
    waiting = [(0, units)]
    while waiting and len(cuts) < MOST_PROBLEMS - 1:
        first, last = waiting.pop(0)
        if last - first < 2:
            continue
        scores = boundary.scores(cut_features(facts, first, last))
        if split_probability(scores) > (repeated if cuts else threshold):
            cut = first + 1 + int(scores.argmax())
            cuts.append(cut)
            waiting += [(first, cut), (cut, last)]
    return sorted(cuts)


def find_problems(
    facts: UnitFacts, units: int, boundary: BoundaryModel, threshold: float, repeated: float
) -> list[list[tuple[int, int]]]:
    """Problems as blocks of units [first, last): a block may return to a problem that another one interrupted."""
    edges = [0, *find_cuts(facts, units, boundary, threshold, repeated), units]
    blocks = list(pairwise(edges))
    if len(blocks) < 3:
        return [[block] for block in blocks]
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    said = facts.sums.between(low, high)
    directions = facts.vectors.directions(said) * (said.squares > EVIDENCE)[:, None]
    alike = directions @ directions.T
    groups: list[list[int]] = []
    for at in range(len(blocks)):
        earlier = max(
            (group for group in groups if group[-1] < at - 1), key=lambda group: alike[group[-1], at], default=[]
        )
        if earlier and alike[earlier[-1], at] > RETURNS:
            earlier.append(at)
        else:
            groups.append([at])
    return [[blocks[at] for at in group] for group in groups]


def _span(words: Sequence[Word], units: Sequence[Unit], first: int, last: int) -> Span:
    return Span(words[units[first].first].start, words[units[last - 1].last - 1].end)


def _apart(words: Sequence[Word], edges: Sequence[int]) -> list[tuple[Span, ...]]:
    """The text cut before the words `edges`, one problem a part."""
    return [(Span(words[first].start, words[last - 1].end),) for first, last in pairwise(edges)]
