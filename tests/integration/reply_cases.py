"""Rows to test replies with: an appeal in the town whose problems executors planned, proved and answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import streams
from api.views.evidence import hidden
from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from models.message import Author
from models.resolution import Variant
from resolution.replies import replies_stage
from tests.town import NOW, REGION, Town, executor_id

TEXT = "На Речной яма у дома 5. Ещё не вывозят мусор во дворе"
PIECES = ("На Речной яма у дома 5", "Ещё не вывозят мусор во дворе")
GOOD = "Яму на улице Речной у дома 5 засыпали щебнем и заасфальтировали, площадь — 4 кв. м"
DEADLINE = datetime(2026, 3, 12, 12, tzinfo=NOW.tzinfo)


class Deadlines:
    """Deadlines that are always the same."""

    def first(self, *_about: object) -> datetime:
        return DEADLINE

    def current(self, *_about: object) -> datetime:
        return DEADLINE + timedelta(days=5)


@dataclass
class Case:
    """One appeal of the town with its problems, and hands to make things happen to them."""

    place: Town
    regime: str = "portal"
    name: str = "Петрова Анна Ивановна"
    pieces: Sequence[str] = PIECES
    text: str = TEXT
    appeal_id: UUID = field(init=False)
    problems: list[UUID] = field(init=False)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.appeal_id = self.place.appeal(self.text, author=Author(name=self.name))
        self.problems = self.place.analyse(self.appeal_id, *self.pieces, state="assigned")
        self.change("UPDATE appeals SET regime = %s WHERE id = %s", self.regime, self.appeal_id)
        for problem in self.problems:
            self.change(
                """INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
                   VALUES (%s, %s, %s, %s, 'machine', 'тема', %s)""",
                new_id(), REGION, problem, executor_id("roads"), NOW,
            )  # fmt: skip

    def change(self, query: str, *values: object) -> None:
        with self.place.connection() as connection:
            connection.execute(query.encode(), values)

    def found(self) -> list[Event]:
        return [
            self.event(
                EventType.PROBLEM_FOUND, problem, topic="01.001", decided=True, municipality="", urgency=2,
                accepted_at=NOW.isoformat(), regime=self.regime, cell="",
            )
            for problem in self.problems
        ]  # fmt: skip

    def event(self, type: EventType, problem: UUID, **data: Any) -> Event:
        return event(type, REGION, self.appeal_id, self.now, problem_id=str(problem), **data)

    def plan(self, at: int, variant: Variant, words: str = GOOD, *, ground: str = "", due: date | None = None) -> Event:
        plan, problem = new_id(), self.problems[at]
        self.now += timedelta(minutes=1)
        self.change(
            """INSERT INTO plans (id, region_id, problem_id, executor_id, variant, due_on, words, ground, planned_by,
                                  planned_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'executor', %s)""",
            plan, REGION, problem, executor_id("roads"), variant, due, words, ground, self.now,
        )  # fmt: skip
        self.put(at, "planned")
        said = {"plan_id": str(plan), "variant": variant.value, "executor": "roads"}
        return self.event(EventType.SOLUTION_PLANNED, problem, **said, due=str(due or ""), by="executor")

    def answer(self, at: int, variant: Variant, words: str = GOOD, *, ground: str = "") -> Event:
        planned = self.plan(at, variant, words, ground=ground)
        self.put(at, "answered")
        said = {name: planned.data[name] for name in ("plan_id", "variant", "executor")}
        return self.event(EventType.PROBLEM_ANSWERED, self.problems[at], **said, by="operator")

    def solve(self, at: int, words: str = GOOD) -> Event:
        proof, problem = new_id(), self.problems[at]
        self.now += timedelta(minutes=1)
        self.change(
            """INSERT INTO proofs (id, region_id, problem_id, executor_id, state, words, done_on, submitted_by,
                                   submitted_at, decided_at)
               VALUES (%s, %s, %s, %s, 'accepted', %s, %s, 'executor', %s, %s)""",
            proof, REGION, problem, executor_id("roads"), words, date(2026, 3, 5), self.now, self.now,
        )  # fmt: skip
        self.put(at, "solved")
        return self.event(
            EventType.PROBLEM_SOLVED, problem, proof_id=str(proof), executor="roads", flags=[], by="machine"
        )

    def put(self, at: int, state: str, into: UUID | None = None) -> None:
        self.change("UPDATE problems SET state = %s, merged_into = %s WHERE id = %s", state, into, self.problems[at])

    def handle(self, *events: Event) -> None:
        """As the stage's worker does: one transaction a batch."""
        stage = replies_stage(lambda _: self.place.pack, Deadlines(), hidden, lambda: self.now)
        with self.place.connection() as connection:
            streams.append(connection, Stream.PROBLEMS, events)
            stage.handle(connection, events)

    def replies(self) -> list[dict[str, Any]]:
        """The replies of the appeal in the order in which they were drafted."""
        columns = ("id", "kind", "state", "subject", "text", "template", "flags", "try_at", "reason", "cancelled_by")
        rows = self.place.rows(
            f"SELECT {', '.join(columns)} FROM replies WHERE appeal_id = %s ORDER BY drafted_at, kind",
            self.appeal_id,
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def told(self) -> list[str]:
        rows = self.place.rows(
            "SELECT event->>'type' FROM stream_events WHERE stream = 'replies' AND key = %s ORDER BY position",
            str(self.appeal_id),
        )
        return [row[0].removeprefix("reply.") for row in rows]
