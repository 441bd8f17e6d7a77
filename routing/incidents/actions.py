"""What operators do with incidents: open, name, add, take out, split, assign, close, answer a suggestion, undo.

Every function runs in the caller's transaction. `version` is what the operator saw of the incident: where it has moved
on, the action is refused. Problems keep their own clocks, assignments and replies through all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.refusal import Refused
from routing.actions.executors import executor_of
from routing.actions.service import given as problem_given
from routing.incidents import action_store as store
from routing.incidents.action_store import Kind, Member, Standing
from routing.incidents.records import IncidentState
from streams.contract import Connection

OPEN_STATES = frozenset({"found", "queued", "assigned"})
"""States in which a problem can be given to the incident's executor."""

BY_HAND = "добавил оператор"


def seen(connection: Connection, region: str, incident: UUID, version: int) -> Standing:
    """The incident, locked, as the operator saw it. Raises LookupError; Refused where it has moved on since."""
    found = store.standing(connection, region, incident)
    if found is None:
        raise LookupError(incident)
    if found.version != version:
        raise Refused(
            "Пока вы смотрели, этот инцидент изменил кто-то другой. Ваше действие не выполнено. "
            "Посмотрите, как он выглядит сейчас, и повторите, если нужно."
        )
    return found


def open_by_hand(
    connection: Connection, region: str, problems: Sequence[UUID], name: str, *, by: str, now: datetime, cause: str = ""
) -> UUID:
    """An incident of these problems, which stand in none; returns its id."""
    members = _free(connection, region, problems)
    if len(members) < 2:
        raise Refused("Инцидент — это две проблемы или больше.")
    made = store.open_incident(connection, region, [each.id for each in members], cause, name, by, now)
    told = [_join(connection, region, made, each, by, now) for each in members]
    incident = store.standing(connection, region, made)
    assert incident is not None
    chosen = next((each.executor_id for each in members if each.executor_id is not None), None)
    incident = replace(incident, executor_id=chosen)
    store.write(connection, incident)
    store.record(connection, region, made, Kind.OPEN, {}, {"problems": _texts(members)}, by, now)
    told += _give(connection, incident, members, by, now)
    streams.append(connection, Stream.PROBLEMS, told)
    return made


def add(
    connection: Connection, region: str, incident: UUID, version: int, problem: UUID, *, by: str, now: datetime
) -> None:
    """Put a problem that stands in no incident into this one."""
    found = seen(connection, region, incident, version)
    members = _free(connection, region, [problem])
    told = [_join(connection, region, incident, each, by, now) for each in members]
    store.write(connection, found)
    store.record(connection, region, incident, Kind.ADD, {}, {"problems": _texts(members)}, by, now)
    told += _give(connection, found, members, by, now)
    streams.append(connection, Stream.PROBLEMS, told)


def take_out(
    connection: Connection,
    region: str,
    incident: UUID,
    version: int,
    problems: Sequence[UUID],
    *,
    by: str,
    now: datetime,
) -> None:
    """Take problems out; the machine never puts them into an incident again."""
    found = seen(connection, region, incident, version)
    members = _standing_in(connection, found, problems)
    told = [_leave(connection, found, each, by, now) for each in members]
    store.write(connection, found)
    store.record(connection, region, incident, Kind.TAKE_OUT, {"problems": _texts(members)}, {}, by, now)
    streams.append(connection, Stream.PROBLEMS, told)


def split(
    connection: Connection,
    region: str,
    incident: UUID,
    version: int,
    problems: Sequence[UUID],
    name: str,
    *,
    by: str,
    now: datetime,
) -> UUID:
    """Make an incident of its own out of some of the problems; returns its id. It keeps the executor."""
    found = seen(connection, region, incident, version)
    members = _standing_in(connection, found, problems)
    made = store.open_incident(connection, region, [each.id for each in members], found.cause, name, by, now)
    told = [_leave(connection, found, each, by, now) for each in members]
    told += [_join(connection, region, made, each, by, now) for each in members]
    store.write(connection, found)
    new = store.standing(connection, region, made)
    assert new is not None
    store.write(connection, replace(new, executor_id=found.executor_id))
    moved = {"problems": _texts(members)}
    store.record(connection, region, incident, Kind.SPLIT, moved, {"incident": str(made)}, by, now)
    streams.append(connection, Stream.PROBLEMS, told)
    return made


def name(
    connection: Connection, region: str, incident: UUID, version: int, words: str, *, by: str, now: datetime
) -> None:
    """Give the incident a name; empty: its cause and place name it again."""
    found = seen(connection, region, incident, version)
    store.write(connection, replace(found, name=words.strip()))
    store.record(connection, region, incident, Kind.NAME, {"name": found.name}, {"name": words.strip()}, by, now)


