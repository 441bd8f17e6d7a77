"""Training of the splitter: `python -m nlp.split.training --data omsk.csv --data kursk.csv ... --out FOLDER`.

Everything that is measured is measured on texts whose near-duplicates the measured model has not seen: the appeals are
dealt into folds, vectors and boundary network of each fold are learned on the others. The threshold is chosen on the
development half of the annotated appeals and on composed texts; the test half is only reported.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from models.text import Span
from nlp.evaluate.split import SplitCase, SplitCounts, count, summary
from nlp.split.boundary import BoundaryModel
from nlp.split.corpus import FOLDS, Annotation, Appeal, composed, read_annotation, read_appeals
from nlp.split.examples import Known, examples_of, known_annotated, known_composed, known_whole
from nlp.split.fitting import fit_boundary, fit_vectors, general_vectors
from nlp.split.splitter import find_problems
from nlp.split.units import units_of
from nlp.words import words_of

COMPOSED = 1800
"""Composed texts in each fold."""
MEASURED = 400
"""Of them measured."""
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
REPEATED = 0.2
"""How much surer the second and further cuts of a text must be."""
RESAMPLES = 1000
HALVES = ("development", "test")


@dataclass(frozen=True)
class Fold:
    """Texts of one fold, seen with vectors learned on the others."""

    single: list[Known]
    joined: list[Known]
    annotated: list[tuple[Annotation, Known]]

    def all(self) -> list[Known]:
        return [*self.single, *self.joined, *(known for _, known in self.annotated)]


def make_folds(appeals: Sequence[Appeal], annotation: Mapping[str, Annotation]) -> list[Fold]:
    texts = [(words := words_of(appeal.text), units_of(appeal.text, words)) for appeal in appeals]
    known_lemmas = frozenset(word.lemma for words, _ in texts for word in words)
    general = general_vectors(known_lemmas)
    folds = []
    for fold in range(FOLDS):
        others = [at for at, appeal in enumerate(appeals) if appeal.fold != fold]
        vectors = fit_vectors([appeals[at] for at in others], [texts[at] for at in others], general)
        here = [appeal for appeal in appeals if appeal.fold == fold]
        single = [appeal for appeal in here if appeal.id not in annotation]
        joinable = [one for one in here if one.id not in annotation or len(annotation[one.id].problems) == 1]
        joined = composed(joinable, COMPOSED, Random(fold), appeals[0].source)
        folds.append(
            Fold(
                [known_whole(appeal.text, vectors) for appeal in single],
                [known_composed(text, vectors) for text in joined],
                [
                    (annotation[one.id], known_annotated(one.text, annotation[one.id], vectors))
                    for one in here
                    if one.id in annotation
                ],
            )
        )
    return folds


def cross_fitted(folds: Sequence[Fold]) -> list[BoundaryModel]:
    """For each fold the network learned on the other folds."""
    models = []
    for fold in range(len(folds)):
        examples = examples_of(known for at, other in enumerate(folds) if at != fold for known in other.all())
        models.append(fit_boundary(examples.features, examples.begins, examples.weight))
    return models


def measured(known: Known, model: BoundaryModel, threshold: float) -> SplitCounts:
    units = known.units
    groups = [[(0, len(units))]]
    if known.facts is not None:
        groups = find_problems(known.facts, len(units), model, threshold, threshold + REPEATED)
    predicted = [
        tuple(Span(units[first].span.start, units[last - 1].span.end) for first, last in blocks) for blocks in groups
    ]
    return count(SplitCase("", known.text, tuple(piece.of(known.text) for piece in known.pieces)), predicted)


def table(folds: Sequence[Fold], models: Sequence[BoundaryModel], threshold: float) -> dict[str, list[SplitCounts]]:
    """Counts of composed texts, of real ones nobody annotated (taken for one problem each), and of random and suspected
    annotated ones by half, each by a model that saw none of them."""
    found: dict[str, list[SplitCounts]] = {}
    for fold, model in zip(folds, models, strict=True):
        found.setdefault("composed", []).extend(measured(known, model, threshold) for known in fold.joined[:MEASURED])
        found.setdefault("not annotated", []).extend(
            measured(known, model, threshold) for known in fold.single[:MEASURED]
        )
        for note, known in fold.annotated:
            if note.problems:
                name = f"{note.sample} {'test' if note.is_test else 'development'}"
                found.setdefault(name, []).append(measured(known, model, threshold))
    return found


def mixed(counts: Mapping[str, Sequence[SplitCounts]], half: str) -> list[SplitCounts]:
    """Real appeals of one half of the random sample and as many composed texts: what a judge would mix."""
    real = counts[f"random {half}"]
    return [*real, *counts["composed"][: len(real)]]


def interval(counts: Sequence[SplitCounts], key: str) -> tuple[float, float]:
    """95 % bootstrap interval of a figure of `summary`."""
    random = np.random.default_rng(0)
    draws = [
        summary([counts[at] for at in random.integers(0, len(counts), len(counts))])[key] for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train and measure the splitter.")
    parser.add_argument("--data", type=Path, action="append", required=True, help="CSV of appeals; the main one first")
    parser.add_argument("--annotation", type=Path, required=True, help="split.jsonl of annotated appeals")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights and the card")
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore", ConvergenceWarning)  # the networks stop early on purpose
    appeals, annotation = read_appeals(chosen.data), read_annotation(chosen.annotation)
    folds = make_folds(appeals, annotation)
    models = cross_fitted(folds)
    tables = {threshold: table(folds, models, threshold) for threshold in THRESHOLDS}
    best = best_threshold(tables)
    examples = examples_of(known for fold in folds for known in fold.all())
    fit_boundary(examples.features, examples.begins, examples.weight).save(chosen.out)
    texts = [(words := words_of(appeal.text), units_of(appeal.text, words)) for appeal in appeals]
    lemmas = frozenset(word.lemma for words, _ in texts for word in words)
    fit_vectors(appeals, texts, general_vectors(lemmas)).save(chosen.out)
    card = make_card(tables, best, [path.name for path in chosen.data])
    (chosen.out / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def best_threshold(tables: Mapping[float, Mapping[str, Sequence[SplitCounts]]]) -> float:
    """The threshold best in pairs and in numbers of problems, alike, on the development half of the mix."""

    def quality(threshold: float) -> float:
        figures = summary(mixed(tables[threshold], "development"))
        return float(figures["pairwise_f1"]) + float(figures["right_number"])

    return max(tables, key=quality)


def make_card(
    tables: Mapping[float, Mapping[str, Sequence[SplitCounts]]], threshold: float, data: Sequence[str]
) -> dict[str, Any]:
    """The model's card: what it was made of, what it is worth, and the threshold the splitter reads."""
    counts = tables[threshold]
    return {
        "model": "splitter",
        "trained": datetime.now(UTC).date().isoformat(),
        "data": list(data),
        "threshold": threshold,
        "repeated_threshold": round(threshold + REPEATED, 3),
        "measured": {
            name: {**summary(rows), "interval_f1": interval(rows, "pairwise_f1")}
            for name, rows in {**counts, **{f"mixed {half}": mixed(counts, half) for half in HALVES}}.items()
        },
        "by_threshold": {
            str(other): {
                **{f"mixed {half}": summary(mixed(rows, half)) for half in HALVES},
                **{name: summary(rows[name]) for name in ("random development", "random test", "not annotated")},
            }
            for other, rows in tables.items()
        },
    }


if __name__ == "__main__":
    main()
