"""How near ratings come to the truth of a made-up region: the ranking beside raw means, and the intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

from bench.ratings_world import Numbers, World, courses, entries, rows_of, world
from indicators.ratings.cells import Cells
from indicators.ratings.components import COMPONENTS
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.rate import Ratings, rate

FEW = 150
"""Problems a year below which an executor counts as small."""
ALL = 1e9
"""A tolerance with which nobody weighs less."""
LONG_RUN = 20
"""The truth is what an executor comes to with so many times his problems."""


def ranking(made: World, ratings: Ratings, policy: RatingPolicy) -> dict[str, float]:
    """Rank correlation with the true skill, weighed as the policy weighs, of scores and of raw means."""
    weights = np.array([policy.weights[component.code].weight for component in COMPONENTS])
    at = np.array([int(name.removeprefix("executor-")) for name in ratings.names])
    true = (made.skill @ weights)[at]
    raw = raw_means(ratings, policy)
    small = made.volume[at] < FEW
    return {
        "score": round(float(spearmanr(ratings.score, true).statistic), 4),
        "raw_means": round(float(spearmanr(raw, true).statistic), 4),
        "small_executors": int(small.sum()),
        "score_of_small": round(float(spearmanr(ratings.score[small], true[small]).statistic), 4),
        "raw_means_of_small": round(float(spearmanr(raw[small], true[small]).statistic), 4),
    }


def raw_means(ratings: Ratings, policy: RatingPolicy) -> Numbers:
    """The same weights over plain means, each brought to mean 0 and deviation 1; no topics, no shrinking."""
    found = np.zeros(len(ratings.names))
    for component in COMPONENTS:
        shrunk = ratings.standings[component.code].shrunk
        own = np.divide(shrunk.total, shrunk.cases, out=np.full_like(shrunk.cases, np.nan), where=shrunk.cases > 0)
        spread = np.nanstd(own)
        if spread > 0:
            better = (own - np.nanmean(own)) / spread * (1 if component.higher else -1)
            found += policy.weights[component.code].weight * np.nan_to_num(better)
    return found


def coverage(policy: RatingPolicy, seed: int, executors: int = 120, problems: int = 9_600) -> dict[str, float]:
    """How often intervals of 90 % hold what the same executor comes to in the long run, by component and for the score.

    Standard error of each: about 2.7 of 100.
    """
    random = np.random.default_rng([seed, 90])
    made = world(executors, problems, 90, random, topics=24)
    short, long = _rated(made, random, policy), _rated(replace(made, volume=made.volume * LONG_RUN), random, policy)
    held = {"score": float(np.mean((short.low <= long.score) & (long.score <= short.high)))}
    for component in COMPONENTS:
        one, true = short.standings[component.code], long.standings[component.code].shrunk
        if one.shrunk.spread > 0 and not component.stock:  # what lies at the end has no long run
            low, high = one.interval
            own = true.total / np.maximum(true.cases, 1e-9)
            held[component.code] = float(np.mean((low <= own) & (own <= high)))
    return {name: round(share, 3) for name, share in held.items()}


def honest_changes(policy: RatingPolicy, seed: int, worlds: int, problems: int = 9_600) -> dict[str, float]:
    """What weighing new authors changes where nobody cheats: scores, and their rank correlation with the truth."""
    weights = np.array([policy.weights[component.code].weight for component in COMPONENTS])
    changes, ranks = [], []
    for number in range(worlds):
        random = np.random.default_rng([seed, 91, number])
        made = world(80, problems, 90, random, topics=24)
        cells = Cells.of_rows(_rows(made, random))
        weighed, plain = rate(cells, policy), rate(cells, replace(policy, tolerance=ALL))
        true = (made.skill @ weights)[[int(name.removeprefix("executor-")) for name in plain.names]]
        changes.append(weighed.score - plain.score)
        ranks.append([spearmanr(one.score, true).statistic for one in (weighed, plain)])
    change, (rank, rank_before) = np.concatenate(changes), np.mean(ranks, axis=0)
    return {
        "executors": len(change),
        "changed": round(float(np.mean(change < -0.01)), 3),
        "mean": round(float(change.mean()), 2),
        "lowest_5_percent": round(float(np.percentile(change, 5)), 2),
        "lowest": round(float(change.min()), 2),
        "rank_correlation": round(float(rank), 4),
        "rank_correlation_unweighed": round(float(rank_before), 4),
    }


def _rated(made: World, random: np.random.Generator, policy: RatingPolicy) -> Ratings:
    return rate(Cells.of_rows(_rows(made, random)), policy)


def _rows(made: World, random: np.random.Generator) -> list[tuple[object, ...]]:
    return [
        row
        for executor in range(made.executors)
        for row in rows_of(
            [
                entries(course, executor * 1_000_000 + number, made.days)
                for number, course in enumerate(courses(made, executor, random))
            ]
        )
    ]
