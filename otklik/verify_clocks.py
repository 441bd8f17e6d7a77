"""Clocks derived anew from the log, against the table: a clock is a replay of its problem's events and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from models.events import Event
from otklik.verify_rules import Difference
from sla.clock import Clock, Clocks, NoClocks, Rules, step


def compare_clocks(
    table: Mapping[UUID, Sequence[Clock]], events: Sequence[Event], rules_of: Callable[[str], Rules]
) -> list[Difference]:
    """The differences of one appeal's clocks. `events` are those that the sla stage has taken, in the log's order."""
    derived: dict[UUID, Clocks] = {}
    differences = []
    for one in events:
        if "problem_id" not in one.data:
            continue
        problem = UUID(one.data["problem_id"])
        try:
            derived[problem] = step(derived.get(problem, {}), one, rules_of(one.region))
        except (NoClocks, KeyError) as error:
            differences.append(Difference("clocks", str(problem), f"cannot be derived from the log: {error}"))
    for problem in table.keys() | derived.keys():
        stands = {clock.kind: clock for clock in table.get(problem, ())}
        told = derived.get(problem, {})
        for kind in stands.keys() | told.keys():
            if stands.get(kind) != told.get(kind):
                what = f"{kind}: {_words(stands.get(kind))} in the table, {_words(told.get(kind))} by the log"
                differences.append(Difference("clocks", str(problem), what))
    return differences


def _words(clock: Clock | None) -> str:
    if clock is None:
        return "none"
    stopped = f", stopped {clock.stopped_at.isoformat()}" if clock.stopped_at else ""
    return f"{clock.started_at.isoformat()} to {clock.deadline_at.isoformat()}{stopped}"
