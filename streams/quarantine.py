"""Events that a group could not handle: kept aside with the reason, until somebody asks to try them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import class_row, tuple_row

from models.identifiers import derived_id
from streams.contract import Connection, Stage
from streams.log import channel


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One event in quarantine; `event` is its CloudEvents object as it stood in the log."""

    id: UUID
    region_id: str
    consumer_group: str
    stream: str
    partition: int
    position: int
    event: dict[str, Any]
    reason: str
    quarantined_at: datetime
    replay_asked_at: datetime | None
    replayed_at: datetime | None


def put_aside(
    connection: Connection, stage: Stage, partition: int, position: int, content: str, reason: str, now: datetime
) -> None:
    """Put an event (its JSON as in the log) into quarantine, in the transaction that moves the offset over it."""
    region = str(orjson.loads(content).get("source", "")).removeprefix("otklik/")
    connection.execute(
        """INSERT INTO quarantine
               (id, region_id, consumer_group, stream, partition, position, event, reason, quarantined_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (consumer_group, stream, partition, position) DO UPDATE
           SET reason = excluded.reason, quarantined_at = excluded.quarantined_at,
               replay_asked_at = NULL, replayed_at = NULL""",
        [
            derived_id("quarantine", stage.group, stage.stream, partition, position),
            region,
            stage.group,
            stage.stream,
            partition,
            position,
            content,
            reason,
            now,
        ],
    )


def quarantined(connection: Connection, *, group: str | None = None, replayed: bool = False) -> list[Quarantined]:
    """What is in quarantine, newest first: of one group or of all; `replayed` adds what was handled since."""
    with connection.cursor(row_factory=class_row(Quarantined)) as cursor:
        return cursor.execute(
            """SELECT id, region_id, consumer_group, stream, partition, position, event, reason, quarantined_at,
                      replay_asked_at, replayed_at
               FROM quarantine
               WHERE (%(group)s::text IS NULL OR consumer_group = %(group)s) AND (%(replayed)s OR replayed_at IS NULL)
               ORDER BY quarantined_at DESC, id""",
            {"group": group, "replayed": replayed},
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
