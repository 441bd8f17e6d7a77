"""Whether the weekly work has something to do: asked every minute, so it loads nothing and reads a few rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from indicators.forecast import LEAST_WEEKS
from indicators.reports.schedule import Schedule

WEEK = timedelta(weeks=1)


def anything_to_make(
    connection: Connection[Any], region: str, zone: ZoneInfo, schedule: Schedule | None, now: datetime
) -> bool:
    """Whether this week's forecast or the letter about the last one is missing and can be made."""
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
    if week is None or known_since >= week + WEEK:
        return False
    has_letter = connection.execute("SELECT FROM letters WHERE region_id = %s AND week = %s", [region, week])
    return has_letter.fetchone() is None


def anything_to_send(connection: Connection[Any], now: datetime) -> bool:
    """Whether an e-mail with a letter waits for its time that has come."""
    found = connection.execute("SELECT FROM letter_mails WHERE state = 'waiting' AND try_at <= %s LIMIT 1", [now])
    return found.fetchone() is not None
