"""E-mails with notices: composed when they are sent, tried again by a visible policy, listed where they failed.

An e-mail is sent at least once and almost always once: its attempt is written down before, and its Message-ID stays the
same, so that a mailbox can tell the copy that a kill between «taken» and «noted» may leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

from sla.escalation_text import Told, counted, sentence, subject
from sla.notice_rows import ABOUT, COLUMNS, HOLDS, told
from streams.contract import Connection

RETRY = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
"""The waits after failed attempts; when the attempt after the last one fails, the e-mail is given up and listed."""

Sender = Callable[[EmailMessage], None]
"""Sends one message. Raises OSError where the server did not take it."""
ZoneOf = Callable[[str], ZoneInfo]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One e-mail that is tried now, for the `number`th time."""

    id: UUID
    region: str
    address: str
    number: int


def send_next(connection: Connection, now: datetime, sender: Sender, public_url: str, zone_of: ZoneOf) -> bool:
    """Try the e-mail that waits the longest, in transactions of its own; False where none is due."""
    attempt = _attempt(connection, now)
    connection.commit()
    if attempt is None:
        return False
    notices = _notices(connection, attempt.id)
    connection.commit()  # no transaction stays open while a server is slow
    if not notices:
        _end(connection, attempt.id, "cancelled", now, "its notices do not hold any more")
        return True
    try:
        sender(_message(attempt, notices, now, public_url, zone_of(attempt.region)))
    except (OSError, ValueError) as error:
        _failed(connection, attempt, now, error)
    else:
        _end(connection, attempt.id, "sent", now, "")
    return True


def _attempt(connection: Connection, now: datetime) -> Attempt | None:
    """Take an e-mail and write down when it is tried next, should this attempt not be heard of any more."""
    row = connection.execute(
        """UPDATE notice_mails m SET attempts = m.attempts + 1,
               try_at = %(now)s::timestamptz
                   + (%(waits)s::interval[])[least(m.attempts + 1, array_length(%(waits)s::interval[], 1))]
           FROM executors e
           WHERE e.id = m.executor_id AND m.id = (
               SELECT id FROM notice_mails WHERE state = 'waiting' AND try_at <= %(now)s
               ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING m.id, m.region_id, e.email, m.attempts""",
        {"now": now, "waits": list(RETRY)},
    ).fetchone()
    return None if row is None else Attempt(*row)


def _notices(connection: Connection, mail: UUID) -> list[Told]:
    """The notices of an e-mail that still hold."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"""SELECT {COLUMNS} {ABOUT}
                WHERE n.mail_id = %s AND {HOLDS} ORDER BY n.danger DESC, n.deadline_at, n.id""".encode(),
            [mail],
        ).fetchall()
    return [told(row) for row in rows]


def _message(attempt: Attempt, notices: list[Told], now: datetime, public_url: str, zone: ZoneInfo) -> EmailMessage:
    message = EmailMessage()
    message["To"] = attempt.address
    message["Subject"] = subject(notices)
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = f"<{attempt.id}@otklik>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office answers are not sent back
    lines = [f"{number}. {sentence(one, zone)}" for number, one in enumerate(notices, start=1)]
    where = f"{public_url.rstrip('/')}/notices" if public_url else "раздел «Уведомления»"
    message.set_content("\n\n".join([f"У вас {counted(len(notices))}.", *lines, f"Все уведомления: {where}"]) + "\n")
    return message


def _failed(connection: Connection, attempt: Attempt, now: datetime, error: Exception) -> None:
    """Tried again later, or given up. The reason is kept without what a server says of the address."""
    code = getattr(error, "smtp_code", None)
    reason = type(error).__name__ if code is None else f"{type(error).__name__} {code}"
    if attempt.number > len(RETRY):
        _end(connection, attempt.id, "failed", now, reason)
        return
    connection.execute("UPDATE notice_mails SET error = %s WHERE id = %s", [reason, attempt.id])
    connection.commit()


def _end(connection: Connection, mail: UUID, state: str, now: datetime, error: str) -> None:
    connection.execute(
        "UPDATE notice_mails SET state = %s, sent_at = CASE WHEN %s = 'sent' THEN %s::timestamptz END, error = %s"
        " WHERE id = %s",
        [state, state, now, error, mail],
    )
    connection.commit()
