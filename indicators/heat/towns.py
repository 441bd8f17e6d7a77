"""Places that say «somewhere in this town»: the middle of a great town stands for what has no closer address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import h3.api.basic_int as h3

from models.pack import RegionPack

Vague = frozenset[int]
"""Cells of resolution 9 whose problems are shown at the coarsest resolution alone."""

GREAT = 20_000
"""Inhabitants from which on a town is wider than a neighbourhood. A village is its own neighbourhood."""


def vague_of(pack: RegionPack) -> Vague:
    """The middles of the great towns of a pack; read once."""
    return _vague_of(pack.folder)


@lru_cache(maxsize=16)
def _vague_of(folder: Path) -> Vague:
    return vague_cells(RegionPack(folder).optional_rows("settlements.csv"))


def vague_cells(settlements: Iterable[Mapping[str, str]]) -> Vague:
    great = (row for row in settlements if int(row["population"] or 0) >= GREAT and row["latitude"])
    return frozenset(h3.latlng_to_cell(float(row["latitude"]), float(row["longitude"]), 9) for row in great)
