"""One incident, one executor: the first member that gets one gives it to the incident and to those that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from models.events import Event, EventType, event
from models.states import PROBLEM_TRANSITIONS, ProblemState, Who, next_state
from routing.incidents import join_store
from routing.incidents.join_store import Hands
from routing.incidents.records import MACHINE, Incident, Likeness, Trace
from routing.store import Decided, executor_id
from routing.suggest import ExecutorGuess
from streams.contract import Connection

ONE = "одна причина, один исполнитель"

Put = tuple[Incident, Trace, Likeness]
"""A problem that joins an incident."""


def choose(puts: Sequence[Put], decided: Mapping[UUID, Decided]) -> dict[UUID, UUID]:
    """Give incidents without an executor that of the first member with one; which member it was, by incident."""
    chosen: dict[UUID, UUID] = {}
    for incident, trace, _ in puts:
        if incident.executor_id is None:
            incident.executor_id = trace.executor_id or _chosen(decided.get(trace.id))
            if incident.executor_id is not None:
                chosen[incident.id] = trace.id
    return chosen


def _chosen(decided: Decided | None) -> UUID | None:
    if decided is None or decided.suggestion.executor is None:
        return None
    return executor_id(decided.problem.region, decided.suggestion.executor.code)


def share_executors(
    connection: Connection,
    puts: Sequence[Put],
    chosen: Mapping[UUID, UUID],
    decided: dict[UUID, Decided],
    now: datetime,
) -> list[Event]:
    """Change `decided` to the executors of the incidents that problems joined; give what waits there, and tell it.

    `chosen` are the incidents that got their executor now, and from which member. All is written but the decisions.
    """
    led = {incident.id: incident for incident, _, _ in puts if incident.executor_id is not None}
    if not led:
        return []
    hands = join_store.hands(connection, led)
    told = _give(connection, {id: led[id] for id in chosen if id in led}, hands, now)
    before = set(chosen)
    for incident, trace, likeness in puts:
        if incident.id in led and trace.id in decided:
            reason = ONE if incident.id in before else likeness.reason
            decided[trace.id] = _like_the_others(decided[trace.id], incident, hands[incident.id], reason)
        if chosen.get(incident.id) == trace.id:
            before.discard(incident.id)
    return told


def _give(
    connection: Connection, given: Mapping[UUID, Incident], hands: Mapping[UUID, Hands], now: datetime
) -> list[Event]:
    """These incidents have an executor now: those of their problems that wait for an operator go there too."""
    if not given:
        return []
    reasons = {id: _because(incident, ONE) for id, incident in given.items()}
    told = []
    for id, problem, appeal, at in join_store.give_waiting(connection, given, now, reasons):
        about = {"problem_id": str(problem), "executor": hands[id].executor.code, "by": MACHINE}
        told.append(event(EventType.PROBLEM_ASSIGNED, given[id].region, appeal, at, **about))
    return told


def _like_the_others(decided: Decided, incident: Incident, hands: Hands, reason: str) -> Decided:
    """The decision with the incident's executor, and who works there, in the place of its own."""
    own = decided.suggestion
    if own.executor is not None and own.executor.code == hands.executor.code:
        return replace(decided, handler=hands.handler or decided.handler)
    guess = ExecutorGuess(hands.executor, 1.0, _because(incident, reason))
    others = tuple(each for each in own.guesses if each.body.code != hands.executor.code)
    state = next_state(PROBLEM_TRANSITIONS, ProblemState.FOUND, EventType.PROBLEM_ASSIGNED, Who.MACHINE)
    suggestion = replace(own, executor=hands.executor, probability=1.0, guesses=(guess, *others[:2]), doubt=None)
    return replace(decided, state=state, suggestion=suggestion, handler=hands.handler)


def _because(incident: Incident, reason: str) -> str:
    return f"инцидент № {incident.number}: {reason}"
