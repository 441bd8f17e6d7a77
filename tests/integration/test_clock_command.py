"""`otklik clock explain` on a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

import streams
from models.events import EventType, Stream, event
from models.pack import load_pack
from otklik.commands.clock import app
from otklik.commands.root import CommandError, command_line
from otklik.install import install_pack
from otklik.settings import settings
from tests.integration.problems import NOW, events_of, problem_found


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


@pytest.fixture
def operator(connection: psycopg.Connection[Any], problem: str) -> str:
    """The login of somebody who may decide about clocks."""
    connection.execute(
        """INSERT INTO users (id, region_id, login, name, password_hash, role, created_at)
           VALUES (gen_random_uuid(), 'omsk', 'olga', 'Ольга', '', 'operator', now())"""
    )
    connection.commit()
    return "olga"


def test_what_an_official_decides_is_told_to_the_log_and_explained(
    connection: psycopg.Connection[Any], problem: str, operator: str
) -> None:
    [first, *_] = events_of(connection, Stream.PROBLEMS)
    at = datetime.now(UTC) - timedelta(minutes=1)  # its first term is over by now: a new stage runs
    for what in (EventType.PROBLEM_SOLVED, EventType.PROBLEM_REOPENED):
        streams.append(connection, Stream.PROBLEMS, [event(what, "omsk", first.key, at, problem_id=problem, by="olga")])
    connection.commit()
    command = command_line()
    told = CliRunner().invoke(command, ["clock", "pause", problem, "--reason", "author", "--by", operator])
    assert told.exit_code == 0, told.output
    assert "solve: deadline" in told.output
    result = CliRunner().invoke(app, ["explain", problem, "--json"], catch_exceptions=False)
    clocks = json.loads(result.output)
    assert {clock["regime"] for clock in clocks} == {"portal"}
    solve = [clock for clock in clocks if clock["clock"] == "solve"]
    assert [(clock["stage"], clock["superseded"] is None) for clock in solve] == [("first", False), ("reopened", True)]
    assert solve[-1]["intervals"][-1]["why"] in {
        "срок приостановлен: ждём сведений от автора",
        "день начала не считается, срок идёт со следующего (ГК РФ, ст. 191)",
    }
    paused = CliRunner().invoke(app, ["explain", problem], catch_exceptions=False).output
    assert "срок приостановлен: если не возобновить" in paused


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["pause", "--reason", "holiday"], "такой причины в политике нет"),
        (["extend", "--notice", "12"], "режим «сообщение на портале» его не знает"),
        (["forward", "--to", "прокуратура", "--notice", "12"], "такого срока у проблемы нет"),
        (["resume"], "такого срока у проблемы нет"),
    ],
)
def test_what_the_policy_does_not_allow_changes_nothing(
    connection: psycopg.Connection[Any], problem: str, operator: str, arguments: list[str], why: str
) -> None:
    told = CliRunner().invoke(command_line(), ["clock", arguments[0], problem, *arguments[1:], "--by", operator])
    assert isinstance(told.exception, CommandError)
    assert why in str(told.exception) and "nothing was changed" in str(told.exception)
    assert len(events_of(connection, Stream.PROBLEMS)) == 2


def test_a_decision_needs_somebody_who_decided(problem: str) -> None:
    told = CliRunner().invoke(command_line(), ["clock", "resume", problem, "--by", "nobody"])
    assert isinstance(told.exception, CommandError) and "no user 'nobody'" in str(told.exception)


def test_what_if_counts_the_history_under_another_policy_and_changes_nothing(
    connection: psycopg.Connection[Any], problem: str, tmp_path: Path
) -> None:
    policy = load_pack("omsk").json("policy.json")
    policy["policies"][0]["route"]["amount"] = 2
    policy["policies"][0]["version"] = "slower"
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(policy), encoding="utf-8")
    before = events_of(connection, Stream.PROBLEMS)
    result = CliRunner().invoke(app, ["what-if", "--policy", str(file), "--region", "omsk", "--json"])
    told = json.loads(result.output)
    assert (told["problems"], told["changed"], told["whole"]["later"]) == (1, 1, 1)
    [row] = [row for row in told["rows"] if row["later"]]
    assert (row["clock"], row["regime"], row["group"]) == ("route", "portal", "05")
    assert events_of(connection, Stream.PROBLEMS) == before
    shown = CliRunner().invoke(app, ["what-if", "--policy", str(file), "--region", "omsk"])
    assert "nothing was changed" in shown.output


def test_what_if_with_a_file_that_is_no_policy_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text("{}", encoding="utf-8")
    told = CliRunner().invoke(app, ["what-if", "--policy", str(file)])
    assert isinstance(told.exception, CommandError) and "is not a policy" in str(told.exception)


def test_an_appeals_number_names_all_its_problems(problem: str) -> None:
    result = CliRunner().invoke(app, ["explain", "ОМ-2026-0000001"], catch_exceptions=False)
    assert f"route clock of problem {problem}: stopped 2026-02-02 10:15:00+06:00" in result.output
    assert "counted in all" in result.output


def test_what_is_neither_an_id_nor_a_number_is_one_clear_line(problem: str) -> None:
    result = CliRunner().invoke(app, ["explain", "ОМ-0"])
    assert isinstance(result.exception, CommandError)
    assert "neither a problem's id nor the number" in str(result.exception)
