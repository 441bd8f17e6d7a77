"""`otklik train`: from a CSV of labelled texts to a model folder with its card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from nlp.topics import features, lesson, training
from nlp.topics.card import write_card
from nlp.topics.table import read_labelled


def train_topics(
    path: Path, label: str, out: Path, made: date, known: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Train on the column `label` of a CSV and write the model folder; returns what was measured.

    `known` are labels of the region's tree with their groups. Raises TableError, and OSError where the folder
    cannot be written.
    """
    table = read_labelled(path, label)
    model, measured = training.train(table, known, label)
    model.save(out)
    facts = {
        "version": model.version,
        "label": label,
        "data": f"{path.name}: {len(table)} texts, {len(set(table.labels))} labels"
        + (f" in {len(set(table.groups))} groups" if table.groups is not None else ""),
        "labels": len(model.labels),
        "command": f"otklik train {path.name} --label {label} --out {out.name} --date {made.isoformat()}",
        "method": f"kernel ridge over character n-grams {features.SHORTEST}-{features.LONGEST}, lemmas and navec word "
        f"vectors (weights {features.BLOCKS}), label names as texts; regularisation {lesson.REGULARISATION}, "
        f"balance {lesson.BALANCE}",
        "decides_from": {"group": model.group_threshold, "label": model.label_threshold},
    }
    write_card(out, facts, made, measured)
    return measured
