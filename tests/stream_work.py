"""Working with a stream from outside, for the tests of the contract."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from models.events import Event, Stream
from streams import Connection, Engine, Lag, append, lag
from tests.victims import record, stage


def appended(db: Connection, events: Sequence[Event]) -> None:
    with db.transaction():
        append(db, Stream.APPEALS, events)


def drain(engine: Engine, handle: Callable[[Connection, Sequence[Event]], None] = record, batch: int = 100) -> int:
    """One worker takes what there is now."""
    consumer = engine.consumer(stage(handle, batch=batch))
    taken = 0
    while events := consumer.step():
        taken += events
    consumer.close()
    return taken


def handled(db: Connection) -> list[tuple[UUID, UUID]]:
    """(event id, key) in the order in which they took effect."""
    return db.execute("SELECT event_id, key FROM effects ORDER BY n").fetchall()


def own_lag(db: Connection) -> list[Lag]:
    """The lag of the tests' group; the Kafka engine has a relay with a lag of its own."""
    return [group for group in lag(db) if group.consumer_group == "test"]


def behind(db: Connection) -> int:
    """Events that the tests' group has not taken yet."""
    groups = own_lag(db)
    return groups[0].events if groups else len(db.execute("SELECT FROM stream_events").fetchall())


def poisoned_by(mark: str) -> Callable[[Connection, Sequence[Event]], None]:
    def handle(connection: Connection, events: Sequence[Event]) -> None:
        for one in events:
            record(connection, [one])
            if one.data.get("mark") == mark:
                raise ValueError("the name 'Иван Петров' is not a street")

    return handle


def wait_until(true: Callable[[], object], between: Callable[[], object] = lambda: time.sleep(0.02)) -> None:
    """Poll what another process does in the database; fails after a minute."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it did not happen in a minute"
        between()
