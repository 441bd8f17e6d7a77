"""An executor says that a problem is not his: a hop. It goes on at once where he names whose it is and nothing speaks
against it; otherwise an operator decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.events import EventType
from models.refusal import Refused
from models.states import PROBLEM_TRANSITIONS, NotAllowed, ProblemState, Who, next_state
from routing.actions.records import ActionKind, Assign, Change, Executor, Problem, Unassign
from routing.actions.rerouting import Asks, Reason, Rerouting
from routing.actions.rules import STATE_NAMES, standing
from routing.suggest import Doubt

HANDS_OFF = frozenset({Doubt.TABLE, Doubt.PLACES, Doubt.ELSEWHERE})
"""Doubts that asked for a person's eyes: a refusal does not take them away."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One refusal that stands or was undone."""

    ordinal: int
    executor_id: UUID
    undone: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the executor says. `named` is whose the problem is in his words, `comment` is for the operator."""

    executor: Executor
    reason: str
    named: Executor | None
    comment: str
    by: str


def refused(
    problem: Problem,
    refusal: Refusal,
    hops: Sequence[Hop],
    policy: Rerouting,
    *,
    threshold: float,
    asks_operator: bool,
) -> Change:
    """The problem leaves the executor: on to the one he named, or to an operator with the doubt `refused`.

    `threshold` is the probability from which the region lets the machine assign; `asks_operator` says that the table's
    row for the named executor is not for the machine alone. Raises Refused.
    """
    reason = _reason(refusal, policy)
    _may_refuse(problem, refusal, hops, policy)
    queued = _queued(problem)
    told = {
        "executor": refusal.executor.code,
        "reason": reason.code,
        "named": refusal.named.code if refusal.named else "",
        "by": refusal.by,
    }
    guesses = guesses_after(problem.executor_guesses, refusal, reason)
    before = standing(problem) | {
        "columns": {"executor_guesses": list(problem.executor_guesses), "doubt": problem.doubt},
    }
    words = f"{reason.name}. {refusal.comment}".strip()
    counted = sum(not hop.undone for hop in hops) + 1
    named = refusal.named
    if named is None or counted >= policy.most_hops or asks_operator or not agreed(problem, refusal, threshold):
        return Change(
            kind=ActionKind.REFUSE,
            problem=problem,
            columns={"state": queued, "doubt": Doubt.REFUSED, "executor_guesses": guesses},
            assignment=Unassign("refused"),
            events=((EventType.PROBLEM_REFUSED, told),),
            before=before,
            after={"state": queued.value, "version": problem.version + 1},
            reason=words,
        )
    state = next_state(PROBLEM_TRANSITIONS, queued, EventType.PROBLEM_ASSIGNED, Who.MACHINE)
    forwarded = {"executor": named.code, "by": Who.MACHINE.value}
    return Change(
        kind=ActionKind.REFUSE,
        problem=problem,
        columns={"state": state, "doubt": "", "executor_guesses": guesses},
        assignment=Assign(named, f"Назвал отказавшийся исполнитель: {reason.name}", by=Who.MACHINE, ended="refused"),
        events=((EventType.PROBLEM_REFUSED, told), (EventType.PROBLEM_ASSIGNED, forwarded)),
        before=before,
        after={"state": state.value, "executor_id": str(named.id), "version": problem.version + 1},
        reason=words,
    )


def _reason(refusal: Refusal, policy: Rerouting) -> Reason:
    reason = policy.reasons.get(refusal.reason)
    if reason is None:
        raise Refused("Выберите причину отказа из списка.")
    if reason.asks is Asks.EXECUTOR and refusal.named is None:
        raise Refused("Укажите, чья это компетенция: выберите исполнителя из списка.")
    if reason.asks is Asks.COMMENT and not refusal.comment:
        raise Refused("Поясните причину: номер того обращения или нужный уровень власти.")
    if refusal.named is not None and refusal.named.id == refusal.executor.id:
        raise Refused("Вы назвали самого себя. Выберите другого исполнителя или не выбирайте никого.")
    return reason


def _may_refuse(problem: Problem, refusal: Refusal, hops: Sequence[Hop], policy: Rerouting) -> None:
    if problem.executor_id != refusal.executor.id:
        raise Refused("Эта проблема уже не у вас: отказываться не нужно.")
    if any(hop.executor_id == refusal.executor.id for hop in hops):
        raise Refused("Вы уже отказывались от этой проблемы, и она вернулась к вам. Отказаться можно один раз.")
    if sum(not hop.undone for hop in hops) >= policy.most_hops:
        raise Refused(
            "От этой проблемы отказывались столько раз, сколько допускает регион. Решение оператора окончательное: "
            "если она не ваша, свяжитесь с ним."
        )


def _queued(problem: Problem) -> ProblemState:
    try:
        return next_state(PROBLEM_TRANSITIONS, problem.state, EventType.PROBLEM_REFUSED, Who.EXECUTOR)
    except NotAllowed as error:
        raise Refused(f"Отказаться нельзя: проблема {STATE_NAMES[problem.state]}.") from error


def agreed(problem: Problem, refusal: Refusal, threshold: float) -> bool:
    """Whether what the machine knew speaks for the executor who was named.

    It does where the machine did not itself insist on the one who refuses, and of all others is sure enough of the
    named one: P(named | not the one who refuses) reaches the threshold.
    """
    if refusal.named is None or problem.doubt in HANDS_OFF:
        return False
    chances = {str(guess["code"]): float(guess["probability"] or 0.0) for guess in problem.executor_guesses}
    his, other = chances.get(refusal.executor.code, 0.0), chances.get(refusal.named.code, 0.0)
    return his < threshold and other >= threshold * (1.0 - his)


def guesses_after(guesses: Sequence[Mapping[str, Any]], refusal: Refusal, reason: Reason) -> list[Mapping[str, Any]]:
    """What an operator is offered: not the one who refused; the one whom he named first."""
    named = refusal.named
    left = [guess for guess in guesses if guess["code"] != refusal.executor.code]
    if named is None:
        return left
    known = next((guess for guess in left if guess["code"] == named.code), None)
    said = f"назвал отказавшийся исполнитель: {reason.name.lower()}"
    first = {
        "executor_id": str(named.id),
        "code": named.code,
        "name": named.name,
        "probability": known["probability"] if known else None,
        "reason": f"{said}; {known['reason']}" if known else said,
    }
    return [first, *(guess for guess in left if guess is not known)]
