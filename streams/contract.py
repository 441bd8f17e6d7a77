"""The contract of the durable log between stages, the same for every engine.

- `append` (streams.append) runs in the caller's transaction: an event is in the log if and only if its cause is.
- Events of one key (an appeal) come to each group in the order in which they were committed.
- A group's offset moves in the same transaction as the effects of the batch: an event takes effect once.
- Partitions are shared among the workers of a group; no two work on one partition at a time.
- An event whose handling fails by its own fault goes to quarantine with the reason; those behind it go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg

from models.events import Event, EventType, Stream
from streams.stop import Stop

Connection = psycopg.Connection[Any]
Handler = Callable[[Connection, Sequence[Event]], int | None]


class Unreachable(Exception):
    """What carries the events cannot be reached now: try again after a pause."""


class Retry(Exception):
    """Raised by a handler when nothing is wrong with the event itself: try the batch again later."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A consumer group on one stream: `handle` gets batches of events of `types`, one transaction a batch.

    `handle` must not commit or roll back. What it does twice for one event must be what it does once. It returns how
    many it handled, from the first one on, where it leaves the others to the next transaction (one at least; who can
    handle none raises Retry); None: all of them.
    """

    group: str
    stream: Stream
    types: frozenset[EventType]
    handle: Handler
    batch: int = 100


class Consumer(Protocol):
    """One worker of a stage. Not to be shared between threads."""

    def step(self) -> int:
        """Handle one batch in one transaction; the number of events taken, 0 where none waits or all must be retried.

        Raises psycopg.OperationalError while the database cannot be reached, Unreachable while the broker cannot;
        calling again connects anew.
        """

    def wait(self, seconds: float, stop: Stop) -> None:
        """Return when something may have come for this stage, `stop` is set, or `seconds` have passed."""

    def close(self) -> None:
        """Give up the partitions."""


class Engine(Protocol):
    """Where the stages' events come from."""

    def consumer(self, stage: Stage) -> Consumer:
        """A new worker of the stage. A group that was never seen starts at the first event."""
