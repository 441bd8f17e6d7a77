"""The routing stage on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from msgspec.structs import replace

from models.events import EventType, Stream
from models.pack import RegionPack, load_pack
from otklik.install import install_pack
from routing import routing_stage
from tests.integration.problems import events_of, problem_found

Connection = psycopg.Connection[Any]


def row(connection: Connection, query: str, *parameters: object) -> tuple[Any, ...]:
    found = connection.execute(query, parameters).fetchone()
    assert found is not None
    return tuple(found)


def test_what_the_machine_is_sure_of_is_assigned_with_its_reason(connection: Connection, pack: RegionPack) -> None:
    snow = pack.topic_by_code["05.020"]
    problem, found = problem_found(connection, "omsk", snow, municipality="Омск г.о.")
    routing_stage(load_pack).handle(connection, [found])
    assert row(connection, "SELECT state, version FROM problems WHERE id = %s", problem) == ("assigned", 2)
    by, name, reason, probability = row(
        connection,
        """SELECT assigned_by, name, reason, probability FROM assignments
           JOIN executors ON executors.id = executor_id WHERE problem_id = %s""",
        problem,
    )
    assert (by, name) == ("machine", "Администрация города Омска")
    assert reason.startswith("тема «Уборка дорог от снега и наледи» + Омск г.о. → Администрация города Омска")
    assert probability >= 0.9
    told = events_of(connection, Stream.PROBLEMS)[-1]
    assert told.type is EventType.PROBLEM_ASSIGNED
    assert told.key == found.key
    assert dict(told.data) == {
        "problem_id": str(problem),
        "executor": "omsk-city",
        "handler": "p-roads-1",
        "by": "machine",
    }


def test_a_district_goes_to_its_own_administration(connection: Connection, pack: RegionPack) -> None:
    dogs = pack.topic_by_code["01.012"]
    problem, found = problem_found(connection, "omsk", dogs, municipality="Тарский район")
    routing_stage(load_pack).handle(connection, [found])
    name = row(
        connection,
        "SELECT name FROM assignments JOIN executors ON executors.id = executor_id WHERE problem_id = %s",
        problem,
    )
    assert name == ("Администрация Тарского муниципального района Омской области",)


def test_what_it_is_not_sure_of_waits_for_an_operator_with_guesses(connection: Connection, pack: RegionPack) -> None:
    snow = pack.topic_by_code["05.020"]
    problem, found = problem_found(connection, "omsk", snow, municipality="", probability=0.5, decided=False)
    routing_stage(load_pack).handle(connection, [found])
    state, guesses = row(connection, "SELECT state, executor_guesses FROM problems WHERE id = %s", problem)
    assert state == "queued"
    assert guesses[0]["code"] == "omsk-city"
    assert guesses[0]["reason"] and guesses[0]["name"] and 0 < guesses[0]["probability"] < 0.9
    told = events_of(connection, Stream.PROBLEMS)[-1]
    assert told.type is EventType.PROBLEM_QUEUED and told.data["reason"] == "topic_unsure"
    assert row(connection, "SELECT count(*) FROM assignments") == (0,)


def test_a_clock_that_was_set_back_puts_no_decision_before_its_problem(
    connection: Connection, pack: RegionPack
) -> None:
    _, found = problem_found(connection, "omsk", pack.topic_by_code["05.020"], municipality="Омск г.о.")
    ahead = replace(found, time=datetime.now(UTC) + timedelta(hours=2))
    routing_stage(load_pack).handle(connection, [ahead])
    assert events_of(connection, Stream.PROBLEMS)[-1].time == ahead.time


def test_the_same_event_again_changes_nothing(connection: Connection, pack: RegionPack) -> None:
    stage = routing_stage(load_pack)
    _, found = problem_found(connection, "omsk", pack.topic_by_code["05.020"], municipality="Омск г.о.")
    stage.handle(connection, [found])
    before = len(events_of(connection, Stream.PROBLEMS))
    stage.handle(connection, [found, found])
    assert row(connection, "SELECT count(*) FROM assignments") == (1,)
    assert len(events_of(connection, Stream.PROBLEMS)) == before


def test_what_an_operator_took_first_is_left_alone(connection: Connection, pack: RegionPack) -> None:
    problem, found = problem_found(connection, "omsk", pack.topic_by_code["05.020"], municipality="Омск г.о.")
    connection.execute("UPDATE problems SET state = 'dismissed' WHERE id = %s", [problem])
    routing_stage(load_pack).handle(connection, [found])
    assert row(connection, "SELECT state FROM problems WHERE id = %s", problem) == ("dismissed",)
    assert row(connection, "SELECT count(*) FROM assignments") == (0,)


def test_one_region_never_gets_the_executors_of_another(connection: Connection, pack: RegionPack) -> None:
    install_pack(connection, load_pack("murmansk"))
    topic = pack.topic_by_code["07.017"]
    problem, found = problem_found(connection, "murmansk", topic, municipality="Мурманск")
    routing_stage(load_pack).handle(connection, [found])
    region = row(
        connection,
        "SELECT e.region_id, e.name FROM assignments JOIN executors e ON e.id = executor_id WHERE problem_id = %s",
        problem,
    )
    assert region == ("murmansk", "Министерство здравоохранения Мурманской области")
