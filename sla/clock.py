"""The clocks of a problem: a pure replay of its events by the calendar and the policy.

- route: from problem.found till somebody answers; stands while the problem is given away, merged or dismissed, and goes
  on with what was left when it comes back to the queue.
- plan: the executor's own; starts anew with every assignment, stops when it is taken back.
- solve: the citizen's; from the moment the appeal was accepted, by the topic, or by danger to life where that ends
  earlier. A merge or dismissal stops it, and undoing that is as if it had never stood. A corrected topic counts the new
  term from the same start, and a danger found stays a danger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from models.events import Event, EventType
from models.pack import RegionPack
from sla.calendar import Calendar
from sla.count import Measure, after, deadline, elapsed
from sla.policy import Policies, Policy, Term


class ClockKind(StrEnum):
    ROUTE = "route"
    PLAN = "plan"
    SOLVE = "solve"


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `stopped_at` is None while it runs; `as_of` is the time of the last event counted in.

    `danger`: a clock of solving remembers that the problem was found dangerous, for a topic corrected later.
    """

    kind: ClockKind
    policy_version: str
    started_at: datetime
    deadline_at: datetime
    warn_at: datetime
    stopped_at: datetime | None
    as_of: datetime
    danger: bool = False

    @property
    def late(self) -> bool:
        """Stopped after its deadline."""
        return self.stopped_at is not None and self.stopped_at > self.deadline_at


Clocks = Mapping[ClockKind, Clock]

COUNTED = frozenset(
    {
        EventType.PROBLEM_FOUND,
        EventType.PROBLEM_ASSIGNED,
        EventType.PROBLEM_UNASSIGNED,
        EventType.PROBLEM_CORRECTED,
        EventType.PROBLEM_MERGED,
        EventType.PROBLEM_DISMISSED,
        EventType.PROBLEM_RESTORED,
    }
)
"""The events that move clocks. No other event of a problem does."""


class NoClocks(Exception):
    """An event of a problem whose problem.found was not counted in."""


@dataclass(frozen=True)
class Rules:
    """By what the clocks of a region run."""

    calendar: Calendar
    policies: Policies
    zone: ZoneInfo

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Rules:
        """Raises PackError where the calendar or the policy is missing or broken."""
        return cls(Calendar.of_pack(pack), Policies.of_pack(pack), pack.zone)

    @cached_property
    def _measures(self) -> Mapping[str, Measure]:
        return {policy.version: Measure.of(policy, self.calendar, self.zone) for policy in self.policies.versions}

    def policy(self, version: str) -> Policy:
        """Raises KeyError for a version that is not in the pack: versions are never taken away."""
        return self.policies.by_version[version]

    def measure(self, policy: Policy) -> Measure:
        return self._measures[policy.version]

    def solve_term(self, policy: Policy, topic: str, danger: bool, started_at: datetime) -> Term:
        """The term of the topic, or that of danger where there is danger and it ends earlier."""
        usual = policy.solve_term(topic)
        if not danger or policy.danger is None:
            return usual
        measure = self.measure(policy)
        return min(usual, policy.danger.term, key=lambda term: deadline(started_at, term, measure))


def derive_clocks(events: Iterable[Event], calendar: Calendar, policies: Policies, zone: ZoneInfo) -> list[Clock]:
    """The clocks of one problem from all its events, in their order."""
    rules = Rules(calendar, policies, zone)
    clocks: Clocks = {}
    for each in events:
        clocks = step(clocks, each, rules)
    return [clocks[kind] for kind in ClockKind if kind in clocks]


