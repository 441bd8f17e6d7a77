"""What became of a reply, told to the log in the transaction that marks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import streams
from models.events import Event, EventType, Stream, event
from models.resolution import CLOSING, ReplyKind
from models.states import Who
from resolution.sending.record import OnItsWay
from streams.contract import Connection


def tell_sent(connection: Connection, replies: Sequence[OnItsWay], now: datetime) -> None:
    """Of the replies, and of each problem that they are about: clocks and ratings go by the problem's.

    An acknowledgement is about the appeal: neither a clock nor a rating goes by it.
    """
    told = [each for reply in replies if reply.kind is not ReplyKind.ACKNOWLEDGEMENT for each in _replied(reply, now)]
    streams.append(connection, Stream.PROBLEMS, told)
    sent = [_event(EventType.REPLY_SENT, reply, now, channel=reply.channel.value) for reply in replies]
    streams.append(connection, Stream.REPLIES, sent)


def _replied(reply: OnItsWay, now: datetime) -> Iterator[Event]:
    about = {"reply": str(reply.id), "by": reply.approved_by or Who.MACHINE.value}
    for problem, closed in zip(reply.problems, reply.closed, strict=True):
        data: dict[str, Any] = {"problem_id": str(problem), **about}
        if reply.kind is ReplyKind.INTERIM:
            yield event(EventType.INTERIM_REPLIED, reply.region, reply.appeal_id, now, **data)
        data |= {"kind": reply.kind.value, "flags": list(reply.flags)}
        if reply.kind in CLOSING and closed is not None:
            data["closed"] = closed.astimezone(UTC).isoformat()
        yield event(EventType.PROBLEM_REPLIED, reply.region, reply.appeal_id, now, **data)


def tell_failed(connection: Connection, reply: OnItsWay, attempts: int, now: datetime) -> None:
    _tell(connection, EventType.REPLY_FAILED, reply, now, attempts=attempts)


def tell_cancelled(connection: Connection, reply: OnItsWay, now: datetime) -> None:
    _tell(connection, EventType.REPLY_CANCELLED, reply, now, by=Who.MACHINE.value)


def tell_approved(connection: Connection, reply: OnItsWay, by: str, now: datetime) -> None:
    _tell(connection, EventType.REPLY_APPROVED, reply, now, by=by)


def _tell(connection: Connection, what: EventType, reply: OnItsWay, now: datetime, **data: Any) -> None:
    streams.append(connection, Stream.REPLIES, [_event(what, reply, now, **data)])


def _event(what: EventType, reply: OnItsWay, now: datetime, **data: Any) -> Event:
    about = {"reply_id": str(reply.id), "kind": reply.kind.value, "problems": [str(one) for one in reply.problems]}
    return event(what, reply.region, reply.appeal_id, now, **about, **data)
