"""Training of a topic model: one ridge solution for topics and groups, calibration and figures on unseen texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.topics import calibration
from nlp.topics.calibration import Tempering
from nlp.topics.clusters import grouped_folds, near_duplicates
from nlp.topics.features import Features
from nlp.topics.lesson import Lesson, Tree, prepare, ways_to_see
from nlp.topics.measures import unseen_measures
from nlp.topics.model import TopicModel
from nlp.topics.ridge import Doubles
from nlp.topics.second import Vectors
from nlp.topics.second_training import second_opinion
from nlp.topics.table import Labelled, TableError
from nlp.words import words_of

FOLDS = 5
REPEATS = 3
"""Times the folds are dealt anew: a threshold from one deal depends on its luck."""


@dataclass(frozen=True)
class Attempt:
    """One way to see the texts, and what it made of those it had not seen (`scores` by repeat of the folds)."""

    features: Features
    lesson: Lesson
    scores: Doubles

    @property
    def tempering(self) -> Tempering:
        return calibration.temper([self.scores], self.lesson.tree.group_of, self._right)[0]

    @property
    def loss(self) -> float:
        found = self.tempering.probabilities(self.scores, self.lesson.tree.group_of)
        return calibration.log_loss(found, self._right)

    @property
    def _right(self) -> NDArray[np.int64]:
        return np.resize(self.lesson.label_at, len(self.scores))


def train(
    table: Labelled, known: Mapping[str, str] | None = None, label: str = "topic", vectors: Vectors | None = None
) -> tuple[TopicModel, dict[str, Any]]:
    """A model and what was measured of it by grouped cross-validation.

    `known` are labels (with their groups) of the region's topic tree: one that no text carries yet is learnt from
    its name. What other regions lend is taken where unseen texts gain by it. With `vectors` the model gets a second
    opinion too. Raises TableError where there is nothing to tell apart.
    """
    tree = Tree.of(table, known or {})
    clusters = near_duplicates(table.texts)
    if len(set(table.labels)) < 2 or len(np.unique(clusters)) < FOLDS:
        raise TableError(f"at least 2 labels and {FOLDS} different texts are needed to train")
    folds = [grouped_folds(clusters, FOLDS, seed) for seed in range(REPEATS)]
    best = _best_attempt(table, tree, known or {}, folds[0])
    more = [best.scores, *(best.lesson.unseen(fold) for fold in folds[1:])]
    best = replace(best, scores=np.concatenate(more))
    tempering = best.tempering
    found = tempering.probabilities(best.scores, tree.group_of)
    thresholds, measured = unseen_measures(table, tree, found, REPEATS)
    measured["near_duplicate_clusters"] = len(np.unique(clusters))
    model = _whole(label, best.features, best.lesson, tempering, thresholds)
    if vectors is not None:
        model.second, together = second_opinion(table, best.lesson, folds, best.scores, found, vectors)
        measured |= {f"{name} with vectors": figures for name, figures in together.items()}
    return model, measured


def _best_attempt(table: Labelled, tree: Tree, known: Mapping[str, str], folds: NDArray[np.int64]) -> Attempt:
    """Alone or with what other regions lend, whichever loses less on unseen texts."""
    texts = [words_of(text) for text in table.texts]
    attempts = []
    for features in ways_to_see(texts):
        lesson = prepare(texts, features, table, tree, known)
        attempts.append(Attempt(features, lesson, lesson.unseen(folds)))
    return min(attempts, key=lambda attempt: attempt.loss)


def _whole(
    label: str, features: Features, lesson: Lesson, tempering: Tempering, thresholds: tuple[float, float]
) -> TopicModel:
    """The model learnt from all texts; dual coefficients become weights of features."""
    used, found, mean = lesson.coefficients(np.arange(lesson.n))
    weights = np.concatenate([lesson.rows.sparse[used].T @ found, lesson.rows.dense[used].T @ found])
    return TopicModel(
        features=features,
        label=label,
        labels=lesson.tree.labels,
        groups=lesson.tree.groups,
        group_of=lesson.tree.group_of,
        weights=weights.astype(np.float32),
        bias=mean.astype(np.float32),
        tempering=tempering,
        group_threshold=thresholds[0],
        label_threshold=thresholds[1],
    )
