"""`otklik timers` as a process: from a clock that runs out to the e-mail of who must know, through kill -9."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from models.events import Event, EventType, Stream, event
from models.identifiers import derived_id
from models.pack import load_pack
from otklik.install import install_pack
from sla.stage import count
from sla.timers import RegionTimers
from tests.acceptance.test_parts import start
from tests.integration.problems import events_of, problem_found
from tests.mail_server import Mailbox, mail_server
from tests.product import wait_until

OMSK = load_pack("omsk")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


def dangerous_problem(connection: psycopg.Connection[object], found_at: datetime) -> UUID:
    """A dangerous problem of the city's roads department, found and assigned at this moment."""
    topic, region = OMSK.topic_by_code["02.008"], RegionTimers.of_pack(OMSK)
    problem, first = problem_found(connection, "omsk", topic, municipality="Омск г.о.", urgency=5)
    data = {**first.data, "accepted_at": found_at.isoformat()}
    found = Event(first.type, "omsk", first.key, found_at, data, first.id)
    assigned = event(
        EventType.PROBLEM_ASSIGNED, "omsk", first.key, found_at, problem_id=str(problem), executor="omsk-city", by="m"
    )
    connection.execute(
        """INSERT INTO assignments
               (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at, handler_id)
           VALUES (gen_random_uuid(), 'omsk', %s, %s, 'machine', 'тема', %s, %s)""",
        [
            problem,
            derived_id("omsk", "executor", "omsk-city"),
            found_at,
            derived_id("omsk", "executor", "p-roads-head"),
        ],
    )
    count(connection, [found, assigned], lambda _: region, found_at)
    return problem


def test_who_must_know_has_his_e_mail_once_though_the_timers_are_killed(
    tmp_path: Path, database_url: str, mailbox: Mailbox
) -> None:
    with psycopg.connect(database_url) as connection:
        install_pack(connection, OMSK)
        # as an import of officials leaves them: the start renews what a pack says
        connection.execute(
            "UPDATE executors SET email = code || '@example.org', origin = 'import' WHERE kind = 'person'"
        )
        problem = dangerous_problem(connection, datetime.now(UTC) - timedelta(hours=2, minutes=10))
    told = {"p-roads-head@example.org", "p-city-head@example.org", "p-deputy-governor@example.org"}
    settings = {"OTKLIK_SMTP": mailbox.address, "OTKLIK_SMTP_FROM": "otklik@example.org"}
    first = start(tmp_path, database_url, "timers", **settings)
    wait_until(lambda: set(mailbox.to) >= told)
    first.kill()
    first.wait(30)
    second = start(tmp_path, database_url, "timers", **settings)
    with psycopg.connect(database_url) as connection:
        again = dangerous_problem(connection, datetime.now(UTC) - timedelta(hours=2, minutes=10))
    wait_until(lambda: len(mailbox.to) >= 2 * len(told))
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert sorted(mailbox.to) == sorted([*told, *told])
    with psycopg.connect(database_url) as connection:
        breached = [
            each.data["problem_id"]
            for each in events_of(connection, Stream.CLOCKS)
            if each.type is EventType.CLOCK_BREACHED and each.data["clock"] == "solve"
        ]
    assert sorted(breached) == sorted([str(problem), str(again)])
