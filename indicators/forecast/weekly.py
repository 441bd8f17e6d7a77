"""The forecast of this week, made once: by the process that makes reports, or by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from indicators.forecast import store
from indicators.forecast.model import WorkingDays
from indicators.forecast.outcome import foretell
from indicators.forecast.series import monday


def make(connection: Connection[Any], region: str, zone: ZoneInfo, working_days: WorkingDays, now: datetime) -> bool:
    """Make and keep the forecast that begins with this week; False where it is there, or too few weeks are known."""
    today = now.astimezone(zone).date()
    if store.made_for(connection, region, monday(today)):
        return False
    known = store.series(connection, region, today)
    outcome = foretell(known, working_days) if known else None
    return outcome is not None and store.save(connection, region, outcome, now)
