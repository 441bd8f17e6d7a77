"""Operators' actions carried out: load and lock the problem, ask the rule, write the change, tell the others.

Every function runs in the caller's transaction, which the caller commits. `version` is what the operator saw: where the
problem has moved on since, Stale is raised and nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

import streams
from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from models.refusal import Refused, Stale
from models.states import APPEAL_TRANSITIONS, AppealState, NotAllowed, Who, next_state
from models.text import Span
from models.topics import Topic
from routing.actions import co_store, hops, rules, sharing, store
from routing.actions.guesses import guess_anew
from routing.actions.records import Action, ActionKind, Assign, Change, Executor, Problem
from routing.actions.undoing import undone
from routing.competence import Competence
from streams.contract import Connection


def seen(connection: Connection, region: str, problem_id: UUID, version: int) -> Problem:
    """The problem, locked, as the operator saw it. Raises LookupError where there is none, Stale where it moved on."""
    problem = store.problem_for_update(connection, region, problem_id)
    if problem is None:
        raise LookupError(problem_id)
    if problem.version != version:
        raise Stale
    return problem


def carry_out(
    connection: Connection,
    change: Change,
    *,
    by: str,
    now: datetime,
    record: bool = True,
    competence: Competence | None = None,
) -> None:
    """Write the change and tell the others; with `competence`, guess the executors anew."""
    store.write_change(connection, change, by=by, now=now)
    if competence is not None:
        guess_anew(connection, change.problem.id, competence)
    if record:
        store.write_action(connection, change, by=by, now=now)
    streams.append(connection, Stream.PROBLEMS, _told(change, now))


def absorbed(connection: Connection, change: Change, executor_id: UUID, *, by: str, now: datetime) -> Change:
    """The same change where its new lead was a co-executor till now: he is one no more."""
    parts = co_store.parts_of(connection, change.problem.id)
    part = next((one for one in parts if one.executor.id == executor_id and not one.ended), None)
    if part is None:
        return change
    co_store.end(connection, part.id, "lead", now)
    ended = (EventType.CO_ENDED, {"co_id": str(part.id), "by": by})
    return replace(change, events=(*change.events, ended), after={**change.after, "absorbed": str(part.id)})


def _told(change: Change, now: datetime) -> list[Event]:
    problem = change.problem
    return [
        event(kind, problem.region, problem.appeal_id, now, **({"problem_id": str(problem.id)} | dict(data)))
        for kind, data in change.events
    ]


def accept(connection: Connection, region: str, problem_id: UUID, version: int, *, by: str, now: datetime) -> None:
    """The machine's first guess of the executor is right: assign the problem to it."""
    problem = seen(connection, region, problem_id, version)
    if not problem.executor_guesses:
        raise Refused("Программа никого не предложила. Выберите исполнителя из списка.")
    guess = store.executor_by_code(connection, region, str(problem.executor_guesses[0]["code"]))
    if guess is None:
        raise Refused("Предложенного исполнителя больше нет. Выберите другого из списка.")
    change = rules.assigned(problem, guess, ActionKind.ACCEPT, by=by, reason="Оператор согласился с программой")
    carry_out(connection, absorbed(connection, change, guess.id, by=by, now=now), by=by, now=now)


