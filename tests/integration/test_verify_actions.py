"""Whatever operators do, in any order, the log tells the same story as the tables."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import streams
from ingest import FileStore
from models.events import EventType, Stream, event
from models.pack import RegionPack, load_pack
from models.text import Span
from otklik.install import install_pack
from otklik.verify import verify
from routing import actions, routing_stage
from routing.actions import Rerouting
from routing.competence import Competence
from sla.clock import Rules
from sla.stage import sla_stage
from streams import EmbeddedEngine, Stage
from tests.integration.problems import NOW, problem_found

Connection = psycopg.Connection[Any]
STEPS = 120


@dataclass
class Operator:
    """Someone who does at random what the rules allow."""

    connection: Connection
    pack: RegionPack
    competence: Competence
    chance: random.Random
    done: int = 0

    def act(self) -> None:
        """One action on one problem; what the rules refuse is not done."""
        problem, version = self.chance.choice(self._problems("SELECT id, version FROM problems ORDER BY id"))
        topic = self.chance.choice(self.pack.topics)

        def deed(act: Callable[..., Any], *more: Any, **known: Any) -> Callable[[], Any]:
            return partial(
                act, self.connection, "omsk", problem, version, *more, by="anna", now=datetime.now(UTC), **known
            )

        deeds = (
            deed(actions.accept),
            deed(actions.assign, self._executor()),
            deed(actions.correct_topic, topic, competence=self.competence),
            deed(actions.dismiss),
            deed(actions.merge, self._other(problem)),
            deed(actions.split, Span(0, self.chance.randint(1, 21)), topic),
            deed(actions.undo, competence=self.competence),
            deed(actions.undo, competence=self.competence),
            self._refusal(problem, version),
            deed(
                actions.add_co,
                self._executor(),
                role=self.chance.choice(list(actions.Role)),
                task="Осмотреть",
                policy=Rerouting.of_pack(self.pack),
            ),
            self._with_part(problem, version),
        )
        with suppress(actions.Refused), self.connection.transaction():
            self.chance.choice(deeds)()
            self.done += 1

    def _refusal(self, problem: UUID, version: int) -> Callable[[], None]:
        """Whoever has the problem says that it is another's."""

        def refuse() -> None:
            holders = self._problems(
                f"SELECT executor_id FROM assignments WHERE problem_id = '{problem}' AND ended_at IS NULL"
            )
            if not holders:
                raise actions.Refused("nobody has it")
            actions.refuse(
                self.connection,
                "omsk",
                problem,
                version,
                holders[0][0],
                reason="not_ours",
                named_id=self._executor(),
                comment="",
                by="boris",
                now=datetime.now(UTC),
                policy=Rerouting.of_pack(self.pack),
                competence=self.competence,
            )

        return refuse

    def _with_part(self, problem: UUID, version: int) -> Callable[[], None]:
        """Some co-executor of the problem answers, or is taken off."""

        def act() -> None:
            parts = self._problems(
                f"SELECT id, executor_id FROM co_assignments WHERE problem_id = '{problem}' ORDER BY id"
            )
            if not parts:
                raise actions.Refused("nobody was asked")
            part, executor = self.chance.choice(parts)
            now = datetime.now(UTC)
            if self.chance.random() < 0.5:
                actions.end_co(self.connection, "omsk", problem, version, part, by="anna", now=now)
            else:
                actions.answer_co(
                    self.connection, "omsk", problem, part, executor, answer="Осмотрели", by="vera", now=now
                )

        return act

    def _problems(self, query: str) -> Sequence[Any]:
        return self.connection.execute(query).fetchall()

    def _executor(self) -> UUID:
        return UUID(str(self.chance.choice(self._problems("SELECT id FROM executors ORDER BY id"))[0]))

    def _other(self, problem: UUID) -> UUID:
        others = [row[0] for row in self._problems("SELECT id FROM problems ORDER BY id") if row[0] != problem]
        return UUID(str(self.chance.choice(others)))


def work_off(database_url: str, stage: Stage) -> None:
    consumer = EmbeddedEngine(database_url).consumer(stage)
    while consumer.step():
        pass
    consumer.close()


@pytest.mark.parametrize("seed", range(4))
def test_the_log_tells_the_same_as_the_tables_after_any_actions(
    database_url: str, connection: Connection, tmp_path: Path, seed: int
) -> None:
    pack = load_pack("omsk")
    install_pack(connection, pack)
    chance = random.Random(seed)
    for _ in range(6):
        topic = chance.choice(pack.topics)
        _, found = problem_found(connection, "omsk", topic, municipality="Омск г.о.", decided=chance.random() < 0.5)
        accepted = event(EventType.APPEAL_ACCEPTED, "omsk", found.key, NOW, channel="form", sent_at=NOW.isoformat())
        streams.append(connection, Stream.APPEALS, [accepted])
    connection.commit()
    work_off(database_url, routing_stage(load_pack))
    anna = Operator(connection, pack, Competence.of_pack(pack), chance)
    for step in range(STEPS):
        anna.act()
        connection.commit()
        if step % 20 == 0:
            work_off(database_url, routing_stage(load_pack))  # what was split off waits for it
    work_off(database_url, sla_stage(load_pack))
    report = verify(connection, FileStore(tmp_path), lambda region: Rules.of_pack(pack))
    assert report.differences == []
    assert anna.done > STEPS // 4
    assert report.counts["clocks"] > 12
    hops, parts = connection.execute(
        "SELECT (SELECT count(*) FROM hops), (SELECT count(*) FROM co_assignments)"
    ).fetchone() or (0, 0)
    assert hops and parts
