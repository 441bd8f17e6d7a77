"""`otklik clock explain` on a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

import streams
from models.events import EventType, Stream, event
from models.pack import load_pack
from otklik.commands.clock import app
from otklik.commands.root import CommandError
from otklik.install import install_pack
from otklik.settings import settings
from tests.integration.problems import NOW, problem_found


@pytest.fixture
def problem(connection: psycopg.Connection[Any], database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A problem that was found and assigned a quarter of an hour later; the command looks into this database."""
    pack = load_pack("omsk")
    install_pack(connection, pack)
    made, found = problem_found(connection, "omsk", pack.topic_by_code["05.020"], municipality="Омск г.о.")
    data = {"problem_id": str(made), "executor": "omsk-city", "by": "machine"}
    later = NOW + timedelta(minutes=15)
    streams.append(connection, Stream.PROBLEMS, [event(EventType.PROBLEM_ASSIGNED, "omsk", found.key, later, **data)])
    connection.execute("UPDATE appeals SET number = 'ОМ-2026-0000001'")
    connection.commit()
    monkeypatch.setenv("OTKLIK_DATABASE_URL", database_url)
    settings.cache_clear()
    yield str(made)
    settings.cache_clear()


def test_every_interval_is_printed_with_its_reason_and_the_sum_is_exact(problem: str) -> None:
    result = CliRunner().invoke(app, ["explain", problem, "--json"], catch_exceptions=False)
    clocks = {clock["clock"]: clock for clock in json.loads(result.output)}
    assert set(clocks) == {"route", "plan", "solve"}
    for clock in clocks.values():
        assert sum(piece["counted_seconds"] for piece in clock["intervals"]) == clock["counted_seconds"]
        assert all(piece["why"] for piece in clock["intervals"])
    assert clocks["route"]["counted"] == "0:15:00"
    assert clocks["solve"]["deadline"] == "2026-02-05 18:00:00+06:00"


def test_an_appeals_number_names_all_its_problems(problem: str) -> None:
    result = CliRunner().invoke(app, ["explain", "ОМ-2026-0000001"], catch_exceptions=False)
    assert f"route clock of problem {problem}: stopped 2026-02-02 10:15:00+06:00" in result.output
    assert "counted in all" in result.output


def test_what_is_neither_an_id_nor_a_number_is_one_clear_line(problem: str) -> None:
    result = CliRunner().invoke(app, ["explain", "ОМ-0"])
    assert isinstance(result.exception, CommandError)
    assert "neither a problem's id nor the number" in str(result.exception)
