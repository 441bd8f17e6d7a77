"""Kernel ridge classification: one closed-form solution for all labels at once, right for few texts and many labels.

With X the vectors of n texts (unit length, so K = X X' is their likeness), Y their labels as indicator columns and w
the weight of each text, the scores of a new text x are
    mean + x' X' A,  where  (K + regularisation * diag(1/w)) A = Y - mean.
Source: Saunders, Gammerman, Vovk, "Ridge regression learning algorithm in dual variables", ICML 1998.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

Doubles = NDArray[np.float64]


def solve(likeness: Doubles, targets: Doubles, weights: Doubles, regularisation: float) -> Doubles:
    """A of the module's formula, (n, labels); `targets` have their mean taken off."""
    matrix = likeness.copy()
    matrix[np.diag_indices(len(matrix))] += regularisation / weights
    return np.asarray(cho_solve(cho_factor(matrix, overwrite_a=True), targets), np.float64)


def balanced(labels: NDArray[np.int64], power: float) -> Doubles:
    """A weight of each text that grows as its label gets rarer: (size of the label)^-power, 1 on average.

    0 leaves texts alone (best accuracy on frequent labels), 1 gives every label the same voice.
    """
    sizes = np.bincount(labels)[labels].astype(np.float64)
    weights = sizes**-power
    return np.asarray(weights / weights.mean(), np.float64)
