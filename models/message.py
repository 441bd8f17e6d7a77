"""What a connector hands to intake: one person's words, with nothing decided yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.regimes import Identity, Regime


class Channel(StrEnum):
    """Where an appeal came from. A Reply goes back by the same channel."""

    FORM = "form"
    FILE = "file"
    EMAIL = "email"
    VK = "vk"
    TELEGRAM = "telegram"
    OPEN311 = "open311"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote. Everything here is personal data: never in logs, events or URLs."""

    name: str = ""
    email: str = ""
    phone: str = ""
    external_id: str = ""
    """The author's id in the foreign system (a VK user id, for one)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file that came with a message. `content` is the raw bytes; intake stores it by its digest."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a channel. (region, channel, external_id) names it: the same again is the same appeal.

    `sent_at` is aware. `stated` holds what the source says beside the text (settlement, street, house,
    municipality, topic, latitude, longitude, community): hints for the engine, not facts. `identity` is how sure the
    channel is of its author; `regime` is set where the source itself says by which order it is considered.
    """

    region: str
    channel: Channel
    external_id: str
    text: str
    sent_at: datetime
    author: Author = field(default_factory=Author)
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    stated: Mapping[str, str] = field(default_factory=dict)
    identity: Identity = Identity.STATED
    regime: Regime | None = None

    def __post_init__(self) -> None:
        if self.sent_at.tzinfo is None:
            raise ValueError("sent_at has no time zone")
