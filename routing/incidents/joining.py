"""Joins the problems of a batch into incidents, between routing's decision on each and its writing down.

All is decided in memory over what the batch itself adds, and written once: a statement a problem would cost more than
everything else that routing does. Every problem keeps its own events, so clocks and replies know nothing of incidents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from models.events import Event, EventType, event
from models.identifiers import derived_id
from routing.incidents import join_store, store
from routing.incidents.alarms import watch
from routing.incidents.causes import Cause, Causes
from routing.incidents.keys import asked, filed, key, locks
from routing.incidents.likeness import cause_of
from routing.incidents.records import MACHINE, Incident, Join, Likeness, Neighbourhood, Open, Suggest, Trace
from routing.incidents.rules import judge
from routing.incidents.sharing import Put, choose, share_executors
from routing.store import Decided
from routing.suggest import Doubt
from streams.contract import Connection

APART = frozenset({Doubt.PLACES, Doubt.ELSEWHERE})
"""With these doubts the place itself is in question: nothing is joined by it."""

FIRST = Likeness(1.0, "первое сообщение")


@dataclass
class Joining:
    """One batch under way: what the rules say of each problem, in memory; written once by `_write`.

    `puts` are (incident, problem, likeness) in the order in which they join, `opened` the new incidents, each with
    its first problem.
    """

    now: datetime
    around: Neighbourhood
    puts: list[Put] = field(default_factory=list)
    opened: dict[UUID, tuple[Incident, Trace]] = field(default_factory=dict)
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
    joining = Joining(now, _neighbourhood(connection, known))
    for trace, cause, causes in sorted(known.values(), key=lambda each: (each[0].sent_at, each[0].id)):
        _settle(joining, joining.around.traces[trace.id], cause, causes)
    return _write(connection, joining, decisions)


def _neighbourhood(connection: Connection, known: dict[UUID, tuple[Trace, Cause, Causes]]) -> Neighbourhood:
    """What is around the problems, once nobody else may change it."""
    links = store.links(connection, list(known))
    turns = {lock for trace, cause, _ in known.values() for lock in locks(trace, cause)}
    ours = (*known, *(link.other for some in links.values() for link in some))
    store.take_turns(connection, turns | {key("lock", str(each)) for each in ours})
    store.file(connection, ((trace, filed(trace, cause, causes.towns)) for trace, cause, causes in known.values()))
    candidates = store.candidates(
        connection,
        (
            (id, trace.sent_at, cause.window, asked(trace, cause, causes.towns))
            for id, (trace, cause, causes) in known.items()
        ),
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
    opened, at = derived_id(new.id, "incident", MACHINE), first.sent_at
    incident = Incident(opened, first.region, 0, cause.code, first.spot.point, at, at)
    joining.around.incidents[opened] = incident
    joining.opened[opened] = (incident, first)
    for old, found in verdict.others:
        _put(joining, incident, old, FIRST if old.id == first.id else found)
    _put(joining, incident, new, verdict.others[0][1] if new.id != first.id else FIRST)


def _put(joining: Joining, incident: Incident, trace: Trace, likeness: Likeness) -> None:
    """The problem stands in the incident from here on; a later problem of the batch sees it there."""
    joining.puts.append((incident, trace, likeness))
    joining.around.traces[trace.id] = replace(trace, incident=incident.id, stood=True)
    incident.first_at = min(incident.first_at, trace.sent_at)
    incident.last_at = max(incident.last_at, trace.sent_at)
    incident.point = incident.point or trace.spot.point


def _write(connection: Connection, joining: Joining, decisions: Sequence[Decided]) -> tuple[list[Decided], list[Event]]:
    """Write what was decided in memory; the decisions with their incidents' executors, and what to tell."""
    decided = {each.problem.id: each for each in decisions}
    chosen = choose(joining.puts, decided)
    join_store.open_incidents(connection, list(joining.opened.values()), joining.now)
    moved = {incident.id: incident for incident, _, _ in joining.puts if incident.id not in joining.opened}
    join_store.write_incidents(connection, list(moved.values()))
    joined = join_store.join(
        connection,
        [
            (derived_id(trace.id, "incident", MACHINE), trace.region, incident.id, trace.id, found.reason, found.score)
            for incident, trace, found in joining.puts
        ],
        joining.now,
    )
    join_store.suggest(connection, joining.suggestions)
    puts = [each for each in joining.puts if each[1].id in joined]
    told = [_told(incident, trace, joining.now) for incident, trace, _ in puts]
    told += share_executors(connection, puts, chosen, decided, joining.now)
    return [decided[each.problem.id] for each in decisions], told


def _told(incident: Incident, trace: Trace, now: datetime) -> Event:
    about = {"problem_id": str(trace.id), "incident": str(incident.id), "by": MACHINE}
    return event(EventType.PROBLEM_JOINED, trace.region, trace.appeal_id, now, **about)
