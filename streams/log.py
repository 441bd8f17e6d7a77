"""The log itself: the table stream_events. Both engines write here; the embedded one reads here too.

With Kafka this table is the outbox from which a relay ships events to the broker.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import itemgetter
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from psycopg.rows import tuple_row

from models.events import Event, Stream
from streams.contract import Connection

COPY_FROM = 16
"""From so many rows on COPY is faster than INSERT."""

MOVE_COUNTER = """
UPDATE stream_partitions SET next_position = next_position + %s
WHERE stream = %s AND partition = %s RETURNING next_position"""

COLUMNS = "stream, partition, position, region_id, key, event, appended_at"


class StreamError(Exception):
    """The streams of this database were not made; the message says what to do."""


def create_streams(connection: Connection, partitions: int) -> None:
    """Make every stream that is not there with so many partitions. The number of one that is there stays."""
    for stream in Stream:
        connection.execute(
            """INSERT INTO stream_partitions (stream, partition)
               SELECT %(stream)s, generate_series(0, %(partitions)s - 1)
               WHERE NOT EXISTS (SELECT FROM stream_partitions WHERE stream = %(stream)s)
               ON CONFLICT DO NOTHING""",
            {"stream": stream, "partitions": partitions},
        )


def partitions_of(connection: Connection) -> dict[Stream, int]:
    """How many partitions each stream of this database has."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT stream, count(*) FROM stream_partitions GROUP BY stream").fetchall()
    return {Stream(stream): int(number) for stream, number in rows}


def partition_of(key: UUID, partitions: int) -> int:
    """The partition of a key: the same in every process and on every engine."""
    return zlib.crc32(key.bytes) % partitions


def append(connection: Connection, stream: Stream, events: Sequence[Event]) -> None:
    """Append events in the caller's transaction; call it last, because it locks the partitions' counters.

    Positions are dense: the counters are locked until the commit, in the order of partitions, so that nobody waits in
    a circle. Events of one key keep the order of `events`.
    """
    if not events:
        return
    partitions = _number_of_partitions(connection, stream)
    placed = [partition_of(event.key, partitions) for event in events]
    position = _reserve(connection, stream, Counter(placed))
    name, appended_at = stream.value, datetime.now(UTC).isoformat()
    rows = []
    for event, key, partition in zip(events, _texts([event.key for event in events]), placed, strict=True):
        rows.append((name, partition, position[partition], event.region, key, event.to_text(), appended_at))
        position[partition] += 1
    rows.sort(key=itemgetter(1))  # those of a partition side by side: so they are read, by every group
    _write(connection, rows)


def channel(stream: str) -> str:
    """The NOTIFY channel that wakes the consumers of a stream."""
    return f"otklik_{stream}"


_partitions: WeakKeyDictionary[Connection, dict[Stream, int]] = WeakKeyDictionary()
"""Numbers of partitions as each connection's database has them; they never change once the streams are made."""


def _texts(keys: Sequence[UUID]) -> list[str]:
    """As str() writes them, in a fifth of its time; as UUIDs COPY would write them without dashes."""
    written: list[str] = orjson.loads(orjson.dumps(keys))
    return written


def _number_of_partitions(connection: Connection, stream: Stream) -> int:
    known = _partitions.setdefault(connection, {})
    if stream not in known:
        with connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute("SELECT count(*) FROM stream_partitions WHERE stream = %s", [stream]).fetchone()
        if not row or not row[0]:
            raise StreamError(f"the stream {stream} was not made in this database; run `otklik migrate`.")
        known[stream] = int(row[0])
    return known[stream]


def _reserve(connection: Connection, stream: Stream, counts: Counter[int]) -> dict[int, int]:
    """Move the counters, and wake the consumers once the caller commits; the first reserved position by partition."""
    moves = [(counts[partition], stream, partition) for partition in sorted(counts)]
    with connection.cursor(row_factory=tuple_row) as cursor, connection.pipeline():  # one round trip for all
        connection.execute("SELECT pg_notify(%s, '')", [channel(stream)])
        cursor.executemany(MOVE_COUNTER, moves, returning=True)
        first = {}
        for count, _, partition in moves:
            row = cursor.fetchone()
            assert row is not None
            first[partition] = int(row[0]) - count
            cursor.nextset()
    return first


def _write(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor:
        if len(rows) < COPY_FROM:
            cursor.executemany(f"INSERT INTO stream_events ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)
            return
        with cursor.copy(f"COPY stream_events ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
