"""`otklik analyse`: what it prints for a person and for a program, and its errors in one line."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from otklik.commands.root import run_command_line
from otklik.explained import explain_text

TEXT = "На улице Ленина, дом 5 третий день нет горячей воды. Телефон 8-913-123-45-67."


def test_it_prints_topics_with_their_words_facts_place_executor_and_clocks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["analyse", TEXT]) == 0
    printed = capsys.readouterr().out
    for piece in ("Problem 1", "горячей", "улица Ленина", "+79131234567", "Администрация города Омска", "solve by"):
        assert piece in printed


def test_as_json_it_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["analyse", TEXT, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    [problem] = told["problems"]
    assert (problem["place"]["street"], problem["place"]["house"]) == ("улица Ленина", "5")
    assert problem["executor"] == problem["executors"][0]["code"]
    assert {clock["kind"] for clock in problem["clocks"]} == {"route", "plan", "solve"}
    assert [mark["kind"] for mark in told["privacy"]] == ["phone"]


def test_a_dash_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Спасибо!"))
    assert run_command_line(["analyse", "-", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["dismissal"], told["problems"]) == ("thanks", [])


def test_an_unknown_region_is_an_error_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["analyse", TEXT, "--region", "atlantis"]) == 1
    assert "unknown region 'atlantis'" in capsys.readouterr().err


def test_a_problem_that_the_machine_may_not_assign_has_no_clock_of_a_plan() -> None:
    explained = explain_text("Сделайте что-нибудь с этим наконец", "omsk", datetime(2026, 2, 2, 4, tzinfo=UTC))
    [problem] = explained.problems
    assert problem.executors.executor is None and problem.doubt
    assert [clock.kind for clock in problem.clocks] == ["route", "solve"]
