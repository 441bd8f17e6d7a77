"""Appending events that stand in a table already, as they go into the log: the database copies them within itself."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg.rows import tuple_row

from models.events import Stream
from streams.contract import Connection
from streams.log import channel


def append_stored(
    connection: Connection, stream: Stream, partition: int, rows: str, parameters: Mapping[str, object]
) -> int | None:
    """Append to one partition what a query gives, in the caller's transaction; returns how many events.

    `rows` are common table expressions, the last of them named `rows` with region_id, key and event, all of whose keys
    belong to this partition. Call it last. None: another transaction appends to the partition now; nothing was done.
    """
    where = {"stream": stream.value, "partition": partition}
    with connection.cursor(row_factory=tuple_row) as cursor:
        held = cursor.execute(
            """SELECT next_position FROM stream_partitions
               WHERE stream = %(stream)s AND partition = %(partition)s FOR UPDATE SKIP LOCKED""",
            where,
        ).fetchone()
        if held is None:
            return None
        appended = cursor.execute(
            f"""WITH {rows}
                INSERT INTO stream_events (stream, partition, position, region_id, key, event, appended_at)
                SELECT %(stream)s, %(partition)s, %(first)s + row_number() OVER () - 1, region_id, key, event,
                    clock_timestamp() FROM rows""".encode(),
            {**parameters, **where, "first": held[0]},
        ).rowcount
        if appended:
            cursor.execute(
                """UPDATE stream_partitions SET next_position = next_position + %(appended)s
                   WHERE stream = %(stream)s AND partition = %(partition)s""",
                {**where, "appended": appended},
            )
            cursor.execute("SELECT pg_notify(%s, '')", [channel(stream)])
    return appended
