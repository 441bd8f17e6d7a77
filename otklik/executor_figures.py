"""What the three witnesses of an executor are worth, each alone and together, on past assignments not seen before.

The witnesses are the decision table, experience by topic and the words (routing.learned). All of them are made anew
for each fold from the other folds, near-duplicates on one side; so are the powers by which they are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.topics import calibration
from nlp.topics.clusters import grouped_folds, near_duplicates
from nlp.topics.lesson import Tree, prepare, ways_to_see
from nlp.topics.table import Labelled
from nlp.words import words_of
from routing.experience import Choice, Experience
from routing.learned import FLOOR, Weights

Doubles = NDArray[np.float64]
FOLDS = 5
WITNESSES = ("table", "experience", "text")
LIKELY = 0.01
"""Topics below this probability are left out, as the topic model's guesses are at work."""

TableOf = Callable[[Sequence["Past"]], Callable[["Past", Sequence[tuple[str, float]]], Mapping[str, float]]]
"""From the past that may be known to a function of one problem and its likely topics."""


@dataclass(frozen=True, slots=True)
class Past:
    """One problem that a person gave to an executor. `topic` is a code or a name, `executor` too."""

    text: str
    topic: str
    municipality: str
    executor: str


@dataclass(frozen=True)
class Unseen:
    """Probabilities (n, executors) by each witness, of problems that it had not seen."""

    past: Sequence[Past]
    executors: tuple[str, ...]
    truth: NDArray[np.int64]
    folds: NDArray[np.int64]
    by: Mapping[str, Doubles]


def unseen(past: Sequence[Past], table_of: TableOf, seed: int = 0) -> Unseen:
    """Let every witness judge every problem unseen. Costs about a minute of one core for 2,000 problems."""
    texts = tuple(each.text for each in past)
    folds = grouped_folds(near_duplicates(texts), FOLDS, seed)
    words = [words_of(text) for text in texts]
    topics, by_topic = _read(past, words, tuple(each.topic for each in past), folds)
    executors, by_text = _read(past, words, tuple(each.executor for each in past), folds)
    at = {code: place for place, code in enumerate(executors)}
    found = {name: np.zeros((len(past), len(executors))) for name in WITNESSES}
    found["text"] = by_text
    for fold in range(FOLDS):
        known = [each for each, of in zip(past, folds, strict=True) if of != fold]
        experience = Experience.of(Choice(each.topic, each.municipality, each.executor) for each in known)
        table = table_of(known)
        for place in np.flatnonzero(folds == fold).tolist():
            likely = [(topics[one], float(by_topic[place, one])) for one in np.flatnonzero(by_topic[place] >= LIKELY)]
            where = {past[place].municipality: 1.0} if past[place].municipality else {}
            said = {"table": table(past[place], likely), "experience": experience.probabilities(likely, where)}
            for name, probabilities in said.items():
                for code, probability in probabilities.items():
                    if code in at:
                        found[name][place, at[code]] = probability
    truth = np.array([at[each.executor] for each in past], np.int64)
    return Unseen(past, executors, truth, folds, found)


def _read(
    past: Sequence[Past], words: Sequence[Any], labels: tuple[str, ...], folds: NDArray[np.int64]
) -> tuple[tuple[str, ...], Doubles]:
    """Labels and their calibrated probabilities by the words alone; each fold's calibration is that of the others."""
    table = Labelled(tuple(each.text for each in past), labels, None)
    tree = Tree.of(table, {})
    lesson = prepare(words, ways_to_see(words)[-1], table, tree, {})
    scores = lesson.unseen(folds)
    found = np.zeros((len(past), len(tree.labels)))
    for fold in range(FOLDS):
        asked = folds == fold
        (tempering,) = calibration.temper([scores[~asked]], tree.group_of, lesson.label_at[~asked])
        found[asked] = tempering.probabilities(scores[asked], tree.group_of)
    return tree.labels, found


def most_frequent(known: Sequence[Past]) -> Callable[[Past, Sequence[tuple[str, float]]], Mapping[str, float]]:
    """The table of a region that has none: for each topic the executor who got it most often."""
    counts: dict[str, dict[str, int]] = {}
    for each in known:
        found = counts.setdefault(each.topic, {})
        found[each.executor] = found.get(each.executor, 0) + 1
    best = {topic: max(sorted(found), key=lambda code: found[code]) for topic, found in counts.items()}

    def of(_: Past, likely: Sequence[tuple[str, float]]) -> Mapping[str, float]:
        summed: dict[str, float] = {}
        for topic, chance in likely:
            if topic in best:
                summed[best[topic]] = summed.get(best[topic], 0.0) + chance
        return summed

    return of


