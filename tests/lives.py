"""Lives of problems as events, for tests of the indicators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from models.events import Event, EventType, event
from models.identifiers import new_id

START = datetime(2026, 9, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Life:
    """Events of one problem, each at a day after START: what happened to it, and to its clocks."""

    appeal: UUID = field(default_factory=new_id)
    problem: UUID = field(default_factory=new_id)
    region: str = "omsk"
    problems: list[Event] = field(default_factory=list)
    clocks: list[Event] = field(default_factory=list)

    def add(self, type: EventType, day: float, **data: Any) -> Life:
        self.problems.append(
            event(type, self.region, self.appeal, START + day * DAY, problem_id=str(self.problem), **data)
        )
        return self

    def found(self, day: float = 0, topic: str = "05.020", municipality: str = "Омск г.о.", **more: Any) -> Life:
        at = (START + day * DAY).isoformat()
        return self.add(
            EventType.PROBLEM_FOUND, day, topic=topic, decided=True, municipality=municipality, cell="891181b6d63ffff",
            urgency=2, accepted_at=at, regime="portal", **more,
        )  # fmt: skip

    def assigned(self, day: float, executor: str = "roads", handler: str = "") -> Life:
        return self.add(EventType.PROBLEM_ASSIGNED, day, executor=executor, handler=handler, by="machine")

    def planned(self, day: float, variant: str = "by_date", executor: str = "roads") -> Life:
        return self.add(
            EventType.SOLUTION_PLANNED, day, plan_id=str(new_id()), variant=variant, executor=executor,
            due="2026-09-20", by="clerk",
        )  # fmt: skip

    def reported(self, day: float, executor: str = "roads") -> Life:
        return self.add(EventType.PROOF_SUBMITTED, day, proof_id=str(new_id()), executor=executor, by="clerk")

    def solved(self, day: float, executor: str = "roads", flags: tuple[str, ...] = ()) -> Life:
        return self.add(
            EventType.PROBLEM_SOLVED, day, proof_id=str(new_id()), executor=executor, flags=list(flags), by="machine"
        )

    def answered(self, day: float, executor: str = "roads") -> Life:
        return self.add(
            EventType.PROBLEM_ANSWERED, day, plan_id=str(new_id()), variant="refused", executor=executor, by="clerk"
        )

    def refused(self, day: float, executor: str = "roads") -> Life:
        return self.add(EventType.PROBLEM_REFUSED, day, executor=executor, reason="not_mine", named="", by="clerk")

    def replied(self, day: float, kind: str = "final", flags: tuple[str, ...] = ()) -> Life:
        return self.add(EventType.PROBLEM_REPLIED, day, reply=str(new_id()), kind=kind, flags=list(flags), by="machine")

    def judged(self, day: float, score: int, solved: bool, stage: int = 0, **more: Any) -> Life:
        return self.add(
            EventType.VERDICT_GIVEN, day, verdict_id=str(new_id()), score=score, solved=solved, stage=stage, **more
        )

    def reopened(self, day: float) -> Life:
        return self.add(EventType.PROBLEM_REOPENED, day, by="citizen")

    def stopped(self, clock: str, started: float, deadline: float, stopped: float) -> Life:
        self.clocks.append(
            event(
                EventType.CLOCK_STOPPED, self.region, self.appeal, START + stopped * DAY,
                problem_id=str(self.problem), clock=clock, stage="first", started=(START + started * DAY).isoformat(),
                deadline=(START + deadline * DAY).isoformat(), stopped=(START + stopped * DAY).isoformat(),
                late=stopped > deadline,
            )
        )  # fmt: skip
        return self

    def breached(self, clock: str, deadline: float) -> Life:
        self.clocks.append(
            event(
                EventType.CLOCK_BREACHED, self.region, self.appeal, START + deadline * DAY,
                problem_id=str(self.problem), clock=clock, deadline=(START + deadline * DAY).isoformat(),
            )
        )  # fmt: skip
        return self
