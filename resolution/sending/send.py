"""One reply at a time: the attempt is written down and committed, then it is sent, then that is written down.

A kill in between neither loses a reply nor makes it another one: what was not marked as sent is tried again, under
the same Message-ID. docs/sending.md says what each channel makes of that.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.message import Channel
from models.present import Now
from models.reply import Reply, SendingFailed
from models.resolution import CLOSING
from resolution.replies.outdated import untrue
from resolution.sending import store
from resolution.sending.address import address_of, copy_address_of
from resolution.sending.record import PUBLISHED, Kept, OnItsWay, Post, Way
from resolution.sending.retry import MOST_ATTEMPTS, given_up, message_id
from resolution.sending.tell import tell_cancelled, tell_failed, tell_sent
from resolution.sending.text import filled, fitted
from streams.contract import Connection

ERASED = "данные автора стёрты: ответ отправлять некому"
REOPENED = "проблема снова в работе: ответ о том, что она закрыта, больше не верен"
UNHEARD = "о последней попытке ничего не известно: процесс отправки оборвался"

PUBLISHED_AT_ONCE = 100

log = logging.getLogger(__name__)


def send_due(connection: Connection, now: Now, post: Post) -> int:
    """Send everything that is due, as send_next does; returns how many replies were published or tried."""
    done = 0
    while send_next(connection, now, post):
        done += 1
    return done


def send_next(connection: Connection, now: Now, post: Post) -> bool:
    """Publish or try the reply that waits the longest, in transactions of its own; False where none is due.

    The connection comes with no transaction open.
    """
    if _publish(connection, now(), post):
        return True
    mail = post.ways.get(Channel.EMAIL)
    if mail is not None and _try(connection, Kept.COPY, dict.fromkeys(PUBLISHED, mail), now, post):
        return True
    return _try(connection, Kept.REPLY, post.ways, now, post)


def _publish(connection: Connection, now: datetime, post: Post) -> bool:
    """Replies on citizens' pages are sent by being shown there: one transaction for many, nothing between."""
    found = store.to_publish(connection, now, PUBLISHED_AT_ONCE)
    if not found:
        connection.rollback()
        return False
    vain = _vain(connection, found)
    shown = [reply for reply in found if reply.id not in vain]
    store.publish(connection, {reply.id: message_id(reply.id, post.domain) for reply in shown}, now)
    if Channel.EMAIL in post.ways:
        store.add_copies(connection, [reply for reply in shown if copy_address_of(reply)], now)
    if shown:
        tell_sent(connection, shown, now)
    for reply in found:
        if reply.id in vain:
            _cancel(connection, Kept.REPLY, reply, now, vain[reply.id])
    connection.commit()
    return True


def _vain(connection: Connection, replies: Sequence[OnItsWay]) -> dict[UUID, str]:
    """Which of the replies nobody may get any more, and why."""
    closing = [reply.id for reply in replies if reply.kind in CLOSING]
    found = dict.fromkeys(untrue(connection, closing), REOPENED) if closing else {}
    return found | {reply.id: ERASED for reply in replies if reply.erased}


def _try(connection: Connection, kept: Kept, ways: Mapping[Channel, Way], now: Now, post: Post) -> bool:
    """One attempt at what waits the longest of these channels; False where none is due."""
    found = store.waiting(connection, kept, now(), ways)
    if found is None:
        connection.rollback()
        return False
    reply_id, before = found
    if not store.hold(connection, reply_id):
        store.postpone(connection, kept, reply_id, now())
        connection.commit()
        return True
    try:
        _attempt(connection, kept, reply_id, before + 1, ways, now, post)
    finally:
        if not connection.closed:
            connection.rollback()
            store.let_go(connection, reply_id)
            connection.commit()
    return True


def _attempt(
    connection: Connection, kept: Kept, reply_id: UUID, number: int, ways: Mapping[Channel, Way], now: Now, post: Post
) -> None:
    started = now()
    store.begin(connection, kept, reply_id, number, message_id(reply_id, post.domain), started)
    connection.commit()
    reply = store.read(connection, kept, reply_id)
    vain = _vain(connection, [reply] if reply is not None else [])
    connection.rollback()  # no transaction stays open while a server is slow
    if reply is None:
        return
    if reply_id in vain:
        _cancel(connection, kept, reply, now(), vain[reply_id])
        connection.commit()
        return
    if number > MOST_ATTEMPTS:
        _failed(connection, kept, reply, number - 1, SendingFailed(UNHEARD, final=True), now())
        return
    way = ways[reply.channel]
    try:
        way.send(_outgoing(reply, way, post, started))
    except SendingFailed as failure:
        _failed(connection, kept, reply, number, failure, now())
    except Exception as error:  # one reply that a channel chokes on stops no other
        log.error("sending: reply %s cannot be sent: %s", reply.id, type(error).__name__)
        _failed(connection, kept, reply, number, SendingFailed(f"ошибка программы: {type(error).__name__}"), now())
    else:
        _sent(connection, kept, reply, now())


def _outgoing(reply: OnItsWay, way: Way, post: Post, now: datetime) -> Reply:
    """What the channel gets. Raises SendingFailed where the appeal names no address."""
    link = post.link_of(reply)
    until = (now + timedelta(days=post.days_of(reply.region))).astimezone(post.zone_of(reply.region)).date()
    return Reply(
        id=reply.id,
        region=reply.region,
        channel=reply.channel,
        to=address_of(reply),
        subject=reply.subject,
        text=fitted(filled(reply.text, reply.kind, link, until), way.longest, link),
        message_id=reply.message_id,
        in_reply_to=reply.external_id if reply.channel in (Channel.EMAIL, Channel.TELEGRAM) else "",
        made_at=now,
    )


def _sent(connection: Connection, kept: Kept, reply: OnItsWay, now: datetime) -> None:
    if store.end(connection, kept, reply.id, "sent", now) and kept is Kept.REPLY:
        tell_sent(connection, [reply], now)
    connection.commit()


def _failed(
    connection: Connection, kept: Kept, reply: OnItsWay, number: int, failure: SendingFailed, now: datetime
) -> None:
    if not given_up(number, final=failure.final):
        store.note(connection, kept, reply.id, str(failure))
    elif store.end(connection, kept, reply.id, "failed", now, str(failure)) and kept is Kept.REPLY:
        tell_failed(connection, reply, number, now)
    connection.commit()


def _cancel(connection: Connection, kept: Kept, reply: OnItsWay, now: datetime, reason: str) -> None:
    if store.cancel(connection, kept, reply.id, now, reason) and kept is Kept.REPLY:
        tell_cancelled(connection, reply, now)
