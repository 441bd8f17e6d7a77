"""By what the clocks of a region run: which term a clock has, when it stands, and when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from models.pack import RegionPack
from sla.calendar import Calendar
from sla.count import Standing, deadline
from sla.measure import Measure
from sla.policy import Policies, Policy
from sla.record import Clock, ClockKind, Pause, Stage
from sla.term import Term


@dataclass(frozen=True)
class Rules:
    """The calendar, the policies and the time zone of one region."""

    calendar: Calendar
    policies: Policies
    zone: ZoneInfo

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Rules:
        """Raises PackError where the calendar or the policy is missing or broken."""
        return cls(Calendar.of_pack(pack), Policies.of_pack(pack), pack.zone)

    @cached_property
    def _measures(self) -> Mapping[str, Measure]:
        return {
            policy.version: Measure(self.calendar, self.zone, policy.opens, policy.closes)
            for policy in self.policies.versions
        }

    def policy(self, version: str) -> Policy:
        """Raises KeyError for a version that is not in the pack: versions are never taken away."""
        return self.policies.by_version[version]

    def measure(self, policy: Policy) -> Measure:
        return self._measures[policy.version]

    def term(self, clock: Clock) -> Term:
        """The term a clock runs by. Raises KeyError for the clock of a regime that the policy no longer has."""
        policy = self.policy(clock.policy_version)
        regime = policy.regime(clock.regime)
        if clock.kind is ClockKind.ROUTE:
            return policy.route
        if clock.kind is ClockKind.PLAN:
            return policy.plan
        if clock.kind in (ClockKind.REGISTRATION, ClockKind.FORWARDING):
            term = regime.registration if clock.kind is ClockKind.REGISTRATION else regime.forwarding
            if term is None:
                raise KeyError(f"{clock.kind} of {clock.regime}")
            return term
        term = self._solve_term(clock, policy)
        if clock.extended_at is not None and regime.extension is not None:
            return replace(term, amount=term.amount + regime.extension.amount)
        return term

    def _solve_term(self, clock: Clock, policy: Policy) -> Term:
        """That of the stage; of the first one the topic's, or the earliest of those for danger and importance."""
        regime = policy.regime(clock.regime)
        if clock.stage is Stage.INTERIM and regime.final is not None:
            return regime.final
        if clock.stage is Stage.REOPENED and regime.reopened is not None:
            return regime.reopened
        terms = [policy.solve_term(clock.topic, clock.regime)]
        if clock.danger and policy.danger is not None:
            terms.append(policy.danger.term)
        if clock.important and regime.important is not None:
            terms.append(regime.important.term)
        if len(terms) == 1:
            return terms[0]
        measure = self.measure(policy)
        return min(terms, key=lambda term: deadline(clock.started_at, term, measure))

    def standings(self, clock: Clock) -> list[Standing]:
        """When the clock stood or stands: its pauses, each reason no longer than the policy lets it altogether."""
        policy = self.policy(clock.policy_version)
        left: dict[str, timedelta] = {}
        found = []
        for pause in clock.pauses:
            rule = policy.pause(pause.reason, clock.regime)
            if rule is None:
                continue
            room = left.get(pause.reason, rule.most)
            start = pause.start.astimezone(UTC)
            end = start + room if pause.end is None else min(pause.end.astimezone(UTC), start + room)
            left[pause.reason] = room - (end - start)
            if start < end:
                found.append(Standing(start, end, f"срок приостановлен: {rule.what}"))
        return found

    def may_pause(self, clock: Clock, reason: str, at: datetime) -> bool:
        """Whether this reason may let the clock stand from this moment on."""
        rule = self.policy(clock.policy_version).pause(reason, clock.regime)
        if rule is None or at >= clock.deadline_at:
            return False
        standings = self.standings(replace(clock, pauses=(*clock.pauses, Pause(reason, at))))
        return bool(standings) and standings[-1].start == at

    def counted(self, clock: Clock) -> Clock:
        """The clock with the deadline and the warning that its term and its pauses give."""
        policy = self.policy(clock.policy_version)
        ends = deadline(clock.started_at, self.term(clock), self.measure(policy), self.standings(clock))
        warns = clock.started_at + (ends - clock.started_at) * policy.warn_share
        return replace(clock, deadline_at=ends, warn_at=warns)
