"""Cells as numbers agree with H3; a period falls into months and days; what an appeal adds to the counts."""

from __future__ import annotations

from collections import Counter
from datetime import date

import h3.api.basic_int as h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.heat.cells import cell_of, parent, resolution_of, span, spans_of, text_of
from indicators.heat.counting import InArea, InCell, Spot, Tally, counts, difference
from indicators.heat.towns import vague_cells
from indicators.period import Period
from models.states import ProblemState

points = st.tuples(st.floats(45, 70), st.floats(30, 140))
HOME = h3.latlng_to_cell(54.99, 73.37, 9)
AWAY = h3.latlng_to_cell(55.9, 74.4, 9)
DAY = date(2026, 3, 17)
MARCH = date(2026, 3, 1)


@given(points, st.integers(0, 9))
def test_parents_and_spans_are_those_of_h3(point: tuple[float, float], at: int) -> None:
    cell = h3.latlng_to_cell(*point, 9)
    assert parent(cell, at) == h3.cell_to_parent(cell, at)
    low, high = span(parent(cell, at), 9)
    assert low <= cell <= high
    beside = next(each for each in h3.grid_ring(parent(cell, at), 1) if each)
    assert not low <= h3.cell_to_center_child(beside, 9) <= high


@settings(deadline=None)
@given(points, st.floats(0.01, 2), st.floats(0.01, 3), st.integers(5, 9), st.floats(0, 1), st.floats(0, 1))
def test_the_spans_of_a_box_hold_every_cell_in_it(
    corner: tuple[float, float], height: float, width: float, at: int, up: float, right: float
) -> None:
    south, west = corner
    spans = spans_of((south, west, south + height, west + width), at)
    cell = h3.latlng_to_cell(south + up * height, west + right * width, at)
    assert spans is None or any(low <= cell <= high for low, high in spans)


def test_a_cell_is_read_as_h3_writes_it() -> None:
    assert cell_of(text_of(HOME)) == HOME and cell_of("") == 0
    with pytest.raises(ValueError, match="is not an H3 cell"):
        cell_of("12ab")


def test_a_nearer_zoom_shows_finer_cells() -> None:
    assert [resolution_of(zoom) for zoom in (4, 8, 9, 10, 11, 12, 13, 19)] == [5, 5, 6, 7, 7, 8, 9, 9]


def test_a_period_falls_into_whole_months_and_days_at_its_edges() -> None:
    period = Period(date(2026, 1, 20), date(2026, 4, 9))
    assert period.months == [date(2026, 2, 1), MARCH]
    assert period.edges == [Period(date(2026, 1, 20), date(2026, 1, 31)), Period(date(2026, 4, 1), date(2026, 4, 9))]
    assert Period.of_month(MARCH).edges == [] and Period(DAY, DAY).edges == [Period(DAY, DAY)]
    assert period.year_before() == Period(date(2025, 1, 1), date(2025, 12, 31))


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 200))
def test_months_and_edges_hold_each_day_once(first: date, more: int) -> None:
    period = Period(first, date.fromordinal(first.toordinal() + more))
    runs = [*period.edges, *(Period.of_month(month) for month in period.months)]
    days = [day for run in runs for day in range(run.first.toordinal(), run.last.toordinal() + 1)]
    assert sorted(days) == list(range(period.first.toordinal(), period.last.toordinal() + 1))
    months, parts = period.cut()
    counted = Counter(
        {day: sign for run, sign in [(Period.of_month(month), 1) for month in months] for day in ordinals(run)}
    )
    for run, sign in parts:
        assert len(ordinals(run)) <= 16
        for day in ordinals(run):
            counted[day] += sign
    assert {day: sign for day, sign in counted.items() if sign} == dict.fromkeys(ordinals(period), 1)


def ordinals(period: Period) -> range:
    return range(period.first.toordinal(), period.last.toordinal() + 1)


def spot(group: str = "ЖКХ", cell: int = HOME, state: str = "assigned") -> Spot:
    return Spot("omsk", DAY, group, "Омск г.о.", cell, ProblemState(state))


def at(group: str, cell: int, resolution: int) -> InCell:
    return InCell("omsk", group, resolution, MARCH, parent(cell, resolution))


def test_a_problem_counts_for_all_topics_and_for_its_group_at_each_resolution() -> None:
    found = counts([spot(), spot(), spot(group="Дороги", state="solved"), spot(cell=AWAY)], lambda _: frozenset())
    assert found[at("", HOME, 9)] == Tally(open=2, solved=1)
    assert found[at("ЖКХ", HOME, 7)] == Tally(open=2)
    assert found[at("Дороги", HOME, 5)] == Tally(solved=1)
    assert found[InArea("omsk", "", MARCH, "Омск г.о.")] == Tally(open=3, solved=1)


def test_a_problem_without_a_group_is_counted_once() -> None:
    assert counts([spot(group="")], lambda _: frozenset())[at("", HOME, 9)] == Tally(open=1)


def test_merged_and_dismissed_problems_are_not_counted() -> None:
    assert counts([spot(state="merged"), spot(state="dismissed")], lambda _: frozenset()) == {}


def test_somewhere_in_a_great_town_is_shown_at_the_coarsest_cells_alone() -> None:
    towns = [{"population": "1172070", "latitude": "54.99", "longitude": "73.37"}, {"population": "", "latitude": ""}]
    found = counts([spot()], lambda _: vague_cells(towns))
    assert {key.resolution for key in found if isinstance(key, InCell)} == {5}


def test_a_coarse_place_is_not_shown_finer_than_it_is() -> None:
    found = counts([spot(cell=parent(HOME, 7))], lambda _: frozenset())
    assert {key.resolution for key in found if isinstance(key, InCell)} == {5, 6, 7}


def test_a_problem_that_is_solved_moves_from_open_to_solved() -> None:
    before, after = (counts([spot(state=state)], lambda _: frozenset()) for state in ("reported", "solved"))
    assert difference(before, after)[at("", HOME, 9)] == Tally(-1, 1, 0)
    assert difference(after, after) == {}


@pytest.mark.parametrize(
    "box",
    [(-90.0, -180.0, 90.0, 180.0), (-90.0, -85.0, 90.0, 85.0), (40.0, 20.0, 80.0, 150.0), (50.0, -95.0, 50.1, 90.0)],
)
@pytest.mark.parametrize("at", [7, 9])
def test_a_box_of_half_the_earth_is_asked_for_as_a_whole_without_counting_its_cells(
    box: tuple[float, float, float, float], at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("millions of cells were made for one request")

    monkeypatch.setattr(h3, "h3shape_to_cells_experimental", never)
    assert spans_of(box, at) is None