def step(clocks: Clocks, event: Event, rules: Rules) -> Clocks:
    """The clocks after one more event. One older than what they have counted in changes nothing.

    Raises NoClocks where the problem was never found, KeyError where the event lacks what it must carry.
    """
    if event.type not in COUNTED:
        return clocks
    if not clocks:
        if event.type is not EventType.PROBLEM_FOUND:
            raise NoClocks(f"{event.type} of the problem {event.data.get('problem_id')} came before its problem.found")
        return _started(event, rules)
    if event.time < max(clock.as_of for clock in clocks.values()):
        return clocks
    changed = dict(clocks)
    if event.type is EventType.PROBLEM_ASSIGNED:
        _stop(changed, ClockKind.ROUTE, event.time)
        _start_plan(changed, event.time, rules)
    elif event.type is EventType.PROBLEM_UNASSIGNED:
        _stop(changed, ClockKind.PLAN, event.time)
        _resume_route(changed, event.time, rules)
    elif event.type is EventType.PROBLEM_CORRECTED:
        _recount_solve(changed, str(event.data["topic"]), event.time, rules)
    elif event.type in (EventType.PROBLEM_MERGED, EventType.PROBLEM_DISMISSED):
        for kind in clocks:
            _stop(changed, kind, event.time)
    elif event.type is EventType.PROBLEM_RESTORED:
        _resume_route(changed, event.time, rules)
        changed[ClockKind.SOLVE] = replace(changed[ClockKind.SOLVE], stopped_at=None, as_of=event.time)
    return changed


def _started(event: Event, rules: Rules) -> Clocks:
    accepted_at = datetime.fromisoformat(event.data["accepted_at"])
    policy = rules.policies.at(accepted_at, rules.zone)
    danger = policy.is_danger(int(event.data["urgency"]))
    solve = rules.solve_term(policy, str(event.data["topic"]), danger, accepted_at)
    clock = _new(ClockKind.SOLVE, solve, accepted_at, event.time, policy, rules)
    return {
        ClockKind.ROUTE: _new(ClockKind.ROUTE, policy.route, event.time, event.time, policy, rules),
        ClockKind.SOLVE: replace(clock, danger=danger),
    }


def _new(kind: ClockKind, term: Term, started_at: datetime, as_of: datetime, policy: Policy, rules: Rules) -> Clock:
    ends = deadline(started_at, term, rules.measure(policy))
    warns = started_at + (ends - started_at) * policy.warn_share
    return Clock(kind, policy.version, started_at, ends, warns, None, as_of)


def _stop(clocks: dict[ClockKind, Clock], kind: ClockKind, at: datetime) -> None:
    clock = clocks.get(kind)
    if clock is not None and clock.stopped_at is None:
        clocks[kind] = replace(clock, stopped_at=at, as_of=at)


def _start_plan(clocks: dict[ClockKind, Clock], at: datetime, rules: Rules) -> None:
    before = clocks.get(ClockKind.PLAN)
    if before is None or before.started_at != at:
        policy = rules.policy(clocks[ClockKind.SOLVE].policy_version)
        clocks[ClockKind.PLAN] = _new(ClockKind.PLAN, policy.plan, at, at, policy, rules)


def _resume_route(clocks: dict[ClockKind, Clock], at: datetime, rules: Rules) -> None:
    """Go on with what was left when it stopped; where nothing was left, it stays late."""
    clock = clocks[ClockKind.ROUTE]
    if clock.stopped_at is None:
        return
    if clock.late:
        clocks[ClockKind.ROUTE] = replace(clock, stopped_at=None, as_of=at)
        return
    policy = rules.policy(clock.policy_version)
    measure, unit = rules.measure(policy), policy.route.unit
    left = elapsed(clock.stopped_at, clock.deadline_at, unit, measure)
    ends = after(at, left, unit, measure)
    warns = max(at, ends - (ends - at) * (1 - policy.warn_share))
    clocks[ClockKind.ROUTE] = replace(clock, stopped_at=None, deadline_at=ends, warn_at=warns, as_of=at)


def _recount_solve(clocks: dict[ClockKind, Clock], topic: str, at: datetime, rules: Rules) -> None:
    before = clocks[ClockKind.SOLVE]
    policy = rules.policy(before.policy_version)
    term = rules.solve_term(policy, topic, before.danger, before.started_at)
    counted = _new(ClockKind.SOLVE, term, before.started_at, at, policy, rules)
    clocks[ClockKind.SOLVE] = replace(counted, stopped_at=before.stopped_at, danger=before.danger)
