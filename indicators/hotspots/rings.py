"""H3 neighbourhoods among given cells as sparse matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import h3.api.basic_int as h3
import numpy as np
from scipy.sparse import csr_matrix


def disk_matrix(cells: Sequence[int], rings: int) -> Any:
    """(cells, cells) of ones: row i has those of the cells that lie within so many rings of cell i, itself too."""
    where = {cell: number for number, cell in enumerate(cells)}
    rows: list[int] = []
    columns: list[int] = []
    for number, cell in enumerate(cells):
        near = [where[each] for each in h3.grid_disk(cell, rings) if each in where]
        rows += [number] * len(near)
        columns += near
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(cells), len(cells)))
