"""Undoing operators' actions: the change that puts back what stood before."""

from __future__ import annotations

from dataclasses import replace

from models.events import EventType
from models.refusal import Refused
from models.states import ProblemState
from routing.actions.records import Action, ActionKind, Assign, Change, Executor, Problem, Unassign
from routing.actions.rules import moved, standing

UNDOABLE = frozenset(ActionKind) - {ActionKind.RESTORE_APPEAL, ActionKind.ADD_CO, ActionKind.END_CO}
"""Adding co-executors and taking them off is undone by routing.actions.sharing."""


def undone(action: Action, problem: Problem, previous: Executor | None, *, by: str) -> Change:
    """The change that takes `action` back. `previous` is the executor who had the problem before it, if any.

    `action` must be the last one on the problem that is not undone: what came later is undone first.
    """
    if action.kind not in UNDOABLE:
        raise Refused("Это действие отменить нельзя.")
    if action.kind in (ActionKind.ACCEPT, ActionKind.ASSIGN):
        return _assignment_undone(action, problem, previous, by=by)
    if action.kind is ActionKind.REFUSE:
        change = _assignment_undone(action, problem, previous, by=by)
        return replace(change, columns={**change.columns, **action.before["columns"]})
    if action.kind in (ActionKind.MERGE, ActionKind.DISMISS):
        return _restored(action, problem, previous, by=by)
    return _columns_put_back(action, problem, by=by)


def _assignment_undone(action: Action, problem: Problem, previous: Executor | None, *, by: str) -> Change:
    if previous is None:
        event = EventType.PROBLEM_UNASSIGNED
        state = moved(problem, event)
        return _change(action, problem, state, Unassign("undone"), ((event, {"by": by}),))
    event = EventType.PROBLEM_ASSIGNED
    state = moved(problem, event)
    back = Assign(previous, "Возврат прежнему исполнителю")
    return _change(action, problem, state, back, ((event, {"executor": previous.code, "by": by}),))


def _restored(action: Action, problem: Problem, previous: Executor | None, *, by: str) -> Change:
    """Back to the queue; and on to its executor, where it had one."""
    state = moved(problem, EventType.PROBLEM_RESTORED)
    restored = (EventType.PROBLEM_RESTORED, {"by": by})
    if previous is None:
        return _change(action, problem, state, None, (restored,))
    given = (EventType.PROBLEM_ASSIGNED, {"executor": previous.code, "by": by})
    back = Assign(previous, "Возврат прежнему исполнителю")
    return _change(action, problem, ProblemState.ASSIGNED, back, (restored, given))


def _columns_put_back(action: Action, problem: Problem, *, by: str) -> Change:
    columns = dict(action.before["columns"])
    data = {
        "topic": columns.get("topic_code", problem.topic_code),
        "municipality": columns.get("municipality", problem.municipality),
        "cell": columns.get("h3", problem.place.get("h3", "")),
        "by": by,
    }
    return Change(
        kind=action.kind,
        problem=problem,
        columns=columns,
        events=((EventType.PROBLEM_CORRECTED, data),),
        before=standing(problem),
        after={"version": problem.version + 1},
    )


def _change(
    action: Action,
    problem: Problem,
    state: ProblemState,
    assignment: Assign | Unassign | None,
    events: tuple[tuple[EventType, dict[str, str]], ...],
) -> Change:
    return Change(
        kind=action.kind,
        problem=problem,
        columns={"state": state, "merged_into": None},
        assignment=assignment,
        events=events,
        before=standing(problem),
        after={"state": state.value, "version": problem.version + 1},
    )
