"""Operators' actions carried out: load and lock the problem, ask the rule, write the change, tell the others.

Every function runs in the caller's transaction, which the caller commits. `version` is what the operator saw: where the
problem has moved on since, Stale is raised and nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

import streams
from models.events import EventType, Stream, event
from models.identifiers import new_id
from models.states import APPEAL_TRANSITIONS, AppealState, NotAllowed, Who, next_state
from models.text import Span
from models.topics import Topic
from routing.actions import rules, store
from routing.actions.guesses import guess_anew
from routing.actions.records import ActionKind, Change, Executor, Problem, Refused, Stale
from routing.actions.undoing import undone
from routing.competence import Competence
from streams.contract import Connection


def _seen(connection: Connection, region: str, problem_id: UUID, version: int) -> Problem:
    """The problem, locked, as the operator saw it. Raises LookupError where there is none, Stale where it moved on."""
    problem = store.problem_for_update(connection, region, problem_id)
    if problem is None:
        raise LookupError(problem_id)
    if problem.version != version:
        raise Stale
    return problem


def _carry_out(
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
    _tell(connection, change, now)


def _tell(connection: Connection, change: Change, now: datetime) -> None:
    problem = change.problem
    told = [
        event(kind, problem.region, problem.appeal_id, now, **({"problem_id": str(problem.id)} | dict(data)))
        for kind, data in change.events
    ]
    streams.append(connection, Stream.PROBLEMS, told)


def accept(connection: Connection, region: str, problem_id: UUID, version: int, *, by: str, now: datetime) -> None:
    """The machine's first guess of the executor is right: assign the problem to it."""
    problem = _seen(connection, region, problem_id, version)
    if not problem.executor_guesses:
        raise Refused("Программа никого не предложила. Выберите исполнителя из списка.")
    guess = store.executor_by_code(connection, region, str(problem.executor_guesses[0]["code"]))
    if guess is None:
        raise Refused("Предложенного исполнителя больше нет. Выберите другого из списка.")
    change = rules.assigned(problem, guess, ActionKind.ACCEPT, by=by, reason="Оператор согласился с программой")
    _carry_out(connection, change, by=by, now=now)


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
    problem = _seen(connection, region, problem_id, version)
    executor = store.executor(connection, region, executor_id)
    if executor is None:
        raise Refused("Такого исполнителя нет. Выберите его из списка.")
    words = reason or "Выбор оператора"
    _carry_out(connection, rules.assigned(problem, executor, ActionKind.ASSIGN, by=by, reason=words), by=by, now=now)


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
    problem = _seen(connection, region, problem_id, version)
    change = rules.topic_corrected(problem, topic, by=by)
    _carry_out(connection, change, by=by, now=now, competence=competence)


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
    problem = _seen(connection, region, problem_id, version)
    change = rules.place_corrected(problem, place, by=by)
    _carry_out(connection, change, by=by, now=now, competence=competence)


def dismiss(
    connection: Connection, region: str, problem_id: UUID, version: int, *, by: str, now: datetime, reason: str = ""
) -> None:
    """Take the problem off: there is nothing to solve in it."""
    problem = _seen(connection, region, problem_id, version)
    _carry_out(connection, rules.dismissed(problem, by=by, reason=reason), by=by, now=now)


def merge(
    connection: Connection, region: str, problem_id: UUID, version: int, into_id: UUID, *, by: str, now: datetime
) -> None:
    """Say that the problem is the same thing as another one of the region."""
    # locked in the order of ids, so that two merges at once cannot wait for each other for ever
    if into_id < problem_id:
        into = store.problem_for_update(connection, region, into_id)
        problem = _seen(connection, region, problem_id, version)
    else:
        problem = _seen(connection, region, problem_id, version)
        into = store.problem_for_update(connection, region, into_id)
    if into is None:
        raise Refused("Проблемы, с которой вы объединяете, нет.")
    _carry_out(connection, rules.merged(problem, into, by=by), by=by, now=now)


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
    problem = _seen(connection, region, problem_id, version)
    made = new_id()
    ordinal = store.next_ordinal(connection, problem.appeal_id)
    _carry_out(connection, rules.split(problem, piece, topic, new_id=made, ordinal=ordinal, by=by), by=by, now=now)
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
    problem = _seen(connection, region, problem_id, version)
    action = store.last_action(connection, problem_id)
    if action is None:
        raise Refused("Отменять нечего: с этой проблемой ещё ничего не делали.")
    change = undone(action, problem, _previous(connection, region, action.before), by=by)
    if action.kind is ActionKind.SPLIT:
        _take_back_split(connection, problem, UUID(action.after["created"]), by=by, now=now)
    store.mark_undone(connection, action.id, now)
    corrected = action.kind in (ActionKind.CORRECT_TOPIC, ActionKind.CORRECT_PLACE)
    anew = competence if corrected else None
    _carry_out(connection, change, by=by, now=now, record=False, competence=anew)
    return action.kind


def _previous(connection: Connection, region: str, before: Mapping[str, Any]) -> Executor | None:
    executor_id = before.get("executor_id")
    return store.executor(connection, region, UUID(executor_id)) if executor_id else None


def _take_back_split(connection: Connection, parent: Problem, created_id: UUID, *, by: str, now: datetime) -> None:
    """The problem that the split made becomes one with its parent again."""
    created = store.problem_for_update(connection, parent.region, created_id)
    if created is not None and created.merged_into is None:
        _carry_out(connection, rules.merged(created, parent, by=by), by=by, now=now, record=False)


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
