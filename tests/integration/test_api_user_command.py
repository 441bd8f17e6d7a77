"""`otklik user`: the first people get in by the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from api.security import users
from api.security.passwords import fits


def otklik(database_url: str, folder: Path, *arguments: str, piped: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "OTKLIK_DATABASE_URL": database_url,
        "OTKLIK_DATA_FOLDER": str(folder),
        "COLUMNS": "200",
    }
    start = "import sys; from otklik.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "user", *arguments]
    return subprocess.run(command, env=environment, input=piped, capture_output=True, text=True, timeout=120)


def test_a_person_is_added_listed_and_shut_out(database_url: str, tmp_path: Path) -> None:
    added = otklik(
        database_url, tmp_path, "add", "anna", "--role", "operator", "--name", "Анна", piped="длинный пароль\n"
    )
    assert (added.returncode, added.stderr) == (0, "")
    assert "Added operator anna in region omsk" in added.stdout
    with psycopg.connect(database_url) as connection:
        found = users.by_login(connection, "anna")
    assert found is not None
    assert fits("длинный пароль", found[1])
    assert "длинный" not in added.stdout
    listed = otklik(database_url, tmp_path, "list")
    assert "anna" in listed.stdout
    assert "enabled" in listed.stdout
    assert otklik(database_url, tmp_path, "disable", "anna").returncode == 0
    with psycopg.connect(database_url) as connection:
        assert users.by_login(connection, "anna") is None
    again = otklik(database_url, tmp_path, "disable", "anna")
    assert again.returncode == 1
    assert "nothing was changed" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "piped", "said"),
    [
        (("boris", "--role", "operator"), "коротко\n", "at least 10 characters"),
        (("boris", "--role", "executor"), "длинный пароль\n", "--executor CODE goes with"),
        (("boris", "--role", "executor", "--executor", "no-such-body"), "длинный пароль\n", "no executor"),
        (("boris", "--role", "operator", "--region", "atlantis"), "длинный пароль\n", "no region atlantis"),
    ],
)
def test_a_mistake_is_one_clear_line_and_nobody_is_added(
    database_url: str, tmp_path: Path, arguments: tuple[str, ...], piped: str, said: str
) -> None:
    answer = otklik(database_url, tmp_path, "add", *arguments, piped=piped)
    assert answer.returncode == 1
    assert said in " ".join(answer.stderr.split())
    assert "nobody was added" in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr
