"""The parts of an installation one by one, as container engines start them."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from tests.product import COMMAND, gone, otklik, surroundings, wait_until

CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"


def start(folder: Path, url: str, *arguments: str, **settings: str) -> subprocess.Popen[bytes]:
    given = {"OTKLIK_DATA_FOLDER": str(folder), "OTKLIK_DATABASE_URL": url, **settings}
    return subprocess.Popen([*COMMAND, *arguments], env=surroundings(given), stderr=subprocess.DEVNULL)


def workers_of(url: str, group: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(CONNECTED, [f"otklik {group} side"]).fetchone()
    return int(row[0]) if row else 0


def test_several_workers_of_a_stage_are_one_family(tmp_path: Path, database_url: str) -> None:
    process = start(tmp_path, database_url, "worker", "routing", "--count", "2")
    wait_until(lambda: workers_of(database_url, "routing") == 2)
    family = psutil.Process(process.pid).children(recursive=True)
    workers = [one for one in family if not one.children()]
    assert len(workers) == 2
    workers[0].kill()
    wait_until(lambda: gone(workers[0]) and workers_of(database_url, "routing") == 2)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert all(gone(one) for one in family)


def test_the_timers_run_alone(tmp_path: Path, database_url: str) -> None:
    process = start(tmp_path, database_url, "timers")

    def connected() -> bool:
        with psycopg.connect(database_url) as connection:
            query = (
                "SELECT FROM pg_stat_activity WHERE application_name = 'otklik timers' AND datname = current_database()"
            )
            return connection.execute(query).fetchone() is not None

    wait_until(connected)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_the_web_server_runs_alone(tmp_path: Path, database_url: str, unused_port: int) -> None:
    process = start(tmp_path, database_url, "api", OTKLIK_PORT=str(unused_port))

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{unused_port}/", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    wait_until(answers)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_migrating_makes_everything_that_the_parts_need(tmp_path: Path, database_url: str) -> None:
    done = otklik("migrate", OTKLIK_DATA_FOLDER=str(tmp_path), OTKLIK_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM regions WHERE id = 'omsk'").fetchone() == (1,)
        executors = connection.execute("SELECT count(*) FROM executors WHERE region_id = 'omsk'").fetchone()
        assert executors is not None and executors[0] > 10


def test_an_embedded_server_is_started_for_one_command_and_stopped_after_it(tmp_path: Path) -> None:
    done = otklik("migrate", OTKLIK_DATA_FOLDER=str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "postgres" / "PG_VERSION").exists()
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()
