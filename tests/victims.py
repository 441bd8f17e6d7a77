"""Workers in processes of their own, so that tests can kill them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess

import psycopg

from models.events import Event, EventType, Stream
from streams import Connection, Engine, Stage, Stop, work
from streams.contract import Handler

spawn = multiprocessing.get_context("spawn")


def record(connection: Connection, events: Sequence[Event]) -> None:
    """The effect of the tests: one row an event, in the order of handling."""
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO effects (event_id, key) VALUES (%s, %s)", [(e.id, e.key) for e in events])


def make_effects(connection: Connection) -> None:
    connection.execute("CREATE TABLE effects (n bigserial PRIMARY KEY, event_id uuid NOT NULL, key uuid NOT NULL)")


def die_on(mark: str) -> Callable[[Connection, Sequence[Event]], None]:
    """A handler that is killed, as by kill -9, in the middle of an event whose data hold `mark`."""

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        for event in events:
            record(connection, [event])
            if event.data.get("mark") == mark:
                os.kill(os.getpid(), signal.SIGKILL)

    return handle


def stage(handle: Handler = record, *, batch: int = 100) -> Stage:
    return Stage("test", Stream.APPEALS, frozenset({EventType.APPEAL_ACCEPTED}), handle, batch)


def work_until_killed(engine: Engine, mark: str) -> None:
    with Stop() as stop:
        work(engine.consumer(stage(die_on(mark), batch=10)), stop)


def hang(engine: Engine, pipe: Pipe) -> None:
    """Take a batch, write its effects, say so, and stay in the transaction for ever."""

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        record(connection, events)
        pipe.send(len(events))
        signal.pause()

    engine.consumer(stage(handle)).step()


def accept_until_killed(url: str, pipe: Pipe) -> None:
    """Commit one event after another; say each only after its commit."""
    from streams import append
    from tests.stream_events import accepted

    with psycopg.connect(url) as connection:
        while True:
            event = accepted()
            append(connection, Stream.APPEALS, [event])
            connection.commit()
            pipe.send(event.id)


def start(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = spawn.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process
