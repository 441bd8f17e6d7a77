"""Notices of tasks that run out, of problems that their authors opened again, and of what operators returned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models.events import EventType, event
from models.pack import RegionPack
from models.tasks import TaskKind
from routing import tasks
from sla.escalation_delivery import deliver
from sla.stage import count
from sla.task_notices import tell
from sla.timers import RegionTimers
from tests.integration.problems import NOW
from tests.integration.test_timers import Connection, assigned, executor_id, found, happens


@pytest.fixture
def region(pack: RegionPack) -> RegionTimers:
    return RegionTimers.of_pack(pack)


def test_a_task_tells_who_does_it_before_its_term_and_his_head_after(
    connection: Connection, region: RegionTimers
) -> None:
    task = tasks.Task(
        TaskKind.INSTRUCTION, uuid4(), "omsk", uuid4(), executor_id("omsk-city-roads"), NOW + timedelta(days=10)
    )
    tasks.start(connection, task, NOW)

    def tick_tasks(days: float) -> None:
        at = NOW + timedelta(days=days)
        tasks.tick(connection, at, lambda there, passed, now: tell(there, passed, now, lambda _: region))
        deliver(connection, at)

    for days in (7, 8, 9, 10.5, 11, 12):
        tick_tasks(days)
    rows = connection.execute(
        """SELECT n.kind, n.level, e.code, n.state FROM notices n JOIN executors e ON e.id = n.executor_id
           WHERE n.task_id IS NOT NULL ORDER BY n.made_at, n.level DESC"""
    ).fetchall()
    assert rows == [
        ("warned", "person", "p-roads-head", "delivered"),
        ("breached", "person", "p-roads-head", "delivered"),
        ("breached", "head", "p-city-head", "delivered"),
    ]


def test_a_task_that_is_done_before_the_morning_is_told_to_nobody(connection: Connection, region: RegionTimers) -> None:
    task = tasks.Task(TaskKind.CO_ANSWER, uuid4(), "omsk", uuid4(), executor_id("omsk-city"), NOW + timedelta(days=4))
    tasks.start(connection, task, NOW)
    at = NOW + timedelta(days=3, hours=12)
    assert tasks.tick(connection, at, lambda there, passed, now: tell(there, passed, now, lambda _: region)) == 1
    tasks.stop(connection, task.id, at)
    deliver(connection, at + timedelta(days=7))
    assert connection.execute("SELECT DISTINCT state FROM notices").fetchall() == [("cancelled",)]


def test_an_author_who_opens_a_problem_again_is_heard_by_who_does_it_and_his_head_once(
    connection: Connection, pack: RegionPack, region: RegionTimers
) -> None:
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    happens(connection, region, first, EventType.PROBLEM_SOLVED, NOW + timedelta(hours=30), by="machine")
    problem = first.data["problem_id"]
    again = event(
        EventType.PROBLEM_REOPENED, "omsk", first.key, NOW + timedelta(hours=60), problem_id=problem, by="citizen"
    )
    for _ in range(2):  # the same event delivered again tells nobody twice
        count(connection, [again], lambda _: region, NOW + timedelta(hours=60))
    rows = connection.execute(
        """SELECT n.level, e.code, n.problem_id::text, n.deadline_at = c.deadline_at
           FROM notices n JOIN executors e ON e.id = n.executor_id
               JOIN clocks c ON c.problem_id = n.problem_id AND c.kind = 'solve'
           WHERE n.kind = 'reopened' ORDER BY n.level DESC"""
    ).fetchall()
    assert rows == [("person", "p-roads-head", problem, True), ("head", "p-city-head", problem, True)]


def returned_notices(connection: Connection) -> list[tuple[str, str, str]]:
    return connection.execute(
        """SELECT n.kind, n.level, e.code FROM notices n JOIN executors e ON e.id = n.executor_id
           WHERE n.problem_id IS NOT NULL ORDER BY n.made_at, n.id"""
    ).fetchall()


@pytest.mark.parametrize(
    ("back", "data"),
    [
        (EventType.PROOF_RETURNED, {"proof_id": str(uuid4()), "flags": []}),
        (EventType.PLAN_RETURNED, {"plan_id": str(uuid4())}),
        (EventType.PROBLEM_REOPENED, {}),
    ],
)
def test_who_does_it_is_told_once_of_what_an_operator_returned(
    connection: Connection, pack: RegionPack, region: RegionTimers, back: EventType, data: dict[str, Any]
) -> None:
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    if back is EventType.PROBLEM_REOPENED:
        happens(connection, region, first, EventType.PROBLEM_SOLVED, NOW + timedelta(hours=30), by="machine")
    problem, at = first.data["problem_id"], NOW + timedelta(hours=60)
    told = event(back, "omsk", first.key, at, problem_id=problem, by="olga", **data)
    for _ in range(2):
        count(connection, [told], lambda _: region, at)
    assert returned_notices(connection) == [("returned", "person", "p-roads-head")]
    connection.execute("UPDATE problems SET state = 'planned' WHERE id = %s", [problem])
    deliver(connection, at + timedelta(days=1))
    assert connection.execute("SELECT DISTINCT state FROM notices WHERE kind = 'returned'").fetchall() == [
        ("delivered",)
    ]


def test_a_verdict_that_an_operator_wrote_down_is_its_authors(
    connection: Connection, pack: RegionPack, region: RegionTimers
) -> None:
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    happens(connection, region, first, EventType.PROBLEM_SOLVED, NOW + timedelta(hours=30), by="machine")
    problem, at = first.data["problem_id"], NOW + timedelta(hours=60)
    said = event(EventType.PROBLEM_REOPENED, "omsk", first.key, at, problem_id=problem, by="olga", said_by=problem)
    count(connection, [said], lambda _: region, at)
    assert {kind for kind, _, _ in returned_notices(connection)} == {"reopened"}


def test_who_lost_a_problem_overnight_is_not_told_in_the_morning_that_it_came_back(
    connection: Connection, pack: RegionPack, region: RegionTimers
) -> None:
    _, first = found(connection, pack, region)
    assigned(connection, region, first, NOW + timedelta(minutes=5), handler="omsk-city-roads")
    at = NOW + timedelta(hours=60)
    problem = first.data["problem_id"]
    told = event(EventType.PLAN_RETURNED, "omsk", first.key, at, problem_id=problem, plan_id="1", by="olga")
    count(connection, [told], lambda _: region, at)
    assigned(connection, region, first, at + timedelta(minutes=5), handler="omsk-city-utilities")
    deliver(connection, at + timedelta(days=1))
    assert connection.execute("SELECT state FROM notices WHERE kind = 'returned'").fetchall() == [("cancelled",)]
