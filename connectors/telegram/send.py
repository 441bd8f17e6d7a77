"""A Reply -> one message of a Telegram bot (method sendMessage)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from connectors.calling import call
from models.reply import Reply, SendingFailed

LONGEST = 4096
"""Characters of a message at most, by the description of sendMessage."""
NEVER = frozenset({400, 403})
"""HTTP codes that another try does not mend: no such chat, the bot was blocked. A wrong token (401, 404) waits."""


@dataclass(frozen=True)
class TelegramSender:
    """Sends as the bot whose token this is. `base` is the API's address, without a slash at its end.

    Telegram has no key against sending twice: an attempt whose answer was lost is a second message.
    """

    base: str
    token: str = field(repr=False)

    def __call__(self, reply: Reply) -> None:
        """Send; when it returns, Telegram has taken the message. Raises SendingFailed."""
        if not reply.to.removeprefix("-").isdecimal():
            raise SendingFailed("Telegram: адрес — не номер чата", final=True)
        fields = {
            "chat_id": reply.to,
            "text": reply.text,
            "link_preview_options": json.dumps({"is_disabled": True}),
        }
        answered = reply.in_reply_to.rpartition(":")[2]  # the message's number, alone or behind that of its chat
        if answered.isdecimal():
            fields["reply_parameters"] = json.dumps({"message_id": int(answered), "allow_sending_without_reply": True})
        status, told = call(f"{self.base}/bot{self.token}/sendMessage", fields)
        if told.get("ok") is not True:
            raise SendingFailed(f"Telegram: ошибка {status}", final=status in NEVER)
