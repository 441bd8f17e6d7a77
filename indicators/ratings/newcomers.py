"""How much the problems of new authors weigh: no more than known authors and equals vouch for.

Whoever wants to be praised can make people up, but not people who have been known for long; and what made-up people
write is easily solved and praised. So problems in which nothing speaks against the executor (clean ones) are looked at:
how many new authors there are to each known one. How many there should be is told by the other problems of the same
executor, of which nobody makes more up than he must, drawn towards his equals (on the same topics in the same months);
new authors write clean problems as much oftener or seldomer than others as they do with his equals. Where there are
more than this and chance explain, each of them counts so much less that together they come to what is allowed
(post-stratification; D. Holt, T. M. F. Smith, Post stratification, JRSS A 142 (1979) 33-46). Nothing that speaks
against an executor is ever weighed down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from indicators.ratings.cells import Numbers
from indicators.ratings.components import CLIENTELE, POOLS, Component
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.shrink import LEAST, MOST, Gathered, Shrunk, settled

Mask = np.typing.NDArray[np.bool_]
HALF = 0.5
"""Of a known author is added: where none is known, some new ones are no wonder (Jeffreys's prior of a count)."""


@dataclass(frozen=True)
class Newcomers:
    """One pool of all those rated, arrays by who is rated.

    `cases`: clean ones; `fresh`: those of new authors. `expected`: their share with equals. `odds`: how many new
    authors are expected to each known one. `allowed`: how many count whole. `weight`: what each of them counts.
    """

    cases: Numbers
    fresh: Numbers
    expected: Numbers
    odds: Numbers
    allowed: Numbers
    weight: Numbers


@dataclass(frozen=True)
class Weighed:
    """`clientele`: the share of new authors among the other problems. `pools`: by code."""

    clientele: Shrunk
    pools: dict[str, Newcomers]


def weighed(found: Mapping[str, Gathered], policy: RatingPolicy, whole: Mask) -> Weighed:
    """What new authors count, from what was gathered of the clientele and the pools; in full where `whole` says so."""
    clientele = settled(found[CLIENTELE.code], CLIENTELE, policy.prior_strength, policy.fewest_entities)
    return Weighed(
        clientele, {pool.code: _pool(found[pool.code], clientele, policy.tolerance, whole) for pool in POOLS}
    )


def _pool(found: Gathered, clientele: Shrunk, tolerance: float, whole: Mask) -> Newcomers:
    """The chance number of new authors is negative binomial about its mean; how sure the mean is comes on top."""
    usual, own = _kept(clientele.expected), _kept(clientele.value)
    odds = _odds(own) * _odds(_kept(found.expected)) / _odds(usual)
    known = np.maximum(found.cases - found.total, 0) + HALF
    unsure = clientele.error / (own * (1 - own))
    deviation = np.sqrt(odds * (1 + odds) * known + (odds * known * unsure) ** 2)
    allowed = odds * known + tolerance * deviation
    weight = np.minimum(allowed / np.maximum(found.total, allowed), 1.0)
    weight[whole] = 1.0
    return Newcomers(found.cases, found.total, found.expected, odds, allowed, weight)


def _kept(share: Numbers) -> Numbers:
    return np.clip(share, LEAST, MOST)


def _odds(share: Numbers) -> Numbers:
    return share / (1 - share)


def weight_of(component: Component, told: Weighed) -> Numbers:
    """What problems of new authors count for a component."""
    return told.pools[component.pool].weight
