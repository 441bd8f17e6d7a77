"""By when an author is answered, for the texts of replies: counted by the very rules of the clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from models.events import Event, EventType, event
from models.pack import RegionPack
from models.regimes import Regime
from sla import ClockKind, Rules
from sla.clock import Clocks, step
from sla.store import problem_events
from streams import Connection

KEPT = 5_000
"""Deadlines remembered: appeals of one minute and topic have the same one."""


class ClockDeadlines:
    """What the replies' stage asks of the clocks. Replayed from events: the clock stage may not have come so far."""

    def __init__(self, pack_of: Callable[[str], RegionPack]) -> None:
        self._rules_of = lru_cache(maxsize=16)(lambda region: Rules.of_pack(pack_of(region)))
        self._first = lru_cache(maxsize=KEPT)(self._counted)

    def first(self, region: str, topic: str, regime: Regime, urgency: int, accepted_at: datetime) -> datetime | None:
        """The deadline that a problem just found begins with, to the minute."""
        return self._first(region, topic, regime, urgency, accepted_at.replace(second=0, microsecond=0))

    def _counted(self, region: str, topic: str, regime: Regime, urgency: int, accepted_at: datetime) -> datetime | None:
        data = {"topic": topic, "urgency": urgency, "regime": regime.value, "accepted_at": accepted_at.isoformat()}
        found = event(EventType.PROBLEM_FOUND, region, UUID(int=0), accepted_at, **data)
        return self._deadline([found], region)

    def current(self, connection: Connection, problem_id: UUID) -> datetime | None:
        """The deadline as it stands after all that happened to the problem; None where it has no clock."""
        known = problem_events(connection, problem_id)
        return None if known is None else self._deadline(known[1], known[0])

    def _deadline(self, events: Iterable[Event], region: str) -> datetime | None:
        clocks: Clocks = {}
        for each in events:
            if clocks or each.type is EventType.PROBLEM_FOUND:
                clocks = step(clocks, each, self._rules_of(region))
        return clocks[ClockKind.SOLVE].deadline_at if clocks else None
