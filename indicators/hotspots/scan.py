"""The prospective space-time scan: which cylinder of cells and last days is the least likely to be chance?

Kulldorff, «Prospective time periodic geographical disease surveillance using a scan statistic», Journal of the Royal
Statistical Society A 164 (2001), with the Poisson model of Kulldorff, «A spatial scan statistic», Communications in
Statistics 26 (1997): for a cylinder with c problems where e are expected, of C in all,
    LLR = c ln(c / e) + (C - c) ln((C - c) / (C - e))   where c > e, else 0.
Cylinders stand on H3 disks of growing radius and end with the last day. The expected counts are those of the cube, so
that the whole is fixed day by day: the replications place each day's problems anew by the cells' usual shares, as far
as the year before knows them (multinomial; compare the space-time permutation of Kulldorff et al., PLoS Medicine 2
(2005), e59). The p-value of a cylinder compares its LLR with the greatest LLR of each replication, so it already
holds for all cylinders that were looked at: by a Gumbel curve fitted to those greatest by their moments (Abrams,
Kulldorff and Kleinman, International Journal of Health Geographics 9 (2010), 61), which tells small values apart with
few replications.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from indicators.hotspots.cube import Cube
from indicators.hotspots.rings import disk_matrix

AT_ONCE = 25
"""Replications that are worked out together: some tens of megabytes for three thousand cells."""

FIRST, HOPELESS = 50, 0.1
"""After so many replications it is given up where more than this share of them found something as unlikely."""


@dataclass(frozen=True, slots=True)
class Cylinder:
    """Cells (their numbers in the cube) over the last `days` days. `p` holds over all cylinders of the cube."""

    centre: int
    rings: int
    days: int
    cells: tuple[int, ...]
    problems: int
    expected: float
    llr: float
    p: float


@dataclass(frozen=True)
class Windows:
    """Which cylinders are looked at: disks of 0 to `rings` rings over the last 1 to `days` days."""

    rings: int = 3
    days: int = 14
    least: int = 4
    """Problems below which a cylinder is no hot spot, however unlikely."""
    largest: float = 0.2
    """The share of all problems above which a cylinder says more of the region than of a place."""


def scan(
    cube: Cube, windows: Windows, *, replications: int = 199, seed: int = 0, level: float = 0.05, most: int = 20
) -> list[Cylinder]:
    """Cylinders that chance explains with less than `level`, the least likely first, none touching another."""
    days = min(windows.days, cube.days)
    total = int(cube.observed.sum())
    if not total or not len(cube.cells):
        return []
    disks = [disk_matrix(cube.cells, rings) for rings in range(windows.rings + 1)]
    expected = _sums(disks, _over_days(cube.expected, days))
    llr = likelihood(_sums(disks, _over_days(cube.observed, days)), expected, total, windows)
    greatest = _replicated(cube, disks, expected, windows, min(FIRST, replications), seed)
    if np.mean(greatest >= llr.max()) > HOPELESS:
        return []
    if replications > FIRST:
        more = _replicated(cube, disks, expected, windows, replications - FIRST, seed + 1)
        greatest = np.concatenate([greatest, more])
    return _apart(cube, disks, expected, llr, greatest, level, most)


def likelihood(counts: NDArray[Any], expected: NDArray[Any], total: int, windows: Windows) -> NDArray[np.float64]:
    """The LLR of each cylinder; 0 where it has no more than expected or is none of the windows."""
    inside = xlogy(counts, counts / np.maximum(expected, 1e-12))
    outside = xlogy(total - counts, (total - counts) / np.maximum(total - expected, 1e-12))
    counted = (counts > expected) & (counts >= windows.least) & (expected <= windows.largest * total)
    return np.where(counted, inside + outside, 0.0)


def _over_days(values: NDArray[Any], days: int) -> NDArray[np.float64]:
    """(cells, days): sums over the last 1, 2, ... days."""
    return np.cumsum(values[:, ::-1][:, :days], axis=1, dtype=np.float64)


def _sums(disks: Sequence[Any], values: NDArray[Any]) -> NDArray[np.float64]:
    """(radii, cells, days): sums over the disks around each cell."""
    return np.stack([disk @ values for disk in disks])


def _replicated(
    cube: Cube, disks: Sequence[Any], expected: NDArray[Any], windows: Windows, many: int, seed: int
) -> NDArray[np.float64]:
    """The greatest LLR of each replication."""
    chance = np.random.default_rng(seed)
    by_day = cube.observed.sum(axis=0)
    total, last = int(by_day.sum()), by_day[::-1][: expected.shape[2]]
    found: list[float] = []
    while len(found) < many:
        size = min(AT_ONCE, many - len(found))
        counts = np.cumsum(cube.by_chance(chance, last, size), axis=1, dtype=np.float64)
        greatest = np.zeros(size)
        for disk, mean in zip(disks, expected, strict=True):
            sums = (disk @ counts.reshape(len(counts), -1)).reshape(counts.shape)
            greatest = np.maximum(greatest, likelihood(sums, mean[:, :, None], total, windows).max(axis=(0, 1)))
        found += greatest.tolist()
    return np.array(found)


def by_gumbel(value: float, greatest: NDArray[np.float64]) -> float:
    """How probable a greatest LLR of `value` or more is by chance."""
    scale = max(float(greatest.std(ddof=1)), 1e-6) * np.sqrt(6) / np.pi
    place = float(greatest.mean()) - np.euler_gamma * scale
    return float(-np.expm1(-np.exp(-(value - place) / scale)))


def _apart(
    cube: Cube,
    disks: Sequence[Any],
    expected: NDArray[Any],
    llr: NDArray[np.float64],
    greatest: NDArray[np.float64],
    level: float,
    most: int,
) -> list[Cylinder]:
    """The likeliest cylinder, then the likeliest that shares no cell with it, and so on."""
    taken: set[int] = set()
    found: list[Cylinder] = []
    for flat in np.argsort(llr, axis=None)[::-1]:
        value = float(llr.flat[flat])
        p = by_gumbel(value, greatest)
        if value <= 0 or p > level or len(found) == most:
            break
        rings, centre, day = (int(at) for at in np.unravel_index(flat, llr.shape))
        members = tuple(int(each) for each in disks[rings][centre].indices)
        if taken.isdisjoint(members):
            taken.update(members)
            counts = cube.observed[list(members), cube.days - day - 1 :].sum()
            mean = float(expected[rings, centre, day])
            found.append(Cylinder(centre, rings, day + 1, members, int(counts), mean, value, p))
    return found
