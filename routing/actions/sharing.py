"""Several executors for one problem: beside the lead, co-executors who answer to him, and those who got a copy.

59-ФЗ, article 8, part 4: where questions of one appeal belong to several bodies, each gets a copy. A copy answers the
citizen on its own questions within the citizen's own term; a co-executor answers the lead before the lead's term ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.events import EventType
from models.refusal import Refused
from models.states import ProblemState
from routing.actions.records import Action, ActionKind, Change, Executor, Problem
from routing.actions.rerouting import CoAnswer
from routing.actions.rules import OPEN, STATE_NAMES, standing

WITHOUT_CLOCK = timedelta(days=5)
"""The term of a part while the sla stage has not yet written the problem's own clock."""


class Role(StrEnum):
    """Beside the lead, who stands in `assignments`."""

    CO = "co"  # соисполнитель: answers to the lead
    COPY = "copy"  # получил копию: answers the citizen on his own questions


@dataclass(frozen=True, slots=True)
class Part:
    """One row of co_assignments."""

    id: UUID
    problem_id: UUID
    executor: Executor
    role: Role
    deadline: datetime
    answered: bool = False
    ended: bool = False


def part_deadline(role: Role, now: datetime, citizens: datetime | None, answer: CoAnswer) -> datetime:
    """When a part is due. `citizens` is the deadline of the problem's clock of solving, where it is known."""
    whole = citizens if citizens is not None else now + WITHOUT_CLOCK
    return whole if role is Role.COPY else answer.deadline(now, whole)


def added(problem: Problem, part: Part, parts: list[Part], *, by: str, task: str) -> Change:
    """Ask another executor to work on the problem too."""
    _must_have_a_lead(problem)
    if part.executor.id == problem.executor_id:
        raise Refused("Этот исполнитель уже ответственный по проблеме.")
    if any(one.executor.id == part.executor.id and not one.ended for one in parts):
        raise Refused("Этот исполнитель уже привлечён.")
    if part.role is Role.CO and not task:
        raise Refused("Напишите, что должен сделать соисполнитель.")
    return Change(
        kind=ActionKind.ADD_CO,
        problem=problem,
        columns={},
        events=((EventType.CO_ASSIGNED, told(part) | {"by": by}),),
        before=standing(problem),
        after={"part": str(part.id), "executor_id": str(part.executor.id), "version": problem.version + 1},
        reason=task,
    )


def told(part: Part) -> dict[str, str]:
    """What the event of asking carries of the part."""
    return {
        "co_id": str(part.id),
        "executor": part.executor.code,
        "role": part.role.value,
        "deadline": part.deadline.isoformat(),
    }


def taken_off(problem: Problem, part: Part, *, by: str, reason: str) -> Change:
    """The executor works on the problem no more."""
    if part.ended:
        raise Refused("Этот исполнитель уже не привлечён.")
    return Change(
        kind=ActionKind.END_CO,
        problem=problem,
        columns={},
        events=((EventType.CO_ENDED, {"co_id": str(part.id), "by": by}),),
        before=standing(problem) | {"part": str(part.id)},
        after={"part": str(part.id), "executor_id": str(part.executor.id), "version": problem.version + 1},
        reason=reason,
    )


def put_back(part: Part, *, by: str) -> tuple[tuple[EventType, dict[str, str]], ...]:
    """What is told when taking an executor off is undone: his part, and the answer that he had given."""
    again = (EventType.CO_ASSIGNED, told(part) | {"by": by})
    answered = (EventType.CO_ANSWERED, {"co_id": str(part.id), "by": by})
    return (again, answered) if part.answered else (again,)


def undone(action: Action, problem: Problem, part: Part, *, by: str) -> Change:
    """The change that takes back asking for a part, or taking an executor off."""
    ended = (EventType.CO_ENDED, {"co_id": str(part.id), "by": by})
    return Change(
        kind=action.kind,
        problem=problem,
        columns={},
        events=(ended,) if action.kind is ActionKind.ADD_CO else put_back(part, by=by),
        before=standing(problem),
        after={"version": problem.version + 1},
    )


def answerable(problem: Problem, part: Part, executor_id: UUID, answer: str) -> None:
    """Raises Refused where this executor may not, or cannot, answer for the part."""
    if part.executor.id != executor_id or part.ended:
        raise Refused("Вы не привлечены к этой проблеме: отвечать не нужно.")
    if part.answered:
        raise Refused("Ответ уже дан. Если его нужно дополнить, сообщите ответственному исполнителю.")
    if problem.state not in OPEN:
        raise Refused(f"Отвечать не нужно: проблема {STATE_NAMES[problem.state]}.")
    if not answer:
        raise Refused("Напишите ответ.")


def _must_have_a_lead(problem: Problem) -> None:
    if problem.state not in (ProblemState.ASSIGNED, ProblemState.PLANNED, ProblemState.REPORTED):
        raise Refused(
            "Сначала передайте проблему ответственному исполнителю: соисполнители отвечают ему."
            if problem.state in OPEN
            else f"Привлекать никого не нужно: проблема {STATE_NAMES[problem.state]}."
        )
