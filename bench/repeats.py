"""The search for repeats at a million problems: `python -m bench.repeats --file CSV [--problems N]`. Prints JSON.

A fresh database with fsync on, filled with problems whose texts are made of the words of the file (its column `text`).
With `--times` the same texts stand there several times under keys of their own: quick to fill, of the full size, but
what meets by chance is that of the texts written once.
- batches: problems nobody copied, 100 a transaction, from their keys to the commit; `false_pairs` are copies and
  repeats found among them (they are by different people, of different words);
- query: the one query for candidates, for one problem; single: the whole search for one problem, commit included;
- recall: of copies spoilt in a known way, by an unknown person without a place, how many lead to their original.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from bench.machine import machine, versions
from bench.repeats_indexes import compare, sizes
from bench.repeats_texts import NOW, SPOILT, copies, problems
from models.migrate import migrate
from nlp.repeats import Comparable, link_similar, store
from nlp.repeats.keys import keys_of
from otklik.postgres import EmbeddedServer

Connection = psycopg.Connection[Any]
CHUNK = 10_000
BATCH = 100
BATCHES = 20
SINGLES = 300
COPIES = 200
"""Of each way to spoil a text."""
SHORTEST = 60
"""Characters of an original whose copies are looked for; shorter texts are written by many on their own."""


def rows_of(problem: Comparable) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The rows of an appeal and its problem, as COPY takes them."""
    [place] = problem.localities
    email = "".join(problem.authors).removeprefix("email:")
    level = "house" if place.house else "street" if place.street else "settlement"
    where = {"level": level, "settlement": place.town, "street": place.street, "house": place.house, "h3": place.cell}
    appeal = str(problem.appeal_id)
    return (
        (appeal, "omsk", appeal, "form", appeal, problem.text, json.dumps({"email": email} if email else {}),
         problem.sent_at, problem.sent_at, "analysed"),
        (str(problem.problem_id), "omsk", appeal, 0, "found", json.dumps([[0, len(problem.text)]]), problem.topic, 0.9,
         problem.group, 0.9, True, "[]", json.dumps(where), level, 2, problem.sent_at),
    )  # fmt: skip


APPEALS = "appeals (id, region_id, number, channel, external_id, text, author, sent_at, accepted_at, state)"
PROBLEMS = """problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability, group_name,
    group_probability, decided, topic_guesses, place, place_level, urgency, found_at)"""


def write(connection: Connection, some: Sequence[Comparable]) -> None:
    """The rows that the stage has written before it searches."""
    appeals, found = zip(*map(rows_of, some), strict=True)
    for table, rows in ((APPEALS, appeals), (PROBLEMS, found)):
        with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)


def fill(connection: Connection, some: Iterator[Comparable], originals: list[Comparable], share: float) -> float:
    """Write the problems with their keys, some of them into `originals`; processor seconds for the keys of one."""
    chance = random.Random(2)
    seq, spent = 0, 0.0
    while chunk := list(islice(some, CHUNK)):
        write(connection, chunk)
        started = time.thread_time()
        keyed = [keys_of(problem).filed for problem in chunk]
        spent += time.thread_time() - started
        with connection.cursor().copy("COPY problem_signatures (seq, problem_id, region_id, keys) FROM STDIN") as copy:
            for problem, keys in zip(chunk, keyed, strict=True):
                seq += 1
                copy.write_row((seq, str(problem.problem_id), "omsk", keys))
                if len(problem.text) >= SHORTEST and chance.random() < share:
                    originals.append(problem)
        connection.commit()
        if seq % (10 * CHUNK) == 0:
            print(f"{seq} problems written", file=sys.stderr)
    return spent / seq


