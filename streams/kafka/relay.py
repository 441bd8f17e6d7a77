"""The relay: ships the log's table, which is the outbox, to Kafka's topics, in order, each partition to its like.

The relay's place is a consumer group like any other: it moves after every event of the batch is acknowledged. When it
dies between the two, the batch is sent again; consumers know the events by their position and take them once.

Before anything is sent by a new sender the topics are made where they are missing: a broker whose disk was full came
back without any (Kafka 4.1 alone on its metadata), and an administrator may delete one. What was in them is taken from
the table by the groups that had not handled it.
"""

from __future__ import annotations

import select
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import psycopg

from models.events import Stream
from streams.contract import Connection, Unreachable
from streams.kafka.client import Batch, KafkaClients, Sender
from streams.kafka.cloud_event import record_of
from streams.kafka.topics import create_topics
from streams.log import channel, partitions_of
from streams.offsets import register
from streams.stop import Stop

GROUP = "relay"
PARTITIONS = 8
BATCH = 2_000
"""So many events of so many partitions are shipped at once, at most: what waits is read and acknowledged together."""

CLAIM_AND_READ = """
WITH claimed AS (
    SELECT o.stream, o.partition, o.next_position
    FROM stream_offsets o JOIN stream_partitions p USING (stream, partition)
    WHERE o.consumer_group = %s AND o.next_position < p.next_position
    ORDER BY o.updated_at LIMIT %s FOR UPDATE OF o SKIP LOCKED)
SELECT c.stream, c.partition, e.position, e.event::text, e.key
FROM claimed c CROSS JOIN LATERAL (
    SELECT position, event, key FROM stream_events
    WHERE stream = c.stream AND partition = c.partition AND position >= c.next_position ORDER BY position LIMIT %s) e
ORDER BY c.stream, c.partition, e.position"""
"""The partitions that waited longest. What it claims it can read: its snapshot saw the counters above the positions."""

MOVE = """
UPDATE stream_offsets o SET next_position = shipped.position, updated_at = clock_timestamp()
FROM unnest(%s::text[], %s::integer[], %s::bigint[]) AS shipped (stream, partition, position)
WHERE o.consumer_group = %s AND o.stream = shipped.stream AND o.partition = shipped.partition"""

Place = tuple[Stream, int]
"""A stream and one of its partitions."""
Rows = list[tuple[int, str, str]]
"""Position, event and key, in the order of positions."""


@dataclass
class Relay:
    """One relay, a Consumer for streams.work; several share the partitions. Not to be shared between threads.

    Topics that are missing are made with `replicas` and kept for `retention_days`.
    """

    url: str
    clients: KafkaClients
    replicas: int
    retention_days: int
    _work: Connection | None = None
    _notices: Connection | None = None
    _sender: Sender | None = None

    def step(self) -> int:
        """Ship a batch of what waits; how many events were acknowledged by the broker and marked as shipped.

        Raises psycopg.OperationalError or Unreachable; nothing is marked then, and calling again sends anew.
        """
        return self._ship(self._connected())

    def wait(self, seconds: float, stop: Stop) -> None:
        """Return when something was appended, `stop` is set, or `seconds` have passed."""
        self._connected()
        assert self._notices is not None
        select.select([self._notices.fileno(), stop.fileno()], [], [], seconds)
        for _ in self._notices.notifies(timeout=0):
            pass  # that something came is all they say

    def close(self) -> None:
        for connection in (self._work, self._notices):
            if connection is not None:
                connection.close()
        if self._sender is not None:
            self._sender.close()
        self._work = self._notices = self._sender = None

    def _connected(self) -> Connection:
        if self._work is None or self._notices is None or self._work.broken or self._notices.broken:
            self.close()
            self._work = psycopg.connect(self.url, application_name="otklik relay")
            self._notices = psycopg.connect(self.url, autocommit=True, application_name="otklik relay notices")
            with self._work.transaction():
                for stream in Stream:
                    register(self._work, GROUP, stream)
                    self._notices.execute(f"LISTEN {channel(stream)}")
        return self._work

    def _ship(self, work: Connection) -> int:
        with work.transaction():
            found = work.execute(CLAIM_AND_READ, [GROUP, PARTITIONS, BATCH // PARTITIONS]).fetchall()
            if not found:
                return 0
            claimed: dict[Place, Rows] = {
                (Stream(stream), partition): [row[2:] for row in rows]
                for (stream, partition), rows in groupby(found, itemgetter(0, 1))
            }
            self._send(work, claimed)
            shipped = [(stream, partition, rows[-1][0] + 1) for (stream, partition), rows in claimed.items()]
            work.execute(MOVE, [*map(list, zip(*shipped, strict=True)), GROUP])
        return len(found)

    def _send(self, work: Connection, claimed: dict[Place, Rows]) -> None:
        if self._sender is None:
            create_topics(self.clients, partitions_of(work), self.replicas, self.retention_days)
            self._sender = self.clients.sender()
        batches = [
            Batch(self.clients.topic(stream), partition, [record_of(*row) for row in rows])
            for (stream, partition), rows in claimed.items()
        ]
        try:
            self._sender.send(batches)
        except Unreachable:
            # what is still under way belongs to this sender's epoch: a new one begins behind it
            self._sender.close()
            self._sender = None
            raise
