"""Topic vectors of lemmas: what each lemma says about each topic, so that a piece of any length is scored by a sum.

The topic model of the product reads whole problems and costs too much to ask about every way of cutting a text;
this one is linear in the lemmas, so that the scores of all pieces of a text come from one cumulative sum. It knows
several label spaces at once (the topics of every source it was trained on): two pieces about one thing agree in all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from nlp.words import Word

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TopicVectors:
    """`weights` (lemmas, labels) already times idf; `idf` (lemmas,); `bias` (labels,); `spaces` column ranges."""

    index: dict[str, int]
    weights: Floats
    idf: Floats
    bias: Floats
    spaces: tuple[tuple[int, int], ...]

    def sums(self, words: Sequence[Word], starts: Sequence[int]) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Sums over units whose first words are `starts`: scores (units, labels), squared idf (units,), known lemmas.

        The third array holds for every word of the text its lemma's row, -1 where unknown.
        """
        get = self.index.get
        rows = np.fromiter((get(word.lemma, -1) for word in words), dtype=np.int64, count=len(words))
        known = rows >= 0
        idf = np.where(known, self.idf[rows], 0.0).astype(np.float32)
        scores = self.weights[rows].astype(np.float32)
        scores[~known] = 0.0
        at = np.asarray(starts, dtype=np.int64)
        return np.add.reduceat(scores, at, axis=0), np.add.reduceat(idf * idf, at), rows

    def probabilities(self, scores: Floats, squares: Floats) -> Floats:
        """Probabilities (pieces, labels), each label space summing to one, of pieces given by their sums."""
        logits: Floats = scores / np.sqrt(squares + np.float32(1e-6))[:, None] + self.bias
        for start, end in self.spaces:
            part = logits[:, start:end]
            part -= part.max(axis=1, keepdims=True)
            np.exp(part, out=part)
            part /= part.sum(axis=1, keepdims=True)
        return logits

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[Any]] = {
            "weights": self.weights.astype(np.float16),
            "idf": self.idf,
            "bias": self.bias,
        }
        save_file(arrays, folder / "vectors.safetensors")
        facts = {"lemmas": list(self.index), "spaces": [list(space) for space in self.spaces]}
        (folder / "vectors.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TopicVectors:
        """The vectors saved in `folder`. Raises OSError where a file is missing."""
        arrays = load_file(folder / "vectors.safetensors")
        facts: dict[str, Any] = json.loads((folder / "vectors.json").read_text(encoding="utf-8"))
        return cls(
            index={lemma: row for row, lemma in enumerate(facts["lemmas"])},
            weights=arrays["weights"],
            idf=arrays["idf"].astype(np.float32),
            bias=arrays["bias"].astype(np.float32),
            spaces=tuple((int(start), int(end)) for start, end in facts["spaces"]),
        )