COPIED = (
    """INSERT INTO appeals (id, region_id, number, channel, external_id, text, author, sent_at, accepted_at, state)
       SELECT md5(id::text || %(time)s)::uuid, region_id, md5(id::text || %(time)s), channel, md5(id::text || %(time)s),
           text, author, sent_at, accepted_at, state
       FROM appeals WHERE id IN (SELECT p.appeal_id FROM problem_signatures s JOIN problems p ON p.id = s.problem_id
                                 WHERE s.seq <= %(written)s)""",
    """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability, group_name,
           group_probability, decided, topic_guesses, place, place_level, urgency, found_at)
       SELECT md5(p.id::text || %(time)s)::uuid, p.region_id, md5(p.appeal_id::text || %(time)s)::uuid, ordinal, state,
           spans, topic_code, topic_probability, group_name, group_probability, decided, topic_guesses, place,
           place_level, urgency, found_at
       FROM problem_signatures s JOIN problems p ON p.id = s.problem_id WHERE s.seq <= %(written)s""",
    """INSERT INTO problem_signatures (seq, problem_id, region_id, keys) OVERRIDING SYSTEM VALUE
       SELECT seq + %(time)s * %(written)s, md5(problem_id::text || %(time)s)::uuid, region_id,
           ARRAY(SELECT hashint8extended(key, %(time)s) FROM unnest(keys) AS key)
       FROM problem_signatures WHERE seq <= %(written)s""",
)
UNUSED = ("appeals_by_time", "appeals_by_state", "problems_queue", "problems_by_time", "problems_by_topic")
"""Indexes that the search does not use: filled for nothing."""


def multiply(connection: Connection, written: int, times: int) -> None:
    """Repeat the problems `times` times in all, under keys of their own, so that the tables have their real size."""
    for time_over in range(1, times):
        for statement in COPIED:
            connection.execute(statement.encode(), {"time": time_over, "written": written})
        connection.commit()
        print(f"{(time_over + 1) * written} problems", file=sys.stderr, flush=True)


def index(connection: Connection) -> None:
    """Fill the table of keys and build its index."""
    connection.execute("ALTER TABLE problem_keys DROP CONSTRAINT problem_keys_pkey")
    connection.execute(
        """INSERT INTO problem_keys (key, seq, region_id)
           SELECT key, seq, region_id FROM problem_signatures, unnest(keys) AS key"""
    )
    connection.execute("ALTER TABLE problem_keys ADD PRIMARY KEY (key, seq)")
    connection.execute(
        "SELECT setval(pg_get_serial_sequence('problem_signatures', 'seq'), max(seq)) FROM problem_signatures"
    )
    connection.commit()


def batches(connection: Connection, some: Iterator[Comparable]) -> dict[str, object]:
    """Milliseconds a batch, from keys to the commit; the search alone is in it, writing the problems is not."""
    times, processor = [], []
    before = links(connection)
    for _ in range(BATCHES):
        batch = list(islice(some, BATCH))
        write(connection, batch)
        connection.commit()
        started, worked = time.perf_counter(), time.thread_time()
        link_similar(connection, batch, NOW)
        connection.commit()
        times.append(time.perf_counter() - started)
        processor.append(time.thread_time() - worked)
    after = links(connection)
    return {
        "problems": BATCH * BATCHES,
        "ms": spread(times),
        "processor_ms_a_problem": round(1000 * sum(processor) / BATCH / BATCHES, 3),
        "false_pairs": after["copy"] + after["repeat"] - before["copy"] - before["repeat"],
        "common_causes": after["common_cause"] - before["common_cause"],
    }


def singles(connection: Connection, some: Iterator[Comparable]) -> dict[str, object]:
    """Milliseconds of the query for candidates and of the whole search, for one problem."""
    queries, wholes = [], []
    for problem in islice(some, SINGLES):
        write(connection, [problem])
        connection.commit()
        started = time.perf_counter()
        link_similar(connection, [problem], NOW)
        connection.commit()
        wholes.append(time.perf_counter() - started)
        started = time.perf_counter()
        store.candidates(connection, [(problem, keys_of(problem))])
        queries.append(time.perf_counter() - started)
        connection.commit()
    return {"query_ms": spread(queries), "whole_ms": spread(wholes)}


