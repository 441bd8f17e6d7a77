"""By which order an appeal is considered, and by what right its clocks run: the words for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from models.pack import RegionPack
from models.regimes import Regime
from sla import Clock, ClockKind, Rules

BASES: Mapping[str, str] = {"law": "закон", "practice": "практика, не закон"}


@cache
def rules_of(pack: RegionPack) -> Rules | None:
    """None where the pack has no policy: a page tells what is known without it."""
    return Rules.of_pack(pack) if pack.path("policy.json").is_file() else None


@dataclass(frozen=True, slots=True)
class RegimeTold:
    name: str
    source: str = ""


def regime_told(pack: RegionPack, regime: str, accepted_at: datetime) -> RegimeTold:
    """The regime as the policy of that day names it, with its source of law."""
    rules = rules_of(pack)
    if rules is None:
        return RegimeTold("сообщение жителя")
    terms = rules.policies.at(accepted_at, rules.zone).regime(Regime(regime))
    return RegimeTold(terms.name, terms.source)


def with_source(row: Mapping[str, Any], stored: Mapping[ClockKind, Clock], pack: RegionPack) -> dict[str, Any]:
    """The row of a clock with the term's source (law or practice) and whether it is paused."""
    rules, clock = rules_of(pack), stored.get(ClockKind(row["kind"]))
    if clock is None or rules is None:
        return dict(row) | {"source": "", "basis": "", "paused": False}
    term = rules.term(clock)
    paused = bool(clock.pauses) and clock.pauses[-1].end is None
    return dict(row) | {"source": term.source, "basis": BASES[term.basis], "paused": paused}
