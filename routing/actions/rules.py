"""The rules of operators' actions: from a problem as it stands and what the operator wants to the change to make.

Each rule asks models.states whether the step is allowed and raises Refused, in Russian, where it is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models.events import EventType
from models.refusal import Refused
from models.states import PROBLEM_TRANSITIONS, NotAllowed, ProblemState, Who, next_state
from models.text import Span
from models.topics import Topic
from routing.actions.records import ActionKind, Assign, Change, Executor, NewProblem, Problem, Unassign

OPEN = frozenset(
    {ProblemState.FOUND, ProblemState.QUEUED, ProblemState.ASSIGNED, ProblemState.PLANNED, ProblemState.REPORTED}
)
STATE_NAMES: Mapping[ProblemState, str] = {
    ProblemState.FOUND: "ещё распределяется",
    ProblemState.QUEUED: "ждёт оператора",
    ProblemState.ASSIGNED: "передана исполнителю",
    ProblemState.PLANNED: "уже в плане исполнителя",
    ProblemState.REPORTED: "ждёт проверки отчёта исполнителя",
    ProblemState.SOLVED: "решена",
    ProblemState.ANSWERED: "закрыта с разъяснением",
    ProblemState.MERGED: "объединена с другой",
    ProblemState.DISMISSED: "снята",
}


def moved(problem: Problem, event: EventType) -> ProblemState:
    """The state an operator's `event` leads to. Raises Refused where the table of states has no such step."""
    try:
        return next_state(PROBLEM_TRANSITIONS, problem.state, event, Who.OPERATOR)
    except NotAllowed as refusal:
        raise Refused(f"Так сделать нельзя: проблема {STATE_NAMES[problem.state]}.") from refusal


def standing(problem: Problem) -> dict[str, Any]:
    """What every action remembers of the problem as it stood."""
    executor = str(problem.executor_id) if problem.executor_id else None
    handler = {"handler_id": str(problem.handler_id)} if problem.handler_id else {}
    return {"state": problem.state.value, "executor_id": executor, "version": problem.version} | handler


def assigned(problem: Problem, executor: Executor, kind: ActionKind, *, by: str, reason: str) -> Change:
    """Give the problem to `executor`."""
    if problem.executor_id == executor.id:
        raise Refused("Проблема уже у этого исполнителя.")
    state = moved(problem, EventType.PROBLEM_ASSIGNED)
    return Change(
        kind=kind,
        problem=problem,
        columns={"state": state},
        assignment=Assign(executor, reason),
        events=((EventType.PROBLEM_ASSIGNED, {"executor": executor.code, "by": by}),),
        before=standing(problem),
        after={"state": state.value, "executor_id": str(executor.id), "version": problem.version + 1},
        reason=reason,
    )


def _must_be_open(problem: Problem) -> None:
    if problem.state not in OPEN:
        raise Refused(f"Исправлять нечего: проблема {STATE_NAMES[problem.state]}.")


def _corrected(
    problem: Problem, kind: ActionKind, columns: Mapping[str, Any], was: Mapping[str, Any], by: str
) -> Change:
    data = {
        "topic": columns.get("topic_code", problem.topic_code),
        "municipality": columns.get("municipality", problem.municipality),
        "cell": columns.get("h3", problem.place.get("h3", "")),
        "by": by,
    }
    return Change(
        kind=kind,
        problem=problem,
        columns=columns,
        events=((EventType.PROBLEM_CORRECTED, data),),
        before=standing(problem) | {"columns": dict(was)},
        after={"columns": dict(columns), "version": problem.version + 1},
    )


def topic_corrected(problem: Problem, topic: Topic, *, by: str) -> Change:
    """Put the problem under `topic`: a person is sure, so its probability is 1."""
    _must_be_open(problem)
    if problem.topic_code == topic.code and problem.decided:
        raise Refused("Эта тема уже стоит.")
    names = ("topic_code", "topic_probability", "group_name", "group_probability", "decided")
    columns = dict(zip(names, (topic.code, 1.0, topic.group, 1.0, True), strict=True))
    was = {name: getattr(problem, name) for name in names}
    return _corrected(problem, ActionKind.CORRECT_TOPIC, columns, was, by)


