"""Training of the second opinion, on the folds of the fast model and beside its scores of unseen texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.topics.calibration import joint, temper
from nlp.topics.lesson import Lesson
from nlp.topics.measures import unseen_measures
from nlp.topics.ridge import Doubles
from nlp.topics.second import UNSURE, Floats, SecondOpinion, Sight, Vectors
from nlp.topics.table import Labelled

REGULARISATION = 0.2
NAME_WEIGHT = 2.0


def second_opinion(
    table: Labelled,
    lesson: Lesson,
    folds: Sequence[NDArray[np.int64]],
    scores: Doubles,
    probabilities: Doubles,
    vectors: Vectors,
) -> tuple[SecondOpinion, dict[str, Any]]:
    """The opinion and what was measured of both together; `scores` and `probabilities` are the fast model's of unseen
    texts, the texts once for each deal of `folds`."""
    tree = lesson.tree
    texts, names = _each_once(table.texts, vectors), vectors(tree.labels)
    sight = Sight.learn(texts)
    # names are short and alike as texts never are: without a mean of their own they would be far from all texts
    rows = np.vstack([sight.rows(texts), sight.rows(names, names.mean(axis=0))])
    lesson = replace(lesson, likeness=rows @ rows.T, regularisation=REGULARISATION, name_weight=NAME_WEIGHT)
    own = np.concatenate([lesson.unseen(fold) for fold in folds])
    first, second = temper([scores, own], tree.group_of, np.tile(lesson.label_at, len(folds)))
    asked = probabilities.max(axis=1, keepdims=True) < UNSURE
    together = np.where(asked, joint((first, second), (scores, own), tree.group_of), probabilities)
    thresholds, measured = unseen_measures(table, tree, together, len(folds))
    measured = {name: {"looked_twice": round(float(asked.mean()), 4), **figures} for name, figures in measured.items()}
    used, found, mean = lesson.coefficients(np.arange(lesson.n))
    weights = np.asarray(rows[used].T @ found, np.float32)
    return SecondOpinion(sight, weights, mean.astype(np.float32), (first, second), *thresholds), measured


def _each_once(texts: Sequence[str], vectors: Vectors) -> Floats:
    """Vectors of texts, each different one asked for once: people send one complaint many times."""
    places: dict[str, int] = {}
    at = [places.setdefault(text, len(places)) for text in texts]
    return vectors(list(places))[at]
