"""The routing stage: reads problem.found, gives the problem to an executor or puts it before an operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.identifiers import derived_id
from models.pack import RegionPack
from models.present import Now, present
from models.states import PROBLEM_TRANSITIONS, ProblemState, Who, next_state
from routing import store
from routing.competence import Competence
from routing.executors import Body
from routing.handlers import handler_of
from routing.in_force import InForce
from routing.incidents import causes_of, join_incidents
from routing.learned import Learned, Opinion
from routing.loads import Loads
from routing.suggest import known_municipalities, municipality_odds, suggest_at, topics_of
from streams.contract import Connection, Stage

LearnedOf = Callable[[str], Learned | None]
"""What a region has learnt from past assignments; None where it has learnt nothing yet."""


def nothing_learned(_region: str) -> Learned | None:
    return None


def routing_stage(
    pack_of: Callable[[str], RegionPack], learned_of: LearnedOf = nothing_learned, clock: Now = present
) -> Stage:
    """The stage, given where to find the pack of a region and what the region has learnt."""
    in_force, loads = InForce(pack_of), Loads()

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        # a clock that was set back since the problem was found must not put its decision before it: whoever reads the
        # events by their times would take it for an old one
        now = max(clock(), *(each.time for each in events))
        route(connection, events, lambda region: in_force.at(connection, region, now), now, pack_of, learned_of, loads)

    return Stage("routing", Stream.PROBLEMS, frozenset({EventType.PROBLEM_FOUND}), handle)


def route(
    connection: Connection,
    events: Sequence[Event],
    competence_of: Callable[[str], Competence],
    now: datetime,
    pack_of: Callable[[str], RegionPack],
    learned_of: LearnedOf = nothing_learned,
    loads: Loads | None = None,
) -> None:
    """Decide on every problem of the events that still waits. One that was decided before stays as it is.

    `loads` is what the caller knows of persons' loads from batch to batch; without it they are counted now.
    """
    loads = loads or Loads()
    ids = [UUID(each.data["problem_id"]) for each in events]
    decisions: list[store.Decided] = []
    found = sorted(store.found_problems(connection, ids), key=lambda problem: problem.region)
    for region, group in groupby(found, key=lambda problem: problem.region):
        problems, competence = list(group), competence_of(region)
        opinions = opinions_of(problems, competence, learned_of(region))
        decided = [decide(*each, competence) for each in zip(problems, opinions, strict=True)]
        if competence.has_handlers:
            day = now.astimezone(pack_of(region).zone).date()
            decided = hand_out(decided, competence, loads.of(connection, region, now), day)
        decisions.extend(decided)
    if not decisions:
        return
    decisions, told = join_incidents(connection, decisions, lambda region: causes_of(pack_of(region).folder), now)
    store.write(connection, decisions, now)
    streams.append(connection, Stream.PROBLEMS, [*(_told(each, now) for each in decisions), *told])


def opinions_of(
    problems: Sequence[store.FoundProblem], competence: Competence, learned: Learned | None
) -> Sequence[Opinion | None]:
    """What past assignments say of each problem."""
    if learned is None:
        return [None] * len(problems)
    return learned.opinions(
        [[(topic.code, chance) for topic, chance in topics_of(competence, problem.topic)] for problem in problems],
        [known_municipalities(competence, municipality_odds(problem.places)) for problem in problems],
        [problem.site.text for problem in problems],
    )


def decide(problem: store.FoundProblem, opinion: Opinion | None, competence: Competence) -> store.Decided:
    """Assign where the machine may trust itself, otherwise leave it to an operator."""
    odds, properties = municipality_odds(problem.places), competence.properties.of(problem.site)
    suggestion = suggest_at(competence, problem.topic, odds, problem.streets, properties, opinion)
    happened = EventType.PROBLEM_QUEUED if suggestion.executor is None else EventType.PROBLEM_ASSIGNED
    state = next_state(PROBLEM_TRANSITIONS, ProblemState.FOUND, happened, Who.MACHINE)
    return store.Decided(problem, state, suggestion, derived_id(problem.id, "assignment", "machine"))


def hand_out(
    decisions: Sequence[store.Decided], competence: Competence, load: dict[str, float], day: date
) -> list[store.Decided]:
    """The same decisions with the units and persons who do the work, the most urgent problems first.

    What one problem adds to a person's `load` counts for the next: it is written there.
    """
    handlers: dict[UUID, Body | None] = {}
    for each in sorted(decisions, key=lambda one: (-one.problem.urgency, one.problem.id)):
        body, problem = each.suggestion.executor, each.problem
        if body is None:
            continue
        odds = known_municipalities(competence, municipality_odds(problem.places))
        municipality = max(odds, key=lambda name: odds[name], default="")
        properties = competence.properties.of(problem.site)
        found = handler_of(competence, body, problem.topic.best.code, municipality, properties, load, day)
        handlers[problem.id] = found
        if found is not None:
            load[found.code] = load.get(found.code, 0.0) + problem.urgency
    return [replace(each, handler=handlers.get(each.problem.id)) for each in decisions]


def _told(decided: store.Decided, now: datetime) -> Event:
    problem, suggestion = decided.problem, decided.suggestion
    if suggestion.executor is None:
        assert suggestion.doubt is not None
        data = {"reason": suggestion.doubt.value}
        happened = EventType.PROBLEM_QUEUED
    else:
        data = {"executor": suggestion.executor.code, "by": "machine"}
        if decided.handler is not None:
            data["handler"] = decided.handler.code
        happened = EventType.PROBLEM_ASSIGNED
    return event(happened, problem.region, problem.appeal_id, now, problem_id=str(problem.id), **data)
