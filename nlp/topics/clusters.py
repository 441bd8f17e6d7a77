"""Near-duplicate texts: people post one complaint many times, and a copy must never stand on both sides of a split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

SHINGLE = 4
"""Characters in a shingle."""

ALIKE = 0.7
"""Cosine of TF-IDF shingle vectors from which two texts count as one; lower than is needed, to be on the safe side."""


def near_duplicates(texts: Sequence[str]) -> NDArray[np.int64]:
    """The number of the cluster of each text: texts joined by a chain of likenesses share one number."""
    shingles = TfidfVectorizer(analyzer="char_wb", ngram_range=(SHINGLE, SHINGLE), sublinear_tf=True, dtype=np.float32)
    try:
        rows = shingles.fit_transform(texts)
    except ValueError:  # no text holds a single shingle
        return np.arange(len(texts), dtype=np.int64)
    likeness = rows @ rows.T
    likeness.data[likeness.data < ALIKE] = 0
    likeness.eliminate_zeros()
    return np.asarray(connected_components(likeness, directed=False)[1], dtype=np.int64)


def grouped_folds(clusters: NDArray[np.int64], folds: int, seed: int = 0) -> NDArray[np.int64]:
    """The fold, 0 to `folds` - 1, of each text: shuffled, about equal, a cluster never torn apart."""
    numbers, sizes = np.unique(clusters, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(numbers))
    before = np.cumsum(sizes[order]) - sizes[order]
    fold_of = np.empty(int(clusters.max()) + 1, dtype=np.int64)
    fold_of[numbers[order]] = before * folds // len(clusters)
    return fold_of[clusters]
