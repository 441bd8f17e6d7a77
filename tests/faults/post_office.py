"""The mail server of a run: it takes letters, is busy for a while, and lets whoever brings one be killed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.faults.points import reach


@dataclass
class PostOffice:
    """`letters`: (Message-ID, person) of every letter that was taken, in their order. `points`: where places are armed.

    Until `closed` (monotonic) it takes none.
    """

    points: Path
    letters: list[tuple[str, str]] = field(default_factory=list)
    closed: float = 0.0

    def close_for(self, seconds: float) -> None:
        self.closed = time.monotonic() + seconds

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if time.monotonic() < self.closed:
            return "451 later"
        if reach("letter-before-taken", self.points):
            return "451 later"
        assert isinstance(envelope.content, bytes)
        name = str(message_from_bytes(envelope.content)["Message-ID"]).strip()
        self.letters += [(name, person) for person in envelope.rcpt_tos]
        reach("letter-taken", self.points)
        server.loop.call_later(0.001, reach, "letter-answered", self.points)
        return "250 taken"
