"""What would have been under another policy: the same events, counted again; nothing is written. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.events import Event
from models.regimes import Regime
from sla.clock import step
from sla.record import Clock, ClockKind, Clocks, NoClocks
from sla.rules import Rules

Row = tuple[str, Regime, ClockKind]
"""Number of the group of topics, regime, clock."""


@dataclass(slots=True)
class Counts:
    """Clocks of one row: how many there are, how many deadlines would be otherwise, how many ran out and would.

    A clock that only one of both policies gives is counted in `only_before` or `only_after`.
    """

    clocks: int = 0
    earlier: int = 0
    later: int = 0
    breached_before: int = 0
    breached_after: int = 0
    newly_breached: int = 0
    no_longer_breached: int = 0
    only_before: int = 0
    only_after: int = 0

    @property
    def moved(self) -> int:
        return self.earlier + self.later


@dataclass(slots=True)
class WhatIf:
    """The table, row by row, and what could not be counted."""

    rows: dict[Row, Counts]
    problems: int = 0
    changed: int = 0
    """Problems with at least one deadline that would be otherwise."""
    uncounted: int = 0
    """Problems whose events begin without their problem.found."""

    @property
    def whole(self) -> Counts:
        """The sum of all rows."""
        total = Counts()
        for row in self.rows.values():
            for name in Counts.__dataclass_fields__:
                setattr(total, name, getattr(total, name) + getattr(row, name))
        return total


def what_if(problems: Iterable[Sequence[Event]], old: Rules, new: Rules, now: datetime) -> WhatIf:
    """Both countings of the events of each problem, side by side at `now`."""
    told = WhatIf({})
    for events in problems:
        try:
            before, after = _counted(events, old), _counted(events, new)
        except (NoClocks, KeyError):
            told.uncounted += 1
            continue
        if not before:
            continue
        told.problems += 1
        told.changed += _add(told, before, after, now)
    return told


def _counted(events: Iterable[Event], rules: Rules) -> Clocks:
    clocks: Clocks = {}
    for each in events:
        clocks = step(clocks, each, rules)
    return clocks


def _add(told: WhatIf, before: Clocks, after: Clocks, now: datetime) -> bool:
    """Whether anything changed."""
    changed = False
    solve = before[ClockKind.SOLVE]
    for kind in before.keys() | after.keys():
        row = told.rows.setdefault((solve.topic.partition(".")[0], solve.regime, kind), Counts())
        changed |= _compare(row, before.get(kind), after.get(kind), now)
    return changed


def _compare(row: Counts, old: Clock | None, new: Clock | None, now: datetime) -> bool:
    row.clocks += 1
    row.only_before += new is None
    row.only_after += old is None
    was, would = _breached(old, now), _breached(new, now)
    row.breached_before += was
    row.breached_after += would
    row.newly_breached += would and not was
    row.no_longer_breached += was and not would
    if old is None or new is None:
        return True
    row.earlier += new.deadline_at < old.deadline_at
    row.later += new.deadline_at > old.deadline_at
    return new.deadline_at != old.deadline_at


def _breached(clock: Clock | None, now: datetime) -> bool:
    return clock is not None and (clock.stopped_at or now) > clock.deadline_at
