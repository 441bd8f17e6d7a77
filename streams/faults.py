"""Whose fault a failure is: the surroundings' (try again) or the event's own (quarantine), and how to name it."""

from __future__ import annotations

import errno
import re
import traceback

import psycopg

from streams.contract import Retry

SURROUNDINGS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EROFS, errno.ENOMEM, errno.EAGAIN}
)
LONGEST_REASON = 500

# What a message of an exception may quote of a person: anything in quotes, Russian words, numbers, addresses of mail.
PERSONAL = re.compile(r"""'[^']*'|"[^"]*"|«[^»]*»|`[^`]*`|\S+@\S+|[^\W\d_]*[Ѐ-ӿ][\w-]*|\+?\d[\d\s()+-]*\d""")


def transient(error: BaseException) -> bool:
    """Whether the same event may well succeed later: the database or the machine failed, or the handler says so.

    psycopg's OperationalError covers lost connections, deadlocks, serialisation failures and a full disk.
    """
    if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError):
        return error.errno in SURROUNDINGS
    return isinstance(error, Retry | psycopg.OperationalError | ConnectionError | TimeoutError)


def reason_of(error: BaseException) -> str:
    """Type, place and message of an exception, with everything left out that may be a person's words or data."""
    message = error.diag.message_primary or "" if isinstance(error, psycopg.Error) else str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}: {PERSONAL.sub('…', message)}"[:LONGEST_REASON]
