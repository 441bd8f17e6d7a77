"""Working out ahead the steps of moments at which very many clocks step at once: the end of the day, above all.

Whatever a step tells is made by the same rules as at its moment (sla.timers), and written in the minutes before, a
little at a time. At the moment it is only told (sla.ahead), unless something that it depends on has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import streams
from models.events import Stream
from models.pack import PackError
from sla import ahead_store, timer_store
from sla.ahead_store import Ahead
from sla.timer_store import Due
from sla.timers import RegionOf, Taken, take
from streams.contract import Connection
from streams.log import partition_of

AHEAD = timedelta(minutes=15)
"""How long before its moment a step is worked out."""
CROWD = 500
"""How many clocks must step at one moment: fewer are told in time without."""
PORTION = 80
"""Steps worked out in one transaction: at four of them a second it stays under a tenth of a core."""
LOOK = timedelta(seconds=30)
"""How often crowded moments are looked for."""


@dataclass
class Foresight:
    """Works out steps `ahead` of their moments. `crowd`: how many clocks make a moment crowded."""

    crowd: int = CROWD
    ahead: timedelta = AHEAD
    _moments: list[datetime] = field(default_factory=list)
    _looked_at: datetime | None = None
    _left: set[UUID] = field(default_factory=set)

    def prepare(self, connection: Connection, now: datetime, region_of: RegionOf, most: int = PORTION) -> int:
        """Work out a portion in the caller's transaction; returns how many steps, 0 where none is left for now."""
        if self._looked_at is None or not self._looked_at <= now < self._looked_at + LOOK:
            self._moments = ahead_store.crowded(connection, now, now + self.ahead, self.crowd)
            self._looked_at, self._left = now, set()
        moments = [moment for moment in self._moments if moment > now]
        if not moments:
            return 0
        found = timer_store.take_coming(connection, moments, self._left, most)
        taken = Taken()
        partitions = streams.partitions_of(connection)[Stream.CLOCKS]
        steps = list(_worked_out(connection, found, now, region_of, partitions, taken))
        if not found:
            self._moments = []
        self._left |= {each.timer.clock_id for each in found} - {step.timer.clock_id for step in steps}
        if not steps:
            return 0
        timer_store.move_timers(connection, taken.timers)
        timer_store.put_notices(connection, taken.notices, now)
        ahead_store.put(connection, steps)
        return len(steps)


def _worked_out(
    connection: Connection, found: Sequence[Due], now: datetime, region_of: RegionOf, partitions: int, taken: Taken
) -> Iterator[Ahead]:
    """The steps of timers that can be told as they are; what goes with them is gathered in `taken`."""
    for each in found:
        moment = each.timer.due_at
        assert moment is not None
        one = Taken()
        try:
            region = region_of(each.timer.region)
            take(connection, each, region, moment, now, one)
            basis = region.basis(connection, each.timer.region, one.timers[0].version, moment, now)
        except (PackError, KeyError):
            continue  # the timer's own tick says so
        if len(one.events) == 1:
            taken.timers += one.timers
            taken.notices += one.notices
            yield Ahead(
                replace(each.timer, version=one.timers[0].version),
                each.problem_id,
                one.timers[0].reached - 1,
                one.events[0].type.value.removeprefix("clock."),
                one.events[0],
                partition_of(each.appeal_id, partitions),
                basis,
            )
