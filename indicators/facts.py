"""What the indicators know of a problem: a pure replay of its events, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from indicators.way import FULL, Refusal, Stage, Stint, Way
from models.events import Event, EventType
from models.resolution import ReplyKind
from models.states import ProblemState

OPERATOR_SHARE = 2
"""«Не решено» that an operator wrote down counts half, praise not at all: nobody but him saw the author say it."""


class NotFound(Exception):
    """An event of a problem whose problem.found was not counted in."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One problem. `earlier`: in how many appeals its author wrote of the like before.

    `author` is a number that stands for a person and tells nothing of him; None: nothing tells who wrote. `known_days`:
    how long he was known when he wrote; None where nobody knows him again. `identity`: how sure it is who he is, of
    models.regimes; empty where its event is older than these three. `staff`: the body he works in, where he does.
    `seen` holds the ends of the ids of the events counted in: the same one again changes nothing.
    """

    problem: UUID
    region: str
    appeal: UUID
    state: ProblemState
    topic: str
    municipality: str
    cell: str
    urgency: int
    regime: str
    accepted_at: datetime
    found_at: datetime
    way: Way
    merged_into: UUID | None
    earlier: int
    seen: str
    changed_at: datetime
    wrote_at: datetime
    author: UUID | None = None
    known_days: int | None = None
    identity: str = ""
    staff: str = ""

    @property
    def stage(self) -> Stage:
        """The running stage, or the last one."""
        return self.way.stages[-1]

    @property
    def counts(self) -> bool:
        """Whether it is a problem of its own."""
        return self.state not in (ProblemState.MERGED, ProblemState.DISMISSED)


Changes = dict[str, Any]


def replay(events: Iterable[Event]) -> Fact | None:
    """The problem after all its events, in the log's order; None without any. Raises as `step`."""
    fact: Fact | None = None
    for each in events:
        fact = step(fact, each)
    return fact


def step(fact: Fact | None, event: Event) -> Fact:
    """The problem after one more event. Raises NotFound, and KeyError where the event lacks what it must carry."""
    if fact is None:
        if event.type is not EventType.PROBLEM_FOUND:
            raise NotFound(f"{event.type} of the problem {event.data.get('problem_id')} came before its problem.found")
        return _found(event)
    mark = event.id.hex[-8:]
    if mark in (fact.seen[start : start + 8] for start in range(0, len(fact.seen), 8)):
        return fact
    changes = MOVES[event.type](fact, event) if event.type in MOVES else {}
    return replace(fact, **changes, seen=fact.seen + mark, changed_at=event.time.astimezone(UTC))


def _found(event: Event) -> Fact:
    data, time = event.data, event.time.astimezone(UTC)
    return Fact(
        problem=UUID(data["problem_id"]),
        region=event.region,
        appeal=event.key,
        state=ProblemState.FOUND,
        topic=str(data["topic"]),
        municipality=str(data.get("municipality") or ""),
        cell=str(data.get("cell") or ""),
        urgency=int(data["urgency"]),
        regime=str(data.get("regime", "portal")),
        accepted_at=datetime.fromisoformat(data["accepted_at"]).astimezone(UTC),
        found_at=time,
        way=Way(stages=(Stage(time),)),
        merged_into=None,
        earlier=int(data.get("earlier", 0)),
        seen=event.id.hex[-8:],
        changed_at=time,
        wrote_at=_wrote_at(data),
        author=None if data.get("author") is None else UUID(data["author"]),
        known_days=data.get("known_days"),
        identity=str(data.get("identity", "")),
        staff=str(data.get("staff", "")),
    )


def _wrote_at(data: Mapping[str, Any]) -> datetime:
    """When the author wrote: what the map and the forecast go by; a sender's clock that is ahead is not believed."""
    accepted = datetime.fromisoformat(data["accepted_at"]).astimezone(UTC)
    sent = data.get("sent_at")
    return accepted if sent is None else min(accepted, datetime.fromisoformat(sent).astimezone(UTC))


def _in_stage(fact: Fact, **changes: Any) -> Way:
    """The way with the running stage changed."""
    return replace(fact.way, stages=(*fact.way.stages[:-1], replace(fact.stage, **changes)))


def _ended(way: Way, event: Event) -> Way:
    """Nobody has it any more."""
    held = way.held
    if held is None:
        return way
    return replace(way, stints=(*way.stints[:-1], replace(held, end=event.time.astimezone(UTC))))


def _assigned(fact: Fact, event: Event) -> Changes:
    stint = Stint(str(event.data["executor"]), str(event.data.get("handler") or ""), event.time.astimezone(UTC))
    way = _ended(_in_stage(fact, planned_at=None, variant="", due="", reported_at=None), event)
    return {"state": ProblemState.ASSIGNED, "way": replace(way, stints=(*way.stints, stint))}


def _unassigned(fact: Fact, event: Event) -> Changes:
    return {"state": ProblemState.QUEUED, "way": _ended(fact.way, event)}


def _refused(fact: Fact, event: Event) -> Changes:
    held = fact.way.held
    handler = held.handler if held is not None else ""
    refusal = Refusal(str(event.data["executor"]), handler, event.time.astimezone(UTC))
    way = replace(_ended(fact.way, event), refusals=(*fact.way.refusals, refusal))
    return {"state": ProblemState.QUEUED, "way": way}


def _corrected(fact: Fact, event: Event) -> Changes:
    return {
        "topic": str(event.data["topic"]),
        "municipality": str(event.data.get("municipality") or ""),
        "cell": str(event.data.get("cell", fact.cell) or ""),
    }


def _merged(fact: Fact, event: Event) -> Changes:
    return {
        "state": ProblemState.MERGED,
        "merged_into": UUID(str(event.data["into"])),
        "way": _ended(fact.way, event),
    }


