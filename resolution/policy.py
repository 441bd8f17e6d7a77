"""What a region expects of plans, proofs, replies and verdicts: resolution.json of the pack, or the default beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from models.pack import PackError, RegionPack
from models.regimes import Regime
from models.resolution import FileRole, ReplyKind, Variant

NAME = "resolution.json"
DEFAULT = Path(__file__).resolve().with_name(NAME)
ANY = "*"
MEGABYTE = 1_000_000

ReplyPer = Literal["appeal", "problem"]


@dataclass(frozen=True, slots=True)
class DateLimit:
    """The most days from the plan to its date, for some topics; `why` is Russian and shown to the executor."""

    most_days: int
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How many files a proof may have, and how large each may be, in bytes, by its role."""

    most: int
    largest: Mapping[FileRole, int]
    largest_together: int


@dataclass(frozen=True, slots=True)
class ResolutionPolicy:
    """The whole file.

    `dates`: by topic code, group number or «*». `photo_after`: topic codes and group numbers whose problem is solved
    only with a photo «after». `close_by_approval`: variants that close a problem only when an operator agrees.
    `machine_accepts`: whether a proof without flags solves the problem by itself. `author_pause`: for which reason of
    policy.json clocks stand while the author is asked. `reply_per`: one reply an appeal, when all its problems are
    ready, or one a problem. `approval`: kinds of replies that a person approves before they are sent, under which
    regimes. `verdict_days`: how long the author may judge.
    """

    version: str
    dates: Mapping[str, DateLimit]
    photo_after: frozenset[str]
    programme_years: int
    close_by_approval: frozenset[Variant]
    machine_accepts: bool
    author_pause: str
    files: FileLimits
    reply_per: ReplyPer
    approval: Mapping[ReplyKind, frozenset[Regime]]
    verdict_days: int

    def limit(self, topic: str) -> DateLimit:
        """How far a plan by a date may go for this topic."""
        return next(self.dates[key] for key in _keys(topic) if key in self.dates)

    def latest(self, topic: str, today: date) -> date:
        """The last day that a plan made `today` may name."""
        return today + timedelta(days=self.limit(topic).most_days)

    def last_year(self, today: date) -> int:
        """The last year of a programme that a plan made `today` may name."""
        return today.year + self.programme_years

    def needs_photo(self, topic: str) -> bool:
        """Whether a problem of this topic is solved only with a photo «after»."""
        return not self.photo_after.isdisjoint(_keys(topic))

    def needs_approval(self, kind: ReplyKind, regime: Regime) -> bool:
        """Whether a person must approve a reply of this kind before it is sent."""
        return regime in self.approval.get(kind, frozenset())

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> ResolutionPolicy:
        """Raises ValueError, TypeError or KeyError where something is missing or wrong."""
        replies, proofs, programme = content["replies"], content["proofs"], content["programme"]
        made = cls(
            version=str(content["version"]),
            dates=_dates(content["dates"]),
            photo_after=frozenset(map(str, proofs["photo_after"]["topics"])),
            programme_years=int(programme["years_ahead"]),
            close_by_approval=frozenset(map(Variant, content["close_by_approval"]["variants"])),
            machine_accepts=_flag(proofs["machine_accepts"]),
            author_pause=str(content["more_info"]["pause"]),
            files=_files(proofs["files"]),
            reply_per=_per(replies["per"]),
            approval=_approval(replies["approval"]),
            verdict_days=int(content["verdict"]["days"]),
        )
        if made.programme_years < 1 or made.verdict_days < 1:
            raise ValueError("years_ahead and the days of a verdict are at least 1")
        if strange := made.close_by_approval - CLOSING_VARIANTS:
            raise ValueError(f"close_by_approval: {', '.join(sorted(strange))} closes nothing")
        return made

    @classmethod
    def of_pack(cls, pack: RegionPack) -> ResolutionPolicy:
        """That of a region. Raises PackError where its file is broken."""
        return _read(pack.path(NAME))


CLOSING_VARIANTS = frozenset({Variant.PROGRAMME, Variant.NOT_OURS, Variant.REFUSED})
"""Variants that close a problem by an explanation."""


def _keys(topic: str) -> tuple[str, str, str]:
    return topic, topic.partition(".")[0], ANY


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"machine_accepts is true or false, not {value!r}")
    return value


def _per(value: object) -> ReplyPer:
    if value not in ("appeal", "problem"):
        raise ValueError(f"replies are per appeal or per problem, not per {value!r}")
    return value


def _dates(rows: list[Mapping[str, Any]]) -> dict[str, DateLimit]:
    found: dict[str, DateLimit] = {}
    for row in rows:
        limit = DateLimit(int(row["most_days"]), str(row["why"]), str(row["source"]))
        if limit.most_days < 1:
            raise ValueError(f"a plan of {limit.most_days} days")
        for topic in row["topics"]:
            if topic in found:
                raise ValueError(f"two rows of dates for {topic}")
            found[topic] = limit
    if ANY not in found:
        raise ValueError("dates have no row for «*»")
    return found


def _files(row: Mapping[str, Any]) -> FileLimits:
    photo, video, document = (int(row[f"{kind}_mb"]) * MEGABYTE for kind in ("photo", "video", "document"))
    largest = {
        FileRole.BEFORE: photo,
        FileRole.AFTER: photo,
        FileRole.VIDEO: video,
        FileRole.DOCUMENT: document,
    }
    limits = FileLimits(int(row["most"]), largest, int(row["together_mb"]) * MEGABYTE)
    if min(limits.most, limits.largest_together, *largest.values()) < 1:
        raise ValueError("a limit of files is less than 1")
    return limits


def _approval(rows: list[Mapping[str, Any]]) -> dict[ReplyKind, frozenset[Regime]]:
    found: dict[ReplyKind, frozenset[Regime]] = {}
    for row in rows:
        regimes = frozenset(map(Regime, row["regimes"]))
        for kind in map(ReplyKind, row["kinds"]):
            found[kind] = found.get(kind, frozenset()) | regimes
    return found


@lru_cache(maxsize=16)
def _read(path: Path) -> ResolutionPolicy:
    file = path if path.is_file() else DEFAULT
    try:
        return ResolutionPolicy.of_json(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(f"region pack {path.parent.name}: {NAME}: {error!r}") from error
