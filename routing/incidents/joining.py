"""Joins the problems of a batch into incidents, between routing's decision on each and its writing down.

What stands in an incident with an executor goes to that executor; the first member that gets one gives it to the
incident and to those that wait. Every problem keeps its own events, so clocks and replies know nothing of incidents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from models.events import Event, EventType, event
from models.identifiers import derived_id
from models.states import PROBLEM_TRANSITIONS, ProblemState, Who, next_state
from routing.incidents import store
from routing.incidents.alarms import watch
from routing.incidents.causes import Cause, Causes
from routing.incidents.keys import asked, filed, key, locks
from routing.incidents.likeness import cause_of
from routing.incidents.records import MACHINE, Incident, Join, Likeness, Neighbourhood, Open, Suggest, Trace
from routing.incidents.rules import judge
from routing.store import Decided, executor_id
from routing.suggest import Doubt, ExecutorGuess
from streams.contract import Connection

APART = frozenset({Doubt.PLACES, Doubt.ELSEWHERE})
"""With these doubts the place itself is in question: nothing is joined by it."""

FIRST = Likeness(1.0, "первое сообщение")


@dataclass
class Joining:
    """One batch under way. `decisions` by problem, as incidents leave them; `events` to append in this order."""

    connection: Connection
    now: datetime
    around: Neighbourhood
    decisions: dict[UUID, Decided]
    events: list[Event] = field(default_factory=list)
    changed: dict[UUID, Incident] = field(default_factory=dict)
    suggestions: list[tuple[object, ...]] = field(default_factory=list)


def join_incidents(
    connection: Connection, decisions: Sequence[Decided], causes_of: Callable[[str], Causes], now: datetime
) -> tuple[list[Decided], list[Event]]:
    """The decisions as incidents change them, and what there is to tell besides. Writes memberships and suggestions."""
    traces = store.traces(connection, [each.problem.id for each in decisions])
    joined, told = _joined(connection, decisions, traces, causes_of, now)
    return joined, told + watch(connection, traces.values(), causes_of, now)


def _joined(
    connection: Connection,
    decisions: Sequence[Decided],
    traces: Mapping[UUID, Trace],
    causes_of: Callable[[str], Causes],
    now: datetime,
) -> tuple[list[Decided], list[Event]]:
    looked = [traces[each.problem.id] for each in decisions if each.suggestion.doubt not in APART]
    known = {
        trace.id: (trace, cause, causes_of(trace.region))
        for trace in looked
        if (cause := cause_of(trace, causes_of(trace.region))) is not None
    }
    if not known:
        return list(decisions), []
    joining = Joining(connection, now, _neighbourhood(connection, known), {each.problem.id: each for each in decisions})
    for trace, cause, causes in sorted(known.values(), key=lambda each: (each[0].sent_at, each[0].id)):
        _settle(joining, joining.around.traces[trace.id], cause, causes)
    store.write_incidents(connection, joining.changed.values())
    store.suggest(connection, joining.suggestions)
    return [joining.decisions[each.problem.id] for each in decisions], joining.events


def _neighbourhood(connection: Connection, known: dict[UUID, tuple[Trace, Cause, Causes]]) -> Neighbourhood:
    """What is around the problems, once nobody else may change it."""
    links = store.links(connection, list(known))
    turns = {lock for trace, cause, _ in known.values() for lock in locks(trace, cause)}
    ours = (*known, *(link.other for some in links.values() for link in some))
    store.take_turns(connection, turns | {key("lock", str(each)) for each in ours})
    store.file(connection, ((trace, filed(trace, cause)) for trace, cause, _ in known.values()))
    candidates = store.candidates(
        connection,
        ((id, trace.sent_at, cause.window, asked(trace, cause)) for id, (trace, cause, _) in known.items()),
    )
    others = {other for found in candidates.values() for other in found}
    others |= {link.other for found in links.values() for link in found}
    traces = store.traces(connection, others | set(known))
    incidents = store.incidents(connection, {each.incident for each in traces.values() if each.incident is not None})
    return Neighbourhood(traces, candidates, links, incidents)


def _settle(joining: Joining, new: Trace, cause: Cause, causes: Causes) -> None:
    """Carry out what the rules say of one problem. A problem of the batch that comes later is not looked at yet."""
    verdict = judge(new, joining.around, causes)
    if isinstance(verdict, Join):
        _put(joining, joining.around.incidents[verdict.incident], new, verdict.likeness)
    elif isinstance(verdict, Open):
        _open(joining, new, cause, verdict)
    elif isinstance(verdict, Suggest):
        found = verdict.likeness
        joining.suggestions.append(
            (new.id, new.region, verdict.incident, verdict.other, found.score, found.reason, joining.now)
        )


def _open(joining: Joining, new: Trace, cause: Cause, verdict: Open) -> None:
    first = min((new, *(old for old, _ in verdict.others)), key=lambda each: (each.sent_at, each.id))
    opened = derived_id(new.id, "incident", MACHINE)
    incident = store.open_incident(joining.connection, first, cause.code, id=opened, by=MACHINE, now=joining.now)
    joining.around.incidents[incident.id] = incident
    for old, found in verdict.others:
        _put(joining, incident, old, FIRST if old.id == first.id else found)
    _put(joining, incident, new, verdict.others[0][1] if new.id != first.id else FIRST)


def _put(joining: Joining, incident: Incident, trace: Trace, likeness: Likeness) -> None:
    """Write the membership, tell it, and let incident and problem have one executor."""
    stay = derived_id(trace.id, "incident", MACHINE)
    if not store.join(joining.connection, incident, trace, likeness, id=stay, by=MACHINE, now=joining.now):
        return
    joining.around.traces[trace.id] = replace(trace, incident=incident.id, stood=True)
    joining.events.append(
        event(
            EventType.PROBLEM_JOINED,
            trace.region,
            trace.appeal_id,
            joining.now,
            problem_id=str(trace.id),
            incident=str(incident.id),
            by=MACHINE,
        )
    )
    incident.first_at = min(incident.first_at, trace.sent_at)
    incident.last_at = max(incident.last_at, trace.sent_at)
    incident.point = incident.point or trace.spot.point
    joining.changed[incident.id] = incident
    _one_executor(joining, incident, trace, likeness)


def _one_executor(joining: Joining, incident: Incident, trace: Trace, likeness: Likeness) -> None:
    decided = joining.decisions.get(trace.id)
    if incident.executor_id is None:
        chosen = trace.executor_id or _chosen(decided)
        if chosen is not None:
            _give(joining, incident, chosen)
    if decided is not None and incident.executor_id is not None:
        joining.decisions[trace.id] = _like_the_others(joining, decided, incident, likeness.reason)


def _chosen(decided: Decided | None) -> UUID | None:
    if decided is None or decided.suggestion.executor is None:
        return None
    return executor_id(decided.problem.region, decided.suggestion.executor.code)


def _give(joining: Joining, incident: Incident, chosen: UUID) -> None:
    """The incident has an executor now: those of its problems that wait for an operator go there too."""
    incident.executor_id = chosen
    code = store.hands(joining.connection, incident).executor.code
    reason = "одна причина, один исполнитель"
    waited = store.give_waiting(joining.connection, incident, joining.now, _because(incident, reason))
    for problem, appeal, at in waited:
        given = {"problem_id": str(problem), "executor": code, "by": MACHINE}
        joining.events.append(event(EventType.PROBLEM_ASSIGNED, incident.region, appeal, at, **given))
    for id, decided in joining.decisions.items():
        trace = joining.around.traces.get(id)
        if trace is not None and trace.incident == incident.id:
            joining.decisions[id] = _like_the_others(joining, decided, incident, reason)


def _like_the_others(joining: Joining, decided: Decided, incident: Incident, reason: str) -> Decided:
    """The decision with the incident's executor, and who works there, in the place of its own."""
    own = decided.suggestion
    hands = store.hands(joining.connection, incident)
    if own.executor is not None and own.executor.code == hands.executor.code:
        return replace(decided, handler=hands.handler or decided.handler)
    guess = ExecutorGuess(hands.executor, 1.0, _because(incident, reason))
    others = tuple(each for each in own.guesses if each.body.code != hands.executor.code)
    state = next_state(PROBLEM_TRANSITIONS, ProblemState.FOUND, EventType.PROBLEM_ASSIGNED, Who.MACHINE)
    suggestion = replace(own, executor=hands.executor, probability=1.0, guesses=(guess, *others[:2]), doubt=None)
    return replace(decided, state=state, suggestion=suggestion, handler=hands.handler)


def _because(incident: Incident, reason: str) -> str:
    return f"инцидент № {incident.number}: {reason}"