def _dismissed(fact: Fact, event: Event) -> Changes:
    return {"state": ProblemState.DISMISSED, "way": _ended(fact.way, event)}


def _restored(_fact: Fact, _event: Event) -> Changes:
    return {"state": ProblemState.QUEUED, "merged_into": None}


def _queued(_fact: Fact, _event: Event) -> Changes:
    return {"state": ProblemState.QUEUED}


def _planned(fact: Fact, event: Event) -> Changes:
    """The first plan has the day; what it says may change."""
    planned_at = fact.stage.planned_at or event.time.astimezone(UTC)
    way = _in_stage(
        fact, planned_at=planned_at, variant=str(event.data["variant"]), due=str(event.data.get("due") or "")
    )
    return {"state": ProblemState.PLANNED, "way": way}


def _plan_returned(_fact: Fact, _event: Event) -> Changes:
    """An operator did not agree with an explanation: the executor plans anew."""
    return {"state": ProblemState.ASSIGNED}


def _reported(fact: Fact, event: Event) -> Changes:
    way = _in_stage(fact, reported_at=event.time.astimezone(UTC), reports=fact.stage.reports + 1)
    return {"state": ProblemState.REPORTED, "way": way}


def _returned(fact: Fact, _event: Event) -> Changes:
    return {"state": ProblemState.PLANNED, "way": _in_stage(fact, flagged=fact.stage.flagged + 1)}


def _solved(fact: Fact, event: Event) -> Changes:
    flagged = fact.stage.flagged + bool(event.data.get("flags"))
    way = _closed(fact, event, solved=True, flagged=flagged, reports=max(fact.stage.reports, flagged))
    return {"state": ProblemState.SOLVED, "way": way}


def _answered(fact: Fact, event: Event) -> Changes:
    return {
        "state": ProblemState.ANSWERED,
        "way": _closed(fact, event, solved=False, variant=str(event.data["variant"])),
    }


def _closed(fact: Fact, event: Event, **changes: Any) -> Way:
    held = fact.way.held
    executor = str(event.data.get("executor") or (held.executor if held else ""))
    handler = held.handler if held is not None and held.executor == executor else ""
    return _in_stage(fact, closed_at=event.time.astimezone(UTC), executor=executor, handler=handler, **changes)


def _replied(fact: Fact, event: Event) -> Changes:
    """Acknowledgements are the machine's own; of the other replies somebody's name stands under the text."""
    kind = ReplyKind(event.data["kind"])
    if kind is ReplyKind.ACKNOWLEDGEMENT:
        return {}
    replied_at = fact.stage.replied_at
    if replied_at is None and kind in (ReplyKind.FINAL, ReplyKind.REFUSAL, ReplyKind.FORWARDING):
        replied_at = event.time.astimezone(UTC)
    formal = fact.stage.formal + bool(event.data.get("flags"))
    return {"way": _in_stage(fact, replied_at=replied_at, replies=fact.stage.replies + 1, formal=formal)}


def _judged(fact: Fact, event: Event) -> Changes:
    """Of the stage that was closed last. The event's own number counts the author's reopenings alone: where an operator
    took an answer back before it was sent, the stage that he judges is a later one, maybe of another executor."""
    way = _in_stage(
        fact,
        verdict_at=event.time.astimezone(UTC),
        score=int(event.data["score"]),
        said_solved=bool(event.data["solved"]),
        weight=verdict_weight(event.data),
    )
    return {"way": way}


def voice(earlier: int) -> int:
    """What an author's next word of praise counts, in thousandths: all he ever says is worth 1.08 words."""
    return FULL // (1 + earlier) ** 4


def verdict_weight(data: Mapping[str, Any]) -> int:
    """What a verdict counts, in thousandths: each further one of an author about the same executor counts less.

    Of complaints all he ever says is worth 1.64 words: whoever is let down twice says something that is new.
    """
    earlier, by_operator = int(data.get("earlier", 0)), data.get("via") == "operator"
    if data["solved"]:
        return 0 if by_operator else voice(earlier)
    return FULL // (1 + earlier) ** 2 // (OPERATOR_SHARE if by_operator else 1)


def _reopened(fact: Fact, event: Event) -> Changes:
    if fact.stage.closed_at is None:
        return {}
    way = _in_stage(fact, reopened=True)
    held = ProblemState.QUEUED if way.held is None else ProblemState.ASSIGNED
    return {"state": held, "way": replace(way, stages=(*way.stages, Stage(event.time.astimezone(UTC))))}


MOVES: Mapping[EventType, Callable[[Fact, Event], Changes]] = {
    EventType.PROBLEM_ASSIGNED: _assigned,
    EventType.PROBLEM_UNASSIGNED: _unassigned,
    EventType.PROBLEM_REFUSED: _refused,
    EventType.PROBLEM_QUEUED: _queued,
    EventType.PROBLEM_CORRECTED: _corrected,
    EventType.PROBLEM_MERGED: _merged,
    EventType.PROBLEM_DISMISSED: _dismissed,
    EventType.PROBLEM_RESTORED: _restored,
    EventType.SOLUTION_PLANNED: _planned,
    EventType.PLAN_RETURNED: _plan_returned,
    EventType.PROOF_SUBMITTED: _reported,
    EventType.PROOF_RETURNED: _returned,
    EventType.PROBLEM_SOLVED: _solved,
    EventType.PROBLEM_ANSWERED: _answered,
    EventType.PROBLEM_REPLIED: _replied,
    EventType.VERDICT_GIVEN: _judged,
    EventType.PROBLEM_REOPENED: _reopened,
}

COUNTED = frozenset({EventType.PROBLEM_FOUND, *MOVES})
"""The events that change a problem's fact."""
