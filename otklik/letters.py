"""Makes what comes every week: the forecast, then the letter that tells of it, then its e-mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from indicators.forecast import weekly
from indicators.reports import store
from indicators.reports.composing import letter_about
from indicators.reports.due import weeks_missed
from indicators.reports.schedule import schedule_of
from models.pack import RegionPack
from otklik.working_days import working_days_of


def make_due(connection: psycopg.Connection[Any], pack: RegionPack, now: datetime) -> int:
    """Make the region's forecast and letters where their time has come; returns how much was made.

    Where nobody made letters for weeks, each of them is made now, and says that it is late.
    """
    made = int(weekly.make(connection, pack.id, pack.zone, working_days_of(pack), now))
    schedule = schedule_of(pack)
    week = schedule.week_due(now, pack.zone) if schedule else None
    if schedule is None or week is None:
        return made
    today = now.astimezone(pack.zone).date()
    for missed in weeks_missed(connection, pack.id, week):
        letter = letter_about(connection, pack, missed, late_on=today if missed < week else None)
        if letter is not None:
            kept = store.save(connection, pack.id, letter, now)
            store.address(connection, pack.id, kept, schedule.to, now)
            made += 1
    return made
