"""Working with a stream from outside, for the tests of the contract."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

import psycopg

from models.events import Event, Stream
from streams import Connection, Engine, Lag, append, lag
from streams.contract import Handler
from tests.victims import record, stage


class UnderTest(Engine, Protocol):
    """An engine of which the tests know the database."""

    @property
    def url(self) -> str: ...


def appended(db: Connection, events: Sequence[Event]) -> None:
    with db.transaction():
        append(db, Stream.APPEALS, events)


def drain(
    engine: UnderTest,
    handle: Handler = record,
    *,
    batch: int = 100,
    group: str = "test",
    seconds: float = 60,
) -> int:
    """One worker takes what there is now; on Kafka events may still be on their way when a step finds none."""
    consumer = engine.consumer(replace(stage(handle, batch=batch), group=group))
    taken = [consumer.step()]
    with psycopg.connect(engine.url, autocommit=True) as connection:
        wait_until(lambda: behind(connection, group) == 0, lambda: taken.append(consumer.step()), seconds)
        replays = consumer.step()  # what waits in quarantine is no lag
    consumer.close()
    return sum(taken) + replays


def handled(db: Connection) -> list[tuple[UUID, UUID]]:
    """(event id, key) in the order in which they took effect."""
    return db.execute("SELECT event_id, key FROM effects ORDER BY n").fetchall()


def own_lag(db: Connection, group: str = "test") -> list[Lag]:
    """The lag of the tests' group; the Kafka engine has a relay with a lag of its own."""
    return [one for one in lag(db) if one.consumer_group == group]


def behind(db: Connection, group: str = "test") -> int:
    """Events that a group has not taken yet."""
    groups = own_lag(db, group)
    return groups[0].events if groups else len(db.execute("SELECT FROM stream_events").fetchall())


def poisoned_by(mark: str) -> Callable[[Connection, Sequence[Event]], None]:
    def handle(connection: Connection, events: Sequence[Event]) -> None:
        for one in events:
            record(connection, [one])
            if one.data.get("mark") == mark:
                raise ValueError("the name 'Иван Петров' is not a street")

    return handle


def wait_until(
    true: Callable[[], object], between: Callable[[], object] = lambda: time.sleep(0.02), seconds: float = 60
) -> None:
    """Poll what another process does in the database; fails after a minute, or so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen in {seconds:g} s"
        between()