def recall(connection: Connection, originals: Sequence[Comparable]) -> dict[str, float]:
    """The share of spoilt copies that are linked to their original as copies."""
    found = {}
    for seed, (name, spoil) in enumerate(SPOILT.items(), 1000):
        some = random.Random(seed).sample(originals, min(COPIES, len(originals)))
        spoilt = list(copies(some, spoil, seed))
        write(connection, spoilt)
        link_similar(connection, spoilt, NOW)
        right = sum(
            connection.execute(
                "SELECT EXISTS (SELECT FROM similar_problems WHERE problem_id = %s AND earlier_id = %s)",
                [copy.problem_id, original.problem_id],
            ).fetchone() == (True,)
            for copy, original in zip(spoilt, some, strict=True)
        )  # fmt: skip
        connection.rollback()
        found[name] = round(right / len(some), 3)
    return found


def links(connection: Connection) -> dict[str, int]:
    counted = dict(connection.execute("SELECT kind, count(*) FROM similar_problems GROUP BY kind").fetchall())
    return {kind: counted.get(kind, 0) for kind in ("repeat", "copy", "common_cause")}


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds at the middle and at the slow end."""
    ordered = sorted(seconds)
    return {
        f"p{share}": round(1000 * ordered[min(len(ordered) * share // 100, len(ordered) - 1)], 2)
        for share in (50, 95, 99)
    }


def measure(texts: Sequence[str], count: int, times: int, rivals: int) -> dict[str, object]:
    """All figures, on a database that is gone afterwards."""
    on = machine()
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            migrate(server.url())
            # foreign keys of a million rows are not what is measured
            with psycopg.connect(server.url(user="postgres"), options="-c session_replication_role=replica") as filler:
                filler.execute("SET maintenance_work_mem = '256MB'")
                originals: list[Comparable] = []
                for name in UNUSED:
                    filler.execute(f"DROP INDEX {name}".encode())
                keys_seconds = fill(filler, problems(texts, count, 1), originals, min(1.0, 5 * COPIES / count))
                multiply(filler, count, times)
                index(filler)
            with psycopg.connect(server.url(user="postgres"), autocommit=True) as tidy:
                tidy.execute("VACUUM ANALYZE")
                tidy.execute("CHECKPOINT")
                tidy.execute("INSERT INTO regions VALUES ('omsk', 'Омск', 'Asia/Omsk', now()) ON CONFLICT DO NOTHING")
            with psycopg.connect(server.url()) as connection:
                new = problems(texts, BATCH * (BATCHES + 5) + SINGLES, 3)
                figures: dict[str, object] = {
                    "problems": count * times,
                    "texts": count,
                    "keys_processor_ms": round(1000 * keys_seconds, 3),
                    "batches": batches(connection, new),
                    "single": singles(connection, new),
                    "recall": recall(connection, originals),
                    "megabytes": sizes(connection),
                }
            if rivals:
                with psycopg.connect(server.url(user="postgres"), autocommit=True) as connection:
                    figures["rivals"] = compare(connection, rivals, texts)
        finally:
            server.stop()
    return {**figures, "machine": on, "versions": versions()}


def texts_of(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines) if row["text"].split()]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.repeats", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, required=True, help="CSV with a column text: whose words to use")
    parser.add_argument("--problems", type=int, default=1_000_000, help="how many are written (1000000)")
    parser.add_argument("--times", type=int, default=1, help="so many times, each time under other keys (1)")
    parser.add_argument("--rivals", type=int, default=0, help="compare GIN and pg_trgm on so many of them (0: do not)")
    chosen = parser.parse_args()
    print(
        json.dumps(
            measure(texts_of(chosen.file), chosen.problems, chosen.times, chosen.rivals), ensure_ascii=False, indent=1
        )
    )


if __name__ == "__main__":
    main()
