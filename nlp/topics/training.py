"""Training of a topic model: one ridge solution for topics and groups, calibration and figures on unseen texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nlp.topics import calibration
from nlp.topics.calibration import Tempering
from nlp.topics.clusters import grouped_folds, near_duplicates
from nlp.topics.features import Features
from nlp.topics.lesson import Lesson, Tree, prepare
from nlp.topics.measures import measures
from nlp.topics.model import TopicModel
from nlp.topics.ridge import Doubles
from nlp.topics.table import Labelled, TableError

FOLDS = 5


def train(
    table: Labelled, known: Mapping[str, str] | None = None, label: str = "topic"
) -> tuple[TopicModel, dict[str, Any]]:
    """A model and what was measured of it by grouped cross-validation.

    `known` are labels (with their groups) of the region's topic tree: one that no text carries yet is learnt from
    its name. Raises TableError where there is nothing to tell apart.
    """
    tree = Tree.of(table, known or {})
    clusters = near_duplicates(table.texts)
    if len(set(table.labels)) < 2 or len(np.unique(clusters)) < FOLDS:
        raise TableError(f"at least 2 labels and {FOLDS} different texts are needed to train")
    features, lesson = prepare(table, tree, known or {})
    scores = lesson.unseen(grouped_folds(clusters, FOLDS))
    tempering = calibration.temper(scores, tree.group_of, lesson.label_at)
    thresholds, measured = _measured(table, tree, tempering.probabilities(scores, tree.group_of))
    measured["near_duplicate_clusters"] = len(np.unique(clusters))
    return _whole(label, features, lesson, tempering, thresholds), measured


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


def _measured(table: Labelled, tree: Tree, probabilities: Doubles) -> tuple[tuple[float, float], dict[str, Any]]:
    """Thresholds of group and label, and the figures for the card, all on texts the model had not seen."""
    asked = [("label", table.labels, tree.labels, probabilities)]
    if table.groups is not None:
        membership = np.eye(len(tree.groups))[tree.group_of]
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
