"""From scores to probabilities that can be believed, and the threshold above which the machine may decide alone.

Everything here is fitted on out-of-fold scores: of texts that the scoring model had not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

RIGHT = 0.95
"""Share of right answers that is promised where the machine decides."""

SURE = 0.8416
"""One-sided 80 % normal quantile: the promise holds for the lower bound of what was seen, not for its mean."""

NEVER = 2.0
"""A threshold that no probability passes."""

BINS = 10
STEPS = 20


def softmax(scores: Doubles) -> Doubles:
    """Rows of scores as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float64)


@dataclass(frozen=True, slots=True)
class Tempering:
    """How scores become probabilities: softmax(topic * arsinh(stretch * topic score) + group * group score).

    Ridge scores are guesses of 0 and 1, not log-odds: a strong one says less than its size, and arsinh, linear near 0
    and logarithmic far from it, takes that into account (on real appeals the calibration error fell from 0.08 to 0.03).
    The group's own score beside the topic's makes a soft tree; it is absent where the tree is flat.
    """

    topic: float
    group: float
    stretch: float

    def logits(self, scores: Doubles, group_of: NDArray[np.int64]) -> Doubles:
        """(n, labels) of scores (n, labels + groups), or of scores (n, labels) where the tree is flat."""
        count = len(group_of)
        own = self.topic * np.arcsinh(self.stretch * scores[:, :count])
        if scores.shape[1] == count:
            return np.asarray(own, np.float64)
        return np.asarray(own + self.group * scores[:, count:][:, group_of], np.float64)

    def probabilities(self, scores: Doubles, group_of: NDArray[np.int64]) -> Doubles:
        """(n, labels) of scores as of `logits`."""
        return softmax(self.logits(scores, group_of))


def joint(temperings: Sequence[Tempering], scores: Sequence[Doubles], group_of: NDArray[np.int64]) -> Doubles:
    """Probabilities (n, labels) of several models' scores together: their logits are added."""
    logits = [tempering.logits(of, group_of) for tempering, of in zip(temperings, scores, strict=True)]
    return softmax(np.asarray(sum(logits), np.float64))


def log_loss(probabilities: Doubles, right: NDArray[np.int64]) -> float:
    """Mean of -log of the probability of the right column."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(right)), right], 1e-12)).mean())


def temper(scores: Sequence[Doubles], group_of: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[Tempering, ...]:
    """The temperings, one for the scores of each model, under which the right topics (columns `right`) are together
    most probable (least log loss)."""

    def loss(found: Doubles) -> tuple[float, Doubles]:
        temperings = _temperings(found)
        wrong = joint(temperings, scores, group_of)
        lost = log_loss(wrong, right)
        wrong[np.arange(len(right)), right] -= 1
        slopes = [_slope(tempering, of, group_of, wrong) for tempering, of in zip(temperings, scores, strict=True)]
        return lost, np.concatenate(slopes) / len(right)

    start = np.tile([3.0 / len(scores), 3.0 / len(scores), 2.5], len(scores))
    from scipy.optimize import minimize  # half a second of every start, needed in training alone

    return _temperings(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x)


def _temperings(numbers: Doubles) -> tuple[Tempering, ...]:
    return tuple(Tempering(float(a), float(b), float(np.exp(s))) for a, b, s in numbers.reshape(-1, 3))


def _slope(tempering: Tempering, scores: Doubles, group_of: NDArray[np.int64], wrong: Doubles) -> Doubles:
    """Derivatives of the summed log loss by topic, group and the logarithm of stretch; `wrong` those by the logits."""
    count = len(group_of)
    stretched = tempering.stretch * scores[:, :count]
    groups = 0.0 if scores.shape[1] == count else float((wrong * scores[:, count:][:, group_of]).sum())
    by_stretch = tempering.topic * (wrong * stretched / np.sqrt(1 + stretched**2)).sum()
    return np.array([(wrong * np.arcsinh(stretched)).sum(), groups, by_stretch])


def lower_bound(right: Doubles, of: Doubles) -> Doubles:
    """Wilson's lower bound of shares right/of. Source: E. B. Wilson, JASA 22 (1927)."""
    share = right / of
    middle = share + SURE**2 / (2 * of)
    spread = SURE * np.sqrt(share * (1 - share) / of + SURE**2 / (4 * of**2))
    return np.asarray((middle - spread) / (1 + SURE**2 / of), np.float64)


def threshold(confidence: Doubles, correct: NDArray[np.bool_], repeats: int = 1) -> float:
    """The least confidence above which the answers were right often enough: most coverage that keeps the promise.

    `repeats` is how many times each text stands among the answers: a repeated answer is no further evidence.
    """
    order = np.argsort(-confidence, kind="stable")
    seen = np.arange(1, len(order) + 1, dtype=np.float64)
    kept = lower_bound(np.cumsum(correct[order]) / repeats, seen / repeats) >= RIGHT
    if not kept.any():
        return NEVER
    return float(confidence[order][np.flatnonzero(kept)[-1]])


def reliability(confidence: Doubles, correct: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Promised against found: for each tenth of probability the mean promise, the share right, and how many texts."""
    tenth = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "promised": round(float(confidence[tenth == at].mean()), 4),
            "right": round(float(correct[tenth == at].mean()), 4),
            "n": int((tenth == at).sum()),
        }
        for at in np.unique(tenth)
    ]


def calibration_error(curve: Sequence[dict[str, float]]) -> float:
    """Expected calibration error: mean distance of promise and truth over the bins, weighted by their texts."""
    total = sum(point["n"] for point in curve)
    return sum(point["n"] * abs(point["promised"] - point["right"]) for point in curve) / max(total, 1)


def risk_coverage(confidence: Doubles, correct: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Share right among the most confident 5, 10, ... 100 % of texts, with the threshold that gives that share."""
    order = np.argsort(-confidence, kind="stable")
    points = []
    for step in range(1, STEPS + 1):
        taken = order[: max(1, round(len(order) * step / STEPS))]
        points.append(
            {
                "coverage": round(step / STEPS, 2),
                "right": round(float(correct[taken].mean()), 4),
                "threshold": round(float(confidence[taken[-1]]), 4),
            }
        )
    return points
