"""Whether the weekly work has something to do: asked every minute, so it loads nothing and reads a few rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from indicators.forecast import LEAST_WEEKS
from indicators.reports.schedule import Schedule

WEEK = timedelta(weeks=1)
MOST_WEEKS = 12
"""About how many weeks back a letter that was never made is still made: nobody reads an older one."""


def anything_to_make(
    connection: Connection[Any], region: str, zone: ZoneInfo, schedule: Schedule | None, now: datetime
) -> bool:
    """Whether this week's forecast or a letter is missing and can be made."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    row = connection.execute(
        """SELECT min(day), EXISTS (SELECT FROM forecasts WHERE region_id = %(region)s AND first_week = %(monday)s)
           FROM problem_facts WHERE region_id = %(region)s""",
        {"region": region, "monday": monday},
    ).fetchone()
    if row is None or row[0] is None:
        return False
    known_since, has_forecast = row
    # the first week is whole only from its Monday on
    if not has_forecast and known_since <= monday - (LEAST_WEEKS + 1) * WEEK + timedelta(days=1):
        return True
    week = schedule.week_due(now, zone) if schedule else None
    return week is not None and any(known_since < each + WEEK for each in weeks_missed(connection, region, week))


def weeks_missed(connection: Connection[Any], region: str, due: date) -> list[date]:
    """The Mondays up to the one `due` whose letter was not made, the oldest first.

    Letters begin with the first one that was made: a region that imports years of appeals wants none about them.
    """
    rows = connection.execute("SELECT week FROM letters WHERE region_id = %s", [region])
    kept = {row[0] for row in rows}
    first = max(min(kept, default=due), due - (MOST_WEEKS - 1) * WEEK)
    weeks = [first + number * WEEK for number in range((due - first).days // WEEK.days + 1)]
    return [week for week in weeks if week not in kept]


def anything_to_send(connection: Connection[Any], now: datetime) -> bool:
    """Whether an e-mail with a letter waits for its time that has come."""
    found = connection.execute("SELECT FROM letter_mails WHERE state = 'waiting' AND try_at <= %s LIMIT 1", [now])
    return found.fetchone() is not None
