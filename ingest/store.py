"""The SQL of intake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from models.message import Message
from models.regimes import Identity, Regime

Connection = psycopg.Connection[Any]
Key = tuple[str, str]
"""(channel, external id): with the region, the identity of an appeal."""


@dataclass(frozen=True, slots=True)
class NewAppeal:
    """One row to be."""

    id: UUID
    number: str
    message: Message
    accepted_at: datetime
    files: tuple[tuple[UUID, str], ...]
    """(attachment id, SHA-256) of each attachment, in order."""
    identity: Identity
    regime: Regime

    @property
    def key(self) -> Key:
        return (self.message.channel.value, self.message.external_id)


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored under a key."""

    id: UUID
    number: str
    text: str


def known(connection: Connection, region: str, keys: Sequence[Key]) -> dict[Key, Known]:
    """The stored appeals of `keys`."""
    cursor = connection.cursor(row_factory=tuple_row)
    rows = cursor.execute(
        """
        SELECT a.channel, a.external_id, a.id, a.number, a.text
        FROM unnest(%s::text[], %s::text[]) AS asked (channel, external_id)
        JOIN appeals a ON a.region_id = %s AND a.channel = asked.channel AND a.external_id = asked.external_id
        """,
        ([channel for channel, _ in keys], [external_id for _, external_id in keys], region),
    )
    return {(channel, external_id): Known(*rest) for channel, external_id, *rest in rows}


def next_numbers(connection: Connection, count: int) -> list[int]:
    """`count` numbers that nobody else gets."""
    cursor = connection.cursor(row_factory=tuple_row)
    rows = cursor.execute("SELECT nextval('appeal_numbers') FROM generate_series(1, %s)", (count,))
    return [number for (number,) in rows]


def insert_appeals(connection: Connection, appeals: Sequence[NewAppeal]) -> set[UUID]:
    """Insert the rows whose key is not taken, in the order given; returns the ids of those that went in."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.executemany(
            """
            INSERT INTO appeals (id, region_id, number, channel, external_id, text, author, stated, reply_to, sent_at,
                                 accepted_at, state, identity, regime)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'accepted', %s, %s)
            ON CONFLICT (region_id, channel, external_id) DO NOTHING
            RETURNING id
            """,
            [_row(appeal) for appeal in appeals],
            returning=True,
        )
        inserted: set[UUID] = set()
        more: bool | None = True
        while more:
            inserted.update(appeal_id for (appeal_id,) in cursor.fetchall())
            more = cursor.nextset()
    return inserted


def _row(appeal: NewAppeal) -> tuple[object, ...]:
    message = appeal.message
    author = {
        "name": message.author.name,
        "email": message.author.email,
        "phone": message.author.phone,
        "external_id": message.author.external_id,
    }
    return (
        appeal.id,
        message.region,
        appeal.number,
        message.channel.value,
        message.external_id,
        message.text,
        Jsonb({name: value for name, value in author.items() if value}),
        Jsonb(dict(message.stated)),
        message.reply_to,
        message.sent_at,
        appeal.accepted_at,
        appeal.identity.value,
        appeal.regime.value,
    )


def insert_attachments(connection: Connection, appeals: Sequence[NewAppeal]) -> None:
    """The attachments of `appeals`; the files themselves are already on the disk."""
    rows = [
        (file_id, appeal.message.region, appeal.id, ordinal, one.name, one.media_type, len(one.content), digest)
        for appeal in appeals
        for ordinal, (one, (file_id, digest)) in enumerate(zip(appeal.message.attachments, appeal.files, strict=True))
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO attachments (id, region_id, appeal_id, ordinal, name, media_type, size, sha256)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            rows,
        )
