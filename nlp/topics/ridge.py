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
Floats = NDArray[np.float32]


def solve(likeness: Floats, targets: Doubles, weights: Doubles, regularisation: float) -> Floats:
    """A of the module's formula, (n, labels); `targets` have their mean taken off.

    Single precision is enough: the regularisation keeps the matrix far from singular.
    """
    matrix = likeness.copy()
    matrix[np.diag_indices(len(matrix))] += regularisation / weights
    factor = cho_factor(matrix, overwrite_a=True, check_finite=False)
    return np.asarray(cho_solve(factor, targets.astype(np.float32), check_finite=False), np.float32)


def balanced(labels: NDArray[np.int64], power: float) -> Doubles:
    """A weight of each text that grows as its label gets rarer: (size of the label)^-power, 1 on average.

    0 leaves texts alone (best accuracy on frequent labels), 1 gives every label the same voice.
    """
    sizes = np.bincount(labels)[labels].astype(np.float64)
    weights = sizes**-power
    return np.asarray(weights / weights.mean(), np.float64)
