"""A worker of a stage whose events come from Kafka.

The broker shares the partitions among the workers and hands out the records; PostgreSQL alone says what was handled.
Every record carries its position in the log's table, and positions are dense: one below the group's is a second
delivery and is dropped, one above shows a gap, which is closed by seeking back, or, where the topic no longer holds it,
from the table. A worker that lost its partition unawares meets the row lock of the offset, then finds its events done.

Where the group stands still although the table holds more for it, the broker lost what it had acknowledged, or its
client is deaf (kafka-python 3.0.12 once did not rejoin after a network cut), or no broker answers, or it has no such
topic any more: for a while the worker then takes the events from the table, as the embedded engine does, and begins
with a new client afterwards.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from psycopg import sql

from streams.claim import Claim, Row, begin_with, others, read
from streams.contract import Connection, Stage, Unreachable
from streams.embedded import EmbeddedConsumer
from streams.kafka.client import KafkaClients, Rebalance, Receiver
from streams.kafka.cloud_event import TYPE, position_of
from streams.stop import Stop

GLANCE = 0.5
"""Seconds between two looks at a request to stop, and at the table where the broker gives nothing."""

FETCHED_AT_ONCE = 500
"""Records that one poll gives at least, where the batches are small."""

log = logging.getLogger(__name__)

LOCK = """
PREPARE lock (integer) AS
SELECT next_position FROM stream_offsets
WHERE consumer_group = {group} AND stream = {stream} AND partition = $1 FOR UPDATE SKIP LOCKED"""

STANDS = """
SELECT o.partition, o.next_position, p.next_position
FROM stream_offsets o JOIN stream_partitions p USING (stream, partition)
WHERE o.consumer_group = %s AND o.stream = %s"""


@dataclass(frozen=True)
class KafkaEngine:
    """Streams through the cluster of `clients`, with offsets and effects in the database at `url`.

    A step waits up to `patience` seconds for events which are in the table and must be on their way through the broker;
    a worker that said nothing for `session_seconds` loses its partitions. A worker whose group stood still, or whom
    no broker answered, for `still_seconds` works from the table for as long.
    """

    url: str
    clients: KafkaClients
    session_seconds: float = 10.0
    patience: float = 3.0
    still_seconds: float = 20.0

    def consumer(self, stage: Stage) -> KafkaStageConsumer:
        return KafkaStageConsumer(self.url, stage, engine=self)


@dataclass
class KafkaStageConsumer(EmbeddedConsumer):
    """One worker. By partition: `_buffers` holds fetched records in the order of their positions, `_next` the position
    that the broker gives next, `_sought` the position that was last sought to close a gap, `_stood` where the group
    stands with events ahead of it and since when (monotonic), `_unanswered` since when no broker did what it was asked.
    `_last`: position and offset of the record that came last. Until `_alone` (monotonic) the worker has no broker."""

    engine: KafkaEngine = field(kw_only=True)
    _receiver: Receiver | None = None
    _buffers: dict[int, deque[Row]] = field(default_factory=dict)
    _next: dict[int, int] = field(default_factory=dict)
    _sought: dict[int, int] = field(default_factory=dict)
    _stood: dict[int, tuple[int, float]] = field(default_factory=dict)
    _last: dict[int, tuple[int, int]] = field(default_factory=dict)
    _unanswered: float | None = None
    _alone: float = 0.0

    def __post_init__(self) -> None:
        self._others = {type.encode() for type in others(self.stage)}

    def step(self) -> int:
        if self._is_alone():
            return super().step()
        began = time.monotonic()
        try:
            self._fill()
            return super().step()
        except Unreachable as error:
            log.warning("%s (%s)", error, type(error.__cause__ or error).__name__)
            if self._unanswered is None:
                self._unanswered = began
            if self._unanswered < time.monotonic() - self.engine.still_seconds:
                self._go_alone("has no broker")
            return 0

    def wait(self, seconds: float, stop: Stop) -> None:
        if self._is_alone():
            super().wait(min(seconds, GLANCE), stop)
            return
        until = time.monotonic() + seconds
        try:
            while not stop.is_set() and time.monotonic() < until:
                due = [left for pause in self._pauses.values() if (left := pause.until - time.monotonic()) > 0]
                self._poll(min([GLANCE, *due]))
                if self._ready() or any(pause.until <= time.monotonic() for pause in self._pauses.values()):
                    return
        except Unreachable:
            time.sleep(GLANCE)

    def close(self) -> None:
        super().close()
        self._leave()

    def _leave(self) -> None:
        """Give up the membership and all that came by it."""
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            with suppress(Unreachable):  # its session ends by itself then
                receiver.close()
        self._buffers.clear()
        self._next.clear()
        self._sought.clear()
        self._stood.clear()

    def _pause(self, side: Connection) -> None:
        if self._under_way is not None:
            # fetched again when the pause is over: the group's place in PostgreSQL decides
            self._buffers.pop(self._under_way.partition, None)
        super()._pause(side)

    def _claim(self, work: Connection) -> Claim | None:
        if self._is_alone():
            return super()._claim(work)
        for partition in self._ready():
            work.commit()  # of nothing, where the partition before gave none
            locked = begin_with(work, self._lock, f"EXECUTE lock({partition})")
            rows = self._from(work, partition, locked[0][0]) if locked else []
            if rows:
                self._buffers[partition] = self._buffers.pop(partition)  # behind the others next time
                return Claim(partition, rows, locked[0][0])
        return None

    def _keep(self, partition: int, rows: Sequence[Row]) -> None:
        """Not fetched again."""
        if partition in self._buffers:
            self._buffers[partition].extendleft(reversed(rows))

    def _lock(self) -> sql.Composed:
        return sql.SQL(LOCK).format(group=sql.Literal(self.stage.group), stream=sql.Literal(self.stage.stream.value))

    def _from(self, work: Connection, partition: int, position: int) -> list[Row]:
        """A batch from `position` on: of what was fetched, or of the table where the topic holds it no more."""
        buffer = self._buffers[partition]
        while buffer and buffer[0].position < position:
            buffer.popleft()
        if buffer and buffer[0].position > position:
            if self._sought.get(partition) == position:
                return read(work, self.stage, partition, position)
            self._seek(partition, position)
            return []
        rows: list[Row] = []
        while buffer and len(rows) < self.stage.batch and buffer[0].position == position + len(rows):
            rows.append(buffer.popleft())  # fetched again where they fail
        return rows

    def _ready(self) -> list[int]:
        """Partitions with records that may be handled now."""
        waiting = self._waiting()
        return [partition for partition, rows in self._buffers.items() if rows and partition not in waiting]

    def _fill(self) -> None:
        """Fetch until there is something to handle, or the table says that nothing of ours is on its way."""
        _, side = self._connections()
        if self._ready():
            return  # so what waits here is bounded by one poll; the client fetches ahead in the background
        until = time.monotonic() + self.engine.patience
        while not self._ready() and time.monotonic() < until and self._expects(side):
            self._poll(GLANCE)
        self._unanswered = None
        if self._ready():
            return
        since = time.monotonic() - self.engine.still_seconds
        if still := sorted(partition for partition, (_, begun) in self._stood.items() if begun < since):
            self._go_alone(f"stands still on partitions {still}")

    def _is_alone(self) -> bool:
        return time.monotonic() < self._alone

    def _go_alone(self, why: str) -> None:
        """Go round the broker for a while; whoever else works on meets the row locks, then finds his events done."""
        log.warning("%s %s: taking from the table for %g s", self.stage.group, why, self.engine.still_seconds)
        self._leave()
        self._alone = time.monotonic() + self.engine.still_seconds

    def _poll(self, seconds: float) -> None:
        waiting = self._waiting()
        for partition, records in self._connected().poll(seconds).items():
            if partition in waiting:  # its batch is fetched again after the pause, and what comes now with it
                self._next.pop(partition, None)
                continue
            buffer = self._buffers.setdefault(partition, deque())
            for record in records:
                position = position_of(record.headers)
                wanted = record.headers.get(TYPE) not in self._others
                if not buffer or position > buffer[-1].position:
                    buffer.append(Row(position, record.value.decode() if wanted else ""))
                    self._next[partition] = position + 1
                self._last[partition] = position, record.offset

    def _expects(self, side: Connection) -> bool:
        """Whether the table holds events of our partitions that the group has not handled; seeks where it was moved."""
        assigned = self._connected().assigned()
        waiting = self._waiting()
        stands = side.execute(STANDS, [self.stage.group, self.stage.stream]).fetchall()
        behind = {partition: ours for partition, ours, end in stands if ours < end and partition not in waiting}
        now = time.monotonic()
        before = self._stood
        self._stood = {
            partition: before[partition] if before.get(partition, (-1, now))[0] == ours else (ours, now)
            for partition, ours in behind.items()
        }
        if not assigned:
            return bool(behind)
        for partition in assigned & set(behind):
            if not self._buffers.get(partition) and self._next.get(partition) != behind[partition]:
                self._seek(partition, behind[partition])
        return bool(assigned & set(behind))

    def _seek(self, partition: int, position: int) -> None:
        """Fetch from `position` on, at the offset where it lies or before it."""
        self._buffers.pop(partition, None)
        self._next[partition] = self._sought[partition] = position
        self._connected().seek(partition, self._offset_of(partition, position))

    def _offset_of(self, partition: int, position: int) -> int:
        """Where a record lies, reckoned from the last one that came.

        Second deliveries push what follows back; a topic that was made again begins at an offset below its first
        position. Going back over second deliveries one does not know how many they were.
        """
        last, offset = self._last.get(partition, (position, position))
        shift = offset - last
        return max(0, position + (shift if position > last else min(shift, 0)))

    def _connected(self) -> Receiver:
        if self._receiver is None:
            at_once = max(self.stage.batch * 4, FETCHED_AT_ONCE)
            rebalance = Rebalance(self._begin, self._forget)
            self._receiver = self.engine.clients.receiver(
                self.stage.stream, self.stage.group, at_once, self.engine.session_seconds, rebalance
            )
        return self._receiver

    def _begin(self, partitions: Iterable[int]) -> None:
        """Called when the broker gives this worker partitions: PostgreSQL says where to begin."""
        if self._side is None:
            return
        given = set(partitions)
        for partition, position, _ in self._side.execute(STANDS, [self.stage.group, self.stage.stream]).fetchall():
            if partition in given:
                self._seek(partition, position)

    def _forget(self, partitions: Iterable[int]) -> None:
        """Called when the broker takes partitions away: what was fetched of them is another worker's."""
        for partition in partitions:
            for held in (self._buffers, self._next, self._sought):
                held.pop(partition, None)
