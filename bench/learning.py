"""What learning from corrections gains and takes:  python -m bench.learning FILE.csv --region omsk [--later 0.3]

The rows of a labelled CSV stand in for an installation's life: a model is trained on the earlier ones (by the column
`created_at` where there is one, else by their order), answers the later ones, and each wrong answer is corrected to
the label of the file, as an operator would. First what the corrections are worth on the whole stream after them, right
answers and wrong ones together; then the retraining of `otklik train --with-corrections`, run and timed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console

from models.identifiers import new_id
from models.pack import load_pack
from models.topics import Topic
from nlp.learning.corrections import Correction, as_table
from nlp.learning.holding import HELD, picked
from nlp.learning.reading import prints_of
from nlp.learning.retrain import answers, base_of, retrain
from nlp.learning.verdict import Part, compare
from nlp.topics import TopicModel, training
from nlp.topics.clusters import near_duplicates
from nlp.topics.table import Labelled, read_records
from otklik.commands.train_corrections import comparison


def in_time(path: Path) -> Labelled:
    """The rows of a CSV in order of time."""
    records = [row for row in read_records(path, ["text", "topic"]) if row["text"].strip() and row["topic"].strip()]
    records.sort(key=lambda row: row.get("created_at", ""))
    return Labelled(tuple(row["text"] for row in records), tuple(row["topic"].strip() for row in records), None)


def corrections_of(later: Labelled, old: TopicModel, topics: Mapping[str, Topic]) -> list[Correction]:
    """What operators would correct: the wrong answers of the model, a minute apart."""
    said = answers(old, later).label
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Correction(new_id(), text, topics[label], start + timedelta(minutes=at))
        for at, (text, label, mine) in enumerate(zip(later.texts, later.labels, said, strict=True))
        if mine != label
    ]


def on_the_stream(base: Labelled, later: Labelled, old: TopicModel, topics: Mapping[str, Topic]) -> Part:
    """All of the latest rows, those that the old model has right too: what the corrections before them are worth.

    Near-duplicates of what either model was learnt from are left out.
    """
    cut = round(len(later) * (1 - HELD))
    before, asked = picked(later, np.arange(cut)), picked(later, np.arange(cut, len(later)))
    lesson = joined(base, as_table(corrections_of(before, old, topics)))
    clusters = near_duplicates((*lesson.texts, *asked.texts))
    fresh = np.flatnonzero(~np.isin(clusters[len(lesson) :], clusters[: len(lesson)]))
    asked = picked(asked, fresh)
    new = training.train(lesson, {name: topic.group for name, topic in topics.items()})[0]
    return compare("stream", asked.labels, clusters[len(lesson) :][fresh], answers(old, asked), answers(new, asked))


def joined(one: Labelled, other: Labelled) -> Labelled:
    """The rows of both."""
    groups = (*(one.groups or ()), *(other.groups or ()))
    return Labelled((*one.texts, *other.texts), (*one.labels, *other.labels), groups)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--region", default="omsk")
    parser.add_argument("--later", type=float, default=0.3, help="share of the rows that come later")
    chosen = parser.parse_args(arguments)
    topics = {topic.name: topic for topic in load_pack(chosen.region).topics}
    known = {name: topic.group for name, topic in topics.items()}
    whole, _ = base_of([in_time(chosen.file)], known)
    first = round(len(whole) * (1 - chosen.later))
    base, later = picked(whole, np.arange(first)), picked(whole, np.arange(first, len(whole)))
    old = training.train(base, known)[0]
    console = Console(width=120)
    console.print(comparison([on_the_stream(base, later, old, topics)]))
    rows = corrections_of(later, old, topics)
    began = time.process_time()
    outcome = retrain(base, rows, old, prints_of(base.texts), known)
    seconds = time.process_time() - began
    console.print(comparison([part for part in (outcome.base, outcome.corrections) if part is not None]))
    print(f"{'promoted' if outcome.verdict.promote else 'not promoted'}: {outcome.verdict.why}")
    print(f"{len(base)} rows of the base, {len(rows)} corrections: {seconds:.0f} s of processor time")


if __name__ == "__main__":
    main()
