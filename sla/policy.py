"""The policy of clocks: how long each may run, in what unit, by what right; data of the region pack (policy.json)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from models.pack import PackError, RegionPack

ANY = "*"


class Unit(StrEnum):
    """What a term is counted in."""

    HOUR = "hour"  # any hour
    WORKING_HOUR = "working_hour"  # an hour within the working time of a working day
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"


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
    """One term. `source` names the law's article, or says whose practice it is; `what` is for whom, in Russian."""

    amount: int
    unit: Unit
    basis: Basis
    source: str
    roll: Roll = Roll.NONE
    what: str = ""

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"a term of {self.amount}")
        if self.roll is not Roll.NONE and self.unit is not Unit.CALENDAR_DAY:
            raise ValueError(f"roll {self.roll} is for calendar days, not for {self.unit}")

    @property
    def in_hours(self) -> bool:
        return self.unit in (Unit.HOUR, Unit.WORKING_HOUR)


@dataclass(frozen=True, slots=True)
class Danger:
    """The term of solving a problem of this urgency (1-5) or a higher one, whatever its topic."""

    urgency: int
    term: Term

    def __post_init__(self) -> None:
        if not 1 <= self.urgency <= 5:
            raise ValueError(f"danger at an urgency of {self.urgency}")


@dataclass(frozen=True)
class Policy:
    """One version of the policy, for appeals accepted from `valid_from` on. It is never changed, only followed.

    `solve` is by topic code, group number or «*», `danger` goes before it where it ends earlier; `warn_share` is the
    share of the term at which a clock warns.
    """

    version: str
    valid_from: date
    route: Term
    plan: Term
    solve: Mapping[str, Term]
    opens: time = time(9)
    closes: time = time(18)
    warn_share: float = 0.75
    danger: Danger | None = None

    def __post_init__(self) -> None:
        if not self.route.in_hours:
            raise ValueError("the term of routing pauses and resumes: it must be in hours")
        if ANY not in self.solve:
            raise ValueError("solve has no row for «*»")
        if not self.opens < self.closes:
            raise ValueError("working_time ends before it begins")
        if not 0 < self.warn_share < 1:
            raise ValueError("warn_share is not between 0 and 1")

    def solve_term(self, topic: str) -> Term:
        """The term of a topic: its own row, that of its group, or that for all."""
        for key in (topic, topic.partition(".")[0]):
            if key in self.solve:
                return self.solve[key]
        return self.solve[ANY]

    def is_danger(self, urgency: int) -> bool:
        """Whether a problem of this urgency has the term of danger."""
        return self.danger is not None and urgency >= self.danger.urgency

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Policy:
        """Raises ValueError, TypeError or KeyError where something is missing or wrong."""
        solve: dict[str, Term] = {}
        for row in content["solve"]:
            term = _term(row)
            for topic in row["topics"]:
                if topic in solve:
                    raise ValueError(f"two rows of solve for {topic}")
                solve[topic] = term
        opens, closes = (time.fromisoformat(each) for each in content["working_time"])
        return cls(
            version=str(content["version"]),
            valid_from=date.fromisoformat(content["valid_from"]),
            route=_term(content["route"]),
            plan=_term(content["plan"]),
            solve=solve,
            opens=opens,
            closes=closes,
            warn_share=float(content["warn_share"]),
            danger=_danger(content["danger"]) if "danger" in content else None,
        )


def _danger(row: Mapping[str, Any]) -> Danger:
    return Danger(int(row["urgency"]), _term(row))


def _term(row: Mapping[str, Any]) -> Term:
    return Term(
        amount=int(row["amount"]),
        unit=Unit(row["unit"]),
        basis=Basis(row["basis"]),
        source=str(row["source"]),
        roll=Roll(row.get("roll", Roll.NONE)),
        what=str(row.get("what", "")),
    )


@dataclass(frozen=True)
class Policies:
    """All versions of a region's policy, the first valid first."""

    versions: tuple[Policy, ...]

    def __post_init__(self) -> None:
        if not self.versions:
            raise ValueError("no policy")
        starts = [policy.valid_from for policy in self.versions]
        if starts != sorted(set(starts)):
            raise ValueError("versions must follow one another by valid_from")
        if len(self.by_version) != len(self.versions):
            raise ValueError("two versions of one name")

    @cached_property
    def by_version(self) -> Mapping[str, Policy]:
        return {policy.version: policy for policy in self.versions}

    def at(self, accepted_at: datetime, zone: ZoneInfo) -> Policy:
        """The policy for an appeal accepted at this moment; before the first version, the first."""
        day = accepted_at.astimezone(zone).date()
        valid = [policy for policy in self.versions if policy.valid_from <= day]
        return valid[-1] if valid else self.versions[0]

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Policies:
        """The policies of a pack. Raises PackError where the file is missing or broken."""
        try:
            return cls(tuple(Policy.of_json(each) for each in pack.json("policy.json")["policies"]))
        except (ValueError, KeyError, TypeError) as error:
            raise PackError(f"region pack {pack.folder.name}: policy.json: {error!r}") from error


def length(term: Term) -> timedelta:
    """The term as a length: hours as hours, days as days of whichever kind."""
    return timedelta(hours=term.amount) if term.in_hours else timedelta(days=term.amount)
