"""Training of the splitter: `python -m nlp.split.training --data omsk.csv --data kursk.csv ... --out FOLDER`.

Everything that is measured is measured on texts whose near-duplicates the measured model has not seen: the appeals are
dealt into folds, vectors and boundary network of each fold are learned on the others. The threshold is chosen on
composed texts and real ones that nobody annotated; the test half of the annotated appeals is only reported.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from models.text import Span
from nlp.evaluate.split import SplitCase, SplitCounts, count, summary
from nlp.split.boundary import BoundaryModel
from nlp.split.compose import compose_clauses
from nlp.split.corpus import FOLDS, Annotation, Appeal, composed, read_annotation, read_appeals
from nlp.split.examples import Known, evenly_long, examples_of, known_annotated, known_composed, known_whole
from nlp.split.fitting import fit_vectors, general_vectors
from nlp.split.network import fit_boundary
from nlp.split.splitter import find_problems
from nlp.split.units import units_of
from nlp.words import words_of

COMPOSED = 4000
"""Composed texts in each fold."""
CLAUSES = 450
"""Texts of two short clauses in each fold."""
MEASURED = 400
"""Texts of a kind that are measured in each fold."""
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
REPEATED = 0.2
"""How much surer the second and further cuts of a text must be."""
ALIKE = 0.002
"""Thresholds whose quality differs by less are as good as each other."""
RESAMPLES = 1000
HALVES = ("development", "test")
MEASURING = ("random", "marked")
"""Samples of the annotation that were drawn without asking the splitter."""

Counts = dict[str, list[SplitCounts]]


@dataclass(frozen=True)
class Fold:
    """Texts of one fold, seen with vectors learned on the others."""

    single: list[Known]
    joined: list[Known]
    clauses: list[Known]
    annotated: list[tuple[Annotation, Known]]

    def all(self) -> list[Known]:
        """What the network learns from."""
        return [
            *evenly_long(self.single, self.joined),
            *self.joined,
            *self.clauses,
            *(known for _, known in self.annotated),
        ]


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
        Random(fold).shuffle(single)  # so that those which are measured are of all sources
        joinable = [one for one in here if one.id not in annotation or len(annotation[one.id].problems) == 1]
        joined = composed(joinable, COMPOSED, Random(fold), appeals[0].source)
        clauses = composed(joinable, CLAUSES, Random(fold), appeals[0].source, compose_clauses)
        folds.append(
            Fold(
                [known_whole(appeal.text, vectors, appeal.source) for appeal in single],
                [known_composed(text, vectors) for text in joined],
                [known_composed(text, vectors) for text in clauses],
                [
                    (annotation[one.id], known_annotated(one.text, annotation[one.id], vectors, one.source))
                    for one in here
                    if one.id in annotation
                ],
            )
        )
    return folds


def cross_fitted(folds: Sequence[Fold]) -> list[BoundaryModel]:
    """For each fold the network learned on the other folds."""
    return [
        fit_boundary(examples_of(known for other in folds if other is not fold for known in other.all()))
        for fold in folds
    ]


def measured(known: Known, model: BoundaryModel, threshold: float) -> SplitCounts:
    units = known.units
    groups = [[(0, len(units))]]
    if known.facts is not None:
        groups = find_problems(known.facts, len(units), model, threshold, threshold + REPEATED)
    predicted = [
        tuple(Span(units[first].span.start, units[last - 1].span.end) for first, last in blocks) for blocks in groups
    ]
    return count(SplitCase("", known.text, tuple(piece.of(known.text) for piece in known.pieces)), predicted)


def table(folds: Sequence[Fold], models: Sequence[BoundaryModel], threshold: float) -> Counts:
    """Counts of composed texts, of real ones nobody annotated (taken for one problem each), both by source as well, and
    of the annotated samples by half; each by a model that saw none of them."""
    found: Counts = {}
    for fold, model in zip(folds, models, strict=True):
        for name, texts in (("composed", fold.joined), ("clauses", fold.clauses), ("not annotated", fold.single)):
            for known in texts[:MEASURED]:
                counts = measured(known, model, threshold)
                found.setdefault(name, []).append(counts)
                found.setdefault(f"{name}, {known.source}", []).append(counts)
        for note, known in fold.annotated:
            if note.problems:
                name = f"{note.sample} {'test' if note.is_test else 'development'}"
                counts = measured(known, model, threshold)
                found.setdefault(name, []).append(counts)
                if note.is_test and note.sample in MEASURING:
                    found.setdefault(f"annotated test, {known.source}", []).append(counts)
    return found


def mixtures(counts: Counts) -> Counts:
    """What a judge would mix: annotated texts and as many composed ones, composed texts and real single ones."""
    made: Counts = {"composed and not annotated": counts["composed"] + counts["not annotated"]}
    for half in HALVES:
        real = counts[f"random {half}"]
        made[f"mixed {half}"] = real + counts["composed"][: len(real)]
        made[f"annotated {half}"] = [one for sample in MEASURING for one in counts[f"{sample} {half}"]]
    return made


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
    appeals, annotation = read_appeals(chosen.data), read_annotation(chosen.annotation)
    folds = make_folds(appeals, annotation)
    models = cross_fitted(folds)
    tables = {threshold: table(folds, models, threshold) for threshold in THRESHOLDS}
    best = best_threshold(tables)
    fit_boundary(examples_of(known for fold in folds for known in fold.all())).save(chosen.out)
    texts = [(words := words_of(appeal.text), units_of(appeal.text, words)) for appeal in appeals]
    lemmas = frozenset(word.lemma for words, _ in texts for word in words)
    fit_vectors(appeals, texts, general_vectors(lemmas)).save(chosen.out)
    card = make_card(tables, best, [path.name for path in chosen.data])
    (chosen.out / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def best_threshold(tables: Mapping[float, Counts]) -> float:
    """The threshold best in pairs and in numbers of problems, alike, on what the test half has no part in; the highest
    of those that are as good, because a person who is split for nothing is annoyed more than one who is not split."""

    def quality(threshold: float) -> float:
        figures = summary(mixtures(tables[threshold])["composed and not annotated"])
        return float(figures["pairwise_f1"]) + float(figures["right_number"])

    best = max(map(quality, tables))
    return max(threshold for threshold in tables if quality(threshold) > best - ALIKE)


def make_card(tables: Mapping[float, Counts], threshold: float, data: Sequence[str]) -> dict[str, Any]:
    """The model's card: what it was made of, what it is worth, and the threshold the splitter reads."""
    counts = tables[threshold]
    return {
        "model": "splitter",
        "trained": datetime.now(UTC).date().isoformat(),
        "data": list(data),
        "threshold": threshold,
        "repeated_threshold": round(threshold + REPEATED, 3),
        "measured": {
            name: {
                **summary(rows),
                "interval_right_number": interval(rows, "right_number"),
                "interval_f1": interval(rows, "pairwise_f1"),
            }
            for name, rows in {**counts, **mixtures(counts)}.items()
        },
        "by_threshold": {str(other): by_threshold(rows) for other, rows in tables.items()},
    }


def by_threshold(counts: Counts) -> dict[str, Any]:
    """The figures that show what a threshold trades."""
    return {
        **{name: summary(rows) for name, rows in mixtures(counts).items()},
        **{name: summary(counts[name]) for name in ("composed", "not annotated")},
    }


if __name__ == "__main__":
    main()
