"""Which topics one cause explains, how far it reaches and how long: a region's incidents.json.

A pack that has none takes that of the pack whose topics it uses; a region without any joins nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from models.pack import RegionPack

FILE = "incidents.json"
VILLAGE = 10_000
"""A settlement of so many people hangs on one line, one pump, one lorry; in a larger one its name says little."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of cause. `radius` in metres, `hours` between two problems of it; `opens_with` so many appeals.

    `street`: the same street is near enough without a house; `village`: so is the same small settlement; `route`: so is
    the same route or institution.
    """

    code: str
    name: str
    topics: frozenset[str]
    radius: float
    hours: float
    opens_with: int = 2
    street: bool = False
    village: bool = False
    route: bool = False

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.hours)

    @property
    def spread(self) -> float:
        """How far from its first problem an incident may reach, metres: links from house to house must not creep."""
        return 2 * self.radius

    @property
    def longest(self) -> timedelta:
        """How long after its first problem an incident takes others in."""
        return 3 * self.window


@dataclass(frozen=True)
class BurstRules:
    """When many are too many (docs/incidents.md). `probability` of so many on a usual day is the threshold."""

    least: int = 5
    hours: tuple[int, ...] = (2, 6, 24)
    probability: float = 1e-5
    weeks: int = 8
    least_days: int = 14
    quiet_hours: int = 24


@dataclass(frozen=True)
class Causes:
    """A region's causes. `sure`: from this likeness the machine joins by itself, from `likely` it suggests."""

    causes: tuple[Cause, ...] = ()
    sure: float = 0.5
    likely: float = 0.3
    towns: frozenset[tuple[str, str]] = frozenset()
    """(municipality, settlement) of those too large for `village`; what is in no list is small."""
    bursts: BurstRules = field(default_factory=BurstRules)
    zone: tzinfo = UTC

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Causes:
        """Raises PackError, KeyError or ValueError where the file is broken."""
        source = causes_pack(pack)
        if source is None:
            return cls(zone=pack.zone)
        content = source.json(FILE)
        return cls(
            causes=tuple(_cause(each) for each in content["causes"]),
            sure=float(content["sure"]),
            likely=float(content["likely"]),
            towns=_towns(pack),
            bursts=_burst_rules(content.get("bursts", {})),
            zone=pack.zone,
        )

    @cached_property
    def by_topic(self) -> Mapping[str, Cause]:
        return {topic: cause for cause in self.causes for topic in cause.topics}

    @cached_property
    def by_code(self) -> Mapping[str, Cause]:
        return {cause.code: cause for cause in self.causes}


@cache
def causes_of(folder: Path) -> Causes:
    """The causes of the pack in `folder`, read once."""
    return Causes.of_pack(RegionPack(folder))


def causes_pack(pack: RegionPack) -> RegionPack | None:
    """The pack whose incidents.json counts: its own, or that of the pack whose topics it uses."""
    lender = RegionPack(pack.folder.parent / str(pack.about.get("topics_of", pack.folder.name)))
    return next((each for each in (pack, lender) if each.path(FILE).is_file()), None)


def _cause(row: Mapping[str, Any]) -> Cause:
    return Cause(
        code=str(row["code"]),
        name=str(row["name"]),
        topics=frozenset(row["topics"]),
        radius=float(row["radius_m"]),
        hours=float(row["hours"]),
        opens_with=int(row.get("opens_with", 2)),
        street=bool(row.get("street", False)),
        village=bool(row.get("village", False)),
        route=bool(row.get("route", False)),
    )


def _burst_rules(row: Mapping[str, Any]) -> BurstRules:
    known = {name: row[name] for name in BurstRules.__dataclass_fields__ if name in row}
    if "hours" in known:
        known["hours"] = tuple(known["hours"])
    return BurstRules(**known)


def _towns(pack: RegionPack) -> frozenset[tuple[str, str]]:
    if not pack.path("settlements.csv").is_file():
        return frozenset()
    return frozenset(
        (row["municipality"], row["settlement"])
        for row in pack.rows("settlements.csv")
        if int(row.get("population") or 0) > VILLAGE
    )
