"""`otklik evaluate topics`: a topic model against a labelled CSV that it has not seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from nlp.topics.measures import measures
from nlp.topics.model import TopicModel
from nlp.topics.table import GROUP, read_labelled


def evaluate_topics(
    path: Path, model: TopicModel, label: str | None = None, warn: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """Quality of `model` on the column `label` of a CSV (the column it was trained on, unless said otherwise).

    The column «group» is answered with groups where the model has a tree. `seconds` is the time of
    classifying all texts. `warn` is told where the model knows no label of the file. Raises TableError.
    """
    label = label or model.label
    table = read_labelled(path, label)
    start = time.perf_counter()
    found = model.probabilities(table.texts)
    by_group = label == GROUP and model.label != GROUP
    if by_group:
        found = model.group_probabilities(found)
    seconds = time.perf_counter() - start
    names = model.groups if by_group else model.labels
    if set(table.labels).isdisjoint(names):
        warn(
            f"{path.name}: none of the {len(set(table.labels))} labels in the column {label!r} is known to the model "
            f"(it answers with {names[0]!r} and {len(names) - 1} others); the figures say nothing about its quality"
        )
    threshold = model.group_threshold if by_group else model.label_threshold
    return {**measures(table.labels, found, names, threshold), "seconds": round(seconds, 3)}
