"""Problems that share a cause become one incident, on a real database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from models.events import Event, EventType, Stream
from models.pack import RegionPack, load_pack
from otklik.install import install_pack
from routing import routing_stage
from tests.integration.problems import NOW, events_of
from tests.integration.told import told_of

Connection = psycopg.Connection[Any]
WATER, PRESSURE, HEAT, SNOW = "06.017", "06.015", "06.012", "05.020"


@pytest.fixture
def pack(connection: Connection) -> RegionPack:
    pack = load_pack("omsk")
    install_pack(connection, pack)
    return pack


@pytest.fixture
def route(pack: RegionPack) -> Callable[..., None]:
    stage = routing_stage(load_pack)
    return lambda connection, *events: stage.handle(connection, events)


def members(connection: Connection) -> list[set[UUID]]:
    """The problems of each incident, the oldest incident first."""
    rows = connection.execute(
        """SELECT array_agg(problem_id) FROM incident_problems JOIN incidents ON incidents.id = incident_id
           WHERE left_at IS NULL GROUP BY number ORDER BY number"""
    )
    return [set(row[0]) for row in rows]


def executors(connection: Connection) -> list[str]:
    rows = connection.execute(
        "SELECT e.code FROM assignments JOIN executors e ON e.id = executor_id WHERE ended_at IS NULL"
    )
    return [row[0] for row in rows]


def test_two_who_have_no_water_near_each_other_are_one_incident_with_one_executor(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    one, first = told_of(connection, pack.topic_by_code[WATER], NOW)
    two, second = told_of(connection, pack.topic_by_code[PRESSURE], NOW + timedelta(hours=1), north=120, house="5")
    route(connection, first)
    assert members(connection) == []
    route(connection, second)
    assert members(connection) == [{one, two}]
    assert len(executors(connection)) == 2 and len(set(executors(connection))) == 1
    told = [each for each in events_of(connection, Stream.PROBLEMS) if each.type is EventType.PROBLEM_JOINED]
    assert {UUID(each.data["problem_id"]) for each in told} == {one, two}
    assert {each.key for each in told} == {first.key, second.key}


def test_later_ones_join_by_themselves_whatever_the_order_in_which_they_come(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    times = [5, 0, 3, 1]
    made = [
        told_of(connection, pack.topic_by_code[WATER], NOW + timedelta(hours=hour), north=60 * hour, house=str(hour))
        for hour in times
    ]
    for _, found in made:
        route(connection, found)
    assert members(connection) == [{problem for problem, _ in made}]
    row = connection.execute("SELECT first_at, last_at FROM incidents").fetchone()
    assert row == (NOW, NOW + timedelta(hours=5))


def test_in_one_batch_they_find_each_other_too(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    made = [told_of(connection, pack.topic_by_code[WATER], NOW, north=50 * n, house=str(n)) for n in range(1, 5)]
    route(connection, *(found for _, found in made))
    assert members(connection) == [{problem for problem, _ in made}]
    assert len(executors(connection)) == 4


@pytest.mark.parametrize(
    "other",
    [
        {"topic": HEAT},
        {"north": 2000, "house": "40"},
        {"hours": 200},
        {"street": "улица Победы", "house": ""},
        {"decided": False},
        {"settlement": "Тара"},
    ],
    ids=["another cause", "too far", "too late", "another street", "an unsure topic", "another town"],
)
def test_what_need_not_be_one_cause_stays_apart(
    connection: Connection, pack: RegionPack, route: Callable[..., None], other: dict[str, Any]
) -> None:
    topic = pack.topic_by_code[other.pop("topic", WATER)]
    sent_at = NOW + timedelta(hours=other.pop("hours", 0))
    route(connection, told_of(connection, pack.topic_by_code[WATER], NOW)[1])
    route(connection, told_of(connection, topic, sent_at, **{"north": 10, **other})[1])
    assert members(connection) == []


def test_an_unsure_likeness_is_put_before_the_operator(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    one, first = told_of(connection, pack.topic_by_code[WATER], NOW)
    two, second = told_of(connection, pack.topic_by_code[WATER], NOW, decided=False)
    route(connection, first, second)
    row = connection.execute(
        "SELECT problem_id, with_problem_id, incident_id, answer FROM incident_suggestions"
    ).fetchone()
    assert row in ((two, one, None, None), (one, two, None, None))


def test_snow_needs_three_who_say_so(connection: Connection, pack: RegionPack, route: Callable[..., None]) -> None:
    made = [told_of(connection, pack.topic_by_code[SNOW], NOW, house="") for _ in range(3)]
    route(connection, made[0][1], made[1][1])
    assert members(connection) == []
    route(connection, made[2][1])
    assert members(connection) == [{problem for problem, _ in made}]


def test_a_village_without_light_is_one_incident_without_any_street(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    where: dict[str, Any] = {"settlement": "Усть-Заостровка", "municipality": "Омский район", "street": "", "house": ""}
    made = [told_of(connection, pack.topic_by_code["23.007"], NOW, **where) for _ in range(2)]
    route(connection, *(found for _, found in made))
    assert members(connection) == [{problem for problem, _ in made}]


def test_what_waits_for_an_operator_follows_the_first_that_gets_an_executor(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    route(connection, told_of(connection, pack.topic_by_code[WATER], NOW)[1])
    connection.execute("DELETE FROM assignments")
    connection.execute("UPDATE problems SET state = 'queued'")
    route(connection, told_of(connection, pack.topic_by_code[WATER], NOW, house="3", north=30)[1])
    states = connection.execute("SELECT state FROM problems").fetchall()
    assert states == [("assigned",), ("assigned",)]
    assert len(set(executors(connection))) == 1


def test_what_waits_is_given_no_earlier_than_it_was_found_though_the_clock_was_set_back(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    route(connection, told_of(connection, pack.topic_by_code[WATER], NOW)[1])
    connection.execute("DELETE FROM assignments")
    connection.execute("UPDATE problems SET state = 'queued', found_at = now() + interval '3 hours'")
    route(connection, told_of(connection, pack.topic_by_code[WATER], NOW, house="3", north=30)[1])
    found = connection.execute("SELECT max(found_at) FROM problems").fetchone()
    given = [each for each in events_of(connection, Stream.PROBLEMS) if each.type is EventType.PROBLEM_ASSIGNED]
    assert found is not None and found[0] in {each.time for each in given}


def test_the_same_event_again_changes_nothing(
    connection: Connection, pack: RegionPack, route: Callable[..., None]
) -> None:
    made = [told_of(connection, pack.topic_by_code[WATER], NOW, north=50 * n, house=str(n)) for n in (1, 2)]
    events = [found for _, found in made]
    route(connection, *events)
    before = len(events_of(connection, Stream.PROBLEMS))
    route(connection, *events, *events)
    assert len(events_of(connection, Stream.PROBLEMS)) == before
    assert members(connection) == [{problem for problem, _ in made}]


def test_two_workers_at_once_open_one_incident(
    connection: Connection, database_url: str, pack: RegionPack, route: Callable[..., None]
) -> None:
    made = [told_of(connection, pack.topic_by_code[WATER], NOW, north=40 * n, house=str(n)) for n in range(1, 9)]
    connection.commit()

    def work(events: list[Event]) -> None:
        for each in events:
            with psycopg.connect(database_url) as own:
                route(own, each)

    events = [found for _, found in made]
    workers = [threading.Thread(target=work, args=(events[at::2],)) for at in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert members(connection) == [{problem for problem, _ in made}]
