"""A region learns from whom its people chose, and the stage suggests the like."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.pack import RegionPack, load_pack
from otklik.data_folder import executors_learned
from otklik.executor_learning import LearnedExecutors, NothingToLearn, keep, learn, past_of
from routing import actions, routing_stage
from routing.competence import Competence
from routing.store import executor_id
from tests.integration.problems import problem_found

Connection = psycopg.Connection[Any]
NOISE = "01.001"
"""The table leaves this topic to an operator."""


def choose(connection: Connection, pack: RegionPack, executor: str, times: int) -> None:
    """An operator gives so many problems with noise to this executor."""
    for _ in range(times):
        problem, found = problem_found(connection, "omsk", pack.topic_by_code[NOISE], municipality="Тарский район")
        routing_stage(load_pack).handle(connection, [found])
        assert connection.execute("SELECT state FROM problems WHERE id = %s", (problem,)).fetchone() == ("queued",)
        who = executor_id("omsk", executor)
        actions.assign(connection, "omsk", problem, 2, who, by="operator", now=datetime.now(UTC))


def test_what_operators_chose_is_learnt_kept_and_suggested_with_its_reason(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    choose(connection, pack, "min-security", 23)
    choose(connection, pack, "tarsky", 2)
    competence = Competence.of_pack(pack)
    learned = LearnedExecutors(tmp_path)
    assert learned.of("omsk") is None
    past = past_of(connection, "omsk")
    assert {(each.topic, each.municipality) for each in past} == {(NOISE, "Тарский район")}
    keep(executors_learned(tmp_path, "omsk"), learn(past, competence), datetime.now(UTC))

    problem, found = problem_found(connection, "omsk", pack.topic_by_code[NOISE], municipality="Тарский район")
    routing_stage(load_pack, learned.of).handle(connection, [found])
    row = connection.execute("SELECT executor_guesses FROM problems WHERE id = %s", (problem,)).fetchone()
    assert row is not None
    by_code = {guess["code"]: guess for guess in row[0]}
    assert by_code["min-security"]["reason"] == "так решали похожие обращения: 23 из 25"
    assert "min-sport" in by_code, "the table's own guess stays, with its reason"
    assert by_code["min-sport"]["reason"].startswith("тема «Асоциальное поведение")


def test_the_choices_of_the_machine_teach_it_nothing(connection: Connection, pack: RegionPack) -> None:
    _, found = problem_found(connection, "omsk", pack.topic_by_code["05.020"], municipality="Омск г.о.")
    routing_stage(load_pack).handle(connection, [found])
    assert past_of(connection, "omsk") == []
    with pytest.raises(NothingToLearn, match="0 executors"):
        learn([], Competence.of_pack(pack))
