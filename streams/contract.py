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
from typing import Any

import psycopg

from models.events import Event, EventType, Stream

Connection = psycopg.Connection[Any]
Handler = Callable[[Connection, Sequence[Event]], None]


class Retry(Exception):
    """Raised by a handler when nothing is wrong with the event itself: try the batch again later."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A consumer group on one stream: `handle` gets batches of events of `types`, one transaction a batch.

    `handle` must not commit or roll back. What it does twice for one event must be what it does once.
    """

    group: str
    stream: Stream
    types: frozenset[EventType]
    handle: Handler
    batch: int = 100
