"""How probable it is that a new problem begins at a boundary: a small network over the features of the cut."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from nlp.split.vectors import Floats


@dataclass(frozen=True)
class BoundaryModel:
    """Features (n, f) -> probabilities (n,): standardised, one hidden layer of rectified units, logistic output."""

    mean: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

    def probabilities(self, features: Floats) -> Floats:
        inside = ((features - self.mean) / self.scale) @ self.hidden + self.hidden_bias
        scores = np.maximum(inside, 0.0) @ self.output + self.output_bias
        summed: Floats = (1.0 / (1.0 + np.exp(-np.clip(scores, -40.0, 40.0)))).mean(axis=1)
        return summed

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
