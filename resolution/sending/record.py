"""What sending speaks of: a reply on its way, and what it needs from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.message import Channel
from models.reply import Reply
from models.resolution import ReplyKind

PUBLISHED = frozenset({Channel.FORM, Channel.FILE, Channel.OPEN311})
"""Channels whose replies stand on the citizen's status page; an e-mail goes beside where he left an address."""

ASK_VERDICT = frozenset({ReplyKind.FINAL, ReplyKind.REFUSAL})
"""Kinds whose link leads to the verdict: what was forwarded is followed on the status page, and judged there."""


class Kept(StrEnum):
    """Which table holds what is sent."""

    REPLY = "replies"  # the reply itself
    COPY = "reply_copies"  # the e-mail beside a published one


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A reply with what its appeal says now of where it goes. Made anew for every attempt.

    `closed`: of each of `problems`, when what the reply tells closed it; None where it tells of no end.
    """

    id: UUID
    region: str
    appeal_id: UUID
    number: str
    kind: ReplyKind
    subject: str
    text: str = field(repr=False)
    flags: tuple[str, ...]
    approved_by: str
    message_id: str
    channel: Channel
    external_id: str = field(repr=False)
    reply_to: str = field(repr=False)
    author: Mapping[str, Any] = field(repr=False)
    erased: bool
    problems: tuple[UUID, ...]
    closed: tuple[datetime | None, ...] = ()

    @property
    def asks_verdict(self) -> bool:
        """Whether its link is that of the verdict."""
        return self.kind in ASK_VERDICT


@dataclass(frozen=True)
class Way:
    """How one channel sends. `longest`: characters of a text at most. `send` raises SendingFailed."""

    send: Callable[[Reply], None]
    longest: int | None = None


@dataclass(frozen=True)
class Post:
    """What sending needs from outside.

    `ways`: e-mail, VK, Telegram; replies of a channel without one wait. `domain`: of our Message-IDs. `link_of`: the
    absolute secret link of a reply. `days_of`, `zone_of`: of a region, how long a verdict may be given and its time.
    """

    ways: Mapping[Channel, Way]
    domain: str
    link_of: Callable[[OnItsWay], str]
    days_of: Callable[[str], int]
    zone_of: Callable[[str], ZoneInfo]
