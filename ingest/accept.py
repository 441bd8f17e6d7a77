"""Takes messages in: identity, files, registration number and the event, all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import psycopg

import streams
from ingest import store
from ingest.files import FileStore
from ingest.refusal import DEFAULT_LIMITS, Limits, StorageFull, check, clean_line
from models.events import EventType, Stream, event
from models.identifiers import new_id
from models.message import Author, Message
from models.pack import RegionPack
from models.regime_choice import identity_of, regime_of


@dataclass(frozen=True, slots=True)
class Accepted:
    """An appeal that intake answers for, once the caller's transaction is committed."""

    appeal_id: UUID
    number: str
    created: bool
    """False when the same (region, channel, external id) was there before."""
    text_differs: bool = False
    """The id was there before, but with another text: the sender used one id for two messages."""


def accept(
    connection: store.Connection,
    message: Message,
    *,
    now: datetime,
    files: FileStore,
    pack: RegionPack,
    limits: Limits = DEFAULT_LIMITS,
) -> Accepted:
    """Accept one message; the caller commits and only then shows the number.

    Raises Refused for what can never be an appeal, StorageFull when there is no room; nothing is stored then.
    """
    return accept_many(connection, [message], now=now, files=files, pack=pack, limits=limits)[0]


def accept_many(
    connection: store.Connection,
    messages: Sequence[Message],
    *,
    now: datetime,
    files: FileStore,
    pack: RegionPack,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Accepted]:
    """Accept messages of one region, all or none; one result a message, in the order given. Raises as `accept` does."""
    for message in messages:
        check(message, pack.id, now, limits)
    messages = [_storable(message) for message in messages]
    first = _first_of_each_key(messages)
    try:
        there = store.known(connection, pack.id, list(first)) if first else {}
        made = _insert(connection, [one for key, one in first.items() if key not in there], now, files, pack)
        # a key taken by a concurrent transaction between the look and the insert is there by now
        raced = [key for key in first if key not in there and key not in made]
        if raced:
            there |= store.known(connection, pack.id, raced)
    except psycopg.errors.DiskFull as error:
        raise StorageFull("no room on the disk for the database; nothing was accepted") from error
    return [_result(message, first, made, there) for message in messages]


def is_known(connection: store.Connection, message: Message) -> bool:
    """Whether this message was accepted before: what has a number gets it told again, whatever else holds."""
    key = (message.channel.value, clean_line(message.external_id))
    return bool(store.known(connection, message.region, [key]))


def _storable(message: Message) -> Message:
    """`message` with the short fields as PostgreSQL can keep them; the text stays word for word."""
    author = message.author
    return replace(
        message,
        external_id=clean_line(message.external_id),
        author=Author(
            name=clean_line(author.name),
            email=clean_line(author.email),
            phone=clean_line(author.phone),
            external_id=clean_line(author.external_id),
        ),
        reply_to=clean_line(message.reply_to),
        stated={clean_line(name): clean_line(value) for name, value in message.stated.items() if value.strip()},
        attachments=tuple(
            replace(one, name=clean_line(one.name), media_type=clean_line(one.media_type))
            for one in message.attachments
        ),
    )


def _key(message: Message) -> store.Key:
    return (message.channel.value, message.external_id)


def _first_of_each_key(messages: Sequence[Message]) -> dict[store.Key, Message]:
    first: dict[store.Key, Message] = {}
    for message in messages:
        first.setdefault(_key(message), message)
    return first


def _insert(
    connection: store.Connection, messages: Sequence[Message], now: datetime, files: FileStore, pack: RegionPack
) -> dict[store.Key, store.NewAppeal]:
    if not messages:
        return {}
    year = now.astimezone(pack.zone).year
    prefix = pack.about["number_prefix"]
    numbers = store.next_numbers(connection, len(messages))
    appeals = [
        store.NewAppeal(
            id=new_id(),
            number=f"{prefix}-{year}-{number:07d}",
            message=message,
            accepted_at=now,
            files=tuple((new_id(), files.put(one.content)) for one in message.attachments),
            identity=identity_of(message),
            regime=regime_of(message, pack),
        )
        for message, number in zip(messages, numbers, strict=True)
    ]
    # in the order of the keys: two transactions that share keys then wait for each other and do not deadlock
    inserted = store.insert_appeals(connection, sorted(appeals, key=lambda appeal: appeal.key))
    appeals = [appeal for appeal in appeals if appeal.id in inserted]
    store.insert_attachments(connection, appeals)
    if appeals:
        events = [
            event(
                EventType.APPEAL_ACCEPTED,
                pack.id,
                appeal.id,
                now,
                channel=appeal.message.channel.value,
                sent_at=appeal.message.sent_at.isoformat(),
            )
            for appeal in appeals
        ]
        streams.append(connection, Stream.APPEALS, events)
    return {appeal.key: appeal for appeal in appeals}


def _result(
    message: Message,
    first: dict[store.Key, Message],
    made: dict[store.Key, store.NewAppeal],
    there: dict[store.Key, store.Known],
) -> Accepted:
    key = _key(message)
    if key in made:
        appeal = made[key]
        created = first[key] is message
        return Accepted(appeal.id, appeal.number, created, text_differs=appeal.message.text != message.text)
    known = there[key]
    return Accepted(known.id, known.number, created=False, text_differs=known.text != message.text)
