"""Who is told of a clock, when and how: ladders of steps; data of a pack (escalation.json, docs/escalation.md).

A file of its own beside policy.json: the terms of an appeal never change once it was accepted, whom an office tells and
how soon may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from models.pack import PackError, RegionPack
from sla.record import ClockKind
from sla.term import Basis, Term, Unit

FILE = "escalation.json"
BREACH = 1.0
"""The share of a term at which it is over."""


class Level(StrEnum):
    """Who is told; where a level has nobody in the tables, its desk is told: the users who have its role."""

    PERSON = "person"  # who does it: the unit's or body's person, or the body where none is named
    HEAD = "head"  # who heads the unit, or the body
    DEPUTY_GOVERNOR = "deputy_governor"  # who heads what the body belongs to
    GOVERNOR = "governor"
    OPERATORS = "operators"  # where nobody answers for the problem yet


class Delivery(StrEnum):
    AT_ONCE = "at_once"  # at once, in quiet hours when they are over
    DIGEST = "digest"  # with all of the day, on the morning of a working day


class Kind(StrEnum):
    """What a step tells."""

    WARNED = "warned"
    BREACHED = "breached"
    ESCALATED = "escalated"
    REOPENED = "reopened"  # no step of a ladder: the author does not find the problem solved
    RETURNED = "returned"  # no step of a ladder: an operator returned a plan, a report or an answer


@dataclass(frozen=True, slots=True)
class Step:
    """One step: at a share of the term (1: its end), or `after` its end."""

    to: tuple[Level, ...]
    delivery: Delivery
    share: float | None = None
    after: Term | None = None

    def __post_init__(self) -> None:
        if (self.share is None) == (self.after is None):
            raise ValueError("a step is at a share of the term or after its end")
        if self.share is not None and not 0 < self.share <= BREACH:
            raise ValueError(f"a step at {self.share} of the term")
        if not self.to:
            raise ValueError("a step that tells nobody")

    @property
    def kind(self) -> Kind:
        if self.share is None:
            return Kind.ESCALATED
        return Kind.BREACHED if self.share == BREACH else Kind.WARNED


@dataclass(frozen=True)
class Ladder:
    """The steps of some clocks in their order: warnings by rising shares, the breach, what follows it."""

    clocks: frozenset[ClockKind]
    steps: tuple[Step, ...]
    danger: bool = False
    what: str = ""

    def __post_init__(self) -> None:
        shares = [step.share for step in self.steps if step.share is not None]
        if shares != sorted(set(shares)) or shares[-1:] != [BREACH]:
            raise ValueError(f"ladder {self.what!r}: the shares must rise up to 1, the breach")
        if any(step.share is None for step in self.steps[: len(shares)]):
            raise ValueError(f"ladder {self.what!r}: a step after the breach stands before it")


@dataclass(frozen=True)
class Quiet:
    """When nothing is sent except danger: from `since` to `until` of the local day, and on days off where so set."""

    since: time
    until: time
    days_off: bool


@dataclass(frozen=True)
class Escalation:
    """One version, for the courses of clocks that begin from `valid_from` on.

    `desks` are codes of the persons of the upper levels; `digest_at` is local time; None for `quiet`: there is none.
    """

    version: str
    valid_from: date
    ladders: tuple[Ladder, ...]
    digest_at: time = time(8, 30)
    quiet: Quiet | None = None
    desks: Mapping[Level, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        without = [kind for kind in ClockKind if not any(kind in ladder.clocks for ladder in self._ordinary)]
        if without:
            raise ValueError(f"version {self.version!r}: no ladder for the clocks {', '.join(without)}")

    @property
    def _ordinary(self) -> tuple[Ladder, ...]:
        return tuple(ladder for ladder in self.ladders if not ladder.danger)

    def ladder(self, kind: ClockKind, danger: bool) -> Ladder:
        """The first ladder for a clock; those for danger are for problems found dangerous alone."""
        return next(ladder for ladder in self.ladders if kind in ladder.clocks and (danger or not ladder.danger))


PLAIN = Escalation(
    "plain",
    date.min,
    (
        Ladder(
            frozenset(ClockKind),
            (
                Step((Level.PERSON,), Delivery.AT_ONCE, share=0.75),
                Step((Level.PERSON,), Delivery.AT_ONCE, share=BREACH),
            ),
        ),
    ),
)
"""What holds in a region whose pack has no escalation.json."""


@dataclass(frozen=True)
class Escalations:
    """All versions of a region, the first valid first."""

    versions: tuple[Escalation, ...]

    def __post_init__(self) -> None:
        starts = [each.valid_from for each in self.versions]
        if not starts or starts != sorted(set(starts)) or len(self.by_version) != len(starts):
            raise ValueError("versions must have names of their own and follow one another by valid_from")

    @cached_property
    def by_version(self) -> Mapping[str, Escalation]:
        return {each.version: each for each in self.versions}

    def at(self, moment: datetime, zone: ZoneInfo) -> Escalation:
        """The version valid at a moment; before the first, the first."""
        day = moment.astimezone(zone).date()
        return ([each for each in self.versions if each.valid_from <= day] or self.versions[:1])[-1]

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Escalations:
        """Those of a pack, or the plain one where it has no such file. Raises PackError where the file is broken."""
        if not pack.path(FILE).is_file():
            return cls((PLAIN,))
        try:
            return cls(tuple(map(_escalation, pack.json(FILE)["escalations"])))
        except (ValueError, KeyError, TypeError) as error:
            raise PackError(f"region pack {pack.folder.name}: {FILE}: {error!r}") from error


def _escalation(content: Mapping[str, Any]) -> Escalation:
    return Escalation(
        version=str(content["version"]),
        valid_from=date.fromisoformat(content["valid_from"]),
        ladders=tuple(_ladder(row, content) for row in content["ladders"]),
        digest_at=time.fromisoformat(content["digest_at"]),
        quiet=_quiet(content["quiet"]) if "quiet" in content else None,
        desks={Level(level): str(code) for level, code in content.get("desks", {}).items()},
    )


def _quiet(row: Mapping[str, Any]) -> Quiet:
    since, until = (time.fromisoformat(each) for each in row["hours"])
    if since == until:
        raise ValueError("quiet hours end when they begin")
    return Quiet(since, until, bool(row["days_off"]))


def _ladder(row: Mapping[str, Any], content: Mapping[str, Any]) -> Ladder:
    basis, source = Basis(row.get("basis", content["basis"])), str(row.get("source", content["source"]))
    return Ladder(
        clocks=frozenset(map(ClockKind, row["clocks"])),
        danger=bool(row.get("danger", False)),
        what=str(row["what"]),
        steps=tuple(_step(step, basis, source) for step in row["steps"]),
    )


def _step(row: Mapping[str, Any], basis: Basis, source: str) -> Step:
    after = row.get("after")
    return Step(
        to=tuple(map(Level, row["to"])),
        delivery=Delivery(row["delivery"]),
        share=float(row["share"]) if "share" in row else None,
        after=None if after is None else Term(int(after["amount"]), Unit(after["unit"]), basis, source),
    )
