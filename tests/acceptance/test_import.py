"""`otklik import` from an empty data folder to the last appeal routed, with nothing running beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from otklik.data_folder import holder
from tests.acceptance.terminal import MAIN, otklik

TEXTS = (
    "Во дворе дома 5 по улице Мира вторую неделю не горит ни один фонарь",
    "Не вывозят мусор на улице Лермонтова, контейнеры переполнены",
    "Автобус 73 не ходит по расписанию, ждём по часу",
    "На улице Кирова не чистят снег и третий день нет горячей воды",
)


@pytest.fixture
def appeals(tmp_path: Path) -> Path:
    """A table of twenty appeals."""
    rows = "".join(f"{number},{TEXTS[number % len(TEXTS)]}. Заявка {number}\n" for number in range(20))
    path = tmp_path / "appeals.csv"
    path.write_text(f"id,text\n{rows}".replace(", ", "; "), encoding="utf-8")
    return path


def imported(path: Path) -> dict[str, Any]:
    said = otklik("import", path, "--json", seconds=300)
    assert said.code == 0, said.errors
    return dict(json.loads(said.output))


def test_an_import_alone_brings_its_appeals_to_an_executor_or_an_operator(appeals: Path, tmp_path: Path) -> None:
    told = imported(appeals)
    assert (told["appeals_added"], told["rows_rejected"], told["quarantined"]) == (20, 0, 0)
    assert told["assigned_by_machine"] + told["before_operator"] == told["problems"] > 0
    assert told["appeals"] == 20

    assert holder(tmp_path / "data") is None
    left = [one.pid for one in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(one.info["cmdline"] or ())]
    assert left == []

    again = imported(appeals)
    assert (again["appeals_added"], again["appeals_here_before"], again["problems"]) == (0, 20, told["problems"])

    verified = otklik("verify", "--deep", "--json")
    assert verified.code == 0, verified.output
    assert json.loads(verified.output)["counts"]["clocks"] > 0


def test_an_import_that_was_killed_goes_on_and_loses_nothing(appeals: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAIN, "import", str(appeals)]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 120
    while not list((tmp_path / "data" / "postgres").glob("base/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    told = imported(appeals)
    assert told["appeals"] == 20
    assert told["appeals_added"] + told["appeals_here_before"] == 20
    assert told["quarantined"] == 0


def test_ctrl_c_says_what_is_kept(appeals: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAIN, "import", str(appeals)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while holder(tmp_path / "data") is None and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "run the same command again" in " ".join(errors.split())
    assert "Traceback" not in errors
    assert holder(tmp_path / "data") is None
