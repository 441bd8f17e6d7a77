"""What a clock is and what it must remember to go on without the events that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.regimes import Regime


class ClockKind(StrEnum):
    ROUTE = "route"  # till somebody answers for the problem
    PLAN = "plan"  # the executor's: till his plan
    SOLVE = "solve"  # the citizen's: till the problem is solved and answered
    WORK = "work"  # the executor's who got the problem from another one: till he has solved it
    REGISTRATION = "registration"  # the office's: till the appeal is registered
    FORWARDING = "forwarding"  # the office's: till the appeal is with who is competent


class Stage(StrEnum):
    """What the running term of a clock of solving began with."""

    FIRST = "first"
    INTERIM = "interim"  # an interim answer was given
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause for a reason of the policy; it ends when the problem is resumed, or when the reason's time is used up."""

    reason: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `stopped_at` is None while it runs; `as_of` is the time of the last event counted in.

    `danger`, `important`: a clock of solving remembers how urgent the problem was found, for a topic corrected later;
    `topic` is the one its term goes by, empty where the term does not depend on it. `reopened_at`: when the problem was
    opened again last.
    """

    kind: ClockKind
    policy_version: str
    started_at: datetime
    deadline_at: datetime
    warn_at: datetime
    stopped_at: datetime | None
    as_of: datetime
    danger: bool = False
    regime: Regime = Regime.PORTAL
    topic: str = ""
    important: bool = False
    stage: Stage = Stage.FIRST
    pauses: tuple[Pause, ...] = ()
    extended_at: datetime | None = None
    reopened_at: datetime | None = None

    @property
    def late(self) -> bool:
        """Stopped after its deadline."""
        return self.stopped_at is not None and self.stopped_at > self.deadline_at


Clocks = Mapping[ClockKind, Clock]


class NoClocks(Exception):
    """An event of a problem whose problem.found was not counted in."""
