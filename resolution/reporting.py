"""Reports carried out: files stored, proofs written, accepted and returned, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import streams
from models.events import Event, EventType, Stream
from models.identifiers import new_id
from models.refusal import Refused, Stale
from models.resolution import ProofState, Variant
from models.states import ProblemState, Who
from resolution import plans, reports, store
from resolution.planning import planned, taken_problems, told_of
from resolution.policy import ResolutionPolicy
from resolution.records import Files, NewFile, Problem, Proof, Upload, Wish
from streams.contract import Connection


def report(
    connection: Connection,
    region: str,
    problem_id: UUID,
    version: int,
    executor_id: UUID,
    *,
    words: str,
    done_on: date | None,
    uploads: Sequence[Upload],
    files: Files,
    by: str,
    now: datetime,
    today: date,
    policy: ResolutionPolicy,
    whole_incident: bool = True,
) -> list[UUID]:
    """Somebody of the executor says that it is done, with files that prove it; returns the proofs, the asked one first.

    A problem without a plan is planned as done by it. With `whole_incident` the report is also of all other problems
    of the incident that the same executor has: each gets a proof of its own. Raises LookupError where he does not have
    the problem, Stale, Refused, and what `files.put` raises.
    """
    kinds = reports.kinds_of(uploads, policy.files)
    taken = taken_problems(connection, region, problem_id, version, executor_id, whole_incident)
    roles = {one.role for one in uploads}
    topics = [problem.topic for problem in taken]
    told_words = reports.complete(words, done_on or today, roles, topics, policy, today)
    stored = [
        NewFile(one.role, one.name[: reports.MOST_NAME], kind.media_type, len(one.content), files.put(one.content))
        for one, kind in zip(uploads, kinds, strict=True)
    ]
    report_id, told, made = new_id(), list[Event](), dict[UUID, UUID]()
    for problem in taken:
        ready, events = _ready(connection, problem, by=by, now=now, today=today, policy=policy)
        state = plans.moved(ready, EventType.PROOF_SUBMITTED, Who.EXECUTOR)
        proof = store.write_proof(
            connection,
            ready,
            stored,
            report_id=report_id,
            words=told_words,
            done_on=done_on or today,
            by=by,
            now=now,
        )
        store.move(connection, ready, state)
        about = {"proof_id": str(proof), "executor": ready.executor}
        told += [*events, told_of(ready, EventType.PROOF_SUBMITTED, now, **about, by=by)]
        made[problem.id] = proof
    streams.append(connection, Stream.PROBLEMS, told)
    return [made[problem_id], *(proof for problem, proof in made.items() if problem != problem_id)]


def _ready(
    connection: Connection, problem: Problem, *, by: str, now: datetime, today: date, policy: ResolutionPolicy
) -> tuple[Problem, list[Event]]:
    """The problem as planned; one that the executor reports without such a plan is planned as done."""
    if problem.state is ProblemState.PLANNED and plans.leads_to_report(store.last_plan(connection, problem.id)):
        return problem, []
    told = planned(connection, problem, Wish(Variant.DONE, due_on=today), by=by, now=now, policy=policy)
    return store.locked(connection, problem.region, [problem.id])[0], told


def checked(
    connection: Connection, proof_id: UUID, flags: Sequence[str], *, now: datetime, policy: ResolutionPolicy
) -> list[Event]:
    """The machine has looked at a proof: what follows from it, as events for the caller to append at the end.

    `flags` are the codes of the checks that flagged. Nothing happens where the proof was decided meanwhile, or the
    problem was taken from its executor. The problem stays locked until the transaction ends.
    """
    region = store.region_of_proof(connection, proof_id)
    if region is None:
        raise LookupError(proof_id)
    problem, proof = _seen(connection, region, proof_id)
    if proof.state is not ProofState.SUBMITTED:
        return []
    store.mark_checked(connection, proof_id, now)
    if problem.state is not ProblemState.REPORTED or not store.is_last(connection, proof):
        return []
    found = reports.after_checks(proof, problem.topic, flags, policy)
    if found.outcome is reports.Outcome.SOLVED:
        return [_solve(connection, problem, proof, Who.MACHINE, by="machine", now=now, flags=(), decision="")]
    store.move(connection, problem, plans.moved(problem, EventType.PROOF_CHECKED, Who.MACHINE))
    about = {"proof_id": str(proof_id), "flags": list(found.flags)}
    return [told_of(problem, EventType.PROOF_CHECKED, now, **about, by="machine")]


def accept_proof(
    connection: Connection,
    region: str,
    proof_id: UUID,
    version: int,
    *,
    confirmed: Collection[str] = (),
    by: str,
    now: datetime,
    policy: ResolutionPolicy,
    note: str = "",
    whole_report: bool = True,
) -> list[UUID]:
    """An operator finds that the proof holds; `confirmed` are the flags he finds right. Returns the problems solved.

    With `whole_report`, also for the other problems of the same report that wait for him.
    """
    told, solved = list[Event](), list[UUID]()
    for problem, proof in _decided_on(connection, region, proof_id, version, whole_report):
        reports.acceptable(proof, problem.topic, policy)
        flags = sorted(set(confirmed) & store.flags_of(connection, proof.id))
        told.append(
            _solve(connection, problem, proof, Who.OPERATOR, by=by, now=now, flags=flags, decision=note.strip())
        )
        solved.append(problem.id)
    streams.append(connection, Stream.PROBLEMS, told)
    return solved


def return_proof(
    connection: Connection,
    region: str,
    proof_id: UUID,
    version: int,
    *,
    reason: str,
    confirmed: Collection[str] = (),
    by: str,
    now: datetime,
    whole_report: bool = True,
) -> list[UUID]:
    """An operator is not convinced: the executor reports anew. Returns the problems that go back to him."""
    told, back = list[Event](), list[UUID]()
    for problem, proof in _decided_on(connection, region, proof_id, version, whole_report):
        why = reports.returnable(proof, reason)
        flags = sorted(set(confirmed) & store.flags_of(connection, proof.id))
        state = plans.moved(problem, EventType.PROOF_RETURNED, Who.OPERATOR)
        store.decide_proof(connection, proof.id, ProofState.RETURNED, by=by, now=now, decision=why, flags=flags)
        store.move(connection, problem, state)
        about = {"proof_id": str(proof.id), "flags": flags}
        told.append(told_of(problem, EventType.PROOF_RETURNED, now, **about, by=by))
        back.append(problem.id)
    streams.append(connection, Stream.PROBLEMS, told)
    return back


def _solve(
    connection: Connection,
    problem: Problem,
    proof: Proof,
    who: Who,
    *,
    by: str,
    now: datetime,
    flags: Sequence[str],
    decision: str,
) -> Event:
    state = plans.moved(problem, EventType.PROBLEM_SOLVED, who)
    store.decide_proof(connection, proof.id, ProofState.ACCEPTED, by=by, now=now, decision=decision, flags=flags)
    store.move(connection, problem, state)
    about = {"proof_id": str(proof.id), "executor": proof.executor, "flags": list(flags)}
    return told_of(problem, EventType.PROBLEM_SOLVED, now, **about, by=by)


def _seen(connection: Connection, region: str, proof_id: UUID) -> tuple[Problem, Proof]:
    """The proof and its problem, which is locked. Raises LookupError where the region has no such proof."""
    problem_id = store.problem_of_proof(connection, region, proof_id)
    found = [] if problem_id is None else store.locked(connection, region, [problem_id])
    if not found:
        raise LookupError(proof_id)
    return found[0], store.proofs(connection, [proof_id])[0]


def _decided_on(
    connection: Connection, region: str, proof_id: UUID, version: int, whole_report: bool
) -> list[tuple[Problem, Proof]]:
    """The proofs that a decision of an operator is about with their problems, locked in the order of ids."""
    problem_id = store.problem_of_proof(connection, region, proof_id)
    if problem_id is None:
        raise LookupError(proof_id)
    pairs = store.same_report(connection, proof_id) if whole_report else [(proof_id, problem_id)]
    problems = {one.id: one for one in store.locked(connection, region, [problem for _, problem in pairs])}
    if problems[problem_id].version != version:
        raise Stale
    found = [(problems[proof.problem_id], proof) for proof in store.proofs(connection, [proof for proof, _ in pairs])]
    if problems[problem_id].state is not ProblemState.REPORTED:
        raise Refused(f"Решать нечего: проблема {plans.STATE_NAMES[problems[problem_id].state]}.")
    named = next(proof for _, proof in found if proof.id == proof_id)
    if not store.is_last(connection, named):
        raise Refused("По этой проблеме есть отчёт новее: решите по нему.")
    # another problem of the report may have been taken from the executor, or decided, before it was locked; it may also
    # be reported anew since, by another executor: then this proof says nothing of it any more
    return [
        (problem, proof)
        for problem, proof in found
        if proof.id == proof_id
        or (
            problem.state is ProblemState.REPORTED
            and proof.state is ProofState.CHECKED
            and store.is_last(connection, proof)
        )
    ]
