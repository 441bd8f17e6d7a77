"""Repeats among real appeals: `python -m bench.repeats_real --file omsk.csv`. Prints JSON.

The appeals of a CSV (`text`, `created_at`) go through the analysis stage's own steps on a fresh database, in the order
of their sending, without the hints of the file. Pairs whose TF-IDF vectors of four-letter sequences have a cosine of
`--alike` and more are taken for near-duplicates: another measure than the one the search uses. An appeal with an
earlier near-duplicate is found where it is linked to any of them, directly.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import chain, starmap
from pathlib import Path
from typing import Any

import psycopg
from sklearn.feature_extraction.text import TfidfVectorizer

import ingest
from bench.machine import machine, versions
from models.message import Channel, Message
from nlp import repeats, store
from nlp.stage import analysed, comparables
from otklik.settings import Settings
from otklik.wiring import database, file_store, language_engine_of, pack_of

BATCH = 100
SPEEDS = ("analyse", "write", "link")


def messages_of(file: Path, region: str) -> list[Message]:
    """The rows of the file in the order of their sending."""
    zone = pack_of(region).zone
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["text"].strip()]
    sent = [datetime.fromisoformat(row["created_at"]).replace(tzinfo=zone) for row in rows]
    made = [
        Message(region, Channel.FILE, str(number), row["text"], at)
        for number, (row, at) in enumerate(zip(rows, sent, strict=True))
    ]
    return sorted(made, key=lambda message: message.sent_at)


def work(connection: psycopg.Connection[Any], messages: Sequence[Message], chosen: Settings) -> dict[str, float]:
    """Take the messages in and do what the stage does, batch by batch; processor seconds by step."""
    region = messages[0].region
    pack, files = pack_of(region), file_store(chosen)
    language_engine_of(region)
    spent = dict.fromkeys(SPEEDS, 0.0)
    for start in range(0, len(messages), BATCH):
        batch, now = messages[start : start + BATCH], messages[-1].sent_at
        accepted = ingest.accept_many(connection, batch, now=now, files=files, pack=pack)
        appeals = store.accepted_appeals(connection, [each.appeal_id for each in accepted])
        began = time.thread_time()
        found = analysed(appeals, language_engine_of)
        read = time.thread_time()
        store.write(connection, found, now)
        written = time.thread_time()
        repeats.link_similar(connection, list(chain.from_iterable(starmap(comparables, found))), now)
        linked = time.thread_time()
        connection.commit()
        for step, seconds in zip(SPEEDS, (read - began, written - read, linked - written), strict=True):
            spent[step] += seconds
    return spent


def recall(connection: psycopg.Connection[Any], messages: Sequence[Message], alike: float) -> dict[str, object]:
    """How many of the appeals with an earlier near-duplicate are linked to one."""
    rows = connection.execute(
        """SELECT DISTINCT later.external_id::int, earlier.external_id::int FROM similar_problems s
           JOIN problems p ON p.id = s.problem_id JOIN appeals later ON later.id = p.appeal_id
           JOIN problems q ON q.id = s.earlier_id JOIN appeals earlier ON earlier.id = q.appeal_id"""
    ).fetchall()
    linked = {tuple(row) for row in rows}
    shingles = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), sublinear_tf=True)
    vectors = shingles.fit_transform([message.text for message in messages])
    likeness = (vectors @ vectors.T).tocoo()
    earlier: dict[int, list[int]] = defaultdict(list)
    for one, two, cosine in zip(likeness.row, likeness.col, likeness.data, strict=True):
        if two < one and cosine >= alike:
            earlier[one].append(two)
    found = sum(
        any((int(messages[one].external_id), int(messages[two].external_id)) in linked for two in others)
        for one, others in earlier.items()
    )
    kinds = connection.execute("SELECT kind, count(*) FROM similar_problems GROUP BY kind").fetchall()
    return {"near_duplicates": len(earlier), "linked": found, "share": round(found / len(earlier), 3), **dict(kinds)}


def measure(file: Path, region: str, alike: float) -> dict[str, object]:
    on = machine()
    messages = messages_of(file, region)
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        chosen = Settings(data_folder=Path(folder), database_url="")  # never that of an installation
        with database(chosen) as url, psycopg.connect(url) as connection:
            spent = work(connection, messages, chosen)
            figures = recall(connection, messages, alike)
    speed = {f"{step}_processor_ms_a_text": round(1000 * spent[step] / len(messages), 3) for step in SPEEDS}
    return {"texts": len(messages), **figures, **speed, "machine": on, "versions": versions()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.repeats_real", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, required=True, help="CSV with the columns text and created_at")
    parser.add_argument("--region", default="omsk", help="region pack (omsk)")
    parser.add_argument(
        "--alike", type=float, default=0.8, help="cosine from which two texts are near-duplicates (0.8)"
    )
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.file, chosen.region, chosen.alike), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
