"""When the head's letter is made and to whom it goes: `reports.json` of a region pack. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.pack import PackError, RegionPack

FILE = "reports.json"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`weekday` 1 to 7, Monday first; `to` are codes of persons among the executors of the region."""

    weekday: int
    at: time
    to: tuple[str, ...]

    def week_due(self, now: datetime, zone: ZoneInfo) -> date | None:
        """The Monday of the last whole week, once the hour of its letter has come in the week after it."""
        local = now.astimezone(zone)
        monday = local.date() - timedelta(days=local.weekday())
        due = datetime.combine(monday + timedelta(days=self.weekday - 1), self.at, zone)
        return monday - timedelta(weeks=1) if local >= due else None


def schedule_of(pack: RegionPack) -> Schedule | None:
    """The pack's; None where it has no such file: letters are then made by hand. Raises PackError."""
    if not pack.path(FILE).is_file():
        return None
    try:
        return parsed(pack.json(FILE)["letter"])
    except (KeyError, TypeError, ValueError) as error:
        raise PackError(f"region pack {pack.folder.name}: {FILE}: {error!r}") from error


def parsed(told: Mapping[str, Any]) -> Schedule:
    """Raises ValueError, KeyError or TypeError on what is no schedule."""
    weekday = int(told["weekday"])
    if not 1 <= weekday <= 7:
        raise ValueError("weekday is 1 (Monday) to 7")
    return Schedule(weekday, time.fromisoformat(told["at"]), tuple(str(code) for code in told["to"]))
