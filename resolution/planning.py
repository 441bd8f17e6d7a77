"""Plans carried out: lock, ask the rules, write, tell. Every function runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.refusal import Refused, Stale
from models.resolution import Variant
from models.states import ProblemState, Who
from resolution import plans, store
from resolution.policy import ResolutionPolicy
from resolution.records import Plan, Problem, Wish
from streams.contract import Connection

ALONE = frozenset({Variant.MORE_INFO})
"""Variants that are about one problem of an incident: a question goes to one author."""


def plan(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    executor_id: UUID,
    wish: Wish,
    *,
    by: str,
    now: datetime,
    today: date,
    policy: ResolutionPolicy,
    whole_incident: bool = True,
) -> list[UUID]:
    """Somebody of the executor says what he will do; returns the problems that this plan is of, the asked one first.

    `today` is the day in the region. With `whole_incident` the plan is also of all other problems of the incident that
    the same executor has: of those without a plan where the asked one has none, else of all.

    Raises LookupError where he does not have the problem, Stale, Refused.
    """
    if wish.variant is Variant.NOT_OURS:
        _must_be_outside(connection, region, wish.ground)
    taken = taken_problems(
        connection, region, problem_id, version, executor_id, whole_incident and wish.variant not in ALONE
    )
    asked = next(problem for problem in taken if problem.id == problem_id)
    if asked.state is ProblemState.ASSIGNED:
        # one that joined the incident later gets its first plan; the others have theirs, and their authors know it
        taken = [problem for problem in taken if problem.state is ProblemState.ASSIGNED]
    told: list[Event] = []
    for problem in taken:
        good = plans.checked(wish, problem.topic, policy, today)
        told.extend(planned(connection, problem, good, by=by, now=now, policy=policy))
    streams.append(connection, Stream.PROBLEMS, told)
    return [problem_id, *(problem.id for problem in taken if problem.id != problem_id)]


def _must_be_outside(connection: Connection, region: str, body: str) -> None:
    inside = store.body_named(connection, region, body) if body.strip() else None
    if inside is not None:
        raise Refused(f"«{inside}» — исполнитель региона: выберите его в списке, и проблема перейдёт к нему.")


def taken_problems(
    connection: Connection, region: str, problem_id: UUID, version: int, executor_id: UUID, whole_incident: bool
) -> list[Problem]:
    """The problems that a step of an executor is of, locked in the order of ids.

    Raises LookupError where he does not have the one he named, Stale where it moved on.
    """
    ids = store.fellows(connection, problem_id) if whole_incident else [problem_id]
    found = store.locked(connection, region, ids)
    named = next((one for one in found if one.id == problem_id), None)
    if named is None or not store.answers_for(connection, problem_id, executor_id):
        raise LookupError(problem_id)
    if named.version != version:
        raise Stale
    # one that moved on before it was locked is left alone
    open_states = (ProblemState.ASSIGNED, ProblemState.PLANNED)
    return [
        one
        for one in found
        if one.id == problem_id or (one.executor_id == named.executor_id and one.state in open_states)
    ]


def planned(
    connection: Connection, problem: Problem, wish: Wish, *, by: str, now: datetime, policy: ResolutionPolicy
) -> list[Event]:
    """Write one plan; returns what happened, for the caller to append."""
    before = store.last_plan(connection, problem.id)
    state = plans.moved(problem, EventType.SOLUTION_PLANNED, Who.EXECUTOR)
    plan_id = store.write_plan(connection, problem, wish, by=by, now=now)
    due = wish.due_on.isoformat() if wish.due_on else ""
    about = {"plan_id": str(plan_id), "variant": wish.variant.value, "executor": problem.executor}
    told = [told_of(problem, EventType.SOLUTION_PLANNED, now, **about, due=due, by=by)]
    if plans.awaits_author(before):
        told.append(told_of(problem, EventType.PROBLEM_RESUMED, now, by=by))
    if wish.variant is Variant.MORE_INFO and policy.author_pause:
        # under a regime that knows no such pause the clocks go on: sla asks its policy
        told.append(told_of(problem, EventType.PROBLEM_PAUSED, now, reason=policy.author_pause, by=by))
    if plans.closes_at_once(wish.variant, problem.topic, policy):
        state = ProblemState.ANSWERED
        store.decide_plan(connection, plan_id, agreed=True, by="machine", now=now, decision="")
        told.append(told_of(problem, EventType.PROBLEM_ANSWERED, now, **about, by="machine"))
    store.move(connection, problem, state)
    return told


def told_of(problem: Problem, type: EventType, now: datetime, **data: Any) -> Event:
    return event(type, problem.region, problem.appeal_id, now, problem_id=str(problem.id), **data)


def author_answered(connection: Connection, region: str, problem_id: UUID, *, now: datetime) -> list[Event]:
    """The author answered what the executor asked: the clocks go on. Returns the events for the caller to append.

    To be called before the answer itself is written. Nothing happens where nobody waits for an answer.
    """
    problem = _one(connection, region, problem_id)
    if problem.state is not ProblemState.PLANNED or not plans.awaits_author(store.last_plan(connection, problem_id)):
        return []
    store.move(connection, problem, problem.state)
    return [told_of(problem, EventType.PROBLEM_RESUMED, now, by="citizen")]


def agree(
    connection: Connection, region: str, problem_id: UUID, version: int, *, by: str, now: datetime, note: str = ""
) -> None:
    """An operator agrees with an explanation: the problem is closed by it."""
    problem, held = _explained(connection, region, problem_id, version)
    state = plans.moved(problem, EventType.PROBLEM_ANSWERED, Who.OPERATOR)
    store.decide_plan(connection, held.id, agreed=True, by=by, now=now, decision=note.strip())
    store.move(connection, problem, state)
    about = {"plan_id": str(held.id), "variant": held.variant.value, "executor": held.executor}
    _tell(connection, [told_of(problem, EventType.PROBLEM_ANSWERED, now, **about, by=by)])


def return_plan(
    connection: Connection, region: str, problem_id: UUID, version: int, *, by: str, now: datetime, reason: str
) -> None:
    """An operator does not agree with an explanation: the executor plans anew."""
    if not reason.strip():
        raise Refused("Напишите исполнителю, почему вы не согласны.")
    problem, held = _explained(connection, region, problem_id, version)
    state = plans.moved(problem, EventType.PLAN_RETURNED, Who.OPERATOR)
    store.decide_plan(connection, held.id, agreed=False, by=by, now=now, decision=reason.strip()[: plans.MOST_WORDS])
    store.move(connection, problem, state)
    _tell(connection, [told_of(problem, EventType.PLAN_RETURNED, now, plan_id=str(held.id), by=by)])


def give_back(
    connection: Connection, region: str, problem_id: UUID, plan_id: UUID, *, by: str, now: datetime, reason: str
) -> list[Event]:
    """An operator returned the letter that tells of this plan: the executor plans anew. Returns the events to append.

    Nothing happens where the plan holds no more. The clocks that stood for the author's answer go on: he was not asked.
    """
    problem, held = _one(connection, region, problem_id), store.last_plan(connection, problem_id)
    if held is None or held.id != plan_id or problem.state is not ProblemState.PLANNED:
        return []
    state = plans.moved(problem, EventType.PLAN_RETURNED, Who.OPERATOR)
    store.decide_plan(connection, plan_id, agreed=False, by=by, now=now, decision=reason[: plans.MOST_WORDS])
    store.move(connection, problem, state)
    told = [told_of(problem, EventType.PLAN_RETURNED, now, plan_id=str(plan_id), by=by)]
    if plans.awaits_author(held):
        told.append(told_of(problem, EventType.PROBLEM_RESUMED, now, by=by))
    return told


def _explained(connection: Connection, region: str, problem_id: UUID, version: int) -> tuple[Problem, Plan]:
    problem = _one(connection, region, problem_id)
    if problem.version != version:
        raise Stale
    held = store.last_plan(connection, problem_id)
    if held is None or not plans.awaits_operator(held, problem.state):
        raise Refused("Решать нечего: разъяснение, которое ждёт оператора, здесь не стоит.")
    return problem, held


def _one(connection: Connection, region: str, problem_id: UUID) -> Problem:
    found = store.locked(connection, region, [problem_id])
    if not found:
        raise LookupError(problem_id)
    return found[0]


def _tell(connection: Connection, events: Sequence[Event]) -> None:
    streams.append(connection, Stream.PROBLEMS, events)
