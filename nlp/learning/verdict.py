"""Old against new on rows that neither has seen: paired figures, the noise between them, and the rule of promotion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
"""Resamplings of the bootstrap."""

MARGIN = 0.01
"""Loss of accuracy on the base file that is never accepted, even where it might be noise."""

FEWEST = 20
"""Held corrections below which nothing is promoted: five right answers more would be luck."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """What one model said of `truth`, row by row: its first topic, whether its group was right and decided alone."""

    label: tuple[str, ...]
    group_right: Bools
    decided: Bools

    @classmethod
    def joined(cls, parts: Sequence[Answers]) -> Answers:
        return cls(
            tuple(label for part in parts for label in part.label),
            np.concatenate([part.group_right for part in parts]),
            np.concatenate([part.decided for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both models; `low` to `high` is the 95 % interval of new - old."""

    name: str
    old: float
    new: float
    low: float
    high: float

    @property
    def better(self) -> bool:
        return self.low > 0

    @property
    def worse(self) -> bool:
        return self.high < 0


@dataclass(frozen=True, slots=True)
class Part:
    """One held part: `base` or `corrections`, its size, how often old and new say the same, the figures."""

    name: str
    rows: int
    groups: int
    same: float
    figures: tuple[Figure, ...]

    @property
    def accuracy(self) -> Figure:
        return self.figures[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the new model takes over, and why, in one sentence."""

    promote: bool
    why: str


def compare(name: str, truth: Sequence[str], clusters: NDArray[np.int64], old: Answers, new: Answers) -> Part:
    """Paired comparison; whole clusters of near-duplicates are drawn, for copies are no further evidence."""
    codes = {label: at for at, label in enumerate(sorted({*truth, *old.label, *new.label}))}
    right = _coded(truth, codes)
    both = [(_coded(answers.label, codes), answers) for answers in (old, new)]
    weights = _drawn(clusters)
    whole = np.ones((1, len(truth)))
    figures = []
    for title, of in (
        ("accuracy", _accuracy),
        ("macro F1", _macro_f1),
        ("group accuracy", _group),
        ("decides", _alone),
    ):
        point = [float(of(right, labels, answers, whole)[0]) for labels, answers in both]
        spread = np.subtract(*(of(right, labels, answers, weights) for labels, answers in reversed(both)))
        low, high = np.percentile(spread, [2.5, 97.5])
        figures.append(Figure(title, point[0], point[1], float(low), float(high)))
    same = float(np.mean(both[0][0] == both[1][0]))
    return Part(name, len(truth), len(np.unique(clusters)), same, tuple(figures))


def verdict(base: Part, corrections: Part | None) -> Verdict:
    """The rule of promotion: not worse on the base file beyond noise, and better on the corrections or on the base.

    Better and worse are said of the whole 95 % interval of the difference in accuracy. A model at work is wrong on
    its own corrections by their nature, so that to gain there is easy: the base file decides whether the price is
    too high.
    """
    loss = base.accuracy.old - base.accuracy.new
    if base.accuracy.worse or loss > MARGIN:
        return Verdict(False, f"the new model loses {loss:.1%} of accuracy on the base file")
    if corrections is None or corrections.rows < FEWEST:
        rows = corrections.rows if corrections else 0
        return Verdict(False, f"only {rows} corrections could be held back; {FEWEST} are needed to tell gain from luck")
    if corrections.accuracy.worse:
        return Verdict(False, "the new model is worse on corrections that it has not seen")
    if corrections.accuracy.better:
        return Verdict(True, "better on corrections it has not seen, and not worse on the base file beyond noise")
    if base.accuracy.better:
        return Verdict(True, "better on the base file, and not worse on corrections it has not seen")
    return Verdict(False, "the difference to the model at work is within noise")


def _coded(labels: Sequence[str], codes: dict[str, int]) -> NDArray[np.int64]:
    return np.array([codes[label] for label in labels], np.int64)


def _drawn(clusters: NDArray[np.int64]) -> NDArray[np.float64]:
    """(DRAWS, rows): how often each row stands in each resampling of the clusters."""
    _, place = np.unique(clusters, return_inverse=True)
    number = int(place.max()) + 1
    counts = np.random.default_rng(0).multinomial(number, np.full(number, 1 / number), size=DRAWS)
    return np.asarray(counts[:, place], np.float64)


Doubles = NDArray[np.float64]


def _share(good: Bools, weights: Doubles) -> Doubles:
    return np.asarray(weights @ good / weights.sum(axis=1), np.float64)


def _accuracy(right: NDArray[np.int64], found: NDArray[np.int64], answers: Answers, weights: Doubles) -> Doubles:  # noqa: ARG001
    return _share(right == found, weights)


def _group(right: NDArray[np.int64], found: NDArray[np.int64], answers: Answers, weights: Doubles) -> Doubles:  # noqa: ARG001
    return _share(answers.group_right, weights)


def _alone(right: NDArray[np.int64], found: NDArray[np.int64], answers: Answers, weights: Doubles) -> Doubles:  # noqa: ARG001
    """Coverage at the promise of 95 % right groups."""
    return _share(answers.decided, weights)


def _macro_f1(right: NDArray[np.int64], found: NDArray[np.int64], answers: Answers, weights: Doubles) -> Doubles:  # noqa: ARG001
    """Mean F1 of the labels that stand in the truth or the answers of each resampling."""
    labels = int(max(right.max(), found.max())) + 1
    columns = np.eye(labels)
    wanted, given = weights @ columns[right], weights @ columns[found]
    hit = (weights * (right == found)) @ columns[right]
    total = wanted + given
    f1 = np.divide(2 * hit, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(f1.sum(axis=1) / np.maximum((total > 0).sum(axis=1), 1), np.float64)
