"""Sends e-mails through an SMTP server of the settings."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from urllib.parse import unquote, urlsplit

from otklik.settings import SettingsError

SECONDS = 20
"""How long one answer of the server may take."""


@cache
def secure() -> ssl.SSLContext:
    """TLS by the certificates of this machine; reading them takes as long as ten letters."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Smtp:
    """One server. A password is only sent over TLS."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    sender: str

    @classmethod
    def of_address(cls, address: str, sender: str) -> Smtp:
        """The server of OTKLIK_SMTP. Raises SettingsError."""
        parts = urlsplit(address)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingsError("OTKLIK_SMTP: is no mail server: smtp://user:password@host:587 or smtps://…:465")
        if "@" not in sender:
            raise SettingsError("OTKLIK_SMTP_FROM: must be an e-mail address where OTKLIK_SMTP is set")
        tls = parts.scheme == "smtps"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or (465 if tls else 25), user, password, tls, sender)

    def __call__(self, message: EmailMessage) -> None:
        """Send one message; when it returns, the server has taken it. Raises OSError (smtplib's errors are such)."""
        message["From"] = self.sender
        connect = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=secure())
            if self.tls
            else smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        )
        with connect as server:
            if not self.tls and self.user:
                server.starttls(context=secure())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)
