"""What a classifier is worth on labelled texts it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from nlp.topics import calibration
from nlp.topics.lesson import Tree
from nlp.topics.table import Labelled

Doubles = NDArray[np.float64]


def measures(
    truth: Sequence[str], probabilities: NDArray[np.float64], labels: Sequence[str], threshold: float
) -> dict[str, float]:
    """Quality of probabilities (n, labels): a true label that the model does not know counts as an error everywhere.

    `coverage_at_95` is the share of texts whose best probability reaches `threshold`, `accuracy_in_coverage` the
    share of right answers among them (1.0 where the machine decides nothing).
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    guess = [labels[at] for at in order[:, 0]]
    correct = np.array([mine == right for mine, right in zip(guess, truth, strict=True)], dtype=bool)
    near = [right in {labels[at] for at in row[:3]} for row, right in zip(order, truth, strict=True)]
    decided = probabilities.max(axis=1) >= threshold
    return {
        "n": len(truth),
        "accuracy": round(float(correct.mean()), 4),
        "macro_f1": round(float(f1_score(truth, guess, average="macro", zero_division=0)), 4),
        "weighted_f1": round(float(f1_score(truth, guess, average="weighted", zero_division=0)), 4),
        "top3": round(float(np.mean(near)), 4),
        "coverage_at_95": round(float(decided.mean()), 4),
        "accuracy_in_coverage": round(float(correct[decided].mean()) if decided.any() else 1.0, 4),
    }


def unseen_measures(
    table: Labelled, tree: Tree, probabilities: Doubles, repeats: int
) -> tuple[tuple[float, float], dict[str, Any]]:
    """Thresholds of group and label, and the figures for the card; `probabilities` hold the texts `repeats` times."""
    asked = [("label", table.labels, tree.labels, probabilities)]
    if table.groups is not None:
        membership = np.eye(len(tree.groups))[tree.group_of]
        asked.append(("group", table.groups, tree.groups, probabilities @ membership))
    thresholds: dict[str, float] = {}
    figures: dict[str, Any] = {}
    for name, truth, labels, found in asked:
        best = found.max(axis=1)
        every = truth * repeats
        correct = np.array([labels[at] == right for at, right in zip(found.argmax(axis=1), every, strict=True)])
        thresholds[name] = calibration.threshold(best, correct, repeats)
        curve = calibration.reliability(best, correct)
        figures[name] = {
            **measures(every, found, labels, thresholds[name]),
            "n": len(truth),
            "threshold": round(thresholds[name], 4),
            "calibration_error": round(calibration.calibration_error(curve), 4),
            "reliability": curve,
            "risk_coverage": calibration.risk_coverage(best, correct),
        }
    return (thresholds.get("group", thresholds["label"]), thresholds["label"]), figures
