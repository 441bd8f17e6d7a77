"""The policy of clocks: how long each may run, in what unit, by what right; data of the region pack (policy.json)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from models.pack import PackError, RegionPack
from models.regimes import Regime
from sla.regime_terms import ANY, PORTAL, Danger, PauseRule, RegimeTerms, of_topic, solve_rows
from sla.term import Start, Term


@dataclass(frozen=True)
class Policy:
    """One version of the policy, for appeals accepted from `valid_from` on. It is never changed, only followed.

    `solve` is by topic code, group number or «*», `danger` goes before it where it ends earlier; `warn_share` is the
    share of the term at which a clock warns. `regimes` says what is otherwise under a regime, `pauses` for what
    clocks of solving may stand.
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
    regimes: Mapping[Regime, RegimeTerms] = field(default_factory=dict)
    pauses: tuple[PauseRule, ...] = ()

    def __post_init__(self) -> None:
        if not self.route.in_hours or self.route.runs_from is not Start.SAME_MOMENT:
            raise ValueError("the term of routing pauses and resumes: it must be in hours and start at once")
        if ANY not in self.solve:
            raise ValueError("solve has no row for «*»")
        if not self.opens < self.closes:
            raise ValueError("working_time ends before it begins")
        if not 0 < self.warn_share < 1:
            raise ValueError("warn_share is not between 0 and 1")
        if len({(rule.reason, regime) for rule in self.pauses for regime in rule.regimes}) != sum(
            len(rule.regimes) for rule in self.pauses
        ):
            raise ValueError("two rows of pauses for one reason and regime")
        for regime, terms in self.regimes.items():
            units = {term.unit for term in (terms.solve or self.solve).values()}
            if terms.extension is not None and units != {terms.extension.unit}:
                raise ValueError(f"{regime}: the extension is not in the unit of the terms it extends")

    def regime(self, regime: Regime) -> RegimeTerms:
        return self.regimes.get(regime, PORTAL)

    def solve_term(self, topic: str, regime: Regime = Regime.PORTAL) -> Term:
        """The term of a topic under a regime."""
        return of_topic(self.regime(regime).solve or self.solve, topic)

    def is_danger(self, urgency: int) -> bool:
        """Whether a problem of this urgency has the term of danger."""
        return self.danger is not None and urgency >= self.danger.urgency

    def is_important(self, urgency: int, regime: Regime) -> bool:
        """Whether a problem of this urgency has the term that the regime has for what is important."""
        row = self.regime(regime).important
        return row is not None and urgency >= row.urgency

    def pause(self, reason: str, regime: Regime) -> PauseRule | None:
        """The row that lets clocks stand for this reason; None where there is none."""
        return next((rule for rule in self.pauses if rule.reason == reason and regime in rule.regimes), None)

    @property
    def terms(self) -> Iterator[Term]:
        """Every term of it."""
        yield from (self.route, self.plan, *self.solve.values())
        if self.danger is not None:
            yield self.danger.term
        for regime in self.regimes.values():
            yield from regime.terms

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Policy:
        """Raises ValueError, TypeError or KeyError where something is missing or wrong."""
        opens, closes = (time.fromisoformat(each) for each in content["working_time"])
        return cls(
            version=str(content["version"]),
            valid_from=date.fromisoformat(content["valid_from"]),
            route=Term.of_json(content["route"]),
            plan=Term.of_json(content["plan"]),
            solve=solve_rows(content["solve"]),
            opens=opens,
            closes=closes,
            warn_share=float(content["warn_share"]),
            danger=Danger.of_json(content["danger"]) if "danger" in content else None,
            regimes={Regime(key): RegimeTerms.of_json(row) for key, row in content.get("regimes", {}).items()},
            pauses=tuple(map(PauseRule.of_json, content.get("pauses", ()))),
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
    def of_json(cls, rows: Iterable[Mapping[str, Any]]) -> Policies:
        """Raises ValueError, TypeError or KeyError where something is missing or wrong."""
        return cls(tuple(map(Policy.of_json, rows)))

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Policies:
        """The policies of a pack. Raises PackError where the file is missing or broken."""
        try:
            return cls.of_json(pack.json("policy.json")["policies"])
        except (ValueError, KeyError, TypeError) as error:
            raise PackError(f"region pack {pack.folder.name}: policy.json: {error!r}") from error
