"""The SQL of sending."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import dict_row

from models.message import Channel
from models.resolution import ReplyKind
from resolution.sending.record import PUBLISHED, Kept, OnItsWay
from resolution.sending.retry import wait_after
from streams.contract import Connection

WAITS = "x.state = 'approved' AND x.try_at <= %(now)s"
READ = """
    SELECT r.id, r.region_id, r.appeal_id, a.number, r.kind, r.subject, r.text, r.flags, r.approved_by, x.message_id,
        a.channel, a.external_id, a.reply_to, a.author, a.erased_at IS NOT NULL AS erased,
        array(SELECT problem_id FROM reply_problems WHERE reply_id = r.id ORDER BY problem_id) AS problems,
        array(SELECT CASE WHEN about.source IS DISTINCT FROM r.appeal_id
                     THEN coalesce(proof.decided_at, plan.decided_at, r.drafted_at) END
              FROM reply_problems about
                  LEFT JOIN proofs proof ON proof.id = about.source LEFT JOIN plans plan ON plan.id = about.source
              WHERE about.reply_id = r.id ORDER BY about.problem_id) AS closed
    FROM {} x JOIN replies r ON r.id = x.id JOIN appeals a ON a.id = r.appeal_id
"""


def to_publish(connection: Connection, now: datetime, most: int) -> list[OnItsWay]:
    """The published replies that wait the longest, locked until the transaction ends."""
    query = READ + f"WHERE {WAITS} AND a.channel = ANY(%(channels)s) ORDER BY x.try_at, x.id LIMIT %(most)s"
    return _found(
        connection, Kept.REPLY, query + " FOR UPDATE OF x SKIP LOCKED", now=now, channels=sorted(PUBLISHED), most=most
    )


def publish(connection: Connection, message_ids: Mapping[UUID, str], now: datetime) -> None:
    """Sent, under these numbers; the replies are locked and wait."""
    connection.execute(
        """UPDATE replies SET attempts = attempts + 1, message_id = given.message_id, state = 'sent', sent_at = %s,
               error = ''
           FROM unnest(%s::uuid[], %s::text[]) AS given (id, message_id) WHERE replies.id = given.id""",
        [now, list(message_ids), list(message_ids.values())],
    )


def waiting(
    connection: Connection, kept: Kept, now: datetime, channels: Collection[Channel]
) -> tuple[UUID, int] | None:
    """The id and the attempts so far of what waits the longest, locked until the transaction ends."""
    query = f"""
        SELECT x.id, x.attempts FROM {{}} x JOIN replies r ON r.id = x.id JOIN appeals a ON a.id = r.appeal_id
        WHERE {WAITS} AND a.channel = ANY(%(channels)s) ORDER BY x.try_at, x.id LIMIT 1 FOR UPDATE OF x SKIP LOCKED
    """
    row = connection.execute(
        sql.SQL(query).format(sql.Identifier(kept)), {"now": now, "channels": sorted(channels)}
    ).fetchone()
    return None if row is None else (row[0], row[1])


def hold(connection: Connection, reply: UUID) -> bool:
    """Keep other senders off this reply until `let_go`, or until this connection ends, in whatever way."""
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"sending {reply}"]).fetchone()
    return bool(row and row[0])


def let_go(connection: Connection, reply: UUID) -> None:
    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"sending {reply}"])


def begin(connection: Connection, kept: Kept, reply: UUID, attempt: int, message_id: str, now: datetime) -> None:
    """Write the attempt down, and when the next one comes should nothing be heard of this one any more."""
    query = """
        UPDATE {} SET attempts = %s, try_at = %s,
            message_id = CASE WHEN message_id = '' THEN %s ELSE message_id END
        WHERE id = %s
    """
    values = [attempt, now + wait_after(attempt), message_id, reply]
    connection.execute(sql.SQL(query).format(sql.Identifier(kept)), values)


def postpone(connection: Connection, kept: Kept, reply: UUID, now: datetime) -> None:
    """Another sender is still at it: look again later."""
    query = sql.SQL("UPDATE {} SET try_at = %s WHERE id = %s").format(sql.Identifier(kept))
    connection.execute(query, [now + wait_after(1), reply])


def read(connection: Connection, kept: Kept, reply: UUID) -> OnItsWay | None:
    """The reply with where it goes as its appeal says now; None where it does not wait any more."""
    return _read(connection, kept, READ + "WHERE x.id = %(id)s AND x.state = 'approved'", id=reply)


def _read(connection: Connection, kept: Kept, query: str, **values: object) -> OnItsWay | None:
    return next(iter(_found(connection, kept, query, **values)), None)


def _found(connection: Connection, kept: Kept, query: str, **values: object) -> list[OnItsWay]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(sql.SQL(query).format(sql.Identifier(kept)), values).fetchall()
    return [
        OnItsWay(
            region=row.pop("region_id"),
            kind=ReplyKind(row.pop("kind")),
            channel=Channel(row.pop("channel")),
            flags=tuple(str(flag["code"]) for flag in row.pop("flags")),
            problems=tuple(row.pop("problems")),
            closed=tuple(row.pop("closed")),
            **row,
        )
        for row in rows
    ]


def end(connection: Connection, kept: Kept, reply: UUID, state: str, now: datetime, error: str = "") -> bool:
    """Sent or failed; False where it was sent before, or was taken back meanwhile and did not go out.

    What went out while somebody took it back is sent: its author has it.
    """
    query = """
        UPDATE {} SET state = %(state)s, error = %(error)s,
            sent_at = CASE WHEN %(state)s = 'sent' THEN %(now)s::timestamptz END
        WHERE id = %(id)s AND state <> 'sent' AND (state = 'approved' OR %(state)s = 'sent')
    """
    values = {"state": state, "now": now, "error": error, "id": reply}
    return connection.execute(sql.SQL(query).format(sql.Identifier(kept)), values).rowcount == 1


def cancel(connection: Connection, kept: Kept, reply: UUID, now: datetime, reason: str) -> bool:
    """Nobody needs it any more; False where it does not wait."""
    query = "UPDATE {} SET state = 'cancelled', error = %(reason)s WHERE id = %(id)s AND state = 'approved'"
    if kept is Kept.REPLY:
        query = """
            UPDATE {} SET state = 'cancelled', cancelled_by = 'machine', cancelled_at = %(now)s, reason = %(reason)s
            WHERE id = %(id)s AND state = 'approved'
        """
    values = {"id": reply, "now": now, "reason": reason}
    return connection.execute(sql.SQL(query).format(sql.Identifier(kept)), values).rowcount == 1


def note(connection: Connection, kept: Kept, reply: UUID, error: str) -> None:
    """Why the attempt failed; the next one was written down with it."""
    connection.execute(sql.SQL("UPDATE {} SET error = %s WHERE id = %s").format(sql.Identifier(kept)), [error, reply])


def add_copies(connection: Connection, replies: Sequence[OnItsWay], now: datetime) -> None:
    """Published replies whose authors left an e-mail address go there too."""
    connection.execute(
        """INSERT INTO reply_copies (id, region_id, state, try_at)
           SELECT id, region, 'approved', %s FROM unnest(%s::uuid[], %s::text[]) AS given (id, region)
           ON CONFLICT (id) DO NOTHING""",
        [now, [reply.id for reply in replies], [reply.region for reply in replies]],
    )


def failed_for_update(connection: Connection, region: str, reply: UUID) -> tuple[OnItsWay, Sequence[Kept]] | None:
    """A reply and which of its sendings were given up; None where the region has no reply of this id."""
    found = _read(
        connection,
        Kept.REPLY,
        READ + "WHERE x.id = %(id)s AND x.region_id = %(region)s FOR UPDATE OF x",
        id=reply,
        region=region,
    )
    if found is None:
        return None
    failed: list[Kept] = []
    for kept in Kept:
        query = sql.SQL("SELECT 1 FROM {} WHERE id = %s AND state = 'failed' FOR UPDATE").format(sql.Identifier(kept))
        failed += [kept] if connection.execute(query, [reply]).fetchone() else []
    return found, failed


def again(connection: Connection, kept: Kept, reply: UUID, now: datetime) -> None:
    """Tried from the first wait on, under the same Message-ID."""
    query = "UPDATE {} SET state = 'approved', attempts = 0, try_at = %s WHERE id = %s AND state = 'failed'"
    connection.execute(sql.SQL(query).format(sql.Identifier(kept)), [now, reply])
