"""The clocks of a problem: a pure replay of its events by the calendar and the policy.

- route: from problem.found till somebody answers; stands while the problem is given away, merged or dismissed, and goes
  on with what was left when it comes back to the queue.
- plan: the executor's own; starts anew with every assignment and when his explanation is returned, stops when he has
  planned or it is taken back.
- work: the executor's own too, for whoever gets the problem after another one had it: the citizen's clock goes on as it
  was, and he has the whole term from his assignment.
- solve: the citizen's; from the moment the appeal was registered, by regime and topic, or by danger to life where that
  ends earlier. A merge or dismissal stops it, and undoing that is as if it had never stood. A corrected topic counts
  the new term from the same start. It may be paused and extended as the policy lets it; an interim answer and a
  reopening begin a new stage.
- registration, forwarding: the office's, where the regime has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.events import Event, EventType
from models.regimes import Regime
from models.resolution import CLOSING
from sla.calendar import Calendar
from sla.count import after, elapsed_hours
from sla.policy import Policies, Policy
from sla.record import Clock, ClockKind, Clocks, NoClocks, Pause, Stage
from sla.rules import Rules

__all__ = ["COUNTED", "Clock", "ClockKind", "Clocks", "NoClocks", "Rules", "derive_clocks", "step"]

COUNTED = frozenset(
    {
        EventType.PROBLEM_FOUND,
        EventType.PROBLEM_ASSIGNED,
        EventType.PROBLEM_UNASSIGNED,
        EventType.PROBLEM_REFUSED,
        EventType.PROBLEM_CORRECTED,
        EventType.PROBLEM_MERGED,
        EventType.PROBLEM_DISMISSED,
        EventType.PROBLEM_RESTORED,
        EventType.PROBLEM_PAUSED,
        EventType.PROBLEM_RESUMED,
        EventType.SOLUTION_PLANNED,
        EventType.PLAN_RETURNED,
        EventType.PROBLEM_SOLVED,
        EventType.PROBLEM_ANSWERED,
        EventType.PROBLEM_REPLIED,
        EventType.PROBLEM_REOPENED,
        EventType.TERM_EXTENDED,
        EventType.APPEAL_REGISTERED,
        EventType.APPEAL_FORWARDED,
        EventType.INTERIM_REPLIED,
    }
)
"""The events that move clocks. No other event of a problem does."""

PAUSABLE = (ClockKind.PLAN, ClockKind.SOLVE, ClockKind.WORK)
Changed = dict[ClockKind, Clock]


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
    MOVES.get(event.type, _nothing)(changed, event, rules)
    return changed


def _nothing(_clocks: Changed, _event: Event, _rules: Rules) -> None:
    """The problem was found already."""


def _started(event: Event, rules: Rules) -> Clocks:
    accepted_at = datetime.fromisoformat(event.data["accepted_at"])
    regime = Regime(event.data.get("regime", Regime.PORTAL))
    policy = rules.policies.at(accepted_at, rules.zone)
    urgency, terms = int(event.data["urgency"]), policy.regime(regime)
    solve = replace(
        _new(ClockKind.SOLVE, accepted_at, event.time, policy, regime),
        topic=str(event.data["topic"]),
        danger=policy.is_danger(urgency),
        important=policy.is_important(urgency, regime),
    )
    route = _new(ClockKind.ROUTE, event.time, event.time, policy, regime)
    started = {ClockKind.ROUTE: rules.counted(route), ClockKind.SOLVE: rules.counted(solve)}
    if terms.registration is not None:
        registration = rules.counted(_new(ClockKind.REGISTRATION, accepted_at, event.time, policy, regime))
        stopped_at = accepted_at if terms.at_acceptance else None
        started[ClockKind.REGISTRATION] = replace(registration, stopped_at=stopped_at)
    if terms.forwarding is not None and (terms.registration is None or terms.at_acceptance):
        forwarding = _new(ClockKind.FORWARDING, accepted_at, event.time, policy, regime)
        started[ClockKind.FORWARDING] = rules.counted(forwarding)
    return started


def _new(kind: ClockKind, started_at: datetime, as_of: datetime, policy: Policy, regime: Regime) -> Clock:
    """A clock that is not counted yet."""
    return Clock(kind, policy.version, started_at, started_at, started_at, None, as_of, regime=regime)


def _stop(clocks: Changed, at: datetime, *kinds: ClockKind) -> None:
    for kind in kinds:
        clock = clocks.get(kind)
        if clock is not None and clock.stopped_at is None:
            clocks[kind] = replace(clock, stopped_at=at, as_of=at)


def _go_on(clocks: Changed, kind: ClockKind, at: datetime) -> None:
    """As if it had never stood."""
    clock = clocks.get(kind)
    if clock is not None and clock.stopped_at is not None:
        clocks[kind] = replace(clock, stopped_at=None, as_of=at)


def _assigned(clocks: Changed, event: Event, rules: Rules) -> None:
    _stop(clocks, event.time, ClockKind.ROUTE, ClockKind.FORWARDING)
    before, solve = clocks.get(ClockKind.PLAN), clocks[ClockKind.SOLVE]
    if before is not None and before.started_at == event.time:
        return
    policy = rules.policy(solve.policy_version)
    clocks[ClockKind.PLAN] = rules.counted(_new(ClockKind.PLAN, event.time, event.time, policy, solve.regime))
    if before is not None:
        own = _new(ClockKind.WORK, event.time, event.time, policy, solve.regime)
        own = replace(own, topic=solve.topic, danger=solve.danger, important=solve.important, stage=solve.stage)
        clocks[ClockKind.WORK] = rules.counted(own)


def _unassigned(clocks: Changed, event: Event, rules: Rules) -> None:
    _stop(clocks, event.time, ClockKind.PLAN, ClockKind.WORK)
    _resume_route(clocks, event.time, rules)
    _go_on(clocks, ClockKind.FORWARDING, event.time)


def _resume_route(clocks: Changed, at: datetime, rules: Rules) -> None:
    """Go on with what was left when it stopped; where nothing was left, it stays late."""
    clock = clocks[ClockKind.ROUTE]
    if clock.stopped_at is None:
        return
    if clock.late:
        clocks[ClockKind.ROUTE] = replace(clock, stopped_at=None, as_of=at)
        return
    policy = rules.policy(clock.policy_version)
    measure, unit = rules.measure(policy), policy.route.unit
    left = elapsed_hours(clock.stopped_at, clock.deadline_at, unit, measure)
    ends = after(at, left, unit, measure)
    warns = max(at, ends - (ends - at) * (1 - policy.warn_share))
    clocks[ClockKind.ROUTE] = replace(clock, stopped_at=None, deadline_at=ends, warn_at=warns, as_of=at)


def _corrected(clocks: Changed, event: Event, rules: Rules) -> None:
    for kind in (ClockKind.SOLVE, ClockKind.WORK):
        if kind in clocks:
            topical = replace(clocks[kind], topic=str(event.data["topic"]), as_of=event.time)
            clocks[kind] = rules.counted(topical)


def _put_away(clocks: Changed, event: Event, _rules: Rules) -> None:
    _stop(clocks, event.time, *clocks)


def _restored(clocks: Changed, event: Event, rules: Rules) -> None:
    _resume_route(clocks, event.time, rules)
    clocks[ClockKind.SOLVE] = replace(clocks[ClockKind.SOLVE], stopped_at=None, as_of=event.time)
    _go_on(clocks, ClockKind.FORWARDING, event.time)


def _paused(clocks: Changed, event: Event, rules: Rules) -> None:
    reason = str(event.data["reason"])
    for kind in PAUSABLE:
        clock = clocks.get(kind)
        if clock is None or clock.stopped_at is not None:
            continue
        clock = _ended(clock, event.time, rules)
        if clock.pauses and (clock.pauses[-1].end is None or clock.pauses[-1].start >= event.time):
            continue  # it stands already, or this pause has come before
        if rules.may_pause(clock, reason, event.time):
            pauses = (*clock.pauses, Pause(reason, event.time.astimezone(UTC)))
            clocks[kind] = rules.counted(replace(clock, pauses=pauses, as_of=event.time))


def _ended(clock: Clock, at: datetime, rules: Rules) -> Clock:
    """With the last pause ended where its reason's time is used up by then."""
    if not clock.pauses or clock.pauses[-1].end is not None:
        return clock
    end = rules.standings(clock)[-1].end
    return clock if at < end else replace(clock, pauses=(*clock.pauses[:-1], replace(clock.pauses[-1], end=end)))


