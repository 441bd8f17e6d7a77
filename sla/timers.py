"""Timers: what time alone brings about. Called every second, each step of each clock happens once."""

from __future__ import annotations

from datetime import datetime

import streams
from models.events import EventType, Stream
from sla import store
from sla.stage import told
from streams.contract import Connection

MOST = 1000
"""Clocks marked in one transaction at most, so that it stays short."""


def tick(connection: Connection, now: datetime, most: int = MOST) -> int:
    """Mark the clocks that warn or breach by `now` and append their events, in the caller's transaction.

    Returns how many were marked; call again at once when it is not less than `most`. Several processes may tick at a
    time: a clock that one has locked is skipped by the others.
    """
    breached = store.mark_breached(connection, now, most)
    warned = store.mark_warned(connection, now, most)
    events = told(EventType.CLOCK_WARNED, warned, now) + told(EventType.CLOCK_BREACHED, breached, now)
    streams.append(connection, Stream.CLOCKS, events)
    return len(breached) + len(warned)
