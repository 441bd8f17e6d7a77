"""What executors do with a problem, and operators with co-executors: carried out in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import streams
from models.events import EventType, Stream, event
from models.identifiers import new_id
from models.refusal import Refused, Stale
from routing.actions import co_store, hops, store
from routing.actions.records import Executor, Problem
from routing.actions.refusing import Refusal, refused
from routing.actions.rerouting import Rerouting
from routing.actions.service import absorbed, carry_out, seen
from routing.actions.sharing import Part, Role, added, answerable, part_deadline, taken_off
from routing.competence import Competence
from streams.contract import Connection


def refuse(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    executor_id: UUID,
    *,
    reason: str,
    named_id: UUID | None,
    comment: str,
    by: str,
    now: datetime,
    policy: Rerouting,
    competence: Competence,
) -> None:
    """Somebody of the executor says that the problem is not his. Raises LookupError where he does not have it."""
    problem = store.problem_for_update(connection, region, problem_id)
    body = None if problem is None else hops.answers_for(connection, problem_id, executor_id)
    if problem is None or body is None:
        raise LookupError(problem_id)
    if problem.version != version:
        raise Stale
    who, named = executor_of(connection, region, body), None
    if named_id is not None:
        named = executor_of(connection, region, named_id)
    chain = hops.of_problem(connection, problem_id)
    refusal = Refusal(who, reason, named, comment, by)
    asks = named is not None and _asks_operator(problem, named, competence)
    change = refused(problem, refusal, chain, policy, threshold=competence.threshold, asks_operator=asks)
    hops.write(connection, change, refusal, len(chain) + 1, now)
    if named is not None and change.after.get("executor_id"):
        change = absorbed(connection, change, named.id, by=by, now=now)
    carry_out(connection, change, by=by, now=now)


def executor_of(connection: Connection, region: str, executor_id: UUID) -> Executor:
    """The executor of this id. Raises Refused where the region has none."""
    found = store.executor(connection, region, executor_id)
    if found is None:
        raise Refused("Такого исполнителя нет. Выберите его из списка.")
    return found


def _asks_operator(problem: Problem, named: Executor, competence: Competence) -> bool:
    """Whether the table's row for the problem names him only with an operator's consent."""
    answer = competence.answer(problem.topic_code, competence.municipality(problem.municipality))
    if answer is None or answer.body is None:
        return False
    return answer.body.code == named.code and not answer.row.machine


def add_co(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    executor_id: UUID,
    *,
    role: Role,
    task: str,
    by: str,
    now: datetime,
    policy: Rerouting,
) -> UUID:
    """Ask one more executor to work on the problem; returns the id of his part."""
    problem = seen(connection, region, problem_id, version)
    executor = executor_of(connection, region, executor_id)
    citizens = co_store.citizens_deadline(connection, problem_id)
    deadline = part_deadline(role, now, citizens, policy.co_answer)
    part = Part(new_id(), problem_id, executor, role, deadline)
    change = added(problem, part, co_store.parts_of(connection, problem_id), by=by, task=task)
    co_store.insert(connection, problem, part, task, by, now)
    carry_out(connection, change, by=by, now=now)
    return part.id


def end_co(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    part_id: UUID,
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Take a co-executor off. Raises LookupError where the problem has no such part."""
    problem = seen(connection, region, problem_id, version)
    change = taken_off(problem, co_store.part(connection, problem_id, part_id), by=by, reason=reason)
    co_store.end(connection, part_id, "taken off", now)
    carry_out(connection, change, by=by, now=now)


def answer_co(
    connection: Connection,
    region: str,
    problem_id: UUID,
    part_id: UUID,
    executor_id: UUID,
    *,
    answer: str,
    by: str,
    now: datetime,
) -> None:
    """A co-executor answers. Raises LookupError where the problem has no such part, or it is another's."""
    problem = store.problem_for_update(connection, region, problem_id)
    if problem is None:
        raise LookupError(problem_id)
    part = co_store.part(connection, problem_id, part_id)
    if part.executor.id != executor_id:
        raise LookupError(part_id)
    answerable(problem, part, executor_id, answer)
    co_store.answer(connection, part_id, answer, by, now)
    told = event(
        EventType.CO_ANSWERED, region, problem.appeal_id, now, problem_id=str(problem_id), co_id=str(part_id), by=by
    )
    streams.append(connection, Stream.PROBLEMS, [told])
