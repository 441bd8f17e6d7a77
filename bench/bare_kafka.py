"""The yardstick of bench.streams for Kafka: kafka-python alone, its position in PostgreSQL as our engine has it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from typing import Any

import orjson
import psycopg
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.kafka.cloud_event import record_of
from streams.kafka.python import REQUEST_BYTES

SHIPPED = "CREATE TABLE bare_shipped (position bigint NOT NULL); INSERT INTO bare_shipped VALUES (0)"
READY = 0.2
"""Seconds that one poll waits at most."""


def producer(servers: str) -> KafkaProducer:
    """As durable as our relay's, and with batches as large: acknowledged by all replicas, idempotent."""
    return KafkaProducer(
        bootstrap_servers=[servers], acks="all", enable_idempotence=True, linger_ms=5, batch_size=REQUEST_BYTES
    )


def consumer(servers: str, topic: str, at_once: int) -> KafkaConsumer:
    """Assigned by hand, from the first record."""
    reader = KafkaConsumer(bootstrap_servers=[servers], enable_auto_commit=False, max_poll_records=at_once)
    reader.assign([TopicPartition(topic, 0)])
    reader.seek_to_beginning()
    return reader


def ship(connection: psycopg.Connection[Any], sender: KafkaProducer, topic: str, at_once: int) -> int:
    """One batch of the table, as records like the relay's: acknowledged, and the position behind it committed."""
    (position,) = connection.execute("SELECT position FROM bare_shipped FOR UPDATE").fetchone() or (0,)
    rows = connection.execute(
        """SELECT position, event::text, key FROM bare_events
           WHERE stream = 'bare' AND partition = 0 AND position >= %s ORDER BY position LIMIT %s""",
        [position, at_once],
    ).fetchall()
    headers = record_of(*rows[0]).headers if rows else []  # of the same size on every record, for nothing
    sent = [
        sender.send(topic, value=content.encode(), key=key.encode(), headers=headers, partition=0)
        for _, content, key in rows
    ]
    sender.flush()
    for one in sent:
        one.get(timeout=30)
    connection.execute("UPDATE bare_shipped SET position = position + %s", [len(rows)])
    connection.commit()
    return len(rows)


def take(connection: psycopg.Connection[Any], reader: KafkaConsumer) -> list[Any]:
    """One poll, its JSON parsed, and the position behind it committed in PostgreSQL."""
    polled = reader.poll(timeout_ms=int(READY * 1000))
    contents = [orjson.loads(record.value) for records in polled.values() for record in records]
    if contents:
        connection.execute("UPDATE bare_position SET position = position + %s", [len(contents)])
        connection.commit()
    return contents


def _listen(url: str, servers: str, topic: str, number: int, pipe: Pipe) -> None:
    reader = consumer(servers, topic, 100)
    with psycopg.connect(url) as connection:
        take(connection, reader)
        pipe.send("ready")
        found: list[float] = []
        while len(found) < number:
            contents = take(connection, reader)
            came = time.time()
            found += [came - content["sent"] for content in contents if "sent" in content]
    pipe.send(found)
    reader.close()


def latencies(url: str, servers: str, topic: str, number: int, pace: float) -> Sequence[float]:
    """Seconds from before one record is sent to its reader in another process."""
    ours, theirs = get_context("spawn").Pipe()
    reading = get_context("spawn").Process(target=_listen, args=(url, servers, topic, number, theirs))
    reading.start()
    if ours.recv() != "ready":
        raise RuntimeError("the reader did not start")
    sender = producer(servers)
    for _ in range(number):
        sender.send(topic, value=orjson.dumps({"sent": time.time()}), partition=0)
        sender.flush()
        time.sleep(pace)
    found: list[float] = ours.recv()
    reading.join()
    sender.close()
    return found
