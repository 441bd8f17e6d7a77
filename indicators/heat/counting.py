"""What problems add to the counts of the heat map: a pure function of their facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from indicators.heat.cells import COARSEST, FINEST, parent, resolution
from indicators.heat.towns import Vague
from models.states import ProblemState

ALL = ""
"""The name of the group that holds all topics."""

UNCOUNTED = frozenset({ProblemState.MERGED, ProblemState.DISMISSED})
CLOSED = frozenset({ProblemState.SOLVED, ProblemState.ANSWERED})


class Tally(NamedTuple):
    """Problems by what became of them."""

    open: int = 0
    solved: int = 0
    answered: int = 0

    @property
    def problems(self) -> int:
        return self.open + self.solved + self.answered

    def plus(self, other: Tally) -> Tally:
        return Tally(*(one + another for one, another in zip(self, other, strict=True)))

    def minus(self, other: Tally) -> Tally:
        return Tally(*(one - another for one, another in zip(self, other, strict=True)))


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Spot:
    """What of a problem the map needs. `cell` is H3, 0 where no place is known; `day` the region's own."""

    region: str
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
    """What they add, once for all topics and once for their group."""
    found: dict[InCell | InArea, Tally] = defaultdict(Tally)
    for spot in spots:
        if spot.state in UNCOUNTED:
            continue
        tally = _tally(spot)
        for group in {ALL, spot.group}:
            for key in _keys(spot, group, vague_of(spot.region)):
                found[key] = found[key].plus(tally)
    return dict(found)


def difference(before: Counts, after: Counts) -> Counts:
    """What to add to the counts; keys of which nothing changed are left out."""
    changed = {key: after.get(key, NOTHING).minus(before.get(key, NOTHING)) for key in before.keys() | after.keys()}
    return {key: tally for key, tally in changed.items() if tally != NOTHING}


def _tally(spot: Spot) -> Tally:
    return Tally(
        open=int(spot.state not in CLOSED),
        solved=int(spot.state is ProblemState.SOLVED),
        answered=int(spot.state is ProblemState.ANSWERED),
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
