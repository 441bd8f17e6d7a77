"""The words as they are sent: with the secret link, and no longer than the channel takes."""

from __future__ import annotations

from datetime import date

from models.reply import LINK
from models.resolution import ReplyKind
from models.russian import day_in_words
from resolution.sending.record import ASK_VERDICT

ASKS = "Решена ли проблема? Оцените ответ{until}: {link}"
WHOLE = "Полный текст ответа: {link}"


def filled(text: str, kind: ReplyKind, link: str, until: date | None = None) -> str:
    """The text with its link in place. A final reply or a refusal without a place for it asks for the verdict below.

    `until`: the last day on which the verdict may be given, where it is told.
    """
    if LINK in text:
        return text.replace(LINK, link)
    if kind not in ASK_VERDICT:
        return text
    told = f" до {day_in_words(until)} включительно" if until else ""
    return f"{text.rstrip()}\n\n{ASKS.format(until=told, link=link)}"


def fitted(text: str, longest: int | None, link: str) -> str:
    """The text as it is, or its beginning up to a word's end and the link to all of it."""
    if longest is None or len(text) <= longest:
        return text
    end = "…\n\n" + WHOLE.format(link=link)
    kept = text[: longest - len(end)]
    return (kept.rpartition(" ")[0] or kept).rstrip() + end