def _resumed(clocks: Changed, event: Event, rules: Rules) -> None:
    for kind in PAUSABLE:
        clock = clocks.get(kind)
        if clock is None or not clock.pauses or clock.pauses[-1].end is not None:
            continue
        end = min(event.time.astimezone(UTC), rules.standings(clock)[-1].end)
        pauses = (*clock.pauses[:-1], replace(clock.pauses[-1], end=end))
        clocks[kind] = rules.counted(replace(clock, pauses=pauses, as_of=event.time))


def _planned(clocks: Changed, event: Event, _rules: Rules) -> None:
    _stop(clocks, event.time, ClockKind.PLAN)


def _solved(clocks: Changed, event: Event, _rules: Rules) -> None:
    """All but the registration; and but the answer itself, where the law's term is that of the answer."""
    runs_on = {ClockKind.REGISTRATION}
    if clocks[ClockKind.SOLVE].regime is Regime.FZ59:
        runs_on.add(ClockKind.SOLVE)
    _stop(clocks, event.time, *(kind for kind in clocks if kind not in runs_on))


def _replied(clocks: Changed, event: Event, _rules: Rules) -> None:
    """The answer of 59-ФЗ (art. 10, p. 1; art. 12, p. 1): the appeal is considered once its author was answered."""
    solve = clocks[ClockKind.SOLVE]
    if event.data["kind"] in CLOSING and solve.regime is Regime.FZ59 and not is_outdated(event, solve):
        _stop(clocks, event.time, ClockKind.SOLVE)


