"""`otklik run`: everything with one command, alive through kills, and clear where it cannot start."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from models.migrate import migrations
from models.pack import load_pack
from otklik import wiring
from tests.product import Product, gone, otklik, wait_until

PARTS = (
    "api",
    "nlp",
    "routing",
    "sla",
    "proofs",
    "photos",
    "replies",
    "indicators",
    "punctuality",
    "timers",
    "sender",
    "reports",
    "postgres",
)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product for all tests of this module; none of them may stop it for good."""
    with Product(tmp_path_factory.mktemp("run") / "data", ("--demo",)) as product:
        yield product


def test_with_no_settings_the_region_comes_up(product: Product) -> None:
    assert product.answers()
    parts = product.parts()
    assert set(parts) == {*PARTS, "samples"}
    assert all(parts[name].memory for name in PARTS)


def test_the_demo_takes_in_the_sample_appeals_and_prints_the_logins(product: Product) -> None:
    samples = load_pack("omsk").path("samples.jsonl").read_text(encoding="utf-8").splitlines()

    def states() -> dict[str, int]:
        with psycopg.connect(product.url()) as connection:
            return dict(connection.execute("SELECT state, count(*) FROM appeals GROUP BY state").fetchall())

    wait_until(lambda: states().keys() == {"analysed", "dismissed"})
    assert sum(states().values()) == len(samples)
    (operator,) = [line.split() for line in product.said if "operator" in line]
    login, password = operator[operator.index("login") + 1], operator[operator.index("password") + 1]
    answer = httpx.post(f"{product.address}/api/v1/sessions", json={"login": login, "password": password}, timeout=30)
    assert answer.is_success, answer.text


def test_the_demo_executor_has_something_to_do(product: Product) -> None:
    secrets = {"login": "executor", "password": "executor-demo"}
    answer = httpx.post(f"{product.address}/api/v1/sessions", json=secrets, timeout=30)
    bearer = {"authorization": f"Bearer {answer.json()['token']}"}
    own = f"{product.address}/api/v1/assignments?open=true"
    wait_until(lambda: bool(httpx.get(own, headers=bearer, timeout=30).json()["items"]))


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_killed_is_started_again(product: Product, name: str) -> None:
    before = product.parts()[name]
    (victim,) = [process for process in product.family() if process.pid == before.pid]
    victim.kill()
    wait_until(lambda: gone(victim))
    wait_until(lambda: product.parts()[name].starts == before.starts + 1 and product.parts()[name].pid)
    wait_until(product.answers)
    others = {part.name: part.pid for part in product.parts().values() if part.name not in (name, "samples")}
    assert all(psutil_alive(pid) for pid in others.values())


def test_the_stages_go_on_after_the_database_was_killed(product: Product) -> None:
    def listeners() -> int:
        try:
            with psycopg.connect(product.url()) as connection:
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'otklik % side'"
                ).fetchone()
        except psycopg.OperationalError:
            return 0
        return int(row[0]) if row else 0

    wait_until(lambda: listeners() == len(wiring.STAGES))


def test_a_second_start_says_so_and_leaves_the_first_alone(product: Product) -> None:
    before = product.parts()
    second = otklik("run", OTKLIK_DATA_FOLDER=str(product.folder))
    assert second.returncode == 1
    assert_one_line(second.stderr, "already running")
    assert product.parts().keys() == before.keys()
    assert product.answers()


def test_status_shows_what_runs_and_what_waits(product: Product) -> None:
    shown = otklik("status", OTKLIK_DATA_FOLDER=str(product.folder))
    assert shown.returncode == 0, shown.stderr
    for name in PARTS:
        assert name in shown.stdout
    assert "quarantine: none" in shown.stdout


def test_killing_the_starter_leaves_no_orphan_and_the_next_start_finds_everything(tmp_path: Path) -> None:
    # without the language stage, whose loading would take longest
    with Product(tmp_path / "data", settings={"OTKLIK_NLP_WORKERS": "0"}) as product:
        with psycopg.connect(product.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
        family = product.family()
        product.kill()
        wait_until(lambda: all(gone(process) for process in family))
        product.start()
        assert kept(product) == 1

        product.kill_all()
        product.start()  # at once: it waits itself until the old ones are gone
        assert product.answers()
        assert kept(product) == 1

        family = product.family()
        assert product.stop() == 0
        assert all(gone(process) for process in family)
        assert not (product.folder / "postgres" / "postmaster.pid").exists()
        assert "Otklik has stopped; everything accepted is kept." in product.said


def kept(product: Product) -> int:
    with psycopg.connect(product.url()) as connection:
        row = connection.execute("SELECT id FROM kept").fetchone()
    return int(row[0]) if row else 0


def test_sigterm_stops_it_cleanly(tmp_path: Path, database_url: str) -> None:
    """Given a database server, it starts none of its own."""
    settings = {"OTKLIK_DATABASE_URL": database_url, "OTKLIK_NLP_WORKERS": "0"}
    with Product(tmp_path / "data", settings=settings) as product:
        assert product.answers()
        assert set(product.parts()) == set(PARTS) - {"nlp", "postgres"}
        assert not (product.folder / "postgres").exists()
        family = product.family()
        assert product.stop(signal.SIGTERM) == 0
        assert all(gone(process) for process in family)


def test_a_busy_port_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        tried = otklik("run", OTKLIK_DATA_FOLDER=str(tmp_path / "data"), OTKLIK_PORT=port)
    assert tried.returncode == 1
    assert_one_line(tried.stderr, f"port {port} of 127.0.0.1 is busy")
    assert not (tmp_path / "data" / "postgres").exists()


def test_an_unknown_region_is_told(tmp_path: Path) -> None:
    tried = otklik("run", OTKLIK_DATA_FOLDER=str(tmp_path / "data"), OTKLIK_REGION="atlantis")
    assert tried.returncode == 1
    assert_one_line(tried.stderr, "atlantis")


def test_data_of_a_newer_postgresql_are_left_alone(tmp_path: Path) -> None:
    cluster = tmp_path / "data" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("99\n")
    tried = otklik("run", OTKLIK_DATA_FOLDER=str(tmp_path / "data"))
    assert tried.returncode == 1
    assert_one_line(tried.stderr, "written by PostgreSQL 99")
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_data_of_a_newer_otklik_are_left_alone(tmp_path: Path, database_url: str) -> None:
    newer = len(migrations()) + 1
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (%s, 'later', '')", [newer])
    tried = otklik("run", OTKLIK_DATA_FOLDER=str(tmp_path / "data"), OTKLIK_DATABASE_URL=database_url)
    assert tried.returncode == 1
    assert_one_line(tried.stderr, "newer otklik")


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    nobody = "postgresql://otklik@127.0.0.1:1/otklik"
    tried = otklik("run", OTKLIK_DATA_FOLDER=str(tmp_path / "data"), OTKLIK_DATABASE_URL=nobody)
    assert tried.returncode == 1
    assert_one_line(tried.stderr, "the database cannot be used")


def test_status_of_nothing_says_how_to_start(tmp_path: Path) -> None:
    shown = otklik("status", OTKLIK_DATA_FOLDER=str(tmp_path / "data"))
    assert shown.returncode == 1
    assert_one_line(shown.stderr, "otklik run")


def assert_one_line(text: str, part: str) -> None:
    """One clear line and no stack trace; a terminal may have folded it."""
    assert part in " ".join(text.split())
    assert text.count("Error:") == 1
    assert "Traceback" not in text


def psutil_alive(pid: int | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()
