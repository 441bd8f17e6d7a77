"""Delivery: a notice whose time has come stands on its reader's page and goes into the one e-mail he gets then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from models.identifiers import new_id
from streams.contract import Connection

MOST = 1000
"""Notices delivered in one transaction at most."""


def deliver(connection: Connection, now: datetime, most: int = MOST, *, mails: bool = False) -> int:
    """Deliver the notices whose time has come, in the caller's transaction; returns how many were taken.

    `mails`: they go into e-mails too, for readers who have an address. Those for a person of a problem that has been
    given to somebody else since, and of a task that is done, are taken back in place of it.
    """
    due = connection.execute(
        """SELECT id, region_id, executor_id, EXISTS (
               SELECT FROM clocks c JOIN assignments a ON a.problem_id = c.problem_id AND a.ended_at IS NULL
               WHERE c.id = n.clock_id AND a.assigned_at > n.made_at AND n.level IN ('person', 'head', 'operators'))
               OR EXISTS (SELECT FROM task_clocks k WHERE k.id = n.task_id
                          AND (k.stopped_at IS NOT NULL OR k.deadline_at <> n.deadline_at))
           FROM notices n WHERE state = 'waiting' AND send_at <= %s ORDER BY send_at LIMIT %s
           FOR UPDATE OF n SKIP LOCKED""",
        [now, most],
    ).fetchall()
    moot = [row[0] for row in due if row[3]]
    told = {row[0]: (row[1], row[2]) for row in due if not row[3]}
    if moot:
        connection.execute("UPDATE notices SET state = 'cancelled', cancelled_at = %s WHERE id = ANY(%s)", [now, moot])
    if told:
        mail_of = _mails(connection, told, now) if mails else {}
        readers = [reader for _, reader in told.values()]
        connection.execute(
            """UPDATE notices SET state = 'delivered', delivered_at = %s, mail_id = given.mail
               FROM unnest(%s::uuid[], %s::uuid[]) AS given (id, mail) WHERE notices.id = given.id""",
            [now, list(told), [mail_of.get(reader) if reader else None for reader in readers]],
        )
    return len(due)


def _mails(connection: Connection, told: Mapping[UUID, tuple[str, UUID | None]], now: datetime) -> dict[UUID, UUID]:
    """The e-mail of each reader who has an address: one that waits untried, or a new one."""
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
        [now, now, [new_id() for _ in readers], [regions[reader] for reader in readers], list(readers)],
    ).fetchall()
    return dict(rows)
