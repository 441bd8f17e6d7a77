"""Sends the e-mails of letters, each to one person once; tried again by a visible policy, listed where they failed.

An e-mail is sent at least once and almost always once: its attempt is written down before, and its Message-ID stays the
same, so that a mailbox can tell the copy that a kill between «taken» and «noted» may leave.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

from indicators.reports.letter import Letter, of_json
from indicators.reports.rendering import as_html, as_pdf
from indicators.reports.shown import title

RETRY = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
"""The waits after failed attempts; when the attempt after the last one fails, the e-mail is given up and listed."""

Sender = Callable[[EmailMessage], None]
"""Sends one message. Raises OSError where the server did not take it."""


def send_next(
    connection: Connection[Any],
    now: datetime,
    sender: Sender,
    public_url: str,
    zone_of: Callable[[str], ZoneInfo],
) -> bool:
    """Try the e-mail that waits the longest, in transactions of its own; False where none is due."""
    taken = connection.execute(
        """UPDATE letter_mails m SET attempts = m.attempts + 1,
               try_at = %(now)s::timestamptz
                   + (%(waits)s::interval[])[least(m.attempts + 1, array_length(%(waits)s::interval[], 1))]
           FROM executors e, letters l
           WHERE e.id = m.executor_id AND l.id = m.letter_id AND m.id = (
               SELECT id FROM letter_mails WHERE state = 'waiting' AND try_at <= %(now)s
               ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING m.id, m.region_id, e.email, m.attempts, l.content, l.made_at""",
        {"now": now, "waits": list(RETRY)},
    ).fetchone()
    connection.commit()  # the attempt is on record, and no transaction stays open while a server is slow
    if taken is None:
        return False
    mail, region, address, attempts, content, made_at = taken
    try:
        sender(_message(mail, address, of_json(content), made_at, zone_of(region), public_url))
    except (OSError, ValueError) as error:
        _failed(connection, mail, attempts, error)
    else:
        connection.execute(
            "UPDATE letter_mails SET state = 'sent', sent_at = %s, error = '' WHERE id = %s", [now, mail]
        )
    connection.commit()
    return True


def _message(
    mail: UUID, address: str, letter: Letter, made_at: datetime, zone: ZoneInfo, public_url: str
) -> EmailMessage:
    message = EmailMessage()
    message["To"] = address
    late = " (письмо с опозданием)" if letter.late_on else ""
    message["Subject"] = f"{letter.region_name}: {title(letter)[0].lower()}{title(letter)[1:]}{late}"
    message["Date"] = format_datetime(made_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail}@otklik>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office answers are not sent back
    link = f"{public_url.rstrip('/')}/reports/{letter.first_day}" if public_url else ""
    plain = [title(letter), *letter.words, "Подробности — в приложенном файле PDF.", *([link] if link else [])]
    message.set_content("\n\n".join(plain) + "\n")
    message.add_alternative(as_html(letter, made_at, zone, link), subtype="html")
    content = as_pdf(letter, made_at, zone)
    message.add_attachment(content, maintype="application", subtype="pdf", filename=f"{letter.first_day}.pdf")
    return message


def _failed(connection: Connection[Any], mail: UUID, attempts: int, error: Exception) -> None:
    """Tried again later, or given up. The reason is kept without what a server says of the address."""
    code = getattr(error, "smtp_code", None)
    reason = type(error).__name__ if code is None else f"{type(error).__name__} {code}"
    state = "failed" if attempts > len(RETRY) else "waiting"
    connection.execute("UPDATE letter_mails SET state = %s, error = %s WHERE id = %s", [state, reason, mail])
