"""One text to one person on one channel, as a connector gets it to send."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models.message import Channel

LINK = "{ссылка}"
"""Stands in the text of a reply for its secret link: to the page of the verdict in a final reply and in a refusal, to
the status page in all others.

Whoever sends or shows a reply puts the link there (resolution.sending.filled), so that no secret stands in a table.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent. `to` is the channel's own address of the person (personal data: never logged).

    `message_id` is ours, stored before the first attempt: sent again under the same one, it is the same message.
    `in_reply_to` is the channel's id of what it answers, where there is one.
    """

    id: UUID
    region: str
    channel: Channel
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    message_id: str
    in_reply_to: str
    made_at: datetime


class SendingFailed(Exception):
    """The channel did not take the reply; `final`: trying again would not help. The message names no address."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final
