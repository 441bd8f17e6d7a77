"""Precision and recall of facts on annotated appeals: `python -m bench.facts --texts DIR`.

DIR holds omsk.csv, kursk.csv and ryazan.csv, the sources whose ids and offsets the annotation names. A fact is right
where an annotated one of its kind shares text with it; a found fact answers one annotated fact at most, and back.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.analysis import SourceText
from models.facts import Fact, FactKind
from models.pack import load_pack
from models.text import Span
from nlp.pipeline import Engine

SOURCES = ("omsk", "kursk", "ryazan")
SENT = datetime(2026, 2, 2, 4, tzinfo=UTC)
Annotated = tuple[FactKind, Span]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        texts = texts_of(options.texts)
        annotated = annotation(options.region, options.sample)
        pairs = [(texts[name], facts) for name, facts in annotated.items()]
    except (OSError, KeyError) as error:
        sys.stderr.write(f"the annotated texts cannot be read: {error}\n")
        return 1
    engine = Engine.of_pack(load_pack(options.region))
    analyses = engine.analyse([SourceText(text, SENT) for text, _ in pairs])
    found = [distinct(fact for draft in analysis.problems for fact in draft.facts) for analysis in analyses]
    counts = counted([(facts, wanted) for facts, (_, wanted) in zip(found, pairs, strict=True)])
    sys.stdout.write(json.dumps(report(counts, len(pairs)), ensure_ascii=False, indent=1) + "\n")
    if options.show:
        for (text, wanted), facts in zip(pairs, found, strict=True):
            show(text, facts, wanted)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.facts", description=__doc__)
    made.add_argument("--texts", type=Path, required=True, help="folder of the CSV files of the sources")
    made.add_argument("--region", default="omsk", help="region pack with annotation/facts.jsonl")
    made.add_argument(
        "--sample",
        choices=["built", "blind"],
        default="blind",
        help="texts the rules were corrected by, or those annotated after the last correction",
    )
    made.add_argument("--show", action="store_true", help="print what was missed and what was found beside")
    return made


def texts_of(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in SOURCES:
        with (folder / f"{source}.csv").open(encoding="utf-8-sig", newline="") as file:
            found.update((row["id"], row["text"]) for row in csv.DictReader(file))
    return found


def annotation(region: str, sample: str) -> dict[str, list[Annotated]]:
    with load_pack(region).path("annotation/facts.jsonl").open(encoding="utf-8") as lines:
        rows = [row for line in lines if (row := json.loads(line))["sample"] == sample]
    return {row["id"]: [(FactKind(kind), Span(start, end)) for kind, start, end in row["facts"]] for row in rows}


def distinct(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once (phones belong to every problem), without addresses, which are measured as places."""
    return sorted({fact for fact in facts if fact.kind is not FactKind.ADDRESS}, key=lambda fact: fact.span)


def matched(facts: Sequence[Fact], wanted: Sequence[Annotated]) -> tuple[list[Fact], list[Annotated], list[Annotated]]:
    """Facts found beside the annotation, annotated facts found, annotated facts missed."""
    left = list(wanted)
    hit: list[Annotated] = []
    beside = []
    for fact in facts:
        answered = next((one for one in left if one[0] is fact.kind and one[1].overlaps(fact.span)), None)
        if answered is None:
            beside.append(fact)
        else:
            left.remove(answered)
            hit.append(answered)
    return beside, hit, left


def counted(texts: Iterable[tuple[Sequence[Fact], Sequence[Annotated]]]) -> dict[FactKind, Counter[str]]:
    counts: dict[FactKind, Counter[str]] = {kind: Counter() for kind in FactKind}
    for facts, wanted in texts:
        beside, hit, missed = matched(facts, wanted)
        for fact in beside:
            counts[fact.kind]["beside"] += 1
        for kind, _ in hit:
            counts[kind]["hit"] += 1
        for kind, _ in missed:
            counts[kind]["missed"] += 1
    return counts


def report(counts: dict[FactKind, Counter[str]], texts: int) -> dict[str, Any]:
    whole: Counter[str] = Counter()
    for count in counts.values():
        whole.update(count)
    kinds = {kind.value: line(count) for kind, count in counts.items() if count}
    return {"texts": texts, "all": line(whole), **kinds}


def line(count: Counter[str]) -> dict[str, Any]:
    hit, beside, missed = count["hit"], count["beside"], count["missed"]
    return {
        "annotated": hit + missed,
        "found": hit + beside,
        "precision": share(hit, hit + beside),
        "recall": share(hit, hit + missed),
    }


def share(right: int, of: int) -> str | None:
    """A share with Wilson's interval of 95 % (Wilson 1927, JASA 22, 209-212)."""
    if not of:
        return None
    z, rate = 1.96, right / of
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z * (rate * (1 - rate) / of + z * z / (4 * of * of)) ** 0.5 / (1 + z * z / of)
    return f"{rate:.3f} ({max(0.0, middle - half):.3f}-{min(1.0, middle + half):.3f})"


def show(text: str, facts: Sequence[Fact], wanted: Sequence[Annotated]) -> None:
    beside, _, missed = matched(facts, wanted)
    for fact in beside:
        sys.stdout.write(f"+ {fact.kind.value}: {fact.text!r} as {fact.value}\n")
    for kind, span in missed:
        around = Span(max(0, span.start - 25), min(len(text), span.end + 25)).of(text)
        sys.stdout.write(f"- {kind.value}: {span.of(text)!r} in {around!r}\n")


if __name__ == "__main__":
    sys.exit(main())
