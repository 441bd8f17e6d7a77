"""What the problems of appeals add to the counts of the heat map: a pure function of their facts.

People are counted through appeals, for authors are personal data that the indicators never see: an appeal counts as
one person, once a group of topics and month, in the cell of the first of its problems that lies on the map. Numbers of
people therefore add up over cells, and those of any set of cells are never more than the appeals in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from indicators.heat.cells import COARSEST, FINEST, parent, resolution
from indicators.heat.towns import Vague
from models.states import ProblemState

ALL = ""
"""The name of the group that holds all topics."""

UNCOUNTED = frozenset({ProblemState.MERGED, ProblemState.DISMISSED})
CLOSED = frozenset({ProblemState.SOLVED, ProblemState.ANSWERED})


class Tally(NamedTuple):
    """Problems by what became of them, and people (appeals) by whether their problem is closed."""

    open: int = 0
    solved: int = 0
    answered: int = 0
    people_open: int = 0
    people_closed: int = 0

    @property
    def problems(self) -> int:
        return self.open + self.solved + self.answered

    @property
    def people(self) -> int:
        return self.people_open + self.people_closed

    def plus(self, other: Tally) -> Tally:
        return Tally(*(one + another for one, another in zip(self, other, strict=True)))

    def minus(self, other: Tally) -> Tally:
        return Tally(*(one - another for one, another in zip(self, other, strict=True)))


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Spot:
    """What of a problem the map needs. `cell` is H3, 0 where no place is known; `day` the region's own."""

    problem: UUID
    region: str
    appeal: UUID
    day: date
    group: str
    municipality: str
    cell: int
    state: ProblemState


class InCell(NamedTuple):
    """A row of heat_counts."""

    region: str
    group: str
    resolution: int
    month: date
    cell: int


class InArea(NamedTuple):
    """A row of heat_areas."""

    region: str
    group: str
    month: date
    municipality: str


Counts = dict[InCell | InArea, Tally]


def counts(spots: Iterable[Spot], vague_of: Callable[[str], Vague]) -> Counts:
    """What whole appeals add: every problem of an appeal must be among `spots`, or people are counted twice."""
    found: dict[InCell | InArea, Tally] = defaultdict(Tally)
    for problems in _by_appeal(spots):
        for group in (ALL, *sorted({spot.group for spot in problems if spot.group})):
            members = [spot for spot in problems if group in (ALL, spot.group)]
            first = min(members, key=lambda spot: (spot.cell == 0, spot.problem))
            for spot in members:
                tally = _tally(spot, counted=spot is first)
                for key in _keys(spot, group, vague_of(spot.region)):
                    found[key] = found[key].plus(tally)
    return dict(found)


def difference(before: Counts, after: Counts) -> Counts:
    """What to add to the counts; keys of which nothing changed are left out."""
    changed = {key: after.get(key, NOTHING).minus(before.get(key, NOTHING)) for key in before.keys() | after.keys()}
    return {key: tally for key, tally in changed.items() if tally != NOTHING}


def _by_appeal(spots: Iterable[Spot]) -> list[list[Spot]]:
    appeals: dict[UUID, list[Spot]] = defaultdict(list)
    for spot in spots:
        if spot.state not in UNCOUNTED:
            appeals[spot.appeal].append(spot)
    return list(appeals.values())


def _tally(spot: Spot, *, counted: bool) -> Tally:
    closed = spot.state in CLOSED
    what = Counter({spot.state: 1})
    return Tally(
        open=int(not closed),
        solved=what[ProblemState.SOLVED],
        answered=what[ProblemState.ANSWERED],
        people_open=int(counted and not closed),
        people_closed=int(counted and closed),
    )


def _keys(spot: Spot, group: str, vague: Vague) -> Iterable[InCell | InArea]:
    month = spot.day.replace(day=1)
    yield InArea(spot.region, group, month, spot.municipality)
    if not spot.cell:
        return
    for at in range(COARSEST, finest_of(spot.cell, vague) + 1):
        yield InCell(spot.region, group, at, month, parent(spot.cell, at))


def finest_of(cell: int, vague: Vague) -> int:
    """The finest resolution at which a problem with this cell is shown."""
    return COARSEST if cell in vague else min(resolution(cell), FINEST)
