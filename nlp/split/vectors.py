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
Doubles = NDArray[np.float64]
Rows = NDArray[np.int64]
TINY = np.float32(1e-6)
QUANTA = 127


@dataclass(frozen=True)
class Sums:
    """Over pieces of a text: senses (n, d) and squared idf (n,)."""

    senses: NDArray[Any]
    squares: NDArray[Any]

    def between(self, low: Rows, high: Rows) -> Sums:
        """Of cumulative sums: those of the pieces [low, high)."""
        senses, squares = self.senses[high] - self.senses[low], self.squares[high] - self.squares[low]
        return Sums(senses.astype(np.float32), squares.astype(np.float32))


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

    def cumulative(self, rows: Rows, starts: Rows) -> Sums:
        """Cumulative sums over the units whose first words are `starts` (one row more than units, the first zero)."""
        known = rows >= 0
        senses = self.senses[np.where(known, rows, 0)]
        senses[~known] = 0.0
        squares = np.where(known, self.idf[rows] ** 2, np.float32(0))
        return Sums(cumulative(np.add.reduceat(senses, starts, axis=0)), cumulative(np.add.reduceat(squares, starts)))

    def edge_scores(self, rows: Rows, starts: Rows) -> tuple[Doubles, Doubles]:
        """How much each unit sounds like the beginning, and how much like the end of a whole text."""
        topical = (rows >= 0) & (rows < len(self.edges))
        owner, rows = owners(starts, len(rows))[topical], rows[topical]
        sizes = np.bincount(owner, minlength=len(starts))
        place = np.arange(len(rows)) - (np.cumsum(sizes) - sizes)[owner]
        early = place < 3
        first = tallied(owner[early], self.edges[rows[early], place[early]], len(starts))
        weight = 1.0 / np.sqrt(np.maximum(sizes, 1))
        anywhere = [tallied(owner, self.edges[rows, column], len(starts)) * weight for column in (3, 4)]
        return first + anywhere[0], anywhere[1]

    def directions(self, sums: Sums) -> Floats:
        """Unit vectors (pieces, d) in the space of senses."""
        centred = np.asarray(sums.senses / np.sqrt(sums.squares + TINY)[:, None] - self.mean, np.float32)
        norm = np.sqrt(products(centred, centred))[:, None]
        return np.asarray(centred / np.maximum(norm, TINY), np.float32)

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


def cumulative(values: NDArray[Any]) -> Doubles:
    """Sums of the rows before each row and of all: doubles, since many texts may stand one after another."""
    summed = np.zeros((len(values) + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=summed[1:])
    return summed


def owners(starts: Rows, words: int) -> Rows:
    """The number of the unit that each of the words belongs to."""
    return np.repeat(np.arange(len(starts)), np.diff(starts, append=words))


def products(one: Floats, two: Floats) -> Floats:
    """The scalar product of each row with the row beside it."""
    summed: Floats = np.einsum("ij,ij->i", one, two)
    return summed


def tallied(places: Rows, weights: NDArray[Any], size: int) -> Doubles:
    """Sums of the weights that fall to each of `size` places."""
    return np.asarray(np.bincount(places, weights, minlength=size), np.float64)
