"""Getis-Ord Gi*: cells that stand, with their neighbours, high above the mean of the region.

Ord and Getis, «Local spatial autocorrelation statistics», Geographical Analysis 27 (1995), equation (14), with weights
1 for a cell and its neighbours and 0 for others:
    Gi* = (sum_j w_ij x_j - W_i mean) / (s sqrt((n sum_j w_ij^2 - W_i^2) / (n - 1)))
x is no count but how far a count lies from what is usual, made even in its scatter (Freeman and Tukey, 1950): x =
sqrt(c) + sqrt(c + 1) - sqrt(4 e + 1), which is about normal with variance 1 around 0 for a Poisson count with mean e
that is not small. Cells with small means break that, so no p-value is read off the normal curve: problems are placed
anew by the usual shares, as the scan does, each cell's Gi* is set against its own mean and scatter by chance, and the
p-value is its rank among what chance gave to cells with about as many problems expected, continued beyond the highest
hundredth by an exponential tail (Pickands, Annals of Statistics 3 (1975), with shape 0; heavier than that of counts).
Which cells stand out is decided over all of them by the false discovery rate of Benjamini and Hochberg, Journal of
the Royal Statistical Society B 57 (1995), used so by Caldas de Castro and Singer, Geographical Analysis 38 (2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from indicators.hotspots.cube import Cube
from indicators.hotspots.rings import disk_matrix

Values = NDArray[np.float64]

ALIKE = 3
"""Into so many classes cells are put by how many problems are expected around them."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Cells (their numbers in the cube) that stand out and touch each other, over the last `days` days."""

    cells: tuple[int, ...]
    days: int
    problems: int
    expected: float
    q: float
    """The least false discovery rate at which one of them stands out."""


def patches(
    cube: Cube, days: int, *, replications: int = 199, seed: int = 0, level: float = 0.05, least: int = 4
) -> list[Patch]:
    """Patches with `least` problems or more, the most certain first."""
    counts = cube.observed[:, -days:].sum(axis=1)
    expected = cube.expected[:, -days:].sum(axis=1)
    if len(cube.cells) < 3 or not counts.sum():
        return []
    near = disk_matrix(cube.cells, 1)
    q = false_discovery(_by_chance(cube, counts, expected, near, replications, seed))
    out = [int(number) for number in np.flatnonzero((q <= level) & (counts > expected))]
    found = []
    for cells in _touching(out, cube.cells):
        problems = int(counts[list(cells)].sum())
        if problems >= least:
            found.append(Patch(cells, days, problems, float(expected[list(cells)].sum()), float(q[list(cells)].min())))
    return sorted(found, key=lambda patch: (patch.q, -patch.problems))


def residual(counts: NDArray[Any], expected: NDArray[Any]) -> Values:
    """How far counts lie from what is usual (Freeman-Tukey)."""
    return np.asarray(np.sqrt(counts) + np.sqrt(counts + 1) - np.sqrt(4 * expected + 1), dtype=np.float64)


def gi_star(x: Values, near: Any) -> Values:
    """Gi* of each cell; `x` is (cells,) or (cells, maps), `near` the matrix of weights."""
    n = near.shape[0]
    weights = np.asarray(near.sum(axis=1)).ravel()
    if x.ndim == 2:
        weights = weights[:, None]
    mean, scatter = x.mean(axis=0), x.std(axis=0)
    spread = scatter * np.sqrt(np.maximum(n * weights - weights**2, 1e-12) / (n - 1))
    return np.asarray((near @ x - weights * mean) / np.maximum(spread, 1e-12), dtype=np.float64)


def _by_chance(cube: Cube, counts: NDArray[Any], expected: Values, near: Any, many: int, seed: int) -> Values:
    """The p-value of each cell's Gi*."""
    chance = np.random.default_rng(seed)
    drawn = cube.by_chance(chance, np.array([counts.sum()]), many)[:, 0, :]
    null = gi_star(residual(drawn, expected[:, None]), near)
    mean, scatter = null.mean(axis=1), np.maximum(null.std(axis=1), 1e-9)
    own = (gi_star(residual(counts, expected), near) - mean) / scatter
    null = (null - mean[:, None]) / scatter[:, None]
    p = np.ones(len(own))
    around = near @ expected
    for alike in np.array_split(np.argsort(around), ALIKE):
        p[alike] = _rank(own[alike], np.sort(null[alike], axis=None))
    return p


def _rank(own: Values, ranked: Values) -> Values:
    """Ranks among what chance gave; beyond its highest hundredth by an exponential tail (peaks over threshold)."""
    p = (1 + len(ranked) - np.searchsorted(ranked, own, side="left")) / (1 + len(ranked))
    top = ranked[-max(len(ranked) // 100, 2) :]
    tail = len(top) / len(ranked) * np.exp(-(own - top[0]) / max(float(np.mean(top - top[0])), 1e-9))
    return np.asarray(np.where(own > top[0], np.minimum(tail, 1.0), p), dtype=np.float64)


def false_discovery(p: Values) -> Values:
    """The least false discovery rate at which each is rejected (Benjamini and Hochberg, 1995)."""
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    smallest = np.minimum.accumulate(ranked[::-1])[::-1]
    q = np.empty_like(p)
    q[order] = np.minimum(smallest, 1.0)
    return q


def _touching(numbers: list[int], cells: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The cells in groups that touch each other."""
    where = {cells[number]: number for number in numbers}
    left, groups = set(where), []
    for start in list(where):
        if start not in left:
            continue
        left.discard(start)
        group, edge = [], [start]
        while edge:
            cell = edge.pop()
            group.append(where[cell])
            near = [each for each in h3.grid_disk(cell, 1) if each in left]
            left.difference_update(near)
            edge += near
        groups.append(tuple(sorted(group)))
    return groups
