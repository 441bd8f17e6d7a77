"""The second opinion: scores out of a text's sentence vector, joined with those of the fast model before the softmax.

Linear in the vector and quadratic in its main directions, so that the likeness of two texts is
    1/4 + z z' / 2 + (y y')^2 / 4,
z the centred unit vector, y its DIRECTIONS main directions at unit length. The quadratic part is worth as much as the
linear one: it lets a topic be where two matters meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from nlp.topics.calibration import Tempering, joint
from nlp.topics.one_byte import from_bytes, to_bytes

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]
Vectors = Callable[[Sequence[str]], Floats]
"""Sentence vectors (n, any length) of texts, as `nlp.topics.vectors.sentence_vectors`."""

FILE = "second.safetensors"

DIRECTIONS = 128

UNSURE = 0.7
"""Only a text whose best topic the fast model gives less than this is looked at twice: above it the
second look changes nothing (measured on the three cities)."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a vector is looked at: `centre` (length) is taken off, `directions` (number, length) are squared."""

    centre: Floats
    directions: Floats

    @classmethod
    def learn(cls, vectors: Floats) -> Sight:
        centre = vectors.mean(axis=0)
        _, _, turned = np.linalg.svd(_unit(vectors - centre), full_matrices=False)
        return cls(centre, np.ascontiguousarray(turned[:DIRECTIONS]))

    def rows(self, vectors: Floats, centre: Floats | None = None) -> Floats:
        """Features (n, 1 + length + squares); `centre` where these vectors have a mean of their own."""
        straight = _unit(vectors - (self.centre if centre is None else centre))
        turned = _unit(straight @ self.directions.T)
        one, other = np.triu_indices(turned.shape[1])
        squares = turned[:, one] * turned[:, other] * np.where(one == other, 0.5, np.sqrt(0.5))
        half = np.full((len(vectors), 1), 0.5, np.float32)
        return np.hstack([half, straight * np.sqrt(0.5), squares], dtype=np.float32)


@dataclass
class SecondOpinion:
    """`weights` (features of Sight, labels + groups), `bias` of the same columns; `temperings` of the fast model's
    scores and of these; thresholds as of TopicModel, for texts answered with this opinion at hand."""

    sight: Sight
    weights: Floats
    bias: Floats
    temperings: tuple[Tempering, Tempering]
    group_threshold: float
    label_threshold: float

    def probabilities(self, scores: Doubles, vectors: Floats, group_of: NDArray[np.int64]) -> Doubles:
        """Calibrated probabilities (n, labels) from the fast model's scores and the sentence vectors of texts."""
        own = np.asarray(self.sight.rows(vectors) @ self.weights + self.bias, np.float64)
        return joint(self.temperings, (scores, own), group_of)

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the weights, one byte each; returns what belongs into model.json."""
        weights, scale = to_bytes(self.weights)
        tensors: dict[str, NDArray[Any]] = {
            "weights": weights,
            "scale": scale,
            "bias": self.bias,
            "centre": self.sight.centre,
            "directions": self.sight.directions,
        }
        save_file(tensors, str(folder / FILE))
        (folder / FILE).chmod(0o644)
        return {
            "temperings": [asdict(tempering) for tempering in self.temperings],
            "group_threshold": self.group_threshold,
            "label_threshold": self.label_threshold,
        }

    @classmethod
    def load(cls, folder: Path, about: Mapping[str, Any]) -> Self:
        """Raises OSError, SafetensorError, KeyError, TypeError, ValueError."""
        tensors = load_file(str(folder / FILE))
        first, second = (Tempering(**numbers) for numbers in about["temperings"])
        return cls(
            Sight(tensors["centre"], tensors["directions"]),
            from_bytes(tensors["weights"], tensors["scale"]),
            tensors["bias"],
            (first, second),
            float(about["group_threshold"]),
            float(about["label_threshold"]),
        )


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
