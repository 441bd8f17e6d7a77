"""What intake refuses, and how it says so: to the citizen in Russian, to the operator of the server in English."""

from __future__ import annotations

import errno
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.message import Message

CLOCK_SKEW = timedelta(minutes=10)
"""A sender's clock may run ahead by this much; anything later is a mistake in the date."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier dates are a mistyped year or an empty date read as zero, not an appeal."""
LONGEST_ID = 600
"""Characters; PostgreSQL's index cannot hold much longer ones."""
UNREADABLE_SHARE = 0.05
"""A text with more control and replacement characters than this is a file taken for a text."""

_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
_UNREADABLE = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")


class Refused(Exception):
    """Intake does not take this message; nothing of it was stored. `citizen` is the same in Russian for a person."""

    def __init__(self, reason: str, citizen: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.citizen = citizen


class StorageFull(Exception):
    """No room on the disk: no number was given, the sender keeps the message and may send it again."""

    citizen = "Обращение не принято: на сервере закончилось место. Сохраните текст и отправьте его позже."


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest text (characters) and attachment (bytes), and how many attachments one message may bring."""

    largest_text: int = 100_000
    largest_attachment: int = 20_000_000
    most_attachments: int = 20


DEFAULT_LIMITS = Limits()


def check(message: Message, region: str, now: datetime, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raises Refused when `message` cannot become an appeal of `region`."""
    if message.region != region:
        raise Refused(
            f"unknown region {message.region!r}: this installation takes appeals of {region!r}",
            "Обращение не принято: такого региона у нас нет.",
        )
    if not message.external_id:
        raise Refused("the message has no id of its channel", "Обращение не принято: у сообщения нет номера.")
    if len(message.external_id) > LONGEST_ID:
        raise Refused(
            f"the id of the message is longer than {LONGEST_ID} characters",
            "Обращение не принято: номер сообщения слишком длинный.",
        )
    _check_text(message.text, limits)
    _check_date(message.sent_at, now)
    _check_attachments(message, limits)


def _check_text(text: str, limits: Limits) -> None:
    if not text.strip():
        raise Refused("the text is empty", "Напишите, что случилось: текст обращения пуст.")
    if len(text) > limits.largest_text:
        raise Refused(
            f"the text is too long: {len(text)} characters, the limit is {limits.largest_text}",
            f"Текст слишком длинный: {len(text)} знаков, можно не больше {limits.largest_text}. "
            "Сократите его или приложите файлом.",
        )
    if looks_binary(text):
        raise Refused(
            "binary data in place of text",
            "Вместо текста пришли данные, которые нельзя прочитать. Напишите словами, а файл приложите.",
        )


def _check_date(sent_at: datetime, now: datetime) -> None:
    if sent_at > now + CLOCK_SKEW:
        raise Refused(
            f"the date is in the future: {sent_at.isoformat()}",
            "Дата обращения ещё не наступила. Проверьте дату.",
        )
    if sent_at < EARLIEST:
        raise Refused(f"the date is too early: {sent_at.isoformat()}", "Дата обращения неверна. Проверьте год.")


def _check_attachments(message: Message, limits: Limits) -> None:
    if len(message.attachments) > limits.most_attachments:
        raise Refused(
            f"too many attachments: {len(message.attachments)}, the limit is {limits.most_attachments}",
            f"Слишком много файлов: можно приложить не больше {limits.most_attachments}.",
        )
    for attachment in message.attachments:
        if len(attachment.content) > limits.largest_attachment:
            raise Refused(
                f"attachment too large: {len(attachment.content)} bytes; the limit is {limits.largest_attachment}",
                f"Файл «{attachment.name}» слишком большой: можно не больше "
                f"{limits.largest_attachment // 1_000_000} МБ. Уменьшите его и приложите снова.",
            )


def looks_binary(text: str) -> bool:
    """Whether `text` is a file's bytes taken for characters: NUL, half surrogate pairs or many control characters."""
    if _IMPOSSIBLE.search(text):
        return True
    return sum(1 for _ in _UNREADABLE.finditer(text)) > UNREADABLE_SHARE * len(text)


def clean_line(value: str) -> str:
    """A short field (a name, a street) as PostgreSQL can store it: control characters and half pairs become spaces."""
    if value.isprintable():
        return value
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cs") else one for one in value).strip()


def is_full_disk(error: OSError) -> bool:
    """Whether the system says that there is no room (or no quota) left."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
