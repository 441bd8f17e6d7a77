"""Replies in the words of those who approve them."""

from __future__ import annotations

from collections.abc import Mapping

from models.regimes import Regime
from models.reply import LINK
from models.resolution import ReplyKind, ReplyState

KINDS: Mapping[str, str] = {
    ReplyKind.ACKNOWLEDGEMENT: "подтверждение",
    ReplyKind.INTERIM: "промежуточный ответ",
    ReplyKind.QUESTION: "вопрос автору",
    ReplyKind.FINAL: "ответ",
    ReplyKind.EXTENSION: "продление срока",
    ReplyKind.FORWARDING: "переадресация",
    ReplyKind.REFUSAL: "отказ",
}
STATES: Mapping[str, str] = {
    ReplyState.DRAFTED: "ждёт согласования",
    ReplyState.APPROVED: "ждёт отправки",
    ReplyState.SENT: "отправлен",
    ReplyState.FAILED: "не отправлен",
    ReplyState.CANCELLED: "снят",
}
REGIMES: Mapping[str, str] = {
    Regime.FZ59: "59-ФЗ",
    Regime.PLATFORM: "платформа обратной связи",
    Regime.OPEN_SOURCES: "открытые источники",
    Regime.PORTAL: "портал",
}
AUTHORS_LINK = "[личная ссылка автора]"


def as_read(text: str) -> str:
    """The text as its author reads it; his secret link is named, not shown."""
    return text.replace(LINK, AUTHORS_LINK)
