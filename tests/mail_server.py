"""A real mail server in a thread that keeps what it takes, for tests of what is sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What came, in its order. `address` is the server's, for OTKLIK_SMTP; `refuse` its answer in place of taking.

    `unknown` are addresses that it refuses for good.
    """

    address: str = ""
    refuse: str = ""
    unknown: set[str] = field(default_factory=set)
    taken: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        self.to += envelope.rcpt_tos
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A server on a free port of the loopback interface."""
    mailbox = Mailbox()
    with serving(mailbox) as mailbox.address:
        yield mailbox


@contextmanager
def serving(handler: object) -> Iterator[str]:
    """The address, for OTKLIK_SMTP, of a server that gives what comes to a handler of aiosmtpd's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