def is_outdated(reply: Event, solve: Clock) -> bool:
    """Whether the reply tells of an end after which the problem was opened again: it went out all the same."""
    closed = reply.data.get("closed")
    return closed is not None and solve.reopened_at is not None and datetime.fromisoformat(closed) <= solve.reopened_at


def _reopened(clocks: Changed, event: Event, rules: Rules) -> None:
    """A new stage of the citizen's clock, and a new plan of the executor's.

    A clock of the citizen's that no answer has stopped goes on as it was, and so does the executor's own one: an answer
    that was taken back before it was sent gives nobody more time than the law does.
    """
    solve = clocks[ClockKind.SOLVE]
    if solve.reopened_at == event.time or (solve.stopped_at is None and solve.regime is not Regime.FZ59):
        return
    if solve.stopped_at is None:
        clocks[ClockKind.SOLVE] = replace(solve, reopened_at=event.time, as_of=event.time)
        _go_on(clocks, ClockKind.WORK, event.time)
    else:
        _new_stage(clocks, Stage.REOPENED, event.time, rules)
        clocks[ClockKind.SOLVE] = replace(clocks[ClockKind.SOLVE], reopened_at=event.time)
    _plan_anew(clocks, event, rules)


def _plan_anew(clocks: Changed, event: Event, rules: Rules) -> None:
    """The executor plans again: his term for that begins anew."""
    before = clocks.get(ClockKind.PLAN)
    if before is not None:
        policy = rules.policy(before.policy_version)
        clocks[ClockKind.PLAN] = rules.counted(_new(ClockKind.PLAN, event.time, event.time, policy, before.regime))


