"""Bursts planted inside a real series of problems, and the alarms that the series gives without them.

In memory, by the rules of routing.incidents alone: the steps of its `watch` without the database.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from math import sqrt
from uuid import UUID

from models.identifiers import new_id
from models.places import PlaceLevel
from routing.incidents import Causes
from routing.incidents.alarms import WHOLE_REGION, Burst, Series, alarm, series_of
from routing.incidents.bursts import hours_of, profile
from routing.incidents.records import Spot, Trace

SIZES = (5, 8, 12, 20)
SPANS = (1, 3)
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Told:
    """One problem: when it was sent, its group, its municipality, the point of its house where it has one."""

    at: datetime
    group: str
    municipality: str
    point: tuple[float, float] | None = None

    def trace(self, region: str) -> Trace:
        latitude, longitude = self.point or (None, None)
        level = PlaceLevel.HOUSE if self.point else PlaceLevel.MUNICIPALITY
        spot = Spot(level, municipality=self.municipality, latitude=latitude, longitude=longitude)
        return Trace(new_id(), region, NOBODY, "", (), self.group, True, spot, self.at)


@dataclass
class Watch:
    """Counts of a series of problems, and the alarms it gave. `first` is when the series began."""

    region: str
    causes: Causes
    first: datetime
    counts: dict[Series, Counter[datetime]] = field(default_factory=lambda: defaultdict(Counter))
    alarms: list[Burst] = field(default_factory=list)

    def see(self, told: Told) -> list[Burst]:
        """Count one problem; the alarms that it raises."""
        trace, rules = told.trace(self.region), self.causes.bursts
        every = list(series_of(trace))
        for series in every:
            self.counts[series][hours_of(told.at, 1)[0]] += 1
        raised = [found for series in every if (found := self._alarm(series, trace, rules.weeks))]
        self.alarms += raised
        return raised

    def _alarm(self, series: Series, trace: Trace, weeks: int) -> Burst | None:
        rules, place = self.causes.bursts, self.counts[series]
        if sum(place[hour] for hour in hours_of(trace.sent_at, max(rules.hours)) if hour in place) < rules.least:
            return None
        quiet = trace.sent_at - timedelta(hours=rules.quiet_hours)
        if any(each.series == series and each.reached_at > quiet for each in self.alarms):
            return None
        since = max(self.first, trace.sent_at - timedelta(weeks=weeks)).replace(minute=0, second=0, microsecond=0)
        begin = trace.sent_at - timedelta(weeks=weeks)
        regional = self.counts[Series(series.region, series.group, WHOLE_REGION)]
        week = profile({hour: count for hour, count in regional.items() if hour >= begin}, self.causes.zone)
        return alarm(series, trace, place, week, since, self.causes)


def in_order(told: Iterable[Told]) -> list[Told]:
    return sorted(told, key=lambda each: (each.at, each.group, each.municipality))


def watched(told: Sequence[Told], region: str, causes: Causes) -> list[Burst]:
    """The alarms of a whole series."""
    watch = Watch(region, causes, told[0].at)
    for each in told:
        watch.see(each)
    return watch.alarms


def shuffled(told: Sequence[Told], chance: random.Random) -> list[Told]:
    """The same problems with their times dealt anew: places and groups keep their level, what clumped is torn apart."""
    times = [each.at for each in told]
    chance.shuffle(times)
    return in_order(replace(each, at=at) for at, each in zip(times, told, strict=True))


def rate(count: int, weeks: float) -> dict[str, object]:
    """A rate per week with a 95 % interval (the square root of a Poisson count has a standard deviation of a half)."""
    low, high = max(0.0, sqrt(count) - 0.98) ** 2, (sqrt(count + 1) + 0.98) ** 2
    return {
        "alarms": count,
        "weeks": round(weeks, 1),
        "a_week": round(count / weeks, 2),
        "interval": [round(low / weeks, 2), round(high / weeks, 2)],
    }


def false_alarms(told: Sequence[Told], region: str, causes: Causes, times: int) -> dict[str, object]:
    """Alarms of the series as it is (some of them true), and of the same series shuffled (all of them false)."""
    weeks = (told[-1].at - told[0].at - timedelta(days=causes.bursts.least_days)) / timedelta(weeks=1)
    real = watched(told, region, causes)
    chance = random.Random(1)
    torn = sum(len(watched(shuffled(told, chance), region, causes)) for _ in range(times))
    listed = [
        f"{each.reached_at.isoformat()} {each.series.group}, {each.series.place or 'the region'}: {each.problems} in "
        f"{each.hours} h, usual {each.level.expected:.2f}, scatter {each.level.dispersion:.1f}"
        for each in real
    ]
    return {"as_it_is": rate(len(real), weeks), "shuffled": rate(torn, times * weeks), "alarms": listed}


@dataclass
class Found:
    """What became of the bursts planted in one way. `late` are minutes from the fifth problem to the alarm."""

    planted: int = 0
    detected: int = 0
    needed: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    def shown(self) -> dict[str, object]:
        needed, late = sorted(self.needed), sorted(self.late)
        share = self.detected / self.planted if self.planted else 0.0
        half = 1.96 * sqrt(share * (1 - share) / self.planted) if self.planted else 0.0
        return {
            "planted": self.planted,
            "recall": round(share, 3),
            "interval": [round(max(0.0, share - half), 3), round(min(1.0, share + half), 3)],
            "problems_needed_p50_p95": [needed[len(needed) // 2], needed[int(0.95 * len(needed))]] if needed else [],
            "minutes_after_the_fifth_p50_p95": [late[len(late) // 2], late[int(0.95 * len(late))]] if late else [],
        }


def planted(told: Sequence[Told], region: str, causes: Causes, each_way: int) -> dict[str, object]:
    """Recall of bursts of several sizes and lengths: in municipalities as busy as problems are there, in any of them,
    and in one neighbourhood, as busy as houses with a point are.
    """
    real = watched(told, region, causes)
    pairs = sorted({(one.group, one.municipality) for one in told if one.municipality})
    chance = random.Random(3)
    shown: dict[str, object] = {}
    for where, size, hours in product(("busy", "any", "neighbourhood"), SIZES, SPANS):
        found = Found()
        for _ in range(each_way):
            near = where == "neighbourhood"
            one = chance.choice([each for each in told if each.municipality and (each.point or not near)])
            if where == "any":
                group, place = chance.choice(pairs)
                one = Told(one.at, group, place)
            like = one if near else replace(one, point=None)
            _plant(told, region, causes, real, _burst(told, like, size, hours, chance, causes), found)
        shown[f"{where}, {size} in {hours} h"] = found.shown()
    return shown


def _burst(
    told: Sequence[Told], like: Told, size: int, hours: int, chance: random.Random, causes: Causes
) -> list[Told]:
    """So many problems at random moments of some hours, at a time of day and week at which people write."""
    first = told[0].at + timedelta(days=causes.bursts.least_days + 2)
    begin = chance.choice([each.at for each in told if each.at > first])
    return in_order(replace(like, at=begin + timedelta(hours=hours) * chance.random()) for _ in range(size))


def _plant(
    told: Sequence[Told], region: str, causes: Causes, real: Iterable[Burst], burst: list[Told], found: Found
) -> None:
    """Run the part of the series that matters for the burst's own place with the burst in it."""
    day = timedelta(days=1)
    mine = {each for one in burst[:1] for each in series_of(one.trace(region))}
    if any(each.series in mine and abs(each.reached_at - burst[0].at) < day for each in real):
        return
    watch = Watch(region, causes, told[0].at)
    before = [each for each in told if each.at < burst[0].at and each.group == burst[0].group]
    for each in before:
        for series in series_of(each.trace(region)):
            watch.counts[series][hours_of(each.at, 1)[0]] += 1
    during = [each for each in told if burst[0].at <= each.at <= burst[-1].at and each.group == burst[0].group]
    found.planted += 1
    seen = 0
    for each in in_order(during + burst):
        seen += each in burst
        if any(alarm.series in mine for alarm in watch.see(each)):
            found.detected += 1
            found.needed.append(seen)
            found.late.append(max(0.0, (each.at - burst[4].at) / timedelta(minutes=1)))
            return
