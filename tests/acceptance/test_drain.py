"""Stopping a worker: what is under way is finished, what waits is left for the next one."""

from __future__ import annotations

import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest import FileStore, accept_many
from models.identifiers import new_id
from models.message import Channel, Message
from models.pack import load_pack
from otklik.settings import settings
from otklik.wiring import prepare
from streams import lag
from tests.product import COMMAND, surroundings, wait_until

APPEALS = 1500
ANALYSED = "SELECT count(*) FROM appeals WHERE state <> 'accepted'"


def count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def ended(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing running, whatever the test came to; the worker's children follow it."""
    if process.poll() is None:
        process.terminate()
        process.wait(40)


@pytest.mark.parametrize("engine", ["embedded", "kafka"])
def test_a_worker_that_is_asked_to_stop_finishes_its_batch(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, database_url: str
) -> None:
    given = {"OTKLIK_DATA_FOLDER": str(tmp_path), "OTKLIK_DATABASE_URL": database_url}
    if engine == "kafka":
        given |= {"OTKLIK_KAFKA": request.getfixturevalue("kafka"), "OTKLIK_KAFKA_PREFIX": f"test-{new_id()}"}
    prepare(database_url, settings())

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([*COMMAND, *arguments], env=surroundings(given), stderr=subprocess.DEVNULL)
        request.addfinalizer(lambda: ended(process))
        return process

    started = [start("worker", "nlp")] + ([start("relay")] if engine == "kafka" else [])
    now = datetime.now(UTC)
    texts = [f"Во дворе дома {n} по улице Ленина не горит фонарь." for n in range(1, APPEALS + 1)]
    messages = [Message("omsk", Channel.FORM, str(n), text, now) for n, text in enumerate(texts)]
    with psycopg.connect(database_url, autocommit=True) as db:
        with db.transaction():
            accept_many(db, messages, now=now, files=FileStore(tmp_path / "files"), pack=load_pack("omsk"))
        wait_until(lambda: count(db, ANALYSED) > 0, 120)
        for process in started:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(40) for process in started] == [0] * len(started)
        analysed = count(db, ANALYSED)
        (stage,) = [one for one in lag(db) if one.consumer_group == "nlp"]
        assert 0 < analysed < APPEALS, "it was asked to stop while there was work"
        # effects and place are one: nothing was begun and left, nothing is done again by the next worker
        assert stage.taken == analysed
        assert stage.events == APPEALS - analysed
        assert count(db, "SELECT count(*) FROM quarantine") == 0
        again = [start(*process.args[len(COMMAND) :]) for process in started]  # type: ignore[index]
        wait_until(lambda: count(db, ANALYSED) == APPEALS, 120)
        for process in again:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(40) for process in again] == [0] * len(again)
        assert count(db, "SELECT count(*) - count(DISTINCT appeal_id) FROM problems") == 0
