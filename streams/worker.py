"""The life of a worker: batch after batch until it is told to stop, through any failure of the database."""

from __future__ import annotations

import logging
import select

import psycopg

from streams.contract import Consumer, Unreachable
from streams.stop import Stop

LONGEST_WAIT = 1.0
"""Seconds after which a worker looks by itself, in case a notice was lost."""

SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 1.0

log = logging.getLogger(__name__)


def work(consumer: Consumer, stop: Stop, gather: float = 0.0) -> int:
    """Take events until `stop` is set, finish the batch under way, close the consumer; how many were taken.

    `gather`: seconds to let events gather when some come after a rest, for who would rather take many at once.
    """
    taken = 0
    pause = SHORTEST_PAUSE
    try:
        while not stop.is_set():
            try:
                events = consumer.step()
                taken += events
                if events == 0:
                    consumer.wait(LONGEST_WAIT, stop)
                    if gather:
                        select.select([stop.fileno()], [], [], gather)
                pause = SHORTEST_PAUSE
            except (psycopg.OperationalError, Unreachable) as error:
                what = str(error) if isinstance(error, Unreachable) else "the database cannot be reached"
                log.warning("%s (%s), trying again in %.2f s", what, type(error.__cause__ or error).__name__, pause)
                select.select([stop.fileno()], [], [], pause)
                pause = min(pause * 2, LONGEST_PAUSE)
    finally:
        consumer.close()
    return taken
