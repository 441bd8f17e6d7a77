"""`otklik evaluate topics`: a topic model against a labelled CSV that it has not seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from nlp.topics.measures import measures
from nlp.topics.model import TopicModel
from nlp.topics.table import GROUP, read_labelled


def evaluate_topics(
    path: Path,
    model: TopicModel,
    label: str | None = None,
    warn: Callable[[str], None] = lambda _: None,
    *,
    vectors: bool = False,
) -> dict[str, float]:
    """Quality of `model` on the column `label` of a CSV (the column it was trained on, unless said otherwise).

    The column «group» is answered with groups where the model has a tree. `seconds` is the time of
    classifying all texts. With `vectors` a model that has a second opinion looks twice at what it is not sure of, and
    `looked_twice` is the share of such texts. `warn` is told where that cannot be, and where the model knows no label
    of the file. Raises TableError.
    """
    if vectors:
        model.ask_second(warn)
    label = label or model.label
    table = read_labelled(path, label)
    before = model.looked_twice
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
    measured = measures(table.labels, found, names, model.least[0 if by_group else 1])
    twice = (model.looked_twice - before) / len(table)
    return {**measured, "looked_twice": round(twice, 4), "seconds": round(seconds, 3)}
