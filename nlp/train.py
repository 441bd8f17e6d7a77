"""`otklik train`: from a CSV of labelled texts to a model folder with its card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from nlp.learning.reading import write_read
from nlp.topics import features, grams, lesson, training
from nlp.topics.card import write_card
from nlp.topics.second import UNSURE, SecondOpinion, Vectors
from nlp.topics.shared import Loan
from nlp.topics.table import read_labelled

MOST = 6000
"""Texts learnt from: the exact solution takes memory by their square and time by their cube."""


def train_topics(
    path: Path,
    label: str,
    out: Path,
    made: date,
    tree: Mapping[str, str] | None = None,
    region: str | None = None,
    vectors: Vectors | None = None,
) -> dict[str, Any]:
    """Train on the column `label` of a CSV and write the model folder; returns what was measured.

    `tree` are the labels of `region` with their groups, known by name besides those of the file; with `vectors` the
    model learns a second opinion. Raises TableError,
    and OSError where the folder cannot be written.
    """
    whole = read_labelled(path, label)
    out.mkdir(parents=True, exist_ok=True)  # a folder that cannot be made is said before the work, not after it
    table = whole.sample(MOST)
    model, measured = training.train(table, tree, label, vectors)
    model.save(out)
    write_read(out, table.texts)
    groups = f" in {len(set(table.groups))} groups" if table.groups is not None else ""
    known = f" --region {region}" if region else ""
    loan = model.features.lent
    facts = {
        "version": model.version,
        "label": label,
        "data": f"{path.name}: {len(table)} of {len(whole)} texts, {len(set(table.labels))} labels{groups}",
        "labels": len(model.labels),
        "command": f"otklik train {path.name} --label {label}{known} --out {out.name} --date {made.isoformat()}",
        "method": f"kernel ridge over character n-grams {grams.SHORTEST}-{grams.LONGEST}, lemmas, pairs of "
        f"lemmas, navec word vectors (weights {features.BLOCKS}) and label names as texts; "
        f"regularisation {lesson.REGULARISATION}, balance {lesson.BALANCE}",
        "borrowed": f"{', '.join(loan.sources)} (shared representation {loan.version}, weight {features.LENT})"
        if isinstance(loan, Loan)
        else "nothing",
        "decides_from": {"group": round(model.group_threshold, 4), "label": round(model.label_threshold, 4)},
        **second_facts(model.second),
    }
    write_card(out, facts, made, measured)
    return measured


def second_facts(opinion: SecondOpinion | None) -> dict[str, Any]:
    """What the card says of a model's second opinion."""
    if opinion is None:
        return {"second_opinion": "none"}
    least = {"group": round(opinion.group_threshold, 4), "label": round(opinion.label_threshold, 4)}
    return {
        "second_opinion": f"sentence vectors of multilingual-e5-small, for texts below {UNSURE}",
        "decides_from_with_vectors": least,
    }
