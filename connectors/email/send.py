"""Sends replies by e-mail through whatever takes a letter, and tells refusals that last from those that pass."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from connectors.email.letter import letter
from models.reply import Reply, SendingFailed


@dataclass(frozen=True)
class EmailSender:
    """`take` sends one letter and raises OSError (smtplib's errors are such) where the server did not take it."""

    take: Callable[[EmailMessage], None]

    def __call__(self, reply: Reply) -> None:
        """Send; when it returns, the mail server has taken the letter. Raises SendingFailed."""
        message = letter(reply)
        try:
            self.take(message)
        except smtplib.SMTPRecipientsRefused as error:
            refusal = next((code for code, _ in error.recipients.values()), 0)
            raise SendingFailed(f"почтовый сервер отказал адресату: {refusal}", final=refusal >= 500) from None
        except smtplib.SMTPDataError as error:
            final = error.smtp_code >= 500
            raise SendingFailed(f"почтовый сервер не взял письмо: {error.smtp_code}", final=final) from None
        except smtplib.SMTPNotSupportedError:
            raise SendingFailed("почтовый сервер не понимает такого адреса", final=True) from None
        except OSError as error:  # the sign-in, the sender's address, the connection: not this reply's fault
            code = getattr(error, "smtp_code", None)
            what = type(error).__name__ if code is None else f"{type(error).__name__} {code}"
            raise SendingFailed(f"почтовый сервер не работает: {what}") from None
