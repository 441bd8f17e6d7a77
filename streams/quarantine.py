"""Events that a group could not handle: kept aside with the reason, until somebody asks to try them again.

The table is what replays work from. The stream `quarantine` tells those outside the database (Kafka: a topic).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import class_row, tuple_row

from models.events import Event, EventType, event
from models.identifiers import derived_id
from streams.contract import Connection, Stage
from streams.log import channel


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One event in quarantine; `event` is its CloudEvents object as it stood in the log.

    `attempts`: how often it was put aside.
    """

    id: UUID
    region_id: str
    consumer_group: str
    stream: str
    partition: int
    position: int
    event: dict[str, Any]
    reason: str
    attempts: int
    quarantined_at: datetime
    replay_asked_at: datetime | None
    replayed_at: datetime | None


def put_aside(
    connection: Connection, stage: Stage, partition: int, position: int, content: str, reason: str, now: datetime
) -> Event:
    """Put an event (its JSON as in the log) into quarantine, in the transaction that moves the offset over it.

    Returns what is to be appended to the stream `quarantine` at the end of that transaction.
    """
    whole = orjson.loads(content)
    region = str(whole.get("source", "")).removeprefix("otklik/")
    id = derived_id("quarantine", stage.group, stage.stream, partition, position)
    connection.execute(
        """INSERT INTO quarantine AS q
               (id, region_id, consumer_group, stream, partition, position, event, reason, quarantined_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (consumer_group, stream, partition, position) DO UPDATE
           SET reason = excluded.reason, quarantined_at = excluded.quarantined_at, attempts = q.attempts + 1,
               replay_asked_at = NULL, replayed_at = NULL""",
        [id, region, stage.group, stage.stream, partition, position, content, reason, now],
    )
    try:
        key = UUID(whole.get("subject"))
    except (ValueError, TypeError, AttributeError):
        key = id  # what cannot be read belongs to no appeal
    return event(
        EventType.EVENT_QUARANTINED,
        region,
        key,
        now,
        quarantine_id=str(id),
        group=stage.group,
        stream=str(stage.stream),
        partition=partition,
        position=position,
        reason=reason,
        event=whole,
    )


def quarantined(
    connection: Connection,
    *,
    group: str | None = None,
    reason: str = "",
    ids: Sequence[UUID] | None = None,
    replayed: bool = False,
) -> list[Quarantined]:
    """What is in quarantine, newest first; `replayed` adds what was handled since.

    Only those of `group`, with `reason` in their reason, and with these `ids`, where given.
    """
    with connection.cursor(row_factory=class_row(Quarantined)) as cursor:
        return cursor.execute(
            """SELECT id, region_id, consumer_group, stream, partition, position, event, reason, attempts,
                      quarantined_at, replay_asked_at, replayed_at
               FROM quarantine
               WHERE (%(group)s::text IS NULL OR consumer_group = %(group)s) AND (%(replayed)s OR replayed_at IS NULL)
                 AND strpos(reason, %(reason)s::text) > 0 AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s))
               ORDER BY quarantined_at DESC, id""",
            {
                "group": group,
                "replayed": replayed,
                "reason": reason,
                "ids": ids if ids is None else list(ids),
            },
        ).fetchall()


def ask_replay(connection: Connection, ids: Sequence[UUID], now: datetime) -> int:
    """Ask the groups' workers to try these events again; returns how many of them were still waiting for it.

    Only the group that failed gets the event again, in its turn on the partition, so nothing happens twice elsewhere.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        asked = cursor.execute(
            """UPDATE quarantine SET replay_asked_at = %s
               WHERE id = ANY(%s) AND replayed_at IS NULL RETURNING stream""",
            [now, list(ids)],
        ).fetchall()
        for stream in {stream for (stream,) in asked}:
            cursor.execute("SELECT pg_notify(%s, '')", [channel(stream)])
    return len(asked)
