"""Where the groups stand: lag, and moving a group to any point of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, tuple_row

from models.events import Stream
from streams.contract import Connection
from streams.log import channel


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one group is behind on one stream: events not taken yet, when the oldest of them was appended.

    `taken`: how many it has behind it since the first one; moving the group back lowers it.
    """

    consumer_group: str
    stream: str
    events: int
    oldest: datetime | None
    taken: int


def register(connection: Connection, group: str, stream: Stream) -> None:
    """Give a group its offsets, at the first event, where it has none."""
    connection.execute(
        """INSERT INTO stream_offsets (consumer_group, stream, partition, next_position, updated_at)
           SELECT %(group)s, stream, partition, 0, clock_timestamp() FROM stream_partitions p
           WHERE stream = %(stream)s AND NOT EXISTS (
               SELECT FROM stream_offsets o
               WHERE o.consumer_group = %(group)s AND o.stream = p.stream AND o.partition = p.partition)
           ON CONFLICT DO NOTHING""",
        {"group": group, "stream": stream},
    )


def lag(connection: Connection) -> list[Lag]:
    """The lag of every group on every stream it reads."""
    with connection.cursor(row_factory=class_row(Lag)) as cursor:
        return cursor.execute(
            """SELECT o.consumer_group, o.stream, sum(p.next_position - o.next_position)::bigint AS events,
                      min(e.appended_at) AS oldest, sum(o.next_position)::bigint AS taken
               FROM stream_offsets o
               JOIN stream_partitions p USING (stream, partition)
               LEFT JOIN stream_events e
                   ON e.stream = o.stream AND e.partition = o.partition AND e.position = o.next_position
               GROUP BY o.consumer_group, o.stream ORDER BY o.stream, o.consumer_group"""
        ).fetchall()


def appended(connection: Connection) -> dict[str, int]:
    """How many events each stream got since it was made."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT stream, sum(next_position)::bigint FROM stream_partitions GROUP BY stream")
        return dict(rows.fetchall())


def rewind(connection: Connection, group: str, stream: Stream, since: datetime | None) -> None:
    """Move a group so that it takes every event appended at or after `since` again; None: from the first one.

    Waits for batches under way. The group's handlers see these events a second time.
    """
    offsets = {"group": group, "stream": stream, "since": since}
    connection.execute(
        """SELECT 1 FROM stream_offsets WHERE consumer_group = %(group)s AND stream = %(stream)s
           ORDER BY partition FOR UPDATE""",
        offsets,
    )
    connection.execute(
        """UPDATE stream_offsets o SET updated_at = clock_timestamp(), next_position = coalesce(
               (SELECT min(position) FROM stream_events e WHERE e.stream = o.stream AND e.partition = o.partition
                AND (%(since)s::timestamptz IS NULL OR e.appended_at >= %(since)s)),
               (SELECT next_position FROM stream_partitions p WHERE p.stream = o.stream AND p.partition = o.partition))
           WHERE consumer_group = %(group)s AND stream = %(stream)s""",
        offsets,
    )
    _forget_attempts(connection, group, stream)


def move(connection: Connection, group: str, stream: Stream, partition: int, position: int) -> None:
    """Move a group on one partition to any position, back or forward. Waits for a batch under way."""
    connection.execute(
        """UPDATE stream_offsets SET next_position = %s, updated_at = clock_timestamp()
           WHERE consumer_group = %s AND stream = %s AND partition = %s""",
        [position, group, stream, partition],
    )
    _forget_attempts(connection, group, stream)


def _forget_attempts(connection: Connection, group: str, stream: Stream) -> None:
    """The group stands elsewhere now, so what its workers were doing says nothing; then wake them."""
    connection.execute("DELETE FROM stream_attempts WHERE consumer_group = %s AND stream = %s", [group, stream])
    connection.execute("SELECT pg_notify(%s, '')", [channel(stream)])
