"""A Reply -> one private message of a VK community (method messages.send)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from connectors.calling import call
from models.reply import Reply, SendingFailed

VERSION = "5.199"
LONGEST = 9000
"""Characters of a message at most, by the description of messages.send."""
NEVER = frozenset({7, 15, 100, 113, 900, 901, 902, 914, 917, 936, 945, 946, 983})
"""Codes of errors that another try does not mend: this person cannot be written to (900-902, 917, 936, 945…), or the
message is none (100, 914). Others may pass: too many calls (6, 9), a fault of VK (1, 10), our token (5, 27)."""


@dataclass(frozen=True)
class VkSender:
    """Sends as the community whose token this is. `base` is the API's address, without a slash at its end."""

    base: str
    token: str = field(repr=False)

    def __call__(self, reply: Reply) -> None:
        """Send; when it returns, VK has taken the message. Raises SendingFailed."""
        if not reply.to.removeprefix("-").isdecimal():
            raise SendingFailed("VK: адрес — не номер собеседника", final=True)
        _, told = call(
            f"{self.base}/method/messages.send",
            {
                "peer_id": reply.to,
                "random_id": str(random_id(reply.message_id)),
                "message": reply.text,
                "dont_parse_links": "1",
                "v": VERSION,
                "access_token": self.token,
            },
        )
        error = told.get("error")
        if isinstance(error, dict):
            code = error.get("error_code")
            raise SendingFailed(f"VK: ошибка {code}", final=code in NEVER)
        if "response" not in told:
            raise SendingFailed("VK: ответ не понят")


def random_id(message_id: str) -> int:
    """VK's key against sending twice, a positive 32-bit number: the same for every attempt to send the same reply."""
    return int.from_bytes(hashlib.sha256(message_id.encode()).digest()[:4]) & 0x7FFFFFFF or 1
