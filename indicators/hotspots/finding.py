"""Both statistics over all topics and each group of them; what says the same twice is kept once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from indicators.heat.cells import parent
from indicators.hotspots.cube import Cube, cube_of
from indicators.hotspots.getis import patches
from indicators.hotspots.records import Found, Observed
from indicators.hotspots.scan import Windows, scan


@dataclass(frozen=True)
class Settings:
    """How hot spots are looked for. `level`: the probability of a false alarm in one run, over all groups together."""

    resolution: int = 8
    windows: Windows = field(default_factory=Windows)
    replications: int = 199
    level: float = 0.05
    least_history: int = 200
    """Appeals of a group in the year before the window, below which nothing is called usual."""
    least_now: int = 10


def find(observed: Mapping[str, Observed], last: date, settings: Settings, seed: int) -> list[Found]:
    """Hot spots of the days up to `last`, by group ('' is all topics), the least likely first."""
    looked_at = {
        group: each
        for group, each in sorted(observed.items())
        if each.before >= settings.least_history and each.now >= settings.least_now
    }
    found: list[Found] = []
    for number, (group, each) in enumerate(looked_at.items()):
        # each of the two statistics may err for each of the groups
        found += _of_group(group, each, last, settings, settings.level / len(looked_at) / 2, seed + 1000 * number)
    return once(found)


def _of_group(group: str, observed: Observed, last: date, settings: Settings, level: float, seed: int) -> list[Found]:
    cube = cube_of_group(observed, last, settings.windows.days)
    made = []
    for one in scan(cube, settings.windows, replications=settings.replications, seed=seed, level=level):
        cells = tuple(cube.cells[cell] for cell in one.cells)
        first = cube.day(cube.days - one.days)
        made.append(Found(group, "scan", cells, first, last, one.problems, one.expected, min(1.0, one.p)))
    for patch in patches(cube, cube.days, replications=settings.replications, seed=seed, level=level):
        cells = tuple(cube.cells[cell] for cell in patch.cells)
        made.append(Found(group, "gi", cells, cube.day(0), last, patch.problems, patch.expected, patch.q))
    return made


def cube_of_group(observed: Observed, last: date, days: int) -> Cube:
    """The cube of a group: every cell that had anything in the year before or has anything now."""
    cells = tuple(sorted({*observed.history, *(cell for cell, _ in observed.window)}))
    where = {cell: number for number, cell in enumerate(cells)}
    counts = np.zeros((len(cells), days), dtype=np.int64)
    for (cell, back), appeals in observed.window.items():
        counts[where[cell], days - 1 - back] += appeals
    history = np.array([observed.history.get(cell, 0) for cell in cells], dtype=np.int64)
    return cube_of(cells, last, counts, history, _like_neighbours(cells, history))


def _like_neighbours(cells: tuple[int, ...], history: np.ndarray) -> np.ndarray:
    """The mean history around each cell, among cells with the same ancestor three resolutions up."""
    ancestors = [parent(cell, 5) for cell in cells]
    sums: dict[int, list[int]] = {}
    for ancestor, count in zip(ancestors, history.tolist(), strict=True):
        sums.setdefault(ancestor, []).append(count)
    return np.array([sum(sums[each]) / len(sums[each]) for each in ancestors]) + 1e-3


def once(found: Iterable[Found]) -> list[Found]:
    """Those that say nothing that another says better: the scan before Gi*, one group before all topics."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: (one.method != "scan", one.group == "", one.probability)):
        cells = set(each.cells)
        same = [one for one in kept if not cells.isdisjoint(one.cells)]
        told = any(one.group == each.group for one in same)
        if each.group == "" and not told:
            # what a group's own hot spot explains leaves too little to be one of all topics
            told = sum(one.appeals - one.expected for one in same) >= 0.5 * (each.appeals - each.expected)
        if not told:
            kept.append(each)
    return sorted(kept, key=lambda one: (one.probability, -one.appeals))
