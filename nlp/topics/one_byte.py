"""Weights stored in one byte each: columns of whole numbers -127..127 and a scale for each column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def to_bytes(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Whole numbers (rows, columns) and the scale of each column."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-12) / 127
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


def from_bytes(numbers: NDArray[np.int8], scale: Floats) -> Floats:
    """The weights again, to within half a step of the scale."""
    return numbers.astype(np.float32) * scale
