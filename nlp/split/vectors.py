"""Vectors of lemmas: where each lies in a space of what texts are about, and how it begins and ends texts.

The topic model of the product reads whole problems and costs too much to ask about every way of cutting a text; these
are linear in the lemmas, so that the scores of all pieces of a text come from one cumulative sum.

- `senses`: a linear discriminant of topic weights and general word vectors (navec), in which two pieces of one text lie
  near each other and pieces of different texts far apart. It knows words that the labelled texts never used.
- `edges`: how each lemma speaks for the beginning or the end of a whole text, by its position in the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from nlp.words import Word

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
TINY = np.float32(1e-6)
QUANTA = 127


@dataclass(frozen=True)
class Sums:
    """Over pieces of a text: senses (n, d) and squared idf (n,)."""

    senses: Floats
    squares: Floats

    def between(self, low: Rows, high: Rows) -> Sums:
        """Of cumulative sums: those of the pieces [low, high)."""
        return Sums(self.senses[high] - self.senses[low], self.squares[high] - self.squares[low])


@dataclass(frozen=True)
class LemmaVectors:
    """Rows of `index`: all lemmas have senses and idf, the first len(edges) were in the training texts and have edges.

    `senses` (lemmas, d), already times idf; `mean` (d,) of normalised texts; `idf` (lemmas,). `edges` (n, 5): for the
    beginning as first, second, third word of a unit, for the beginning anywhere in it, for the end anywhere in it.
    """

    index: dict[str, int]
    senses: Floats
    mean: Floats
    idf: Floats
    edges: Floats

    def rows(self, words: Sequence[Word]) -> Rows:
        """The row of every word's lemma, -1 where it is unknown."""
        get = self.index.get
        return np.fromiter((get(word.lemma, -1) for word in words), dtype=np.int64, count=len(words))

    def cumulative(self, rows: Rows, starts: Sequence[int]) -> Sums:
        """Cumulative sums over the units whose first words are `starts` (one row more than units, the first zero)."""
        known = rows >= 0
        senses = self.senses[np.where(known, rows, 0)]
        senses[~known] = 0.0
        squares = np.where(known, self.idf[rows] ** 2, np.float32(0))
        at = np.asarray(starts, dtype=np.int64)
        return Sums(_running(np.add.reduceat(senses, at, axis=0)), _running(np.add.reduceat(squares, at)))

    def edge_scores(self, rows: Rows) -> tuple[float, float]:
        """How much the unit of these rows sounds like the beginning and like the end of a whole text."""
        topical = rows[(rows >= 0) & (rows < len(self.edges))]
        if not len(topical):
            return 0.0, 0.0
        first = float(np.trace(self.edges[topical[:3], :3]))
        weight = 1.0 / np.sqrt(len(topical))
        anywhere = self.edges[topical, 3:].sum(axis=0) * weight
        return first + float(anywhere[0]), float(anywhere[1])

    def directions(self, sums: Sums) -> Floats:
        """Unit vectors (pieces, d) in the space of senses."""
        centred: Floats = sums.senses / np.sqrt(sums.squares + TINY)[:, None] - self.mean
        norm = np.sqrt((centred * centred).sum(axis=1, keepdims=True))
        unit: Floats = centred / np.maximum(norm, TINY)
        return unit

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        scale = np.abs(self.senses).max(axis=0) / np.float32(QUANTA)
        arrays: dict[str, NDArray[Any]] = {
            "senses": np.rint(self.senses / scale).astype(np.int8),
            "senses_scale": scale.astype(np.float32),
            "mean": self.mean,
            "idf": self.idf,
            "edges": self.edges.astype(np.float16),
        }
        save_file(arrays, folder / "vectors.safetensors")
        (folder / "lemmas.txt").write_text("\n".join(self.index), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LemmaVectors:
        """The vectors saved in `folder`. Raises OSError where a file is missing."""
        arrays = load_file(folder / "vectors.safetensors")
        lemmas = (folder / "lemmas.txt").read_text(encoding="utf-8").split("\n")
        return cls(
            index={lemma: row for row, lemma in enumerate(lemmas)},
            senses=arrays["senses"].astype(np.float32) * arrays["senses_scale"].astype(np.float32),
            mean=arrays["mean"].astype(np.float32),
            idf=arrays["idf"].astype(np.float32),
            edges=arrays["edges"].astype(np.float32),
        )


def _running(values: Floats) -> Floats:
    summed = np.zeros((len(values) + 1, *values.shape[1:]), dtype=np.float32)
    np.cumsum(values, axis=0, out=summed[1:])
    return summed
