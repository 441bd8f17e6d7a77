"""Training of a topic model: features, one ridge solution for topics and groups, calibration on unseen texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.topics import calibration
from nlp.topics.calibration import Tempering
from nlp.topics.clusters import grouped_folds, near_duplicates
from nlp.topics.features import Features, Rows
from nlp.topics.measures import measures
from nlp.topics.model import TopicModel
from nlp.topics.ridge import Doubles, balanced, solve
from nlp.topics.table import Labelled, TableError
from nlp.words import words_of

FOLDS = 5
REGULARISATION = 0.3
BALANCE = 0.65
"""Power of `balanced`: between accuracy (0) and equal voices of all labels (1)."""

NAME_WEIGHT = 1.0
"""The name of a label is a text of that label, worth this many texts: all that is known of the rare ones."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Labels and their groups; without groups each label is a group of its own."""

    labels: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: NDArray[np.int64]

    @classmethod
    def of(cls, table: Labelled, known: Mapping[str, str]) -> Tree:
        """The labels of the table and those that are `known` besides (label -> group)."""
        group_of = {**known, **table.group_of()} if table.groups is not None else {}
        labels = tuple(sorted(set(table.labels) | set(group_of)))
        names = [group_of.get(label, label) for label in labels]
        groups = tuple(sorted(set(names)))
        return cls(labels, groups, np.array([groups.index(name) for name in names], np.int64))


@dataclass(frozen=True)
class Lesson:
    """What is learnt from: `n` texts, then the names of all labels; `likeness` among all of them."""

    tree: Tree
    n: int
    label_at: NDArray[np.int64]
    known: NDArray[np.bool_]
    """Labels whose names may be used even where no text of theirs is at hand."""
    rows: Rows
    likeness: Doubles
    targets: Doubles
    """Indicators of label and group, (texts and names, labels + groups)."""

    def coefficients(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.int64], Doubles, Doubles]:
        """What was learnt from these texts: places of texts and names used, their coefficients, the mean target."""
        present = self.known.copy()
        present[self.label_at[texts]] = True
        names = np.flatnonzero(present) + self.n
        used = np.concatenate([texts, names])
        weights = np.concatenate([balanced(self.label_at[texts], BALANCE), np.full(len(names), NAME_WEIGHT)])
        mean = self.targets[texts].mean(axis=0)
        found = solve(self.likeness[np.ix_(used, used)], self.targets[used] - mean, weights, REGULARISATION)
        return used, found, mean

    def unseen(self, folds: NDArray[np.int64]) -> Doubles:
        """Scores (n, labels + groups) of each text by a model that has not seen its fold."""
        scores = np.zeros((self.n, self.targets.shape[1]), np.float64)
        for fold in np.unique(folds):
            asked = np.flatnonzero(folds == fold)
            used, found, mean = self.coefficients(np.flatnonzero(folds != fold))
            scores[asked] = self.likeness[np.ix_(asked, used)] @ found + mean
        return scores


def train(
    table: Labelled, known: Mapping[str, str] | None = None, label: str = "topic"
) -> tuple[TopicModel, dict[str, Any]]:
    """A model and what was measured of it by grouped cross-validation.

    `known` are labels (with their groups) of the region's topic tree: one that no text carries yet is learnt from
    its name.
    Raises TableError where there is nothing to tell apart.
    """
    tree = Tree.of(table, known or {})
    clusters = near_duplicates(table.texts)
    if len(set(table.labels)) < 2 or len(np.unique(clusters)) < FOLDS:
        raise TableError(f"at least 2 labels and {FOLDS} different texts are needed to train")
    features, lesson = prepare(table, tree, set(known or {}))
    folds = grouped_folds(clusters, FOLDS)
    scores = lesson.unseen(folds)
    topics, groups = scores[:, : len(tree.labels)], scores[:, len(tree.labels) :]
    tempering = calibration.temper(topics, groups, tree.group_of, lesson.label_at)
    probabilities = calibration.softmax(tempering.scores(topics, groups, tree.group_of))
    thresholds, measured = _measured(table, tree, probabilities)
    model = _whole(label, features, lesson, tempering, thresholds)
    measured["near_duplicate_clusters"] = len(np.unique(clusters))
    return model, measured


def prepare(table: Labelled, tree: Tree, known: set[str]) -> tuple[Features, Lesson]:
    """Vectors, likeness and targets of the texts and of the labels' names."""
    texts = [words_of(text) for text in table.texts]
    names = [words_of(label) for label in tree.labels]
    features = Features.learn(texts)
    rows = features.rows(texts + names)
    at = {label: place for place, label in enumerate(tree.labels)}
    label_at = np.array([at[label] for label in table.labels], np.int64)
    of_row = np.concatenate([label_at, np.arange(len(tree.labels))])
    targets = np.zeros((len(of_row), len(tree.labels) + len(tree.groups)), np.float64)
    targets[np.arange(len(of_row)), of_row] = 1
    targets[np.arange(len(of_row)), len(tree.labels) + tree.group_of[of_row]] = 1
    is_known = np.array([label in known for label in tree.labels], dtype=bool)
    lesson = Lesson(tree, len(texts), label_at, is_known, rows, rows.gram(rows), targets)
    return features, lesson


def _whole(
    label: str, features: Features, lesson: Lesson, tempering: Tempering, thresholds: tuple[float, float]
) -> TopicModel:
    """The model learnt from all texts, with the soft tree folded into one matrix."""
    used, found, mean = lesson.coefficients(np.arange(lesson.n))
    tree = lesson.tree
    count = len(tree.labels)
    folded = tempering.scores(found[:, :count], found[:, count:], tree.group_of)
    bias = tempering.scores(mean[None, :count], mean[None, count:], tree.group_of)[0]
    weights = np.concatenate([lesson.rows.sparse[used].T @ folded, lesson.rows.dense[used].T @ folded])
    return TopicModel(
        features=features,
        label=label,
        labels=tree.labels,
        groups=tree.groups,
        group_of=tree.group_of,
        weights=weights.astype(np.float32),
        bias=bias.astype(np.float32),
        group_threshold=thresholds[0],
        label_threshold=thresholds[1],
    )


def _measured(table: Labelled, tree: Tree, probabilities: Doubles) -> tuple[tuple[float, float], dict[str, Any]]:
    """Thresholds of group and label, and the figures for the card, all on texts the model had not seen."""
    membership = np.eye(len(tree.groups))[tree.group_of]
    asked = [("label", table.labels, tree.labels, probabilities)]
    if table.groups is not None:
        asked.append(("group", table.groups, tree.groups, probabilities @ membership))
    thresholds: dict[str, float] = {}
    figures: dict[str, Any] = {}
    for name, truth, labels, found in asked:
        best = found.max(axis=1)
        correct = np.array([labels[at] == right for at, right in zip(found.argmax(axis=1), truth, strict=True)])
        thresholds[name] = calibration.threshold(best, correct)
        curve = calibration.reliability(best, correct)
        figures[name] = {
            **measures(truth, found, labels, thresholds[name]),
            "threshold": round(thresholds[name], 4),
            "calibration_error": round(calibration.calibration_error(curve), 4),
            "reliability": curve,
            "risk_coverage": calibration.risk_coverage(best, correct),
        }
    return (thresholds.get("group", thresholds["label"]), thresholds["label"]), figures
