"""Speed and memory of the language engine on one core: `python -m bench.nlp [--file CSV] [--against natasha]`.

Speeds are texts a second of processor time, so that others who use the machine do not count; on an idle machine that is
the time of the clock, which is printed beside (`elapsed_seconds`).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ONE_CORE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
BATCH = 256
SENT = datetime(2026, 2, 2, 4, tzinfo=UTC)
"""A fixed sending time, so that every run resolves the same dates."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    for name in ONE_CORE:
        os.environ[name] = "1"
    try:
        texts = texts_of(options.file) if options.file else sample_texts(options.region)
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"no texts to measure on: {error}\n")
        return 1
    measured = measure(texts, options.region, options.seconds)
    if options.against:
        theirs = natasha_speed(texts, options.seconds)
        measured["natasha"] = theirs
        measured["times_natasha"] = round(measured["texts_per_second"] / theirs["texts_per_second"], 1)
    sys.stdout.write(json.dumps(measured, ensure_ascii=False, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.nlp", description=__doc__)
    made.add_argument("--file", type=Path, help="CSV with a column text; without it the region's sample appeals")
    made.add_argument("--region", default="omsk", help="region pack whose engine is measured")
    made.add_argument("--seconds", type=float, default=20.0, help="how long to measure, at least one pass of the texts")
    made.add_argument("--against", choices=["natasha"], help="time natasha doing the same steps in the same run")
    return made


def texts_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [row["text"] for row in csv.DictReader(file)]
    if not found:
        raise ValueError(f"{path.name} has no rows")
    return found


def sample_texts(region: str) -> list[str]:
    from models.pack import load_pack

    with load_pack(region).path("samples.jsonl").open(encoding="utf-8") as lines:
        return [str(json.loads(line)["text"]) for line in lines if line.strip()]


def measure(texts: Sequence[str], region: str, seconds: float) -> dict[str, Any]:
    """Run the whole stage over the texts, again and again, for so many seconds."""
    from bench.machine import machine, versions

    before = machine()
    started = time.process_time()
    from models.analysis import SourceText
    from models.pack import load_pack
    from nlp.pipeline import Engine

    engine = Engine.of_pack(load_pack(region))
    loaded = time.process_time() - started

    def analyse(some: Sequence[str]) -> None:
        engine.analyse([SourceText(text, SENT) for text in some])

    begun = time.perf_counter()
    first, rest, done, first_pass = timed(texts, seconds, analyse)
    elapsed = time.perf_counter() - begun
    return {
        "texts_per_second": round(done / (first + rest), 1),
        "first_pass_texts_per_second": round(first_pass / first, 1),
        "steps": steps(engine.steps(), done),
        "processor_seconds": round(first + rest, 2),
        "elapsed_seconds": round(elapsed, 2),
        "load_seconds": round(loaded, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "distinct_texts": len(texts),
        "texts": done,
        "characters_per_text": round(sum(map(len, texts)) / len(texts), 1),
        "region": region,
        "machine": before,
        "versions": versions(),
    }


def steps(seconds: dict[str, float], done: int) -> dict[str, dict[str, float]]:
    """Texts a second that each step alone would do, and its share of the whole."""
    whole = sum(seconds.values())
    return {
        name: {"texts_per_second": round(done / spent, 1), "share": round(spent / whole, 3)}
        for name, spent in seconds.items()
    }


def timed(texts: Sequence[str], seconds: float, work: Callable[[Sequence[str]], None]) -> tuple[float, float, int, int]:
    """Seconds of the first pass and of the passes after it, texts done in all and in the first pass."""
    first = 0.0
    started = time.process_time()
    done = 0
    for some in endless(texts):
        work(some)
        done += len(some)
        spent = time.process_time() - started
        if done == len(texts):
            first = spent
        if done >= len(texts) and spent >= seconds:
            return first, spent - first, done, len(texts)
    raise AssertionError("the passes never end by themselves")


def endless(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in batches, over and over; no batch crosses the end of a pass."""
    while True:
        for start in range(0, len(texts), BATCH):
            yield texts[start : start + BATCH]


def natasha_speed(texts: Sequence[str], seconds: float) -> dict[str, Any]:
    """Natasha's segmentation, morphology, names, addresses and dates on as many of the same texts as time allows."""
    warnings.simplefilter("ignore")  # natasha's own imports use pkg_resources
    from natasha import (
        AddrExtractor,
        DatesExtractor,
        Doc,
        MorphVocab,
        NewsEmbedding,
        NewsMorphTagger,
        NewsNERTagger,
        Segmenter,
    )

    embedding, vocabulary = NewsEmbedding(), MorphVocab()
    segmenter, morphology, names = Segmenter(), NewsMorphTagger(embedding), NewsNERTagger(embedding)
    addresses, dates = AddrExtractor(vocabulary), DatesExtractor(vocabulary)
    started = time.process_time()
    done = 0
    for text in texts:
        document = Doc(text)
        document.segment(segmenter)
        document.tag_morph(morphology)
        for token in document.tokens:
            token.lemmatize(vocabulary)
        document.tag_ner(names)
        list(addresses(text))
        list(dates(text))
        done += 1
        if time.process_time() - started >= seconds:
            break
    spent = time.process_time() - started
    return {
        "texts_per_second": round(done / spent, 2),
        "texts": done,
        "steps": "segmentation morphology NER Addr Dates",
    }


if __name__ == "__main__":
    sys.exit(main())
