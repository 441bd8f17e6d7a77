"""The Kafka half of bench.streams: from the table to the topic, from the topic to the handler."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from kafka.admin import KafkaAdminClient, NewTopic

from bench import bare_kafka
from bench.broker import broker
from bench.streams import (
    APPENDED_AT_ONCE,
    LATENCIES,
    PACE,
    PARTITIONS,
    TAKEN_AT_ONCE,
    append_seconds,
    compared,
    database,
    events_of_a_kilobyte,
    flushed,
    latencies,
    percentiles,
    rates,
    stage,
)
from models.events import Stream
from models.identifiers import new_id
from streams import Stop, work
from streams.kafka import KafkaClients, KafkaEngine, Relay, create_topics
from streams.kafka.relay import BATCH

Side = tuple[int, float]
"""Events and the seconds they took."""


def timed(step: Any, *arguments: Any) -> Side:
    began = time.perf_counter()
    done = step(*arguments)
    return done if isinstance(done, int) else len(done), time.perf_counter() - began


def shipping(url: str, clients: KafkaClients, topic: str, number: int) -> Iterator[tuple[Side, Side]]:
    """(bare, relay) from the table to the acknowledgement of the broker, in turns."""
    relay = Relay(url, clients, replicas=1, retention_days=1)
    sender = bare_kafka.producer(clients.servers[0])
    with psycopg.connect(url) as connection:
        connection.execute(bare_kafka.SHIPPED)
        connection.commit()
        shipped = relay.step() + bare_kafka.ship(connection, sender, topic, BATCH)  # both are connected now
        while shipped < 2 * number:
            plain, ours = timed(bare_kafka.ship, connection, sender, topic, BATCH), timed(relay.step)
            shipped += plain[0] + ours[0]
            yield plain, ours
    sender.close()
    relay.close()


def taking(url: str, engine: KafkaEngine, topic: str, number: int, at_once: int) -> Iterator[tuple[Side, Side]]:
    """(bare, worker) from the topic to the committed position, in turns."""
    worker = engine.consumer(stage(at_once))
    reader = bare_kafka.consumer(engine.clients.servers[0], topic, at_once)
    with psycopg.connect(url) as connection:
        taken = 0
        while taken == 0:  # until it was given its partitions
            taken = worker.step()
        taken += len(bare_kafka.take(connection, reader))
        while taken < 2 * number:
            plain, ours = timed(bare_kafka.take, connection, reader), timed(worker.step)
            taken += plain[0] + ours[0]
            yield plain, ours
    reader.close()
    worker.close()


def totals(turns: Iterator[tuple[Side, Side]]) -> dict[str, float]:
    """Rates over turns in which both sides did something: the end of either is no work."""
    both = [(plain, ours) for plain, ours in turns if plain[0] and ours[0]]
    plain, ours = (
        (sum(count for count, _ in side), sum(seconds for _, seconds in side)) for side in zip(*both, strict=True)
    )
    return compared(ours[0] / ours[1], plain[0] / plain[1])


def carry(url: str, clients: KafkaClients) -> None:
    with Stop() as stop:
        work(Relay(url, clients, replicas=1, retention_days=1), stop)


def measure_kafka(number: int, given: str) -> dict[str, Any]:
    with broker(given) as (address, _), database() as server:
        url, clients = server.url(), KafkaClients((address,), prefix=f"bench-{new_id()}")
        topic, paced = f"{clients.prefix}.bare", f"{clients.prefix}.paced"
        create_topics(clients, dict.fromkeys(Stream, PARTITIONS), replicas=1, retention_days=1)
        admin = KafkaAdminClient(bootstrap_servers=[address])
        admin.create_topics([NewTopic(topic, 1, 1), NewTopic(paced, 1, 1)], wait_for_metadata=True)
        admin.close()
        appending = rates(append_seconds(url, events_of_a_kilobyte(number)), APPENDED_AT_ONCE)
        shipped = totals(shipping(url, clients, topic, number))
        engine = KafkaEngine(url, clients)
        taken = {name: totals(taking(url, engine, topic, number, many)) for name, many in TAKEN_AT_ONCE.items()}
        flushed(server)
        waited = {"bare": bare_kafka.latencies(url, address, paced, LATENCIES, PACE)}
        relay = multiprocessing.get_context("spawn").Process(target=carry, args=(url, clients))
        relay.start()
        waited["kafka"] = latencies(url, engine)
        relay.kill()
    return {
        "append": appending,
        "ship": shipped,
        **taken,
        "latency": {name: percentiles(list(seconds)) for name, seconds in waited.items()},
    }
