"""How probable it is that a text holds a further problem, and where it begins: a small network over cuts.

The cuts of a block compete with each other and with «one problem»: a softmax over the scores of all cuts and a zero.
So a long text is not split for its length alone, and a network learns from the whole text in place of from each cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from nlp.split.vectors import Floats

HIGHEST = 30.0
"""Scores beyond this say no more."""


@dataclass(frozen=True)
class BoundaryModel:
    """Features (n, f) of cuts -> scores (n,): standardised, then one hidden layer of rectified units."""

    mean: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

    def scores(self, features: Floats) -> Floats:
        """Log odds of each cut against «one problem»."""
        inside = ((features - self.mean) / self.scale) @ self.hidden + self.hidden_bias
        summed: Floats = np.maximum(inside, 0.0) @ self.output + self.output_bias
        return np.clip(summed, -HIGHEST, HIGHEST)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(
            {name: np.ascontiguousarray(array) for name, array in vars(self).items()}, folder / "boundary.safetensors"
        )

    @classmethod
    def load(cls, folder: Path) -> BoundaryModel:
        """The model saved in `folder`. Raises OSError where a file is missing."""
        return cls(
            **{name: array.astype(np.float32) for name, array in load_file(folder / "boundary.safetensors").items()}
        )


def split_probability(scores: Floats) -> float:
    """How probable it is that a new problem begins at one of the cuts with these scores."""
    odds = float(np.exp(scores).sum())
    return odds / (1.0 + odds)
