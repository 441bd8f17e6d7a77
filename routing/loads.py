"""What each person carries, as a worker knows it: counted in the tables now and then, its own decisions added between.

Counting all open assignments for every batch would cost more than routing itself where there are a million. What other
workers gave away meanwhile is seen a minute later: the balance is a matter of fairness, not of truth, and the choice
itself is in the log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.store import loads_of
from streams.contract import Connection

HOLDS = timedelta(minutes=1)


@dataclass
class Loads:
    """Loads by region and person's code; what `of` returns is added to by whoever gives work away."""

    _held: dict[str, tuple[datetime, dict[str, float]]] = field(default_factory=dict)

    def of(self, connection: Connection, region: str, now: datetime) -> dict[str, float]:
        held = self._held.get(region)
        if held is None or not held[0] <= now < held[0] + HOLDS:
            held = now, loads_of(connection, region)
            self._held[region] = held
        return held[1]