def place_columns(place: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of problems that a place fills: itself, and what filters read."""
    return {
        "place": dict(place),
        "place_level": place["level"],
        "municipality": place.get("municipality", ""),
        "latitude": place.get("latitude"),
        "longitude": place.get("longitude"),
        "h3": place.get("h3", ""),
    }


def place_corrected(problem: Problem, place: Mapping[str, Any], *, by: str) -> Change:
    """Put the problem at `place` (JSON of models.places.Place)."""
    _must_be_open(problem)
    return _corrected(problem, ActionKind.CORRECT_PLACE, place_columns(place), place_columns(problem.place), by)


def dismissed(problem: Problem, *, by: str, reason: str) -> Change:
    """Take the problem off: there is nothing to solve in it."""
    state = moved(problem, EventType.PROBLEM_DISMISSED)
    return Change(
        kind=ActionKind.DISMISS,
        problem=problem,
        columns={"state": state},
        assignment=Unassign("dismissed"),
        events=((EventType.PROBLEM_DISMISSED, {"reason": "operator", "by": by}),),
        before=standing(problem),
        after={"state": state.value, "version": problem.version + 1},
        reason=reason,
    )


def merged(problem: Problem, into: Problem, *, by: str) -> Change:
    """Say that the problem is the same thing as `into`, which goes on."""
    if problem.id == into.id:
        raise Refused("Проблему нельзя объединить с самой собой.")
    if into.region != problem.region or into.state not in OPEN:
        raise Refused(f"Объединить не с чем: та проблема {STATE_NAMES[into.state]}.")
    state = moved(problem, EventType.PROBLEM_MERGED)
    return Change(
        kind=ActionKind.MERGE,
        problem=problem,
        columns={"state": state, "merged_into": into.id},
        assignment=Unassign("merged"),
        events=((EventType.PROBLEM_MERGED, {"into": str(into.id), "by": by}),),
        before=standing(problem),
        after={"state": state.value, "merged_into": str(into.id), "version": problem.version + 1},
    )


def without(spans: Sequence[Span], piece: Span) -> tuple[Span, ...]:
    """`spans` with `piece` cut out of them."""
    left: list[Span] = []
    for span in spans:
        if not span.overlaps(piece):
            left.append(span)
            continue
        if span.start < piece.start:
            left.append(Span(span.start, piece.start))
        if piece.end < span.end:
            left.append(Span(piece.end, span.end))
    return tuple(left)


def _json_spans(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def split(problem: Problem, piece: Span, topic: Topic, *, new_id: UUID, ordinal: int, by: str) -> Change:
    """Make `piece` of the text a problem of its own under `topic`; it inherits the place and goes to routing."""
    _must_be_open(problem)
    if piece.end > problem.text_length or piece.start == piece.end:
        raise Refused("Выделите в тексте часть, которая станет отдельной проблемой.")
    rest = without(problem.spans, piece)
    if not rest:
        raise Refused("Выделена вся проблема целиком. Выделите только ту часть, которая говорит о другом.")
    columns = {
        "ordinal": ordinal,
        "state": ProblemState.FOUND,
        "spans": _json_spans([piece]),
        "topic_code": topic.code,
        "topic_probability": 1.0,
        "group_name": topic.group,
        "group_probability": 1.0,
        "decided": True,
    }
    found = {
        "problem_id": str(new_id),
        "topic": topic.code,
        "decided": True,
        "municipality": problem.municipality,
        "cell": problem.place.get("h3", ""),
        "urgency": problem.urgency,
        "accepted_at": problem.accepted_at.isoformat(),
        "regime": problem.regime,
    }
    return Change(
        kind=ActionKind.SPLIT,
        problem=problem,
        columns={"spans": _json_spans(rest)},
        created=NewProblem(new_id, columns),
        events=((EventType.PROBLEM_FOUND, found),),
        before=standing(problem) | {"columns": {"spans": _json_spans(problem.spans)}},
        after={"created": str(new_id), "version": problem.version + 1, "by": by},
    )
