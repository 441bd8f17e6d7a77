"""One letter (RFC 5322) -> Message."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import compat32
from zoneinfo import ZoneInfo

from connectors.file.dates import date_of
from connectors.file.entries import RowError
from connectors.file.letter_words import decode, header_text, name_and_address, text_of_html
from models.message import Attachment, Author, Channel, Message

MOST_PARTS = 200


def message_of_letter(content: bytes, *, region: str, channel: Channel, zone: ZoneInfo, now: datetime) -> Message:
    """The message of a letter's bytes; a letter without a date is taken as of `now`. Raises RowError."""
    try:
        # compat32 leaves headers as they came: its successors parse them, and fail on what senders really send
        letter: Part = BytesParser(policy=compat32).parsebytes(content)
        text, attachments = _body(letter)
        headers = _headers(letter)
    except RecursionError as error:
        raise RowError("the letter's parts are nested too deep") from error
    name, address = name_and_address(headers.get("from", ""))
    _, reply_to = name_and_address(headers.get("reply-to", ""))
    subject = header_text(headers.get("subject", ""))
    message_id = header_text(headers.get("message-id", "")).strip("<> ")
    written = header_text(headers.get("date", ""))
    return Message(
        region=region,
        channel=channel,
        external_id=message_id[:500] or "sha256:" + hashlib.sha256(content).hexdigest(),
        text=_with_subject(subject, text),
        sent_at=date_of(written, zone) if written else now,
        author=Author(name=name, email=address),
        attachments=tuple(attachments),
        reply_to=reply_to or address,
    )


def _headers(letter: Part) -> dict[str, str]:
    """The first header of each name, raw (with surrogateescape), names in lower case."""
    headers: dict[str, str] = {}
    for name, value in letter.raw_items():
        headers.setdefault(name.lower(), str(value))
    return headers


def _with_subject(subject: str, text: str) -> str:
    """People often put half of what they mean into the subject."""
    if not subject or subject.casefold() in text.casefold():
        return text
    return f"{subject}\n\n{text}" if text else subject


def _body(letter: Part) -> tuple[str, list[Attachment]]:
    """The words (the plain part, else the HTML part) and everything else as attachments."""
    plain: list[str] = []
    pages: list[str] = []
    attachments: list[Attachment] = []
    for number, part in enumerate(_leaves(letter)):
        if number >= MOST_PARTS:
            raise RowError(f"the letter has more than {MOST_PARTS} parts")
        content = _content(part)
        kind = part.get_content_type()
        name = _file_name(part)
        if (
            name
            or kind not in ("text/plain", "text/html")
            or _headers(part).get("content-disposition", "").lower().startswith("attachment")
        ):
            if content:
                attachments.append(Attachment(name or f"part-{number}", kind, content))
            continue
        words = decode(content, _charset(part))
        (plain if kind == "text/plain" else pages).append(words)
    text = "\n\n".join(piece.strip("\r\n") for piece in plain if piece.strip())
    if not text:
        text = "\n\n".join(filter(None, map(text_of_html, pages)))
    return text.replace("\r\n", "\n"), attachments


def _leaves(letter: Part) -> list[Part]:
    """Parts that hold content, in order; a letter within a letter is one part."""
    waiting, leaves = [letter], []
    while waiting:
        part = waiting.pop()
        inner = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend(one for one in reversed(inner) if isinstance(one, Part))
        else:
            leaves.append(part)
    return leaves


def _content(part: Part) -> bytes:
    if part.is_multipart():
        return part.as_bytes()
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _charset(part: Part) -> str | None:
    """The charset that the part names. The parameter may be broken in any way: then there is none."""
    try:
        value = part.get_param("charset")
    except (ValueError, LookupError):
        return None
    return value[2] if isinstance(value, tuple) else value


def _file_name(part: Part) -> str:
    try:
        return header_text(part.get_filename() or "").replace("\\", "/").rpartition("/")[2][:200]
    except (ValueError, LookupError):
        return "attachment"
