"""The keys under which problems find each other, and those by which workers take turns.

A key is a signed 64-bit hash of (region, cause, what, where). A problem is filed under its own cell of H3 resolution 8,
street, settlement and routes; it looks under all cells that its cause's radius can reach.
"""

from __future__ import annotations

from hashlib import blake2b
from math import ceil

import h3

from routing.incidents.causes import Cause
from routing.incidents.likeness import distance
from routing.incidents.records import Trace

RESOLUTION = 8
LOCK_RESOLUTION = 5
CORNER: float = 1.2 * h3.average_hexagon_edge_length(RESOLUTION, unit="m")
"""Metres; no corner of a cell in Russia is farther from its middle (the farthest of 60,000 cells: 1.11 mean edges)."""

Towns = frozenset[tuple[str, str]]
"""(municipality, settlement) of those too large to be one place (Causes.towns)."""

NO_TOWNS: Towns = frozenset()
EDGE: float = 0.8 * h3.average_hexagon_edge_length(RESOLUTION, unit="m")
"""Metres; cells differ in size over the globe, the smallest have four fifths of the mean edge."""


def key(*parts: str) -> int:
    """A signed 64-bit hash of the parts."""
    return int.from_bytes(blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def rings(radius: float) -> int:
    """How many rings of cells around one hold everything within `radius` metres of any of its points.

    From a corner of the middle cell, k rings reach at least (1.5 k - 0.5) edges.
    """
    return ceil((radius / EDGE + 0.5) / 1.5)


def filed(trace: Trace, cause: Cause, towns: Towns = NO_TOWNS) -> list[int]:
    """Under what the problem will be found."""
    return sorted({key(*name) for name in _names(trace, cause, 0.0, towns)})


def asked(trace: Trace, cause: Cause, towns: Towns = NO_TOWNS) -> list[int]:
    """Under what earlier ones are looked for."""
    return sorted({key(*name) for name in _names(trace, cause, cause.radius, towns)})


def cells(point: tuple[float, float], radius: float) -> list[str]:
    """The cells that hold anything within `radius` metres of (latitude, longitude); its own cell alone for 0."""
    own = h3.latlng_to_cell(*point, RESOLUTION)
    if radius == 0:
        return [own]
    disk = h3.grid_disk(own, rings(radius))
    return [each for each in disk if distance(point, h3.cell_to_latlng(each)) <= radius + CORNER]


def _names(trace: Trace, cause: Cause, radius: float, towns: Towns) -> list[tuple[str, ...]]:
    """In a town the settlement is no key: it brings a problem nearer to none, and would bring twenty to compare."""
    spot, head = trace.spot, (trace.region, cause.code)
    names: list[tuple[str, ...]] = []
    if spot.point is not None:
        names += [(*head, "cell", each) for each in cells(spot.point, radius)]
    if spot.street:
        names.append((*head, "street", spot.settlement, spot.street))
    if spot.settlement and cause.village and (spot.municipality, spot.settlement) not in towns:
        names.append((*head, "settlement", spot.municipality, spot.settlement))
    if cause.route:
        names += [(*head, "object", each) for each in sorted(trace.objects)]
    return names


def locks(trace: Trace, cause: Cause) -> set[int]:
    """What a worker holds from the search to the commit: whoever could join the same problems holds one of these too.

    Cells of resolution 5 (about nine kilometres across) in place of those searched: a hundred problems must not take
    thousands of locks.
    """
    spot, head = trace.spot, ("lock", trace.region, cause.code)
    names: set[tuple[str, ...]] = set()
    if spot.point is not None:
        cell = h3.latlng_to_cell(*spot.point, RESOLUTION)
        near = h3.grid_disk(cell, rings(cause.radius))
        names |= {(*head, "cell", h3.cell_to_parent(each, LOCK_RESOLUTION)) for each in near}
    if spot.street or spot.settlement:
        names.add((*head, "settlement", spot.settlement))
    if cause.route:
        names |= {(*head, "object", each) for each in trace.objects}
    return {key(*name) for name in names}
