"""Working days of a week by a region's calendar: what the forecast asks of the room of clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from models.pack import RegionPack
from sla.calendar import Calendar


def working_days_of(pack: RegionPack) -> Callable[[date], int]:
    """How many working days the week of a Monday has."""
    calendar = Calendar.of_pack(pack)

    def count(monday: date) -> int:
        return sum(calendar.is_working(monday + timedelta(days=day)) for day in range(7))

    return count