def assign(
    connection: Connection,
    region: str,
    incident: UUID,
    version: int,
    executor: UUID,
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Give the whole incident to one executor: every open problem of it goes there, later ones follow."""
    found = seen(connection, region, incident, version)
    members = store.problems(connection, region, store.member_ids(connection, incident))
    given = replace(found, executor_id=executor_of(connection, region, executor).id)
    told = _give(connection, given, members, by, now, reason)
    store.write(connection, given)
    was = str(found.executor_id) if found.executor_id else None
    store.record(connection, region, incident, Kind.ASSIGN, {"executor": was}, {"executor": str(executor)}, by, now)
    streams.append(connection, Stream.PROBLEMS, told)


def close(
    connection: Connection, region: str, incident: UUID, version: int, *, by: str, now: datetime, again: bool = False
) -> None:
    """Close the incident: nothing joins it any more. With `again`, open it again."""
    found = seen(connection, region, incident, version)
    state = IncidentState.OPEN if again else IncidentState.CLOSED
    if found.state is state:
        raise Refused("Инцидент уже открыт." if again else "Инцидент уже закрыт.")
    store.write(connection, replace(found, state=state))
    kind = Kind.REOPEN if again else Kind.CLOSE
    store.record(connection, region, incident, kind, {"state": found.state}, {"state": state}, by, now)


def answer(connection: Connection, region: str, problem: UUID, *, yes: bool, by: str, now: datetime) -> UUID | None:
    """Answer «похоже на инцидент»; returns the incident that the problem stands in now."""
    found = store.suggestion(connection, region, problem)
    if found is None:
        raise Refused("На это предложение уже ответили.")
    incident, other = found
    if not yes:
        store.answer(connection, problem, "refused", by, now)
        return None
    if incident is None and other is not None:
        there = store.problems(connection, region, [other])
        incident = there[0].incident if there else None
    if incident is None:
        assert other is not None
        incident = open_by_hand(connection, region, [problem, other], "", by=by, now=now)
    else:
        standing = store.standing(connection, region, incident)
        assert standing is not None
        add(connection, region, incident, standing.version, problem, by=by, now=now)
    store.answer(connection, problem, "joined", by, now)
    return incident


def undo(connection: Connection, region: str, incident: UUID, version: int, *, by: str, now: datetime) -> Kind:
    """Take back the last action on the incident; returns what it was. Assignments are not taken back: assign anew."""
    found = seen(connection, region, incident, version)
    done = store.last_done(connection, incident)
    if done is None:
        raise Refused("Отменять нечего.")
    told: list[Event] = []
    if done.kind in (Kind.OPEN, Kind.ADD):
        gone = _standing_in(connection, found, _ids(done.after["problems"]))
        told = [_leave(connection, found, each, by, now) for each in gone]
        if done.kind is Kind.OPEN:
            found = replace(found, state=IncidentState.CLOSED)
    elif done.kind is Kind.TAKE_OUT:
        back = _free(connection, region, _ids(done.before["problems"]))
        told = [_join(connection, region, incident, each, by, now) for each in back]
    elif done.kind is Kind.SPLIT:
        told = _unsplit(connection, found, UUID(done.after["incident"]), by, now)
    elif done.kind is Kind.NAME:
        found = replace(found, name=done.before["name"])
    else:
        found = replace(found, state=IncidentState(done.before["state"]))
    store.write(connection, found)
    store.mark_undone(connection, done.id, now)
    streams.append(connection, Stream.PROBLEMS, told)
    return done.kind


def _unsplit(connection: Connection, parent: Standing, made: UUID, by: str, now: datetime) -> list[Event]:
    """Everything that stands in the incident that the split made comes back, and that one is closed."""
    child = store.standing(connection, parent.region, made)
    assert child is not None
    members = store.problems(connection, parent.region, store.member_ids(connection, made))
    told = [_leave(connection, child, each, by, now) for each in members]
    told += [_join(connection, parent.region, parent.id, each, by, now) for each in members]
    store.write(connection, replace(child, state=IncidentState.CLOSED))
    return told


def _free(connection: Connection, region: str, ids: Sequence[UUID]) -> list[Member]:
    found = store.problems(connection, region, ids)
    if len(found) != len(set(ids)):
        raise Refused("Такой проблемы нет.")
    if any(each.incident is not None for each in found):
        raise Refused("Проблема уже входит в другой инцидент: сначала исключите её оттуда.")
    if any(each.state in ("merged", "dismissed") for each in found):
        raise Refused("Снятую или объединённую проблему в инцидент не добавить.")
    return found


def _standing_in(connection: Connection, incident: Standing, ids: Sequence[UUID]) -> list[Member]:
    found = [each for each in store.problems(connection, incident.region, ids) if each.incident == incident.id]
    if not found:
        raise Refused("Отметьте проблемы этого инцидента.")
    return found


def _join(connection: Connection, region: str, incident: UUID, member: Member, by: str, now: datetime) -> Event:
    store.join(connection, region, incident, member.id, BY_HAND, by, now)
    store.answer(connection, member.id, "joined", by, now)
    return _told(EventType.PROBLEM_JOINED, region, incident, member, by, now)


def _leave(connection: Connection, incident: Standing, member: Member, by: str, now: datetime) -> Event:
    store.leave(connection, incident.id, member.id, by, now)
    return _told(EventType.PROBLEM_LEFT, incident.region, incident.id, member, by, now)


def _told(what: EventType, region: str, incident: UUID, member: Member, by: str, now: datetime) -> Event:
    return event(what, region, member.appeal_id, now, problem_id=str(member.id), incident=str(incident), by=by)


def _give(
    connection: Connection, incident: Standing, members: Sequence[Member], by: str, now: datetime, reason: str = ""
) -> list[Event]:
    """Give those that can still be given away to the incident's executor; returns what to tell of it."""
    if incident.executor_id is None:
        return []
    because = f"инцидент № {incident.number}" + (f": {reason}" if reason else "")
    told: list[Event] = []
    for each in members:
        if each.state in OPEN_STATES and each.executor_id != incident.executor_id:
            told += problem_given(
                connection, incident.region, each.id, each.version, incident.executor_id, by=by, now=now, reason=because
            )
    return told


def _texts(members: Sequence[Member]) -> list[str]:
    return [str(each.id) for each in members]


def _ids(texts: Sequence[str]) -> list[UUID]:
    return [UUID(each) for each in texts]
