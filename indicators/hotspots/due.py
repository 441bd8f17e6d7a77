"""Whether yesterday must be looked at: asked every minute, so it loads nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from indicators.hotspots import store
from models.pack import RegionPack
from streams.contract import Connection

DAY = timedelta(days=1)
EARLIEST_HOUR = 2
"""Yesterday is looked at from this hour of the region on: what came before midnight has been analysed by then."""


def due(connection: Connection, pack: RegionPack, now: datetime) -> date | None:
    """The day to look at now; None where it was looked at, it is too early, or nothing has happened yet."""
    local = now.astimezone(pack.zone)
    day = local.date() - DAY
    if local.hour < EARLIEST_HOUR or (store.last_run(connection, pack.id) or date.min) >= day:
        return None
    return day if store.anything_up_to(connection, pack.id, day) else None
