"""Planted hot spots: how many are found, how soon, and how many alarms chance alone gives."""

from __future__ import annotations

import sys
from collections import Counter
from math import sqrt

import h3.api.basic_int as h3
import numpy as np

from bench.heat_world import DAYS, LAST, World, world_of
from indicators.hotspots.finding import Settings, find
from indicators.hotspots.records import Found, Observed
from models.pack import RegionPack

A_DAY = 900
"""Appeals of the region a day: a million problems in three years."""

STRENGTHS = ((2, 8), (2, 15), (4, 15), (4, 30))
"""(days, appeals more than usual) of what is planted."""

RESOLUTION = 8


def spots_bench(pack: RegionPack, seeds: int) -> dict[str, object]:
    """Each seed is a night of another region: once with nothing planted, once with four of each strength."""
    false, nights = 0, 0
    planted_of: Counter[tuple[int, int]] = Counter()
    found_of: Counter[tuple[int, int]] = Counter()
    beside = 0
    for seed in range(seeds):
        world = world_of(pack, seed)
        chance = np.random.default_rng(1000 + seed)
        observed = _night(world, chance)
        quiet = find(observed, LAST, Settings(), seed)
        false, nights = false + len(quiet), nights + bool(quiet)
        truth = _plant(observed, chance)
        found = find(observed, LAST, Settings(), seed)
        for strength, group, near in truth:
            planted_of[strength] += 1
            found_of[strength] += any(_hits(one, group, near) for one in found)
        beside += sum(not any(_hits(one, group, near) for _, group, near in truth) for one in found)
        print(
            f"seed {seed}: {len(quiet)} by chance, {len(found)} with {len(truth)} planted", file=sys.stderr, flush=True
        )
    return {
        "nights": seeds,
        "nights_with_a_false_alarm": f"{nights} of {seeds} {interval(nights, seeds)}",
        "false_alarms_in_all": false,
        "alarms_beside_the_planted": beside,
        "recall": {
            f"{appeals} more in {days} days": f"{found_of[days, appeals]} of {planted_of[days, appeals]} "
            f"{interval(found_of[days, appeals], planted_of[days, appeals])}"
            for days, appeals in STRENGTHS
        },
    }


def _night(world: World, chance: np.random.Generator) -> dict[str, Observed]:
    """Appeals of a year and two weeks without anything planted, by group, cell and day."""
    mothers = np.array([h3.cell_to_parent(int(cell, 16), RESOLUTION) for cell in world.cells], dtype=np.uint64)
    cells, place = np.unique(mothers, return_inverse=True)
    weights = np.bincount(place, world.weights)
    groups = sorted({group for _, group in world.topics})
    observed: dict[str, Observed] = {}
    window, days = Settings().windows.days, Settings().windows.days + 365
    share = {
        group: sum(
            weight * season[-days:] for (_, of), weight, season in
            zip(world.topics, world.topic_weights, world.seasons, strict=True) if of == group
        )
        for group in groups
    }  # fmt: skip
    total = sum(float(np.sum(each)) for each in share.values())
    sums: dict[str, tuple[Counter[int], Counter[tuple[int, int]]]] = {}
    for group in ["", *groups]:
        sums[group] = Counter(), Counter()
    for group in groups:
        by_day = chance.poisson(np.asarray(share[group]) / total * A_DAY * days)
        history = chance.multinomial(int(by_day[:-window].sum()), weights)
        for name in (group, ""):
            sums[name][0].update({int(cells[at]): int(count) for at, count in enumerate(history) if count})
        for back, count in enumerate(by_day[::-1][:window]):
            for at, came in enumerate(chance.multinomial(int(count), weights)):
                if came:
                    for name in (group, ""):
                        sums[name][1][int(cells[at]), back] += int(came)
    for name, (before, now) in sums.items():
        observed[name] = Observed(before, now)
    assert days <= DAYS
    return observed


Truth = tuple[tuple[int, int], str, frozenset[int]]


def _plant(observed: dict[str, Observed], chance: np.random.Generator) -> list[Truth]:
    """Four hot spots of each strength, each of another place, of groups drawn by how much they have."""
    groups = [group for group in observed if group]
    sizes = np.array([float(observed[group].now) for group in groups])
    cells = list(observed[""].history)
    weights = np.array([float(observed[""].history[cell]) for cell in cells])
    truth: list[Truth] = []
    for strength in STRENGTHS * 4:
        days, appeals = strength
        group = str(chance.choice(groups, p=sizes / sizes.sum()))
        centre = int(cells[int(chance.choice(len(cells), p=weights / weights.sum()))])
        near = [cell for cell in h3.grid_disk(centre, 1) if cell in observed[""].history]
        for _ in range(appeals):
            key = int(chance.choice(np.array(near, dtype=np.uint64))), int(chance.integers(days))
            for name in (group, ""):
                now = observed[name].window
                assert isinstance(now, Counter)
                now[key] += 1
        truth.append((strength, group, frozenset(near)))
    return truth


def _hits(found: Found, group: str, near: frozenset[int]) -> bool:
    return found.group in ("", group) and not near.isdisjoint(found.cells)


def interval(count: int, of: int) -> list[float]:
    """95 % by Wilson."""
    if not of:
        return [0.0, 1.0]
    share, z = count / of, 1.96
    middle = (share + z * z / 2 / of) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / 4 / of**2) / (1 + z * z / of)
    return [round(max(0.0, middle - half), 2), round(min(1.0, middle + half), 2)]
