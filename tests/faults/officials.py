"""Executors who plan and report, and the operator who approves replies, while everything dies."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

import ingest
import resolution
from models.pack import load_pack
from models.resolution import FileRole, Variant
from models.states import ProblemState
from resolution.replies import approval
from tests.faults.surroundings import WallClock
from tests.faults.traffic import Actor, snapshot

REGION = "omsk"
NEXT = """
SELECT p.id, p.state, p.version, given.executor_id
FROM problems p JOIN appeals a ON a.id = p.appeal_id
    JOIN assignments given ON given.problem_id = p.id AND given.ended_at IS NULL
WHERE p.state IN ('assigned', 'planned') AND a.channel <> 'file'
ORDER BY p.appeal_id, p.id LIMIT 1"""


@dataclass
class Officials(Actor):
    """Bring one problem after another to its end until `stop`; `proofs` were handed in for certain."""

    clock: WallClock
    seed: int
    proofs: list[UUID] = field(default_factory=list)
    approved: list[UUID] = field(default_factory=list)

    def _run(self) -> None:
        self._policy = resolution.ResolutionPolicy.of_pack(load_pack(REGION))
        self._files = ingest.FileStore(self.product.folder / "files")
        self._chance = random.Random(self.seed)
        while not self.stop.is_set():
            try:
                with psycopg.connect(self.product.url(), connect_timeout=10) as connection:
                    self._approve(connection)
                    self._act(connection)
            except (psycopg.OperationalError, ingest.StorageFull, resolution.Refused, LookupError):
                pass  # it is not done, or nobody knows; the tables say next time
            time.sleep(self.pace)

    def _act(self, connection: psycopg.Connection[Any]) -> None:
        """Plan what was assigned, report what was planned."""
        found = connection.execute(NEXT).fetchone()
        if found is None:
            return
        problem, state, version, executor = found
        now = datetime.now(UTC) + timedelta(seconds=self.clock.ahead)  # as the web server's clock has it
        steps: dict[str, Any] = {
            "by": "executor",
            "now": now,
            "today": now.astimezone(load_pack(REGION).zone).date(),
            "policy": self._policy,
            "whole_incident": False,
        }
        if state == ProblemState.ASSIGNED:
            wish = resolution.Wish(
                Variant.BY_DATE, "Бригада заменит лампы завтра утром", steps["today"] + timedelta(days=1)
            )
            resolution.plan(connection, REGION, problem, version, executor, wish, **steps)
            connection.commit()
            return
        photo = resolution.Upload(FileRole.AFTER, "1.jpg", snapshot(self._chance.randrange(2**32)))
        handed_in = resolution.report(
            connection, REGION, problem, version, executor,
            words="Бригада заменила 3 лампы на улице Ленина", done_on=None, uploads=[photo], files=self._files, **steps,
        )  # fmt: skip
        connection.commit()
        self.proofs += handed_in

    def _approve(self, connection: psycopg.Connection[Any]) -> None:
        """Let the draft that waits the longest be sent."""
        found = connection.execute(
            "SELECT id, text FROM replies WHERE state = 'drafted' ORDER BY drafted_at LIMIT 1"
        ).fetchone()
        if found is None:
            return
        reply, text = found
        now = datetime.now(UTC) + timedelta(seconds=self.clock.ahead)
        approval.approve(connection, REGION, reply, approval.mark(text), by="operator", now=now)
        connection.commit()
        self.approved.append(reply)
