"""What is usual in a cell: its share of the region's problems in the year before, of what the region has now.

So the season, the weekdays and the growth of the whole region are in it: a snowfall that brings three times as many
problems everywhere makes no cell unusual (indirect standardisation; Breslow and Day, Statistical Methods in Cancer
Research II, 1987, 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from indicators.heat.counting import Tally
from indicators.heat.reading import Choice, Spans, areas, cells
from indicators.heat.towns import Vague
from streams.contract import Connection

PRIOR = 3.0
"""So many problems as usual are added to both sides: one problem where none was is no sensation (gamma prior with mean
1; Clayton and Kaldor, Biometrics 43, 1987)."""

ENOUGH = 200
"""Problems in the year before below which nothing is called usual."""


class Level(NamedTuple):
    """`expected` problems; `ratio`: how many times as many came, drawn towards 1 where both are few."""

    expected: float
    ratio: float


@dataclass(frozen=True)
class Usual:
    """The level of the year before. `known` is false where there was too little of it."""

    known: bool
    before: Mapping[int, int]
    total_before: int
    total: int

    def of(self, cell: int, problems: int) -> Level | None:
        if not self.known:
            return None
        expected = self.before.get(cell, 0) / self.total_before * self.total
        return Level(expected, (problems + PRIOR) / (expected + PRIOR))


def usual_of(
    connection: Connection,
    choice: Choice,
    found: Mapping[int, Tally],
    by_area: Mapping[str, Tally],
    resolution: int,
    spans: Spans | None,
    vague: Vague,
) -> Usual:
    """The usual level for what was `found` of the choice, whose problems by municipality are `by_area`."""
    year = choice.year_before()
    total_before = sum(tally.problems for tally in areas(connection, year).values())
    if total_before < ENOUGH or not found:
        return Usual(False, {}, total_before, 0)
    before = cells(connection, year, resolution, spans, vague)
    total = sum(tally.problems for tally in by_area.values())
    return Usual(True, {cell: tally.problems for cell, tally in before.items()}, total_before, total)
