"""Precision and recall of dismissal and urgency: `python -m bench.dismissal [--texts DIR]`.

Without DIR: the remarks written for this purpose (annotation/remarks.jsonl), one half of which the rules were built by.
With DIR, the folder of omsk.csv, kursk.csv and ryazan.csv: also the annotated real appeals, and how many are dismissed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.facts import share, texts_of
from models.analysis import Dismissal
from models.pack import RegionPack, load_pack
from nlp.clean import clean
from nlp.dismissal import dismiss
from nlp.urgency import urgency
from nlp.words import words_of

Row = tuple[str, str | None]
"""A text and why it holds no problem (None: it holds one)."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    pack = load_pack(options.region)
    try:
        rows = lines(pack, "remarks")
        told: dict[str, Any] = {half: report(remarks(rows, half), show=options.show) for half in ("build", "measure")}
        if options.texts:
            texts = texts_of(options.texts)
            told |= real(pack, texts)
    except (OSError, KeyError) as error:
        sys.stderr.write(f"the annotated texts cannot be read: {error}\n")
        return 1
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.dismissal", description=__doc__)
    made.add_argument("--texts", type=Path, help="folder of the CSV files of the sources")
    made.add_argument("--region", default="omsk", help="region pack with the annotation")
    made.add_argument("--show", choices=["build", "measure"], help="print the errors of that half")
    return made


def lines(pack: RegionPack, name: str) -> list[dict[str, Any]]:
    with pack.path(f"annotation/{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def remarks(rows: Sequence[dict[str, Any]], half: str) -> tuple[str, list[Row]]:
    return half, [(row["text"], row["dismissal"]) for row in rows if row["half"] == half]


def dismissed(text: str) -> Dismissal | None:
    cleaned = clean(text)
    plain = text if cleaned.alignment is None and not cleaned.is_reading else cleaned.text
    return dismiss(plain, words_of(cleaned.text))[0]


def report(half: tuple[str, Sequence[Row]], *, show: str | None) -> dict[str, Any]:
    """Recall of each reason, and of all that was dismissed the share that should have been."""
    name, rows = half
    found = [(text, label, dismissed(text)) for text, label in rows]
    if show == name:
        for text, label, reason in found:
            if (label is None) != (reason is None):
                sys.stdout.write(f"{label or 'problem'} read as {reason or 'problem'}: {text}\n")
    taken = [label for _, label, reason in found if reason is not None]
    labels = sorted({label for _, label, _ in found if label})
    recalls = {
        label: share(
            sum(reason is not None for _, own, reason in found if own == label),
            sum(own == label for _, own, _ in found),
        )
        for label in labels
    }
    of = [reason for _, label, reason in found if label]
    return {
        "texts": len(rows),
        "precision": share(sum(label is not None for label in taken), len(taken)),
        "recall": share(sum(reason is not None for reason in of), len(of)),
        **recalls,
    }


def real(pack: RegionPack, texts: dict[str, str]) -> dict[str, Any]:
    """Of all real texts how many are dismissed; of the annotated random ones how their urgency is met."""
    annotated = [row for row in lines(pack, "split") if row["urgency"] and row["id"] in texts]
    levels = [(row["urgency"], level(texts[row["id"]])) for row in annotated]
    high = [(wanted >= 4, found >= 4) for wanted, found in levels]
    both = sum(wanted and found for wanted, found in high)
    return {
        "real_texts": len(texts),
        "real_texts_dismissed": sum(dismissed(text) is not None for text in texts.values()),
        "urgency": {
            "texts": len(levels),
            "same_level": share(sum(wanted == found for wanted, found in levels), len(levels)),
            "within_one": share(sum(abs(wanted - found) <= 1 for wanted, found in levels), len(levels)),
            "four_and_five_precision": share(both, sum(found for _, found in high)),
            "four_and_five_recall": share(both, sum(wanted for wanted, _ in high)),
        },
    }


def level(text: str) -> int:
    cleaned = clean(text)
    return urgency(cleaned.text, words_of(cleaned.text), ()).level


if __name__ == "__main__":
    sys.exit(main())
