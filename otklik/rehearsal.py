"""The whole product in one process under a clock that whoever calls it moves: for a made-up past, and for tests.

The clock stands still while the stages work; when it moves, whatever becomes due on the way (warnings, breaches,
replies to send) becomes due at its hour, as it would for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg

from otklik import sending, wiring
from otklik.processes import roles
from otklik.settings import Settings
from resolution.sending import send_due
from streams import EmbeddedEngine


class Rehearsal:
    """The stages and every timer over one database. `now` is the present of all of them."""

    def __init__(self, url: str, chosen: Settings, start: datetime, stages: Iterable[str]) -> None:
        self.url, self.now = url, start
        engine = EmbeddedEngine(url)
        self._consumers = [engine.consumer(wiring.stage(name, chosen, self.present)) for name in stages]
        steps, around = roles.timer_ticks(chosen)
        self._ticks, self._post = [*steps, *around], sending.post(chosen)

    def present(self) -> datetime:
        return self.now

    def settle(self) -> None:
        """Let the stages work until nothing waits for any of them."""
        moved = True
        while moved:
            moved = False
            for consumer in self._consumers:
                while consumer.step():
                    moved = True
            with psycopg.connect(self.url) as connection:
                for tick in self._ticks:
                    while tick(connection, self.now):
                        connection.commit()
                        moved = True
                    connection.commit()
                moved |= send_due(connection, self.present, self._post) > 0

    def until(self, moment: datetime, step: timedelta = timedelta(hours=1)) -> None:
        """Let time pass, step by step."""
        while self.now < moment:
            self.now = min(moment, self.now + step)
            self.settle()

    def close(self) -> None:
        for consumer in self._consumers:
            consumer.close()


@contextmanager
def rehearsal(
    url: str, chosen: Settings, start: datetime, stages: Iterable[str] = tuple(wiring.STAGES)
) -> Iterator[Rehearsal]:
    """The product over a migrated database with nothing else at work on it; closed at the end."""
    made = Rehearsal(url, chosen, start, stages)
    try:
        yield made
    finally:
        made.close()
