"""A Reply -> a letter (RFC 5322): plain text and simple HTML, threaded under the letter that it answers."""

from __future__ import annotations

import re
from datetime import UTC
from email.headerregistry import HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any

from models.reply import Reply, SendingFailed

ADDRESS = re.compile(r"""[^@\s,;:<>()"\\\[\]]{1,64}@[^@\s,;:<>()"\\\[\]]{1,255}""")
"""One address and nothing else: a second one behind a comma would get the reply too."""
MESSAGE_ID = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
"""Printable ASCII without angle brackets, as RFC 5322 lets it stand between them; our own stand-ins for it are none."""
LINK = re.compile(r"https?://[^\s<>«»\"]*[^\s<>«»\".,;:!?)]")


def _headers() -> Any:
    """Identifiers of letters are folded as such: as plain text a long one would be encoded, and threads torn."""
    registry = HeaderRegistry()
    for name in ("in-reply-to", "references"):
        registry.map_to_type(name, MessageIDHeader)  # type: ignore[arg-type]  # a mixin, as all its classes are
    return registry


POLICY = SMTP.clone(header_factory=_headers())


def letter(reply: Reply) -> EmailMessage:
    """The letter without its From, which the mail server's settings say. Raises SendingFailed for a broken address."""
    message = EmailMessage(policy=POLICY)
    message["To"] = address(reply.to)
    message["Subject"] = " ".join(reply.subject.split())
    message["Date"] = format_datetime(reply.made_at.astimezone(UTC))
    message["Message-ID"] = reply.message_id
    answered = reply.in_reply_to.strip("<> ")
    if MESSAGE_ID.fullmatch(answered):
        message["In-Reply-To"] = f"<{answered}>"
        message["References"] = f"<{answered}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office answers are not sent back
    message.set_content(reply.text)
    message.add_alternative(page(reply.text), subtype="html")
    return message


def address(given: str) -> str:
    """The address as a mail server takes it: a Russian domain in its ASCII form (RFC 3490)."""
    if not ADDRESS.fullmatch(given):
        raise SendingFailed("адрес электронной почты записан неправильно", final=True)
    name, _, domain = given.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise SendingFailed("адрес электронной почты записан неправильно", final=True) from None


def page(text: str) -> str:
    """The same words as HTML: paragraphs, line ends, links."""
    paragraphs = (paragraph.strip("\n") for paragraph in re.split(r"\n\s*\n", text.strip()))
    body = "\n".join(f"<p>{_linked(paragraph).replace(chr(10), '<br>' + chr(10))}</p>" for paragraph in paragraphs)
    return (
        '<!doctype html>\n<html lang="ru"><head><meta charset="utf-8"></head>\n'
        f'<body style="font: 16px/1.5 sans-serif; max-width: 40em">\n{body}\n</body></html>\n'
    )


def _linked(paragraph: str) -> str:
    pieces, end = [], 0
    for found in LINK.finditer(paragraph):
        pieces += [escape(paragraph[end : found.start()]), f'<a href="{escape(found[0])}">{escape(found[0])}</a>']
        end = found.end()
    return "".join([*pieces, escape(paragraph[end:])])
