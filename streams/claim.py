"""Claiming a batch: one statement locks a group's offset on one partition, moves it, and reads what it moved over.

The offset moves before the events are handled, in the same transaction: who fails rolls both back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from models.events import Event, EventType
from streams.contract import Connection, Stage

# The partition that waited longest goes first; those that must be retried later are left out. Events of other types
# stay in the database, those of unknown types do not: they are to be put aside. The rows come in any order.
CLAIM = """
PREPARE claim (integer[]) AS
WITH claimed AS (
    SELECT o.partition, o.next_position, least(o.next_position + {batch}, p.next_position) AS reach
    FROM stream_offsets o JOIN stream_partitions p USING (stream, partition)
    WHERE o.consumer_group = {group} AND o.stream = {stream} AND o.next_position < p.next_position
        AND o.partition <> ALL($1)
    ORDER BY o.updated_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED),
moved AS (
    UPDATE stream_offsets o SET next_position = c.reach, updated_at = clock_timestamp() FROM claimed c
    WHERE o.consumer_group = {group} AND o.stream = {stream} AND o.partition = c.partition)
SELECT e.position, CASE WHEN e.event ->> 'type' = ANY({others}) THEN '' ELSE e.event::text END, c.partition, c.reach
FROM claimed c CROSS JOIN LATERAL (
    SELECT position, event FROM stream_events
    WHERE stream = {stream} AND partition = c.partition AND position >= c.next_position
    ORDER BY position LIMIT {batch}) e"""
"""What it claims it can read: its snapshot saw the counter above the position."""

READ = """
SELECT position, CASE WHEN event ->> 'type' = ANY(%s) THEN '' ELSE event::text END FROM stream_events
WHERE stream = %s AND partition = %s AND position >= %s ORDER BY position LIMIT %s"""


class Row(NamedTuple):
    """One event as it stands in the log; `content` is its JSON, empty where the stage does not want its type."""

    position: int
    content: str


class Claim(NamedTuple):
    """A batch of a partition whose offset is locked; `stands`: where the offset stands within the transaction."""

    partition: int
    rows: Sequence[Row]
    stands: int


def others(stage: Stage) -> list[str]:
    """The types of events that the stage does not want."""
    return sorted(type.value for type in EventType if type not in stage.types)


def begin_with(work: Connection, prepare: Callable[[], sql.Composed], execute: str) -> list[tuple[Any, ...]]:
    """Begin a transaction with a prepared query: two statements in one message.

    What is not prepared (or any more: after a rollback psycopg has the server forget) is so by what `prepare` returns.
    """
    message = f"BEGIN; {execute}".encode()
    try:
        cursor = work.execute(message, prepare=False)
    except psycopg.errors.InvalidSqlStatementName:
        work.rollback()
        work.execute(prepare(), prepare=False)
        cursor = work.execute(message, prepare=False)
    cursor.nextset()
    return cursor.fetchall()


def claim(work: Connection, stage: Stage, waiting: Sequence[int]) -> Claim | None:
    """Begin a transaction with a batch of any partition but those that are `waiting`; None where nothing is free."""

    def prepare() -> sql.Composed:
        values = {"group": stage.group, "stream": stage.stream.value, "batch": stage.batch, "others": others(stage)}
        return sql.SQL(CLAIM).format(**{name: sql.Literal(value) for name, value in values.items()})

    found = sorted(begin_with(work, prepare, f"EXECUTE claim('{{{','.join(map(str, waiting))}}}')"))
    if not found:
        return None
    *_, partition, stands = found[0]
    return Claim(partition, [Row(position, content) for position, content, *_ in found], stands)


def read(work: Connection, stage: Stage, partition: int, position: int) -> list[Row]:
    """A batch of the log's table, from `position` on."""
    found = work.execute(READ, [others(stage), stage.stream, partition, position, stage.batch]).fetchall()
    return [Row(*row) for row in found]


def up_to(rows: Sequence[Row], most: int | None) -> Sequence[Row]:
    """The first rows, up to that many events that the stage wants; None: all rows."""
    seen = 0
    for number, row in enumerate(rows, 1):
        seen += row.content != ""
        if seen == most:
            return rows[:number]
    return rows


def readable(rows: Sequence[Row]) -> list[Event] | None:
    """The events that the stage wants; None where one of them cannot be read or is of no known type."""
    try:
        return [Event.of_text(row.content) for row in rows if row.content]
    except ValueError:
        return None
