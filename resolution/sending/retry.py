"""How often a reply is tried, and under which identifier: docs/sending.md shows the table (a test holds it)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

RETRY = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""The waits after failed attempts; when the attempt after the last one fails, the reply is given up and listed."""
MOST_ATTEMPTS = len(RETRY) + 1


def wait_after(attempt: int) -> timedelta:
    """How long to wait after the `attempt`th (from 1) before the next, also where nothing was heard of it any more."""
    return RETRY[min(attempt, len(RETRY)) - 1]


def given_up(attempt: int, *, final: bool) -> bool:
    """Whether nothing more is tried after this attempt failed."""
    return final or attempt >= MOST_ATTEMPTS


def message_id(reply: UUID, domain: str) -> str:
    """The Message-ID (RFC 5322) of a reply: every attempt to send it has the same."""
    return f"<{reply}@{domain}>"
