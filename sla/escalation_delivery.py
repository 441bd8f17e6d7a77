"""Delivery: a notice whose time has come stands on its reader's page and goes into the one e-mail he gets then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.arrays import columns
from models.identifiers import new_id
from sla.notice_rows import MOOT, UNTOLD
from streams.contract import Connection

MOST = 400
"""Notices delivered in one transaction at most."""
GATHER = timedelta(seconds=5)
"""How long an e-mail waits for more of its reader's notices while many are being delivered."""


def deliver(connection: Connection, now: datetime, most: int = MOST, *, mails: bool = False) -> int:
    """Note the delivery of notices whose time has come, in the caller's transaction; returns how many were taken.

    The latest come first: what is told now does not wait behind a crowd. Readers see a notice from its time on anyway.
    `mails`: they go into e-mails too, for readers who have an address. Those for a person of a problem that has been
    given to somebody else since, and of a task that is done, are taken back in place of it.
    """
    due = connection.execute(
        f"""SELECT id, region_id, executor_id, {MOOT} FROM notices n
            WHERE state = 'waiting' AND send_at <= %s AND NOT {UNTOLD} ORDER BY send_at DESC LIMIT %s
            FOR UPDATE OF n SKIP LOCKED""".encode(),
        [now, most],
    ).fetchall()
    moot = [row[0] for row in due if row[3]]
    told = {row[0]: (row[1], row[2]) for row in due if not row[3]}
    if moot:
        connection.execute(
            "UPDATE notices SET state = 'cancelled', cancelled_at = %s, delivered_at = NULL WHERE id = ANY(%s)",
            [now, moot],
        )
    if told:
        mail_of = _mails(connection, told, now if len(due) < most else now + GATHER) if mails else {}
        rows = [(notice, mail_of.get(reader) if reader else None) for notice, (_, reader) in told.items()]
        connection.execute(
            """UPDATE notices SET state = 'delivered', delivered_at = coalesce(delivered_at, %s), mail_id = given.mail
               FROM unnest(%s::uuid[], %s::uuid[]) AS given (id, mail) WHERE notices.id = given.id""",
            [now, *columns(rows)],
        )
    return len(due)


def _mails(connection: Connection, told: Mapping[UUID, tuple[str, UUID | None]], at: datetime) -> dict[UUID, UUID]:
    """The e-mail of each reader who has an address, to be tried `at`: one that waits untried, or a new one."""
    regions = {reader: region for region, reader in told.values() if reader is not None}
    readers: Sequence[UUID] = sorted(regions)
    rows = connection.execute(
        """INSERT INTO notice_mails (id, region_id, executor_id, state, made_at, try_at)
           SELECT given.id, given.region, e.id, 'waiting', %s, %s
           FROM unnest(%s::uuid[], %s::text[], %s::uuid[]) AS given (id, region, executor)
               JOIN executors e ON e.id = given.executor AND e.email <> ''
           ORDER BY e.id
           ON CONFLICT (executor_id) WHERE state = 'waiting' AND attempts = 0 DO UPDATE SET try_at = excluded.try_at
           RETURNING executor_id, id""",
        [at, at, [new_id() for _ in readers], [regions[reader] for reader in readers], list(readers)],
    ).fetchall()
    return dict(rows)
