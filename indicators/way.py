"""The way of a problem: who had it from when to when, its stages, and who refused it; as records and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FULL = 1000
"""One whole problem, verdict or refusal in the counts of indicators: they are kept in thousandths, so that sums of
shares are exact whatever the order in which they are added."""


@dataclass(frozen=True, slots=True)
class Stint:
    """An executor had the problem from `start` until `end`; None while he has it. `handler` is who of his; or empty."""

    executor: str
    handler: str
    start: datetime
    end: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class Stage:
    """From the problem's finding, or its reopening, to the next one.

    `flagged` counts reports whose flags an operator confirmed or that he returned; `formal` replies that say nothing.
    `weight` is what the verdict counts, in thousandths.
    """

    start: datetime
    planned_at: datetime | None = None
    variant: str = ""
    due: str = ""
    reported_at: datetime | None = None
    reports: int = 0
    flagged: int = 0
    closed_at: datetime | None = None
    solved: bool = False
    executor: str = ""
    handler: str = ""
    replied_at: datetime | None = None
    replies: int = 0
    formal: int = 0
    verdict_at: datetime | None = None
    score: int = 0
    said_solved: bool = False
    weight: int = FULL
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An executor said that the problem is not his."""

    executor: str
    handler: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    stints: tuple[Stint, ...] = ()
    stages: tuple[Stage, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def held(self) -> Stint | None:
        """Who has it now."""
        return self.stints[-1] if self.stints and self.stints[-1].end is None else None

    def holder(self, moment: datetime) -> int | None:
        """Which stint held the problem then."""
        return next((number for number, stint in enumerate(self.stints) if stint.holds(moment)), None)

    def stage_at(self, moment: datetime) -> int:
        """Which stage ran then; the first one where the moment lies before all."""
        return max((number for number, stage in enumerate(self.stages) if stage.start <= moment), default=0)

    def to_json(self) -> dict[str, Any]:
        """Each record as a list of the values of its fields, times in UTC."""
        return {
            "stints": [[one.executor, one.handler, _text(one.start), _text(one.end)] for one in self.stints],
            "stages": [_stage_json(one) for one in self.stages],
            "refusals": [[one.executor, one.handler, _text(one.at)] for one in self.refusals],
        }

    @classmethod
    def of_json(cls, stored: Any) -> Way:
        return cls(
            tuple(Stint(one[0], one[1], _known(one[2]), _moment(one[3])) for one in stored["stints"]),
            tuple(_stage_of(one) for one in stored["stages"]),
            tuple(Refusal(one[0], one[1], _known(one[2])) for one in stored["refusals"]),
        )


def _stage_json(one: Stage) -> list[Any]:
    return [
        _text(one.start), _text(one.planned_at), one.variant, one.due, _text(one.reported_at), one.reports,
        one.flagged, _text(one.closed_at), one.solved, one.executor, one.handler, _text(one.replied_at), one.replies,
        one.formal, _text(one.verdict_at), one.score, one.said_solved, one.weight, one.reopened,
    ]  # fmt: skip


def _stage_of(one: Sequence[Any]) -> Stage:
    return Stage(
        _known(one[0]), _moment(one[1]), one[2], one[3], _moment(one[4]), one[5], one[6], _moment(one[7]), one[8],
        one[9], one[10], _moment(one[11]), one[12], one[13], _moment(one[14]), one[15], one[16], one[17], one[18],
    )  # fmt: skip


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)


def _known(stored: str) -> datetime:
    return datetime.fromisoformat(stored)
