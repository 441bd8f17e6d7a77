"""Ratings from cells: components, their weighted sum, a score from 0 to 100 with its interval, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from indicators.ratings.cells import Cells, Numbers
from indicators.ratings.components import COMPONENTS, COUNTED, Component
from indicators.ratings.newcomers import Weighed, weighed, weight_of
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.shrink import NINETY, Gathered, Shrunk, gathered, settled

GRID = 101


@dataclass(frozen=True)
class Standing:
    """One component, brought to a common measure: how much better than equals, and the deviation of that."""

    component: Component
    found: Gathered
    shrunk: Shrunk
    points: Numbers
    error: Numbers

    @cached_property
    def interval(self) -> tuple[Numbers, Numbers]:
        """The ends of the shrunk value, asked for only where they are shown."""
        return self.shrunk.interval(self.component)


@dataclass(frozen=True)
class Ratings:
    """Arrays by who is rated. `score` 50 is as equals do, 84 is one of their standard deviations better in everything.

    `low`, `high`: in nine of ten cases the true score lies between. `place`, `first`, `last`: 1 is the best, and the
    places that its interval leaves open. `problems`: what was received and closed. `enough`: whether to name a place.
    """

    names: list[str]
    standings: dict[str, Standing]
    newcomers: Weighed
    points: Numbers
    error: Numbers
    score: Numbers
    low: Numbers
    high: Numbers
    place: Numbers
    first: Numbers
    last: Numbers
    problems: Numbers
    enough: np.typing.NDArray[np.bool_]


def standing(found: Gathered, component: Component, weight: Numbers, policy: RatingPolicy) -> Standing:
    """One component of all those rated. `weight`: what problems of new authors count."""
    shrunk = settled(found, component, policy.prior_strength, policy.fewest_entities, weight)
    points, error = shrunk.standing(component)
    return Standing(component, found, shrunk, points, error)


def rate(cells: Cells, policy: RatingPolicy, ends: date = date.max) -> Ratings:
    """Everything anew, of a period that ends then."""
    found = {one.code: gathered(cells, one, policy.equals_strength) for one in COUNTED}
    return compose(cells, policy, found, ends)


def compose(cells: Cells, policy: RatingPolicy, found: Mapping[str, Gathered], ends: date) -> Ratings:
    """The ratings from what was gathered of each component and pool."""
    size = len(cells.names)
    checked = {one.code for one in policy.checked if policy.reason_of(one.code, ends)}
    told = weighed(found, policy, np.array([name in checked for name in cells.names], bool))
    standings = {one.code: standing(found[one.code], one, weight_of(one, told), policy) for one in COMPONENTS}
    points, variance = np.zeros(size), np.zeros(size)
    for code, one in standings.items():
        weight = policy.weights[code].weight
        points += weight * one.points
        variance += (weight * one.error) ** 2
    error = np.sqrt(variance)
    received, closed = (standings[code].shrunk.cases for code in ("refused", "explained"))
    problems = np.maximum(received, closed)
    enough = problems >= policy.fewest_problems
    place, first, last = places(points, error, enough)
    return Ratings(
        names=cells.names,
        standings=standings,
        newcomers=told,
        points=points,
        error=error,
        score=100 * ndtr(points),
        low=100 * ndtr(points - NINETY * error),
        high=100 * ndtr(points + NINETY * error),
        place=place,
        first=first,
        last=last,
        problems=problems,
        enough=enough,
    )


def places(points: Numbers, error: Numbers, enough: np.typing.NDArray[np.bool_]) -> tuple[Numbers, Numbers, Numbers]:
    """Places among those with enough problems, and the best and the worst that each one's interval leaves open.

    How many stand above a value is expected from what is known of each of them: the sum of the chances that he does.
    """
    place, first, last = (np.zeros(len(points)) for _ in range(3))
    among, spread = points[enough], np.maximum(error[enough], 1e-9)
    if not len(among):
        return place, first, last
    order = np.argsort(-among, kind="stable")
    own = np.empty(len(among))
    own[order] = np.arange(1, len(among) + 1)
    least, most = (among - NINETY * spread).min(), (among + NINETY * spread).max()
    grid = np.linspace(least, most, GRID)
    above = ndtr((among[None, :] - grid[:, None]) / spread[None, :]).sum(axis=1)
    place[enough] = own
    high, low = among + NINETY * spread, among - NINETY * spread
    own_above = ndtr(NINETY)  # his own chance to stand above the lower end is no rival's
    first[enough] = np.minimum(own, np.rint(1 + np.interp(high, grid, above) - (1 - own_above)).clip(1))
    last[enough] = np.maximum(own, np.rint(1 + np.interp(low, grid, above) - own_above).clip(1, len(among)))
    return place, first, last
