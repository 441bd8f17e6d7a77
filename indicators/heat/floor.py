"""The floor for the public: cells are split only as far as each part still holds enough people.

From the whole region down, a shown cell is split into its children. A child that fails stays with those like it in
the rest of its parent; where even the rest fails, the smallest shown children go into it, at worst all of them, which
is the parent as it was. So what is published at one zoom is a refinement of what is published at a coarser one, and no
sum or difference of published numbers of one map tells of fewer people than the floor (complementary suppression;
Hundepool et al., Statistical Disclosure Control, 2012, 4.2). docs/heat.md says what other differences can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators.heat.cells import COARSEST, FINEST, parent, resolution

Parts = tuple[int, ...]
"""Counts of people that add up over cells and must each be none or enough: open, closed, of other topics."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is published as one: a whole cell, or what is left of it beside the children that are pieces themselves.

    `cell` is 0 for what is left of the region. `counts` are exact; what is shown of them is rounded (`shown`).
    """

    cell: int
    rest: bool
    counts: Parts


def enough(counts: Parts, floor: int) -> bool:
    """Whether every count is none or at least `floor`. A negative one tells of no person by itself."""
    return all(count <= 0 or count >= floor for count in counts)


def pieces(totals: Mapping[int, Parts], finest: Mapping[int, Parts], floor: int, at: int) -> list[Piece]:
    """The pieces of a region at resolution `at`.

    `totals` are the counts by cell of the coarsest resolution, `finest` by cell of the finest; what a total has beyond
    its finest cells lies there without a closer place.
    """
    tree = _tree(totals, finest)
    found: list[Piece] = []
    shown, rest = _split(list(totals.items()), floor)
    if any(rest):
        found.append(Piece(0, True, rest))
    for level in range(COARSEST, at):
        split: list[tuple[int, Parts]] = []
        for cell, _ in shown:
            children, rest = _split(tree[level + 1][cell], floor)
            split += children
            if any(rest):
                found.append(Piece(cell, bool(children), rest))
        shown = split
    return found + [Piece(cell, False, counts) for cell, counts in shown]


def _split(children: Sequence[tuple[int, Parts]], floor: int) -> tuple[list[tuple[int, Parts]], Parts]:
    """(children that may stand alone, the sum of the others). A sum that fails as a whole shows nothing."""
    width = len(children[0][1]) if children else 0
    alone = (each for each in children if each[0] and any(each[1]) and enough(each[1], floor))
    shown = sorted(alone, key=lambda each: -sum(each[1]))
    kept = {cell for cell, _ in shown}
    rest = _sum([counts for cell, counts in children if cell not in kept], width)
    while shown and any(rest) and not enough(rest, floor):
        rest = _sum([rest, shown.pop()[1]], width)
    if not shown and not enough(rest, floor):
        return [], ()
    return shown, rest


def _sum(counts: Sequence[Parts], width: int) -> Parts:
    return tuple(map(sum, zip(*counts, strict=True))) if counts else (0,) * width


def _tree(totals: Mapping[int, Parts], finest: Mapping[int, Parts]) -> dict[int, dict[int, list[tuple[int, Parts]]]]:
    """By resolution and parent, the children with their counts; a child 0 holds what lies in the parent unplaced."""
    levels = {FINEST: dict(finest)}
    for level in range(FINEST - 1, COARSEST - 1, -1):
        sums: dict[int, list[Parts]] = defaultdict(list)
        for cell, counts in levels[level + 1].items():
            sums[parent(cell, level)].append(counts)
        levels[level] = {cell: _sum(counts, 0) for cell, counts in sums.items()}
    tree: dict[int, dict[int, list[tuple[int, Parts]]]] = {}
    for level in range(COARSEST + 1, FINEST + 1):
        tree[level] = defaultdict(list)
        for cell, counts in levels[level].items():
            tree[level][parent(cell, level - 1)].append((cell, counts))
    for cell, counts in totals.items():
        assert resolution(cell) == COARSEST
        placed = levels[COARSEST].get(cell, (0,) * len(counts))
        unplaced = tuple(all_ - some for all_, some in zip(counts, placed, strict=True))
        if any(unplaced):
            tree[COARSEST + 1][cell].append((0, unplaced))
    return tree


def shown(count: int, floor: int) -> int:
    """A number as the public sees it: rounded down to a multiple of the floor, so that differences tell little."""
    return count - count % floor if floor > 1 else count
