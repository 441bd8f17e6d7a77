"""Whatever executors and operators do about solutions, in any order, the log tells the same story as the tables."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import resolution
import streams
from ingest import FileStore
from models.events import EventType, Stream, event
from models.pack import RegionPack, load_pack
from models.resolution import FileRole, Variant
from models.states import PROBLEM_TRANSITIONS, NotAllowed, Who, next_state
from otklik.install import install_pack
from otklik.verify import verify
from resolution import ResolutionPolicy, Upload, Wish
from routing import actions, routing_stage
from sla.clock import Rules
from sla.stage import sla_stage
from tests.integration.problems import NOW, events_of, problem_found
from tests.integration.test_verify_actions import work_off
from tests.proof_files import PDF, picture

Connection = psycopg.Connection[Any]
STEPS = 150
GROUNDS = {Variant.REFUSED: "Жилищный кодекс РФ, ст. 36"}
REFUSALS = (resolution.Refused, actions.Refused)


@dataclass
class People:
    """Executors and operators who do at random what the rules allow."""

    connection: Connection
    pack: RegionPack
    files: FileStore
    chance: random.Random
    done: int = 0

    def act(self) -> None:
        """One step about one problem; what the rules refuse is not done."""
        rows = self.connection.execute(
            """SELECT p.id, p.version, s.executor_id FROM problems p
               JOIN assignments s ON s.problem_id = p.id AND s.ended_at IS NULL ORDER BY p.id"""
        ).fetchall()
        problem, version, executor = self.chance.choice(rows)
        with suppress(*REFUSALS, NotAllowed), self.connection.transaction():
            self.chance.choice(self._deeds(problem, version, executor))()
            self.done += 1

    def _deeds(self, problem: UUID, version: int, executor: UUID) -> list[Callable[[], Any]]:
        where = (self.connection, "omsk", problem, version)
        now, policy = datetime.now(UTC), ResolutionPolicy.of_pack(self.pack)
        mine: dict[str, Any] = {"by": "boris", "now": now, "today": now.date(), "policy": policy}
        seen: dict[str, Any] = {"by": "anna", "now": now}
        variant = self.chance.choice(list(Variant))
        wish = Wish(variant, "Сделаем", now.date() + timedelta(days=2), GROUNDS.get(variant, "Росавтодор"))
        photo = Upload(FileRole.AFTER, "1.jpg", picture(colour=f"#{self.chance.randrange(16**6):06x}"))
        files = [self.chance.choice([photo, photo, Upload(FileRole.DOCUMENT, "1.pdf", PDF)])]
        report = partial(resolution.report, *where, executor, words="Сделали", done_on=None, **mine)
        usual: list[Callable[[], Any]] = [
            partial(resolution.plan, *where, executor, wish, **mine),
            partial(report, uploads=files, files=self.files),
            partial(self._look, problem, now, policy),
            partial(self._decide, problem, version, policy, seen),
        ]
        return [
            *usual,
            *usual,
            partial(resolution.agree, *where, **seen),
            partial(resolution.return_plan, *where, reason="Нет", **seen),
            partial(actions.assign, *where, self._executor(), **seen),
            partial(self._reopen, problem, now),
        ]

    def _look(self, problem: UUID, now: datetime, policy: ResolutionPolicy) -> None:
        """The checks of the problem's last proof end."""
        flags = self.chance.choice([[], ["far"]])
        told = resolution.checked(self.connection, self._proof(problem), flags, now=now, policy=policy)
        streams.append(self.connection, Stream.PROBLEMS, told)

    def _decide(self, problem: UUID, version: int, policy: ResolutionPolicy, seen: dict[str, Any]) -> None:
        where = (self.connection, "omsk", self._proof(problem), version)
        if self.chance.random() < 0.5:
            resolution.accept_proof(*where, policy=policy, **seen)
        else:
            resolution.return_proof(*where, reason="Не то место", **seen)

    def _reopen(self, problem: UUID, now: datetime) -> None:
        """The author says that it is not solved."""
        row = self.connection.execute("SELECT state, appeal_id FROM problems WHERE id = %s", [problem]).fetchone()
        assert row is not None
        state = next_state(PROBLEM_TRANSITIONS, row[0], EventType.PROBLEM_REOPENED, Who.CITIZEN)
        self.connection.execute("UPDATE problems SET state = %s, version = version + 1 WHERE id = %s", [state, problem])
        told = event(EventType.PROBLEM_REOPENED, "omsk", row[1], now, problem_id=str(problem), by="citizen")
        streams.append(self.connection, Stream.PROBLEMS, [told])

    def _proof(self, problem: UUID) -> UUID:
        rows = self.connection.execute(
            "SELECT id FROM proofs WHERE problem_id = %s ORDER BY submitted_at DESC, id DESC LIMIT 1", [problem]
        ).fetchall()
        if not rows:
            raise resolution.Refused("nothing was reported")
        return UUID(str(rows[0][0]))

    def _executor(self) -> UUID:
        rows = self.connection.execute("SELECT id FROM executors WHERE kind = 'body' ORDER BY id").fetchall()
        return UUID(str(self.chance.choice(rows)[0]))


@pytest.mark.parametrize("seed", range(3))
def test_the_log_tells_the_same_as_the_tables_after_any_plans_and_reports(
    database_url: str, connection: Connection, tmp_path: Path, seed: int
) -> None:
    pack = load_pack("omsk")
    install_pack(connection, pack)
    chance = random.Random(seed)
    for code in ("05.007", "02.027", "12.005", "05.007"):
        topic = pack.topic_by_code[code]
        _, found = problem_found(connection, "omsk", topic, municipality="Омск г.о.")
        accepted = event(EventType.APPEAL_ACCEPTED, "omsk", found.key, NOW, channel="form", sent_at=NOW.isoformat())
        streams.append(connection, Stream.APPEALS, [accepted])
    connection.commit()
    work_off(database_url, routing_stage(load_pack))
    people = People(connection, pack, FileStore(tmp_path), chance)
    for _ in range(STEPS):
        people.act()
        connection.commit()
    work_off(database_url, sla_stage(load_pack))
    report = verify(connection, FileStore(tmp_path), lambda region: Rules.of_pack(pack))
    assert report.differences == []
    told = {each.type for each in events_of(connection, Stream.PROBLEMS)}
    assert people.done > STEPS // 5
    assert {EventType.SOLUTION_PLANNED, EventType.PROOF_SUBMITTED, EventType.PROBLEM_SOLVED} <= told
    unseen = connection.execute(
        """SELECT count(*) FROM proofs p JOIN problems q ON q.id = p.problem_id
           WHERE p.state = 'accepted' AND q.state = 'solved' AND q.topic_code = ANY(%s) AND NOT EXISTS (
               SELECT FROM proof_files f WHERE f.proof_id = p.id AND f.role = 'after')""",
        [[topic.code for topic in pack.topics if ResolutionPolicy.of_pack(pack).needs_photo(topic.code)]],
    ).fetchone()
    assert unseen == (0,)
