"""The floor of the public's map: nothing that is published tells of fewer people than the floor."""

from __future__ import annotations

from collections import defaultdict

import h3.api.basic_int as h3
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.heat.cells import parent
from indicators.heat.floor import Parts, enough, pieces, shown

CENTRE = h3.latlng_to_cell(54.99, 73.37, 5)
NEIGHBOURS = sorted(h3.grid_disk(CENTRE, 1))
CELLS = [sorted(h3.cell_to_children(cell, 9))[at] for cell in NEIGHBOURS for at in (0, 1, 2, 60, 400, 401, 900, 2000)]

people = st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 9))
maps = st.tuples(
    st.dictionaries(st.sampled_from(CELLS), people, max_size=30),
    st.dictionaries(st.sampled_from(NEIGHBOURS), people, max_size=4),
    st.integers(1, 6),
)


def totals(finest: dict[int, Parts], unplaced: dict[int, Parts]) -> dict[int, Parts]:
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell, counts in [(parent(cell, 5), counts) for cell, counts in finest.items()] + list(unplaced.items()):
        for at, count in enumerate(counts):
            found[cell][at] += count
    return {cell: tuple(counts) for cell, counts in found.items()}


@settings(deadline=None, max_examples=200)
@given(maps, st.integers(5, 9))
def test_no_piece_holds_fewer_people_than_the_floor_of_any_kind(
    given_map: tuple[dict[int, Parts], dict[int, Parts], int], at: int
) -> None:
    finest, unplaced, floor = given_map
    for piece in pieces(totals(finest, unplaced), finest, floor, at):
        assert enough(piece.counts, floor)


@settings(deadline=None, max_examples=200)
@given(maps, st.integers(5, 9))
def test_pieces_hold_everybody_once_or_nothing_is_shown(
    given_map: tuple[dict[int, Parts], dict[int, Parts], int], at: int
) -> None:
    finest, unplaced, floor = given_map
    whole = totals(finest, unplaced)
    found = pieces(whole, finest, floor, at)
    everybody = tuple(sum(counts[part] for counts in whole.values()) for part in range(3))
    if found:
        assert tuple(sum(piece.counts[part] for piece in found) for part in range(3)) == everybody
    else:
        assert not any(everybody) or not enough(everybody, floor)


@settings(deadline=None, max_examples=200)
@given(maps, st.integers(6, 9))
def test_a_finer_map_only_splits_pieces_of_the_coarser_one(
    given_map: tuple[dict[int, Parts], dict[int, Parts], int], at: int
) -> None:
    """What two zooms together tell is what the finer one tells: each coarse piece is a sum of fine ones."""
    finest, unplaced, floor = given_map
    whole = totals(finest, unplaced)
    coarse, fine = (pieces(whole, finest, floor, level) for level in (at - 1, at))
    for piece in coarse:
        if piece.rest:
            assert piece in fine
            continue
        inside = [each for each in fine if each.cell and each.cell == piece.cell]
        inside += [each for each in fine if each.cell and h3.get_resolution(each.cell) > h3.get_resolution(piece.cell)
                   and parent(each.cell, h3.get_resolution(piece.cell)) == piece.cell]  # fmt: skip
        assert tuple(map(sum, zip(*(each.counts for each in inside), strict=True))) == piece.counts


def test_one_hidden_neighbour_takes_a_shown_one_with_it() -> None:
    """Seven children, one with a single person: parent less the six others must not tell of him."""
    mother = parent(CELLS[0], 8)
    children = sorted(h3.cell_to_children(mother, 9))
    finest: dict[int, Parts] = dict.fromkeys(children[1:], (5, 0, 0)) | {children[0]: (1, 0, 0)}
    found = pieces({parent(mother, 5): (31, 0, 0)}, finest, 3, 9)
    rest = [piece for piece in found if piece.rest]
    assert [(piece.cell, piece.counts) for piece in rest] == [(mother, (6, 0, 0))]
    assert len(found) == 6


def test_a_place_with_too_few_people_shows_nothing_at_all() -> None:
    assert pieces({CENTRE: (2, 0, 0)}, {CELLS[0]: (2, 0, 0)}, 3, 9) == []


def test_what_the_public_sees_is_rounded_down_to_the_floor() -> None:
    assert [shown(count, 3) for count in (0, 3, 5, 6, 8)] == [0, 3, 3, 6, 6]
    assert shown(7, 1) == 7
