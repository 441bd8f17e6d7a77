"""Hot spots: what is planted is found, chance alone is not, and nothing is told twice."""

from __future__ import annotations

from datetime import date, timedelta

import h3.api.basic_int as h3
import numpy as np
import pytest

from indicators.hotspots.cube import Cube, cube_of
from indicators.hotspots.finding import Settings, find, once
from indicators.hotspots.getis import false_discovery, gi_star, patches
from indicators.hotspots.records import Found, Observed
from indicators.hotspots.rings import disk_matrix
from indicators.hotspots.scan import Windows, by_gumbel, likelihood, scan

LAST = date(2026, 3, 17)
CITY = tuple(sorted(h3.grid_disk(h3.latlng_to_cell(54.99, 73.37, 8), 9)))
SHARES = np.random.default_rng(7).gamma(0.8, size=len(CITY))
SHARES /= SHARES.sum()


def city(seed: int, a_day: float = 60, planted: int = 0, at: int = 0, days: int = 5) -> Cube:
    """Two weeks of a city of 271 cells, with so many problems more in one neighbourhood in the last days."""
    chance = np.random.default_rng(seed)
    observed = chance.poisson(np.outer(SHARES, np.full(14, a_day)))
    history = chance.poisson(SHARES * a_day * 365)
    near = [CITY.index(cell) for cell in h3.grid_disk(CITY[at], 1) if cell in CITY]
    for _ in range(planted):
        observed[chance.choice(near), 14 - 1 - chance.integers(days)] += 1
    return cube_of(CITY, LAST, observed, history)


def near(cube: Cube, at: int) -> set[int]:
    return {CITY.index(cell) for cell in h3.grid_disk(CITY[at], 2) if cell in CITY}


@pytest.mark.parametrize("at", [0, 100, 135])
def test_a_planted_cluster_is_found_where_and_when_it_is(at: int) -> None:
    cube = city(seed=at, planted=25, at=at)
    best = scan(cube, Windows(), replications=99, seed=1)[0]
    assert set(best.cells) & near(cube, at) and best.centre in near(cube, at)
    assert best.days <= 8 and best.problems > 2 * best.expected and best.p < 0.01


def test_gi_finds_a_patch_of_the_whole_window() -> None:
    cube = city(seed=4, planted=60, at=135, days=14)
    patch = patches(cube, 14, replications=99, seed=1)[0]
    assert set(patch.cells) & near(cube, 135) and patch.q < 0.05 and patch.problems > patch.expected


def test_chance_alone_seldom_gives_an_alarm() -> None:
    alarms = [len(scan(city(seed), Windows(), replications=99, seed=seed)) for seed in range(100, 130)]
    assert sum(1 for alarm in alarms if alarm) <= 5  # 1.5 expected at 5 %


def test_more_problems_everywhere_are_no_hot_spot() -> None:
    """A snowfall: the last day has ten times as many as usual in the whole city."""
    chance = np.random.default_rng(3)
    observed = chance.poisson(np.outer(SHARES, [60.0] * 13 + [600.0]))
    cube = cube_of(CITY, LAST, observed, chance.poisson(SHARES * 60 * 365))
    assert scan(cube, Windows(), replications=99, seed=1) == []


def test_the_same_seed_finds_the_same() -> None:
    cube = city(seed=5, planted=20)
    assert scan(cube, Windows(), replications=60, seed=9) == scan(cube, Windows(), replications=60, seed=9)


def test_clusters_that_are_told_share_no_cell() -> None:
    cube = city(seed=6, planted=40, at=20)
    found = scan(cube, Windows(), replications=99, seed=1)
    assert len({cell for one in found for cell in one.cells}) == sum(len(one.cells) for one in found)


def test_the_likelihood_is_that_of_kulldorff() -> None:
    value = likelihood(np.array([10.0]), np.array([4.0]), 100, Windows())[0]
    assert value == pytest.approx(10 * np.log(10 / 4) + 90 * np.log(90 / 96))
    assert likelihood(np.array([3.0, 5.0, 40.0]), np.array([1.0, 6.0, 30.0]), 100, Windows()).tolist() == [0, 0, 0]


def test_gi_star_is_that_of_ord_and_getis() -> None:
    x = np.random.default_rng(2).normal(size=len(CITY))
    inside = [number for number, cell in enumerate(CITY) if cell in h3.grid_disk(CITY[100], 1)]
    n, many = len(CITY), len(inside)
    spread = x.std() * np.sqrt((n * many - many**2) / (n - 1))
    assert gi_star(x, disk_matrix(CITY, 1))[100] == pytest.approx((x[inside].sum() - many * x.mean()) / spread)


def test_the_false_discovery_rate_is_that_of_benjamini_and_hochberg() -> None:
    q = false_discovery(np.array([0.01, 0.04, 0.03, 0.5]))
    assert q == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


def test_gumbel_tells_values_far_out_apart() -> None:
    greatest = np.random.default_rng(1).gumbel(5, 1, size=400)
    assert 0.2 < by_gumbel(6, greatest) < 0.5 and by_gumbel(15, greatest) < 1e-3
    assert by_gumbel(20, greatest) < by_gumbel(15, greatest)


def found(group: str, method: str, cells: tuple[int, ...], appeals: int = 10, probability: float = 0.01) -> Found:
    return Found(group, method, cells, LAST - timedelta(days=3), LAST, appeals, 1.0, probability)


def test_nothing_is_told_twice() -> None:
    scan_, gi = found("ЖКХ", "scan", CITY[:3]), found("ЖКХ", "gi", CITY[2:5], probability=0.001)
    everything = found("", "scan", CITY[:4], appeals=12, probability=0.0001)
    other = found("", "scan", CITY[50:52])
    assert once([gi, everything, other, scan_]) == [scan_, other]


def test_an_all_topics_spot_that_no_group_explains_stays() -> None:
    group, everything = found("ЖКХ", "scan", CITY[:3], appeals=5), found("", "scan", CITY[:4], appeals=40)
    assert set(once([group, everything])) == {group, everything}


def test_a_group_with_too_little_history_is_left_alone() -> None:
    few = Observed({CITY[0]: 50}, {(CITY[1], 0): 30})
    assert find({"": few}, LAST, Settings(), seed=1) == []


def test_a_new_place_without_history_can_be_a_hot_spot() -> None:
    history = dict.fromkeys(CITY[:60], 30)
    window = {(cell, back): 1 for cell in CITY[:60] for back in (1, 8)} | {(CITY[200], 0): 9}
    spots = find({"ЖКХ": Observed(history, window)}, LAST, Settings(replications=99), seed=1)
    assert [spot.cells for spot in spots if CITY[200] in spot.cells]
    assert spots[0].first == LAST and spots[0].appeals >= 9