def together(found: Unseen, witnesses: Sequence[str], weights: Sequence[float], rows: NDArray[np.bool_]) -> Doubles:
    """Joint probabilities of some rows, as routing.learned.combined makes them."""
    logs = sum(power * np.log(found.by[name][rows] + FLOOR) for name, power in zip(witnesses, weights, strict=True))
    return calibration.softmax(np.asarray(logs))


def fitted(found: Unseen, witnesses: Sequence[str], rows: NDArray[np.bool_]) -> tuple[float, ...]:
    """The powers, none below zero, under which the true executors of the rows are most probable together."""
    from scipy.optimize import minimize  # half a second of every start, needed in training alone

    logs = [np.log(found.by[name][rows] + FLOOR) for name in witnesses]
    truth = found.truth[rows]

    def loss(powers: Doubles) -> tuple[float, Doubles]:
        wrong = together(found, witnesses, powers.tolist(), rows)
        lost = calibration.log_loss(wrong, truth)
        wrong[np.arange(len(truth)), truth] -= 1
        return lost, np.array([(wrong * log).sum() for log in logs]) / len(truth)

    start = np.full(len(witnesses), 1 / len(witnesses))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(witnesses)).x
    return tuple(float(power) for power in best)


def all_weights(found: Unseen) -> Weights:
    """The powers of all three, from all rows."""
    return Weights(*fitted(found, WITNESSES, np.ones(len(found.truth), dtype=bool)))


def joined(found: Unseen, witnesses: Sequence[str]) -> Doubles:
    """Joint probabilities of all rows, the powers of each fold fitted on the others."""
    made = np.zeros((len(found.truth), len(found.executors)))
    for fold in range(FOLDS):
        asked = found.folds == fold
        made[asked] = together(found, witnesses, fitted(found, witnesses, ~asked), asked)
    return made


def figures(found: Unseen, least: float) -> dict[str, Any]:
    """Each witness alone, and together; `least` is the region's threshold."""
    told: dict[str, Any] = {}
    for witnesses in (("table",), ("experience",), ("text",), ("table", "experience"), ("table", "text"), WITNESSES):
        told[" + ".join(witnesses)] = _figures(found, joined(found, witnesses), least)
    return told


def _figures(found: Unseen, probabilities: Doubles, least: float) -> dict[str, Any]:
    right = probabilities.argmax(axis=1) == found.truth
    top = np.argsort(-probabilities, axis=1, kind="stable")[:, :3]
    best = probabilities.max(axis=1)
    decided = np.zeros(len(right), dtype=bool)
    for fold in range(FOLDS):
        asked = found.folds == fold
        decided[asked] = best[asked] >= calibration.threshold(best[~asked], right[~asked])
    sure = best >= least
    return {
        "accuracy": share(int(right.sum()), len(right)),
        "top3": round(float((top == found.truth[:, None]).any(axis=1).mean()), 4),
        "log_loss": round(calibration.log_loss(probabilities, found.truth), 4),
        "calibration_error": round(calibration.calibration_error(calibration.reliability(best, right)), 4),
        "coverage_at_95": round(float(decided.mean()), 4),
        "right_in_coverage": share(int(right[decided].sum()), int(decided.sum())),
        f"coverage_from_{least:g}": round(float(sure.mean()), 4),
        f"right_from_{least:g}": share(int(right[sure].sum()), int(sure.sum())),
    }


def share(right: int, of: int) -> dict[str, float] | None:
    """A share with its 95 % interval. Source: E. B. Wilson, JASA 22 (1927). None of nothing."""
    if not of:
        return None
    normal, found = 1.96, right / of
    middle = found + normal**2 / (2 * of)
    spread = normal * float(np.sqrt(found * (1 - found) / of + normal**2 / (4 * of**2)))
    scale = 1 + normal**2 / of
    return {
        "share": round(found, 4),
        "low": round((middle - spread) / scale, 4),
        "high": round((middle + spread) / scale, 4),
        "n": of,
    }
