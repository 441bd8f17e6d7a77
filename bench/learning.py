"""What learning from corrections gains and takes:  python -m bench.learning FILE.csv --region omsk [--later 0.3]

The rows of a labelled CSV stand in for an installation's life: a model is trained on the earlier ones (by the column
`created_at` where there is one, else by their order), answers the later ones, and each wrong answer is corrected to
the label of the file, as an operator would. Then the retraining of `otklik train --with-corrections` is run and timed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from models.identifiers import new_id
from models.pack import load_pack
from nlp.learning.corrections import Correction
from nlp.learning.reading import prints_of
from nlp.learning.retrain import base_of, retrain
from nlp.topics import training
from nlp.topics.table import Labelled, read_records
from otklik.commands.train_corrections import comparison


def in_time(path: Path) -> Labelled:
    """The rows of a CSV in order of time."""
    records = [row for row in read_records(path, ["text", "topic"]) if row["text"].strip() and row["topic"].strip()]
    records.sort(key=lambda row: row.get("created_at", ""))
    return Labelled(tuple(row["text"] for row in records), tuple(row["topic"].strip() for row in records), None)


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
    base = Labelled(whole.texts[:first], whole.labels[:first], (whole.groups or ())[:first])
    old = training.train(base, known)[0]
    later = list(zip(whole.texts[first:], whole.labels[first:], strict=True))
    said = [old.labels[at] for at in old.probabilities([text for text, _ in later]).argmax(axis=1)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        Correction(new_id(), text, topics[label], start + timedelta(minutes=at))
        for at, ((text, label), mine) in enumerate(zip(later, said, strict=True))
        if mine != label
    ]
    began = time.process_time()
    outcome = retrain(base, rows, old, prints_of(base.texts), known)
    seconds = time.process_time() - began
    Console(width=120).print(comparison([part for part in (outcome.base, outcome.corrections) if part is not None]))
    print(f"{'promoted' if outcome.verdict.promote else 'not promoted'}: {outcome.verdict.why}")
    print(f"{len(base)} rows of the base, {len(rows)} corrections: {seconds:.0f} s of processor time")


if __name__ == "__main__":
    main()
