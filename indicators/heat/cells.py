"""H3 cells as 64-bit numbers: parents, spans of descendants, which resolution a zoom shows, what a box covers.

The layout of an index is H3's own (https://h3geo.org/docs/core-library/h3Indexing): bits 52-55 hold the resolution,
bits 45-51 the base cell, then 3 bits a digit for resolutions 1 to 15, unused digits being 7. The descendants of a cell
at one resolution are therefore one run of numbers, which an index of the database can be asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import floor, radians, sin

import h3.api.basic_int as h3
import orjson

COARSEST, FINEST = 5, 9
RESOLUTIONS = tuple(range(COARSEST, FINEST + 1))
"""The resolutions that are counted: edges of 9.9 km, 3.7 km, 1.4 km, 530 m and 200 m."""

LAST_ZOOM = ((8, 5), (9, 6), (11, 7), (12, 8))
"""(greatest zoom of a web map, resolution): a cell is 25 to 60 pixels wide at the latitudes of Russia."""

COVER = 3
"""So many resolutions coarser than the cells are those that cover a box: some tens of runs, not thousands."""

MOST_COVERS = 150
"""A box that needs more is asked for as a whole: it holds most of a region anyway."""

HALF = 180.0
"""Degrees: H3 takes a box at least so wide for the other side of the Earth."""
EARTH_KM = 6371.0

Box = tuple[float, float, float, float]
"""South, west, north, east, in degrees."""


def cell_of(text: str) -> int:
    """The number of a cell written as H3 writes it; 0 for the empty text. Raises ValueError where it is no cell."""
    if not text:
        return 0
    cell = int(text, 16)
    if not h3.is_valid_cell(cell):
        raise ValueError(f"{text!r} is not an H3 cell")
    return cell


def text_of(cell: int) -> str:
    return f"{cell:x}"


def resolution(cell: int) -> int:
    return (cell >> 52) & 15


def parent(cell: int, at: int) -> int:
    """The cell of resolution `at` that holds the cell, which must not be coarser."""
    unused = (1 << 3 * (15 - at)) - 1
    return cell & ~(15 << 52) | at << 52 | unused


def span(cell: int, at: int) -> tuple[int, int]:
    """The least and the greatest number that a descendant of resolution `at` can have."""
    digits = ((1 << 3 * (at - resolution(cell))) - 1) << 3 * (15 - at)
    whole = cell & ~(15 << 52) | at << 52
    return whole & ~digits, whole


def resolution_of(zoom: float) -> int:
    """The resolution to show at a zoom of a web map."""
    return next((found for last, found in LAST_ZOOM if zoom <= last), FINEST)


def spans_of(box: Box, at: int) -> list[tuple[int, int]] | None:
    """Runs of numbers that hold every cell of resolution `at` touching the box; None where all are asked for."""
    cover = max(at - COVER, 0)
    if _needs_at_least(box, cover) > MOST_COVERS or box[3] - box[1] >= HALF:
        return None
    south, west, north, east = _widened(box, cover)
    corners = [(south, west), (south, east), (north, east), (north, west)]
    touching = h3.h3shape_to_cells_experimental(h3.LatLngPoly(corners), cover, contain="overlap")
    if len(touching) > MOST_COVERS:
        return None
    return merged(sorted(span(cell, at) for cell in touching))


def _needs_at_least(box: Box, cover: int) -> float:
    """How many cells a box holds by its area, without counting them: a box of the whole Earth has millions."""
    south, west, north, east = map(radians, box)
    area = EARTH_KM**2 * (sin(north) - sin(south)) * (east - west)
    # the largest cell of a resolution is a third larger than the average one
    return float(area / (1.5 * h3.average_hexagon_area(cover, unit="km^2")))


def _widened(box: Box, cover: int) -> Box:
    """The box with a margin: descendants stick out of their ancestor's hexagon by a part of its edge."""
    south, west, north, east = box
    margin = h3.average_hexagon_edge_length(cover, unit="km") / 111.2 * 0.3
    return (
        max(south - margin, -89.0),
        max(west - 2 * margin, -179.9),
        min(north + margin, 89.0),
        min(east + 2 * margin, 179.9),
    )


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs in order, those that meet joined."""
    joined: list[tuple[int, int]] = []
    for low, high in spans:
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


@lru_cache(maxsize=30_000)
def outline(cell: int) -> orjson.Fragment:
    """The corners of a cell, (latitude, longitude) to a metre, as JSON.

    Kept as text: thousands of cells as lists of pairs were what the garbage collector spent the time of a map on.
    """
    corners = [(_metre(latitude), _metre(longitude)) for latitude, longitude in h3.cell_to_boundary(cell)]
    return orjson.Fragment(orjson.dumps(corners))


def _metre(degrees: float) -> float:
    """To five digits; round() goes by way of text."""
    return floor(degrees * 100_000 + 0.5) / 100_000


def centre(cell: int) -> tuple[float, float]:
    latitude, longitude = h3.cell_to_latlng(cell)
    return round(latitude, 5), round(longitude, 5)