def _new_stage(clocks: Changed, stage: Stage, at: datetime, rules: Rules) -> None:
    clock = clocks[ClockKind.SOLVE]
    begun = replace(clock, stage=stage, started_at=at, stopped_at=None, as_of=at, pauses=(), extended_at=None)
    clocks[ClockKind.SOLVE] = rules.counted(begun)


def _interim(clocks: Changed, event: Event, rules: Rules) -> None:
    """The term of the final answer begins, where the regime has one and the interim answer was in time."""
    clock = clocks[ClockKind.SOLVE]
    policy = rules.policy(clock.policy_version)
    waits = clock.stopped_at is None and clock.stage is not Stage.INTERIM and event.time <= clock.deadline_at
    if waits and policy.regime(clock.regime).final is not None:
        _new_stage(clocks, Stage.INTERIM, event.time, rules)


def _extended(clocks: Changed, event: Event, rules: Rules) -> None:
    """Once, before the term is over, and only where the notice to the author can be named."""
    clock = clocks[ClockKind.SOLVE]
    extension = rules.policy(clock.policy_version).regime(clock.regime).extension
    runs = clock.stopped_at is None and clock.extended_at is None and clock.stage is Stage.FIRST
    if extension is not None and runs and event.data.get("notice") and event.time <= clock.deadline_at:
        clocks[ClockKind.SOLVE] = rules.counted(replace(clock, extended_at=event.time, as_of=event.time))


def _registered(clocks: Changed, event: Event, rules: Rules) -> None:
    """The terms from registration begin, not later than it was due: lateness takes nothing from the citizen."""
    registration = clocks.get(ClockKind.REGISTRATION)
    if registration is None or registration.stopped_at is not None:
        return
    start = min(event.time, registration.deadline_at)
    _stop(clocks, event.time, ClockKind.REGISTRATION)
    solve = clocks[ClockKind.SOLVE]
    if solve.stage is Stage.FIRST:
        clocks[ClockKind.SOLVE] = rules.counted(replace(solve, started_at=start, as_of=event.time))
    policy = rules.policy(solve.policy_version)
    if policy.regime(solve.regime).forwarding is not None and clocks[ClockKind.ROUTE].stopped_at is None:
        forwarding = _new(ClockKind.FORWARDING, start, event.time, policy, solve.regime)
        clocks[ClockKind.FORWARDING] = rules.counted(forwarding)


def _forwarded(clocks: Changed, event: Event, _rules: Rules) -> None:
    """Only where the notice to the author can be named."""
    if event.data.get("notice"):
        _stop(clocks, event.time, ClockKind.FORWARDING)


MOVES = {
    EventType.PROBLEM_ASSIGNED: _assigned,
    EventType.PROBLEM_UNASSIGNED: _unassigned,
    EventType.PROBLEM_REFUSED: _unassigned,
    EventType.PROBLEM_CORRECTED: _corrected,
    EventType.PROBLEM_MERGED: _put_away,
    EventType.PROBLEM_DISMISSED: _put_away,
    EventType.PROBLEM_RESTORED: _restored,
    EventType.PROBLEM_PAUSED: _paused,
    EventType.PROBLEM_RESUMED: _resumed,
    EventType.SOLUTION_PLANNED: _planned,
    EventType.PLAN_RETURNED: _plan_anew,
    EventType.PROBLEM_SOLVED: _solved,
    EventType.PROBLEM_ANSWERED: _solved,
    EventType.PROBLEM_REPLIED: _replied,
    EventType.PROBLEM_REOPENED: _reopened,
    EventType.TERM_EXTENDED: _extended,
    EventType.APPEAL_REGISTERED: _registered,
    EventType.APPEAL_FORWARDED: _forwarded,
    EventType.INTERIM_REPLIED: _interim,
}
