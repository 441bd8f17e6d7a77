"""A sender of replies in a process of its own, there to be killed."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import psycopg

from connectors.email import EmailSender
from otklik.smtp import Smtp
from resolution.sending import Way, send_next
from tests.replies import NOW, post

FASTER = 3600
"""How much faster the time of a sender runs: the longest wait of the retry table is twelve seconds."""


def send(url: str, port: int, born: float) -> None:
    """Send until killed, by a clock that began at `born` (monotonic)."""
    ways = post(email=Way(EmailSender(Smtp("127.0.0.1", port, "", "", False, "otklik@example.org"))))

    def now() -> datetime:
        return NOW + timedelta(seconds=(time.monotonic() - born) * FASTER)

    with psycopg.connect(url) as connection:
        while True:
            if not send_next(connection, now, ways):
                time.sleep(0.01)
