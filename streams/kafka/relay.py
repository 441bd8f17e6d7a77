"""The relay: ships the log's table, which is the outbox, to Kafka's topics, in order, each partition to its like.

The relay's place is a consumer group like any other: it moves after every event of the batch is acknowledged. When it
dies between the two, the batch is sent again; consumers know the events by their position and take them once.
"""

from __future__ import annotations

import select
from dataclasses import dataclass

import psycopg

from models.events import Stream
from streams.contract import Connection, Unreachable
from streams.embedded import CLAIM, MOVE
from streams.kafka.client import KafkaClients, Sender
from streams.kafka.cloud_event import record_of
from streams.log import channel
from streams.offsets import register
from streams.stop import Stop

GROUP = "relay"
BATCH = 2_000

READ_WITH_KEYS = """
SELECT position, event::text, key FROM stream_events
WHERE stream = %s AND partition = %s AND position >= %s ORDER BY position LIMIT %s"""


@dataclass
class Relay:
    """One relay, a Consumer for streams.work; several share the partitions. Not to be shared between threads."""

    url: str
    clients: KafkaClients
    _work: Connection | None = None
    _notices: Connection | None = None
    _sender: Sender | None = None

    def step(self) -> int:
        """Ship one batch of every stream; how many events were acknowledged by the broker and marked as shipped.

        Raises psycopg.OperationalError or Unreachable; nothing is marked then, and calling again sends anew.
        """
        work = self._connected()
        return sum(self._ship(work, stream) for stream in Stream)

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

    def _ship(self, work: Connection, stream: Stream) -> int:
        with work.transaction():
            claimed = work.execute(CLAIM, [GROUP, stream, []]).fetchone()
            if claimed is None:
                return 0
            partition, position = claimed
            rows = work.execute(READ_WITH_KEYS, [stream, partition, position, BATCH]).fetchall()
            self._send(stream, partition, rows)
            work.execute(MOVE, [rows[-1][0] + 1, GROUP, stream, partition])
        return len(rows)

    def _send(self, stream: Stream, partition: int, rows: list[tuple[int, str, str]]) -> None:
        if self._sender is None:
            self._sender = self.clients.sender()
        records = [record_of(*row) for row in rows]
        try:
            self._sender.send(self.clients.topic(stream), partition, records)
        except Unreachable:
            # what is still under way belongs to this sender's epoch: a new one begins behind it
            self._sender.close()
            self._sender = None
            raise
