"""States of appeals, problems and instructions, as tables: from, to, who may, by which event, why.

docs/states.md shows these tables (a test holds it), and a property test walks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from models.events import EventType


class AppealState(StrEnum):
    ACCEPTED = "accepted"  # stored, has its number, waits for analysis
    ANALYSED = "analysed"  # its problems are found
    DISMISSED = "dismissed"  # holds no problem: thanks, talk, spam


class ProblemState(StrEnum):
    FOUND = "found"  # split out of an appeal, nobody answers for it yet
    QUEUED = "queued"  # an operator must decide who answers
    ASSIGNED = "assigned"  # an executor answers for it
    PLANNED = "planned"  # the executor said what he will do and by when
    REPORTED = "reported"  # the executor says that it is done; his proof is being checked
    SOLVED = "solved"  # proved done
    ANSWERED = "answered"  # closed by an explanation: refused by a norm, in a programme, another body's
    MERGED = "merged"  # the same thing as another problem, which goes on
    DISMISSED = "dismissed"  # an operator found no problem in it


class InstructionState(StrEnum):
    GIVEN = "given"  # the head gave it, the executor has not said that he saw it
    ACCEPTED = "accepted"  # the executor took it
    IN_WORK = "in_work"  # he is at it
    REPORTED = "reported"  # he says that it is done, the head has not judged
    RETURNED = "returned"  # the head wants more
    CLOSED = "closed"  # the head took the report, or took the instruction back


class Who(StrEnum):
    MACHINE = "machine"
    OPERATOR = "operator"
    EXECUTOR = "executor"
    CITIZEN = "citizen"
    HEAD = "head"


State = TypeVar("State", bound=StrEnum)


class NotAllowed(Exception):
    """A change of state that the table does not have."""


@dataclass(frozen=True, slots=True)
class Transition(Generic[State]):
    """One row: `event` takes `source` to `target` when one of `who` does it."""

    source: State
    target: State
    who: frozenset[Who]
    event: EventType
    why: str


MACHINE = frozenset({Who.MACHINE})
OPERATOR = frozenset({Who.OPERATOR})
EXECUTOR = frozenset({Who.EXECUTOR})
EITHER = MACHINE | OPERATOR
CITIZEN = OPERATOR | frozenset({Who.CITIZEN})

APPEAL_TRANSITIONS: tuple[Transition[AppealState], ...] = (
    Transition(
        AppealState.ACCEPTED,
        AppealState.ANALYSED,
        MACHINE,
        EventType.PROBLEM_FOUND,
        "the engine found its problems",
    ),
    Transition(
        AppealState.ACCEPTED,
        AppealState.DISMISSED,
        MACHINE,
        EventType.APPEAL_DISMISSED,
        "the engine is sure that there is no problem in it",
    ),
    Transition(
        AppealState.DISMISSED,
        AppealState.ACCEPTED,
        OPERATOR,
        EventType.APPEAL_RESTORED,
        "the operator sees a problem in it: it is analysed again and never dismissed by the machine",
    ),
)

_S = ProblemState
PROBLEM_TRANSITIONS: tuple[Transition[ProblemState], ...] = (
    Transition(_S.FOUND, _S.ASSIGNED, EITHER, EventType.PROBLEM_ASSIGNED, "the executor is known"),
    Transition(_S.FOUND, _S.QUEUED, MACHINE, EventType.PROBLEM_QUEUED, "the machine is not sure enough"),
    Transition(
        _S.QUEUED,
        _S.ASSIGNED,
        EITHER,
        EventType.PROBLEM_ASSIGNED,
        "the operator chose the executor, its incident got one, or a refusal named him and the table agrees",
    ),
    Transition(_S.ASSIGNED, _S.ASSIGNED, OPERATOR, EventType.PROBLEM_ASSIGNED, "given to another executor"),
    Transition(_S.ASSIGNED, _S.QUEUED, OPERATOR, EventType.PROBLEM_UNASSIGNED, "the assignment was undone"),
    Transition(
        _S.ASSIGNED,
        _S.QUEUED,
        frozenset({Who.EXECUTOR}),
        EventType.PROBLEM_REFUSED,
        "not his, says the executor: a hop",
    ),
    Transition(_S.FOUND, _S.MERGED, OPERATOR, EventType.PROBLEM_MERGED, "the same thing as another problem"),
    Transition(_S.QUEUED, _S.MERGED, OPERATOR, EventType.PROBLEM_MERGED, "the same thing as another problem"),
    Transition(_S.ASSIGNED, _S.MERGED, OPERATOR, EventType.PROBLEM_MERGED, "the same thing as another problem"),
    Transition(_S.FOUND, _S.DISMISSED, OPERATOR, EventType.PROBLEM_DISMISSED, "no problem in it"),
    Transition(_S.QUEUED, _S.DISMISSED, OPERATOR, EventType.PROBLEM_DISMISSED, "no problem in it"),
    Transition(_S.ASSIGNED, _S.DISMISSED, OPERATOR, EventType.PROBLEM_DISMISSED, "no problem in it"),
    Transition(_S.ASSIGNED, _S.PLANNED, EXECUTOR, EventType.SOLUTION_PLANNED, "what he will do, and by when"),
    Transition(_S.PLANNED, _S.PLANNED, EXECUTOR, EventType.SOLUTION_PLANNED, "another plan; the first stays on record"),
    Transition(_S.PLANNED, _S.REPORTED, EXECUTOR, EventType.PROOF_SUBMITTED, "done, says the executor"),
    Transition(_S.REPORTED, _S.REPORTED, MACHINE, EventType.PROOF_CHECKED, "the checks have flags: an operator looks"),
    Transition(_S.REPORTED, _S.PLANNED, OPERATOR, EventType.PROOF_RETURNED, "the proof convinces nobody"),
    Transition(_S.REPORTED, _S.SOLVED, EITHER, EventType.PROBLEM_SOLVED, "the proof holds"),
    Transition(_S.PLANNED, _S.ANSWERED, EITHER, EventType.PROBLEM_ANSWERED, "explained, where policy lets it be"),
    Transition(_S.PLANNED, _S.ASSIGNED, OPERATOR, EventType.PLAN_RETURNED, "the explanation does not hold: plan anew"),
    Transition(_S.SOLVED, _S.ASSIGNED, CITIZEN, EventType.PROBLEM_REOPENED, "not solved, says its author"),
    Transition(_S.ANSWERED, _S.ASSIGNED, CITIZEN, EventType.PROBLEM_REOPENED, "not solved, says its author"),
    Transition(_S.PLANNED, _S.ASSIGNED, OPERATOR, EventType.PROBLEM_ASSIGNED, "given to another executor"),
    Transition(_S.REPORTED, _S.ASSIGNED, OPERATOR, EventType.PROBLEM_ASSIGNED, "given to another executor"),
    Transition(_S.PLANNED, _S.MERGED, OPERATOR, EventType.PROBLEM_MERGED, "the same thing as another problem"),
    Transition(_S.PLANNED, _S.DISMISSED, OPERATOR, EventType.PROBLEM_DISMISSED, "no problem in it"),
    Transition(_S.MERGED, _S.QUEUED, OPERATOR, EventType.PROBLEM_RESTORED, "the merge was undone"),
    Transition(_S.DISMISSED, _S.QUEUED, OPERATOR, EventType.PROBLEM_RESTORED, "the dismissal was undone"),
)

HEAD = frozenset({Who.HEAD})
_I = InstructionState
_E = EventType
INSTRUCTION_TRANSITIONS: tuple[Transition[InstructionState], ...] = (
    Transition(_I.GIVEN, _I.ACCEPTED, EXECUTOR, _E.INSTRUCTION_ACCEPTED, "the executor has seen it and takes it"),
    Transition(_I.ACCEPTED, _I.IN_WORK, EXECUTOR, _E.INSTRUCTION_STARTED, "work has begun"),
    Transition(_I.RETURNED, _I.IN_WORK, EXECUTOR, _E.INSTRUCTION_STARTED, "work goes on after the head's remarks"),
    Transition(_I.ACCEPTED, _I.REPORTED, EXECUTOR, _E.INSTRUCTION_REPORTED, "done at once"),
    Transition(_I.IN_WORK, _I.REPORTED, EXECUTOR, _E.INSTRUCTION_REPORTED, "done, says the executor"),
    Transition(_I.RETURNED, _I.REPORTED, EXECUTOR, _E.INSTRUCTION_REPORTED, "the remarks are answered"),
    Transition(_I.REPORTED, _I.RETURNED, HEAD, _E.INSTRUCTION_RETURNED, "the head wants more"),
    Transition(_I.REPORTED, _I.CLOSED, HEAD, _E.INSTRUCTION_CLOSED, "the head took the report"),
    Transition(_I.GIVEN, _I.CLOSED, HEAD, _E.INSTRUCTION_CLOSED, "taken back: it is needed no more"),
    Transition(_I.ACCEPTED, _I.CLOSED, HEAD, _E.INSTRUCTION_CLOSED, "taken back: it is needed no more"),
    Transition(_I.IN_WORK, _I.CLOSED, HEAD, _E.INSTRUCTION_CLOSED, "taken back: it is needed no more"),
    Transition(_I.RETURNED, _I.CLOSED, HEAD, _E.INSTRUCTION_CLOSED, "taken back: it is needed no more"),
    Transition(_I.CLOSED, _I.RETURNED, HEAD, _E.INSTRUCTION_REOPENED, "closing was undone"),
)


def next_state(table: tuple[Transition[State], ...], source: State, event: EventType, who: Who) -> State:
    """The state that `event` by `who` leads to from `source`. Raises NotAllowed where the table has no such row."""
    for row in table:
        if row.source == source and row.event == event and who in row.who:
            return row.target
    raise NotAllowed(f"{event} by {who} from state {source}")
