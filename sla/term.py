"""A term: how much of which unit, from when it runs, where it ends on a day off, and by what right. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """What a term is counted in."""

    HOUR = "hour"  # any hour
    WORKING_HOUR = "working_hour"  # an hour within the working time of a working day
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"


HOURS = frozenset({Unit.HOUR, Unit.WORKING_HOUR})


class Start(StrEnum):
    """From when a term runs."""

    SAME_MOMENT = "same_moment"  # at once; the day of the start counts where it is not over yet
    NEXT_DAY = "next_day"  # from the day after the start: Civil Code, art. 191
    NEXT_WORKING_DAY = "next_working_day"  # from the first working day after the day of the start
    NEXT_WORKING_HOUR = "next_working_hour"  # from the next full hour of working time; for hours only


class Roll(StrEnum):
    """Where the end of a term in calendar days goes that falls on a day off."""

    NONE = "none"
    NEXT = "next"  # to the next working day: Civil Code, art. 193
    PREVIOUS = "previous"  # to the working day before: practice of bodies that answer by 59-ФЗ


class Basis(StrEnum):
    """By what right a term is what it is."""

    LAW = "law"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `source` names the law's article, or says whose practice it is; `what` is for whom, in Russian.

    `start` None: hours run at once, days from the day after the start.
    """

    amount: int
    unit: Unit
    basis: Basis
    source: str
    roll: Roll = Roll.NONE
    what: str = ""
    start: Start | None = None

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"a term of {self.amount}")
        if self.roll is not Roll.NONE and self.unit is not Unit.CALENDAR_DAY:
            raise ValueError(f"roll {self.roll} is for calendar days, not for {self.unit}")
        if self.start is Start.NEXT_WORKING_HOUR and not self.in_hours:
            raise ValueError(f"start {self.start} is for hours, not for {self.unit}")

    @property
    def in_hours(self) -> bool:
        return self.unit in HOURS

    @property
    def runs_from(self) -> Start:
        return self.start or (Start.SAME_MOMENT if self.in_hours else Start.NEXT_DAY)

    @property
    def length(self) -> timedelta:
        """Hours as hours, days as days of whichever kind."""
        return timedelta(hours=self.amount) if self.in_hours else timedelta(days=self.amount)

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> Term:
        """Raises ValueError or KeyError where something is missing or wrong."""
        return cls(
            amount=int(row["amount"]),
            unit=Unit(row["unit"]),
            basis=Basis(row["basis"]),
            source=str(row["source"]),
            roll=Roll(row.get("roll", Roll.NONE)),
            what=str(row.get("what", "")),
            start=Start(row["start"]) if "start" in row else None,
        )
