"""What the log says must stand in the tables: pure replays of one appeal's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from models.events import Event, EventType
from models.states import PROBLEM_TRANSITIONS, AppealState, NotAllowed, ProblemState, Who, next_state

_MOVES = frozenset(row.event for row in PROBLEM_TRANSITIONS)


@dataclass(frozen=True, slots=True)
class Stood:
    """A problem as a row of the tables or as a replay of the log shows it. `executor` is a code («roads», or «town by
    ivanova» where a unit or person of it does the work), empty for nobody.

    `hops` are the codes of those who refused, in order; `co` are the open parts of co-executors as «role code», with
    «answered» where they are.
    """

    state: ProblemState
    executor: str = ""
    hops: tuple[str, ...] = ()
    co: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One appeal as the tables show it."""

    id: UUID
    state: AppealState
    problems: Mapping[UUID, Stood]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the log and the tables tell differently. `subject` is an id or a number, never a person's data."""

    check: str
    subject: str
    what: str


KEEPS_EXECUTOR = frozenset(
    {
        EventType.SOLUTION_PLANNED,
        EventType.PLAN_RETURNED,
        EventType.PROOF_SUBMITTED,
        EventType.PROOF_CHECKED,
        EventType.PROOF_RETURNED,
        EventType.PROBLEM_SOLVED,
        EventType.PROBLEM_ANSWERED,
        EventType.PROBLEM_REOPENED,
    }
)
"""Steps after which the executor stays who he was: what is reopened comes back to the same one."""
BY_EXECUTOR = frozenset({EventType.PROBLEM_REFUSED, EventType.SOLUTION_PLANNED, EventType.PROOF_SUBMITTED})


def replay_problem(events: Sequence[Event]) -> Stood:
    """The problem after its events, in the log's order. Raises NotAllowed for a step that the table of states lacks."""
    first, *rest = events
    if first.type is not EventType.PROBLEM_FOUND:
        raise NotAllowed(f"{first.type} before {EventType.PROBLEM_FOUND}")
    stood, co = Stood(ProblemState.FOUND), dict[str, str]()
    for one in rest:
        if one.type is EventType.PROBLEM_FOUND:
            raise NotAllowed("found twice")
        _follow_co(co, one)
        if one.type not in _MOVES:
            continue
        state = next_state(PROBLEM_TRANSITIONS, stood.state, one.type, _who(one))
        executor = _given_to(one) if one.type is EventType.PROBLEM_ASSIGNED else ""
        if one.type in KEEPS_EXECUTOR:
            executor = stood.executor
        refused = (str(one.data["executor"]),) if one.type is EventType.PROBLEM_REFUSED else ()
        stood = Stood(state, executor, stood.hops + refused)
    return replace(stood, co=frozenset(co.values()))


def _given_to(event: Event) -> str:
    handler = event.data.get("handler")
    return f"{event.data['executor']} by {handler}" if handler else str(event.data["executor"])


def _who(event: Event) -> Who:
    if event.type in BY_EXECUTOR:
        return Who.EXECUTOR
    if event.type is EventType.PROBLEM_REOPENED and event.data["by"] == Who.CITIZEN:
        return Who.CITIZEN
    return Who.MACHINE if event.data.get("by", Who.MACHINE) == Who.MACHINE else Who.OPERATOR


def _follow_co(co: dict[str, str], event: Event) -> None:
    """Keep the open parts of co-executors, by id. Raises NotAllowed for one that was never given."""
    if event.type is EventType.CO_ASSIGNED:
        co[event.data["co_id"]] = f"{event.data['role']} {event.data['executor']}"
        return
    if event.type in (EventType.CO_ANSWERED, EventType.CO_ENDED) and event.data["co_id"] not in co:
        raise NotAllowed(f"{event.type} of a part that is not open")
    if event.type is EventType.CO_ANSWERED:
        co[event.data["co_id"]] += " answered"
    elif event.type is EventType.CO_ENDED:
        del co[event.data["co_id"]]


def replay_appeal(events: Sequence[Event]) -> AppealState:
    """The appeal after its own events and those of its problems, in the order of their times."""
    state = AppealState.ACCEPTED
    for one in events:
        if one.type is EventType.APPEAL_DISMISSED:
            state = AppealState.DISMISSED
        elif one.type is EventType.APPEAL_RESTORED:
            state = AppealState.ACCEPTED
        elif one.type is EventType.PROBLEM_FOUND:
            state = AppealState.ANALYSED
    return state


def compare_appeal(row: AppealRow | None, key: UUID, events: Sequence[Event]) -> list[Difference]:
    """The differences of one appeal: `row` from the tables, `events` of both streams, each in the log's order."""
    accepted = sum(one.type is EventType.APPEAL_ACCEPTED for one in events)
    if row is None:
        return [Difference("appeals", str(key), f"{len(events)} events in the log, no appeal in the table")]
    differences = []
    if accepted != 1:
        differences.append(Difference("appeals", str(key), f"{accepted} events of acceptance in place of one"))
    told = replay_appeal(sorted(events, key=lambda one: one.time))
    if told is not row.state:
        differences.append(Difference("appeals", str(key), f"{row.state} in the table, {told} by the log"))
    return differences + _compare_problems(row, events)


def _compare_problems(row: AppealRow, events: Sequence[Event]) -> list[Difference]:
    by_problem: dict[UUID, list[Event]] = {}
    for one in events:
        if "problem_id" in one.data:
            by_problem.setdefault(UUID(one.data["problem_id"]), []).append(one)
    differences = []
    for problem in row.problems.keys() | by_problem.keys():
        what = _compare_problem(row.problems.get(problem), by_problem.get(problem, []))
        if what:
            differences.append(Difference("problems", str(problem), what))
    return differences


def _compare_problem(stands: Stood | None, events: Sequence[Event]) -> str:
    if not events:
        return "stands in the table, no event in the log"
    if stands is None:
        return f"{len(events)} events in the log, no problem in the table"
    try:
        told = replay_problem(events)
    except NotAllowed as error:
        return f"the log has a step that is not allowed: {error}"
    if told != stands:
        return f"{_words(stands)} in the table, {_words(told)} by the log"
    return ""


def _words(stood: Stood) -> str:
    words = f"{stood.state} to {stood.executor}" if stood.executor else stood.state.value
    words += f", refused by {', '.join(stood.hops)}" if stood.hops else ""
    return words + (f", with {', '.join(sorted(stood.co))}" if stood.co else "")
