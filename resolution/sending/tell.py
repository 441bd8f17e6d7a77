"""What became of a reply, told to the log in the transaction that marks it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streams
from models.events import Event, EventType, Stream, event
from models.resolution import ReplyKind
from models.states import Who
from resolution.sending.record import OnItsWay
from streams.contract import Connection


def tell_sent(connection: Connection, reply: OnItsWay, now: datetime) -> None:
    """Of the reply, and of each problem that it is about: clocks and ratings go by the problem's."""
    about = {"reply": str(reply.id), "by": reply.approved_by or Who.MACHINE.value}
    told: list[Event] = []
    for problem in reply.problems:
        data: dict[str, Any] = {"problem_id": str(problem), **about}
        if reply.kind is ReplyKind.INTERIM:
            told.append(event(EventType.INTERIM_REPLIED, reply.region, reply.appeal_id, now, **data))
        data |= {"kind": reply.kind.value, "flags": list(reply.flags)}
        told.append(event(EventType.PROBLEM_REPLIED, reply.region, reply.appeal_id, now, **data))
    streams.append(connection, Stream.PROBLEMS, told)
    _tell(connection, EventType.REPLY_SENT, reply, now, channel=reply.channel.value)


def tell_failed(connection: Connection, reply: OnItsWay, attempts: int, now: datetime) -> None:
    _tell(connection, EventType.REPLY_FAILED, reply, now, attempts=attempts)


def tell_cancelled(connection: Connection, reply: OnItsWay, now: datetime) -> None:
    _tell(connection, EventType.REPLY_CANCELLED, reply, now, by=Who.MACHINE.value)


def tell_approved(connection: Connection, reply: OnItsWay, by: str, now: datetime) -> None:
    _tell(connection, EventType.REPLY_APPROVED, reply, now, by=by)


def _tell(connection: Connection, what: EventType, reply: OnItsWay, now: datetime, **data: Any) -> None:
    about = {"reply_id": str(reply.id), "kind": reply.kind.value, "problems": [str(one) for one in reply.problems]}
    told = event(what, reply.region, reply.appeal_id, now, **about, **data)
    streams.append(connection, Stream.REPLIES, [told])
