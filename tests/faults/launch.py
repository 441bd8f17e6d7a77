"""`python -m tests.faults.launch COMMAND`: the product's command line with the named places, and a witness beside.

The witness is one more group of consumers: it notes every event of problems in the order in which it got them, which is
what any stage would see. It runs under the product's own supervisor, is killed like the others and started again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from models.events import Event, EventType, Stream
from streams import Connection, Stage, Stop, work
from tests.faults import points
from tests.victims import record

GROUP = "witness"
NOTES = "CREATE TABLE IF NOT EXISTS effects (n bigserial PRIMARY KEY, event_id uuid NOT NULL, key uuid NOT NULL)"


def note(connection: Connection, events: Sequence[Event]) -> None:
    record(connection, events)


def witness(url: str, chosen: Any) -> Any:
    from otklik.processes.child import Child
    from otklik.wiring import streams_engine

    def watch(stop: Stop, ready: Callable[[], None]) -> None:
        with psycopg.connect(url) as connection:
            connection.execute(NOTES)
        stage = Stage(GROUP, Stream.PROBLEMS, frozenset(EventType), note, 20)
        ready()
        work(streams_engine(url, chosen).consumer(stage), stop)

    return Child(GROUP, watch)


def main() -> int:
    from otklik.cli import main as command_line

    points.install(sys.argv[1])
    # stages that give way to the others would keep a run waiting on a machine that has other work
    os.nice = lambda _: 0
    if sys.argv[1] == "run":
        _with_the_witness()
    return command_line() or 0


def _with_the_witness() -> None:
    from otklik.processes import roles

    everything = roles.everything
    roles.everything = lambda url, listening, chosen: [*everything(url, listening, chosen), witness(url, chosen)]


if __name__ == "__main__":
    sys.exit(main())
