"""Bursts: are so many problems of a group in a place and a few hours more than the usual level explains?

The usual level is the place's own mean over the weeks before, spread over the hours of day and weekdays as the group
spreads over the whole region. The tail is that of Poisson, or of the negative binomial where the place's hours scatter
more than Poisson does: one snowfall brings many, and no alarm should come of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import exp, lgamma, log, log1p

HOUR = timedelta(hours=1)
HOURS_OF_WEEK = 168
SMOOTHING = 0.5
"""A place that had nothing for weeks counts as if it had half a problem: one never seen is not impossible."""

EVEN = 20.0
"""So many problems spread evenly over the week are added to what is known of the hours: few say little of the rest."""

POISSON = 1e-6
"""Scatter so near to Poisson's is his: the other tail's shape would be too large for the gamma function's digits."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is usual in a window: `expected` problems, and how much more than Poisson they scatter (1: not at all)."""

    expected: float
    dispersion: float


def probability(count: int, level: Level) -> float:
    """The probability of `count` or more at this level. Shape and rate as in Johnson, Kemp, Kotz, 3rd ed., 5.1."""
    if count <= 0:
        return 1.0
    term = exp(_log_mass(count, level))
    total, at = 0.0, count
    while term > 1e-17 * total or at < level.expected:
        total += term
        at += 1
        term = exp(_log_mass(at, level))
    return min(1.0, total)


def _log_mass(count: int, level: Level) -> float:
    mean = level.expected
    if level.dispersion <= 1.0 + POISSON:
        return count * log(mean) - mean - lgamma(count + 1)
    shape = mean / (level.dispersion - 1)
    return (
        lgamma(count + shape)
        - lgamma(shape)
        - lgamma(count + 1)
        - shape * log(level.dispersion)
        + count * (log1p(-1 / level.dispersion))
    )


def hour_of_week(moment: datetime, zone: tzinfo) -> int:
    """0 (Monday, from midnight) to 167, by the region's clocks."""
    local = moment.astimezone(zone)
    return local.weekday() * 24 + local.hour


def profile(region: Mapping[datetime, int], zone: tzinfo) -> list[float]:
    """How a group spreads over the 168 hours of a week, mean 1: shares of hours of day times shares of weekdays."""
    total = sum(region.values())
    by_hour, by_day = [EVEN / 24] * 24, [EVEN / 7] * 7
    for hour, count in region.items():
        at = hour_of_week(hour, zone)
        by_hour[at % 24] += count
        by_day[at // 24] += count
    whole = total + EVEN
    return [by_hour[at % 24] / whole * 24 * by_day[at // 24] / whole * 7 for at in range(HOURS_OF_WEEK)]


def level(
    place: Mapping[datetime, int], week: Sequence[float], zone: tzinfo, since: datetime, window: Sequence[datetime]
) -> Level:
    """What is usual for the place in the hours of `window` (their beginnings), by its own hours from `since` on.

    `place` are problems by hour; the window itself is no part of what is usual.
    """
    begin = window[0]
    days = max((begin - since) / timedelta(days=1), 1.0)
    before = {hour: count for hour, count in place.items() if since <= hour < begin}
    a_day = (sum(before.values()) + SMOOTHING) / days
    weight = sum(week[hour_of_week(hour, zone)] for hour in window) / 24
    begins = hour_of_week(since, zone)
    usual = [a_day / 24 * week[(begins + at) % HOURS_OF_WEEK] for at in range(int(days * 24))]
    return Level(a_day * weight, dispersion(before, since, usual, len(window)))


def dispersion(before: Mapping[datetime, int], since: datetime, usual: Sequence[float], hours: int) -> float:
    """How much counts of windows of so many hours scatter around what was usual: Pearson's statistic over their number.

    `usual` are expected problems by hour from `since` on. 1 where they scatter no more than Poisson.
    """
    windows = len(usual) // hours
    if windows < 2:
        return 1.0
    counts = [0] * windows
    for hour, count in before.items():
        at = (hour - since) // HOUR // hours
        if at < windows:
            counts[at] += count
    means = [sum(usual[at * hours : (at + 1) * hours]) for at in range(windows)]
    return max(1.0, sum((count - mean) ** 2 / mean for count, mean in zip(counts, means, strict=True)) / (windows - 1))


def hours_of(moment: datetime, many: int) -> list[datetime]:
    """The beginnings of the last `many` hours of the clock; the last one holds `moment`."""
    last = moment.replace(minute=0, second=0, microsecond=0)
    return [last - HOUR * back for back in range(many - 1, -1, -1)]
