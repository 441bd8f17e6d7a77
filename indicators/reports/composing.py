"""Makes the letter about a week out of what the indicators know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from indicators.forecast import store as forecasts
from indicators.reports import numbers
from indicators.reports.growth import Counted, grown
from indicators.reports.letter import Ahead, Flow, GroupLine, GrownLine, Letter, RatedLine
from indicators.reports.numbers import BEFORE, WEEK, YEAR, Week
from indicators.reports.ranks import ranked
from indicators.reports.rated import bodies
from indicators.reports.words import sentences
from models.pack import RegionPack

CHART_WEEKS = 26
AHEAD = 4
MOST = 8
"""Lines of a list."""


def letter_about(
    connection: Connection[Any], pack: RegionPack, monday: date, *, late_on: date | None = None
) -> Letter | None:
    """The letter about the week of `monday` as everything stands now; None where nothing is known of it yet.

    `late_on`: today, where its own time is over.
    """
    rated = bodies(connection, pack, monday + timedelta(days=6))
    return compose(connection, pack.id, pack.name, pack.zone, monday, rated, late_on)


def compose(
    connection: Connection[Any],
    region: str,
    region_name: str,
    zone: ZoneInfo,
    monday: date,
    rated: Sequence[RatedLine] = (),
    late_on: date | None = None,
) -> Letter | None:
    """The same with ratings that are given."""
    week = Week(region, monday, zone)
    known_since = numbers.first_day(connection, region)
    if known_since is None or known_since >= monday + WEEK:
        return None
    arrivals = numbers.arrivals(connection, week)
    solved, answered, closed = numbers.closings(connection, week)
    standing = numbers.standing(connection, week)
    worst, best = ranked(numbers.punctuality(connection, week))
    has_year = known_since <= monday - YEAR
    letter = Letter(
        region_name=region_name,
        first_day=monday.isoformat(),
        last_day=(monday + timedelta(days=6)).isoformat(),
        came=_flow(arrivals, monday, has_year),
        solved=solved,
        answered=answered,
        reopened=numbers.reopened(connection, week),
        open=sum(open_now for open_now, _ in standing.values()),
        overdue=sum(late for _, late in standing.values()),
        verdicts=numbers.verdicts(connection, week),
        groups=_groups(arrivals, monday, closed, standing, has_year),
        grown=_grown(arrivals, monday, known_since),
        worst=worst,
        best=best,
        spots=numbers.spots(connection, week),
        rated=tuple(rated),
        ahead=_ahead(connection, region, monday),
        weeks=_weeks(numbers.by_week(connection, week, CHART_WEEKS), monday, known_since),
        late_on=late_on.isoformat() if late_on else "",
    )
    return replace(letter, words=sentences(letter))


Arrivals = Sequence[tuple[date, str, str, int]]


def _flow(rows: Arrivals, monday: date, has_year: bool) -> Flow:
    by_week: dict[date, int] = {}
    for day, _, _, count in rows:
        by_week[day] = by_week.get(day, 0) + count
    last_year = by_week.get(monday - YEAR, 0) if has_year else None
    return Flow(by_week.get(monday, 0), by_week.get(monday - WEEK, 0), last_year)


def _groups(
    rows: Arrivals, monday: date, closed: dict[str, int], standing: dict[str, tuple[int, int]], has_year: bool
) -> tuple[GroupLine, ...]:
    names = {row[1] for row in rows} | closed.keys() | standing.keys()
    lines = [
        GroupLine(
            name or forecasts.NO_GROUP,
            _flow([row for row in rows if row[1] == name], monday, has_year),
            closed.get(name, 0),
            standing.get(name, (0, 0))[1],
        )
        for name in names
    ]
    kept = [line for line in lines if line.came.week or line.came.previous or line.closed or line.overdue]
    return tuple(sorted(kept, key=lambda line: (-line.came.week, line.name)))


def _grown(rows: Arrivals, monday: date, known_since: date) -> tuple[GrownLine, ...]:
    """Topics that grew, against as many whole weeks as are known of the last four."""
    weeks = sum(known_since <= monday - number * WEEK for number in range(1, BEFORE + 1))
    topics: dict[tuple[str, str], list[int]] = {}
    for day, group, topic, count in rows:
        if day > monday - (BEFORE + 1) * WEEK:
            topics.setdefault((topic, group), [0, 0])[int(day != monday)] += count
    found = grown([Counted(name, group, now, before, weeks) for (name, group), (now, before) in topics.items()])
    return tuple(GrownLine(one.name, one.group_name, one.now, round(one.usual, 2)) for one in found[:MOST])


def _ahead(connection: Connection[Any], region: str, monday: date) -> Ahead | None:
    """The four weeks after that of the letter, by the forecast that was made for them."""
    made = forecasts.latest(connection, region, until=monday + WEEK)
    if made is None or made["first_week"] != monday + WEEK:
        return None
    rows = forecasts.rows_of(connection, made["id"])
    last = forecasts.by_group(connection, region, monday - (AHEAD - 1) * WEEK, monday + WEEK)
    whole = rows[0]
    weeks = whole["weeks"][:AHEAD]
    groups = []
    for row in rows:
        if row["group_name"] and not row["municipality"]:
            foretold = round(sum(week["base"] for week in row["weeks"][:AHEAD]), 1)
            groups.append((row["group_name"], foretold, last.get(row["group_name"], 0)))
    groups.sort(key=lambda one: -abs(one[1] - one[2]))
    return Ahead(
        method=whole["method"],
        problems=round(sum(week["base"] for week in weeks), 1),
        low=round(sum(week["optimistic"] for week in weeks), 1),
        high=round(sum(week["pessimistic"] for week in weeks), 1),
        last_four=sum(last.values()),
        groups=tuple(groups[:MOST]),
    )


def _weeks(came: dict[date, int], monday: date, known_since: date) -> tuple[tuple[str, int, int | None], ...]:
    mondays = [monday - number * WEEK for number in reversed(range(CHART_WEEKS))]
    return tuple(
        (day.isoformat(), came.get(day, 0), came.get(day - YEAR, 0) if known_since <= day - YEAR else None)
        for day in mondays
        if day + WEEK > known_since
    )