def assign(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    executor_id: UUID,
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Give the problem to the executor that the operator chose."""
    told = given(connection, region, problem_id, version, executor_id, by=by, now=now, reason=reason)
    streams.append(connection, Stream.PROBLEMS, told)


def given(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    executor_id: UUID,
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> list[Event]:
    """As `assign`, with the events for the caller to append: who gives many problems appends once, and waits for
    nobody in a circle."""
    problem = seen(connection, region, problem_id, version)
    executor = store.executor(connection, region, executor_id)
    if executor is None:
        raise Refused("Такого исполнителя нет. Выберите его из списка.")
    change = rules.assigned(problem, executor, ActionKind.ASSIGN, by=by, reason=reason or "Выбор оператора")
    change = absorbed(connection, change, executor.id, by=by, now=now)
    store.write_change(connection, change, by=by, now=now)
    store.write_action(connection, change, by=by, now=now)
    return _told(change, now)


def correct_topic(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    topic: Topic,
    *,
    by: str,
    now: datetime,
    competence: Competence,
) -> None:
    """Put the problem under another topic; who may answer for it is guessed anew."""
    problem = seen(connection, region, problem_id, version)
    change = rules.topic_corrected(problem, topic, by=by)
    carry_out(connection, change, by=by, now=now, competence=competence)


def correct_place(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    place: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    competence: Competence,
) -> None:
    """Put the problem at another place (JSON of models.places.Place); who may answer for it is guessed anew."""
    problem = seen(connection, region, problem_id, version)
    change = rules.place_corrected(problem, place, by=by)
    carry_out(connection, change, by=by, now=now, competence=competence)


def dismiss(
    connection: Connection, region: str, problem_id: UUID, version: int, *, by: str, now: datetime, reason: str = ""
) -> None:
    """Take the problem off: there is nothing to solve in it."""
    problem = seen(connection, region, problem_id, version)
    carry_out(connection, rules.dismissed(problem, by=by, reason=reason), by=by, now=now)


def merge(
    connection: Connection, region: str, problem_id: UUID, version: int, into_id: UUID, *, by: str, now: datetime
) -> None:
    """Say that the problem is the same thing as another one of the region."""
    # locked in the order of ids, so that two merges at once cannot wait for each other for ever
    if into_id < problem_id:
        into = store.problem_for_update(connection, region, into_id)
        problem = seen(connection, region, problem_id, version)
    else:
        problem = seen(connection, region, problem_id, version)
        into = store.problem_for_update(connection, region, into_id)
    if into is None:
        raise Refused("Проблемы, с которой вы объединяете, нет.")
    carry_out(connection, rules.merged(problem, into, by=by), by=by, now=now)


def split(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    piece: Span,
    topic: Topic,
    *,
    by: str,
    now: datetime,
) -> UUID:
    """Make a piece of the problem's text a problem of its own; returns its id. Routing finds its executor."""
    problem = seen(connection, region, problem_id, version)
    made = new_id()
    ordinal = store.next_ordinal(connection, problem.appeal_id)
    carry_out(connection, rules.split(problem, piece, topic, new_id=made, ordinal=ordinal, by=by), by=by, now=now)
    return made


def undo(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    *,
    by: str,
    now: datetime,
    competence: Competence,
) -> ActionKind:
    """Take back the last action on the problem; returns what it was."""
    problem = seen(connection, region, problem_id, version)
    action = store.last_action(connection, problem_id)
    if action is None:
        raise Refused("Отменять нечего: с этой проблемой ещё ничего не делали.")
    change = _taken_back(connection, region, action, problem, by=by, now=now)
    if action.kind is ActionKind.SPLIT:
        _take_back_split(connection, problem, UUID(action.after["created"]), by=by, now=now)
    store.mark_undone(connection, action.id, now)
    corrected = action.kind in (ActionKind.CORRECT_TOPIC, ActionKind.CORRECT_PLACE)
    anew = competence if corrected else None
    carry_out(connection, change, by=by, now=now, record=False, competence=anew)
    return action.kind


def _taken_back(
    connection: Connection, region: str, action: Action, problem: Problem, *, by: str, now: datetime
) -> Change:
    """The change that takes the action back, with the rows beside the problem's own put back already."""
    if action.kind in (ActionKind.ADD_CO, ActionKind.END_CO):
        part = co_store.part(connection, problem.id, UUID(action.after["part"]))
        if action.kind is ActionKind.ADD_CO:
            co_store.end(connection, part.id, "undone", now)
        else:
            co_store.reopen(connection, part)
        return sharing.undone(action, problem, part, by=by)
    change = undone(action, problem, _previous(connection, region, action.before), by=by)
    change = _with_handler(connection, region, change, action.before)
    if action.kind is ActionKind.REFUSE:
        hops.mark_undone(connection, problem.id, now)
    if action.kind in (ActionKind.MERGE, ActionKind.DISMISS):
        co_store.go_on(connection, problem.id)
    if "absorbed" in action.after:
        part = co_store.part(connection, problem.id, UUID(action.after["absorbed"]))
        co_store.reopen(connection, part)
        change = replace(change, events=(*change.events, *sharing.put_back(part, by=by)))
    return change


def _with_handler(connection: Connection, region: str, change: Change, before: Mapping[str, Any]) -> Change:
    """The same change, where it gives the problem back: to the unit or person too who did the work."""
    if not isinstance(change.assignment, Assign) or "handler_id" not in before:
        return change
    handler = store.executor(connection, region, UUID(before["handler_id"]))
    if handler is None:
        return change
    events = tuple(
        (kind, {**data, "handler": handler.code} if kind is EventType.PROBLEM_ASSIGNED else data)
        for kind, data in change.events
    )
    return replace(change, assignment=replace(change.assignment, handler=handler), events=events)


def _previous(connection: Connection, region: str, before: Mapping[str, Any]) -> Executor | None:
    executor_id = before.get("executor_id")
    return store.executor(connection, region, UUID(executor_id)) if executor_id else None


def _take_back_split(connection: Connection, parent: Problem, created_id: UUID, *, by: str, now: datetime) -> None:
    """The problem that the split made becomes one with its parent again."""
    created = store.problem_for_update(connection, parent.region, created_id)
    if created is not None and created.merged_into is None:
        carry_out(connection, rules.merged(created, parent, by=by), by=by, now=now, record=False)


def restore_appeal(connection: Connection, region: str, appeal_id: UUID, *, by: str, now: datetime) -> None:
    """The machine saw no problem in an appeal, and an operator does: it is analysed again, never dismissed."""
    row = connection.execute(
        "SELECT state, dismissal FROM appeals WHERE id = %s AND region_id = %s FOR UPDATE", (appeal_id, region)
    ).fetchone()
    if row is None:
        raise LookupError(appeal_id)
    try:
        state = next_state(APPEAL_TRANSITIONS, AppealState(row[0]), EventType.APPEAL_RESTORED, Who.OPERATOR)
    except NotAllowed as refusal:
        raise Refused("Это обращение не отклонено: возвращать его не нужно.") from refusal
    connection.execute("UPDATE appeals SET state = %s WHERE id = %s", (state, appeal_id))
    connection.execute(
        """
        INSERT INTO actions (id, region_id, appeal_id, login, kind, before, after, done_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            new_id(),
            region,
            appeal_id,
            by,
            ActionKind.RESTORE_APPEAL,
            Jsonb({"state": row[0], "dismissal": row[1]}),
            Jsonb({"state": state.value}),
            now,
        ),
    )
    streams.append(connection, Stream.APPEALS, [event(EventType.APPEAL_RESTORED, region, appeal_id, now, by=by)])
