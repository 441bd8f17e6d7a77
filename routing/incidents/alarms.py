"""Counts the problems of a batch and raises an alarm where they are too many, in the transaction that routes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import h3

from models.events import Event, EventType, event
from models.identifiers import derived_id
from routing.incidents import burst_store
from routing.incidents.bursts import HOUR, Level, hours_of, level, probability, profile
from routing.incidents.causes import Causes
from routing.incidents.records import Trace
from streams.contract import Connection

CELL = 7
"""H3 resolution of a neighbourhood: about five square kilometres."""

WHOLE_REGION = ""


class Series(NamedTuple):
    """What is counted together. `place` is a municipality, an H3 cell, or WHOLE_REGION."""

    region: str
    group: str
    place: str


@dataclass(frozen=True, slots=True)
class Burst:
    """One alarm: `problems` in the last `hours` hours of the clock where `expected` are usual."""

    series: Series
    municipality: str
    hours: int
    reached_at: datetime
    problems: int
    level: Level
    probability: float
    appeal_id: UUID

    @property
    def id(self) -> UUID:
        return derived_id(*self.series, self.reached_at.isoformat(), "burst")


def watch(
    connection: Connection, traces: Iterable[Trace], causes_of: Callable[[str], Causes], now: datetime
) -> list[Event]:
    """Count the problems, which were never counted before; write and tell the alarms that they raise.

    What was sent longer ago than the quiet time raises none: nobody can do anything about it now.
    """
    latest: dict[Series, Trace] = {}
    counts: Counter[tuple[Series, datetime]] = Counter()
    for trace in sorted(traces, key=lambda each: (each.sent_at, each.id)):
        for series in series_of(trace):
            counts[series, hours_of(trace.sent_at, 1)[0]] += 1
            latest[series] = trace
    burst_store.add(connection, counts)
    alarms: list[Burst] = []
    for region in sorted({series.region for series in latest}):
        causes = causes_of(region)
        quiet = timedelta(hours=causes.bursts.quiet_hours)
        fresh = {
            series: trace
            for series, trace in latest.items()
            if series.region == region and now - quiet <= trace.sent_at <= now + HOUR
        }
        alarms += burst_store.write(connection, _alarms(connection, fresh, causes), now)
    return [_told(burst, now) for burst in alarms]


def series_of(trace: Trace) -> Iterator[Series]:
    """Where the problem is counted."""
    yield Series(trace.region, trace.group, WHOLE_REGION)
    if trace.spot.municipality:
        yield Series(trace.region, trace.group, trace.spot.municipality)
    if trace.spot.point is not None:
        yield Series(trace.region, trace.group, h3.latlng_to_cell(*trace.spot.point, CELL))


def _alarms(connection: Connection, latest: dict[Series, Trace], causes: Causes) -> Iterator[Burst]:
    rules = causes.bursts
    many = burst_store.with_many(connection, latest, max(rules.hours), rules.least, rules.quiet_hours)
    if not many:
        return
    regional = {Series(each.region, each.group, WHOLE_REGION) for each in many}
    begin = min(latest[each].sent_at for each in many) - timedelta(weeks=rules.weeks)
    history = burst_store.history(connection, {*many, *regional}, begin)
    first = burst_store.first_sent(connection, next(iter(many)).region)
    weeks = {each.group: profile(history[each], causes.zone) for each in regional}
    for series in many:
        trace = latest[series]
        since = max(first, trace.sent_at - timedelta(weeks=rules.weeks)).replace(minute=0, second=0, microsecond=0)
        found = alarm(series, trace, history[series], weeks[series.group], since, causes)
        if found is not None:
            yield found


def alarm(
    series: Series,
    trace: Trace,
    place: dict[datetime, int],
    week: Sequence[float],
    since: datetime,
    causes: Causes,
) -> Burst | None:
    """The alarm of the window in which the count is least probable, where that is improbable enough."""
    rules = causes.bursts
    found: Burst | None = None
    for hours in rules.hours:
        window = hours_of(trace.sent_at, hours)
        count = sum(place.get(hour, 0) for hour in window)
        if count < rules.least or window[0] - since < timedelta(days=rules.least_days):
            continue
        usual = level(place, week, causes.zone, since, window)
        chance = probability(count, usual)
        if chance <= rules.probability and (found is None or chance < found.probability):
            found = Burst(series, trace.spot.municipality, hours, trace.sent_at, count, usual, chance, trace.appeal_id)
    return found


def _told(burst: Burst, now: datetime) -> Event:
    return event(
        EventType.BURST_DETECTED,
        burst.series.region,
        burst.appeal_id,
        now,
        burst_id=str(burst.id),
        group=burst.series.group,
        place=burst.series.place,
        hours=burst.hours,
        problems=burst.problems,
        expected=round(burst.level.expected, 3),
        probability=burst.probability,
    )
