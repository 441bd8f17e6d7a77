"""The routing stage: reads problem.found, gives the problem to an executor or puts it before an operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.identifiers import derived_id
from models.pack import RegionPack
from models.states import PROBLEM_TRANSITIONS, ProblemState, Who, next_state
from routing import store
from routing.competence import Competence
from routing.suggest import municipality_odds, suggest_at
from streams.contract import Connection, Stage


def routing_stage(pack_of: Callable[[str], RegionPack]) -> Stage:
    """The stage, given where to find the pack of a region."""

    @cache
    def competence_of(region: str) -> Competence:
        return Competence.of_pack(pack_of(region))

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        # a clock that was set back since the problem was found must not put its decision before it: whoever reads the
        # events by their times would take it for an old one
        route(connection, events, competence_of, max(datetime.now(UTC), *(each.time for each in events)))

    return Stage("routing", Stream.PROBLEMS, frozenset({EventType.PROBLEM_FOUND}), handle)


def route(
    connection: Connection, events: Sequence[Event], competence_of: Callable[[str], Competence], now: datetime
) -> None:
    """Decide on every problem of the events that still waits. One that was decided before stays as it is."""
    ids = [UUID(each.data["problem_id"]) for each in events]
    decisions = [decide(problem, competence_of(problem.region)) for problem in store.found_problems(connection, ids)]
    if not decisions:
        return
    store.write(connection, decisions, now)
    streams.append(connection, Stream.PROBLEMS, [_told(each, now) for each in decisions])


def decide(problem: store.FoundProblem, competence: Competence) -> store.Decided:
    """Assign where the machine may trust itself, otherwise leave it to an operator."""
    suggestion = suggest_at(competence, problem.topic, municipality_odds(problem.places), problem.streets)
    happened = EventType.PROBLEM_QUEUED if suggestion.executor is None else EventType.PROBLEM_ASSIGNED
    state = next_state(PROBLEM_TRANSITIONS, ProblemState.FOUND, happened, Who.MACHINE)
    return store.Decided(problem, state, suggestion, derived_id(problem.id, "assignment", "machine"))


def _told(decided: store.Decided, now: datetime) -> Event:
    problem, suggestion = decided.problem, decided.suggestion
    if suggestion.executor is None:
        assert suggestion.doubt is not None
        data = {"reason": suggestion.doubt.value}
        happened = EventType.PROBLEM_QUEUED
    else:
        data = {"executor": suggestion.executor.code, "by": "machine"}
        happened = EventType.PROBLEM_ASSIGNED
    return event(happened, problem.region, problem.appeal_id, now, problem_id=str(problem.id), **data)
