"""While appeals are being accepted, every kind of process is killed; afterwards nothing is lost and nothing doubled.

The seed of a run is printed; OTKLIK_TEST_SEED repeats it.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

import ingest
from models.message import Channel, Message
from models.pack import load_pack
from streams import lag, quarantined
from tests.product import Product, otklik, wait_until

VICTIMS = ("nlp", "routing", "postgres", "sla", "nlp", "timers", "api", "postgres", "routing")
TEXTS = (
    "На улице Ленина третий день не горят фонари.",
    "Во дворе дома 5 по улице Мира не вывозят мусор, и ещё на дороге глубокая яма.",
    "Автобус 24 опять не пришёл, ждали сорок минут.",
    "Спасибо за быстрый ремонт крыши!",
)


class Sender:
    """Accepts appeals one by one, as a connector does: after a failure the same message again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.files = ingest.FileStore(folder)
        self.numbers: set[str] = set()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        pack = load_pack("omsk")
        sent = 0
        while not self.stop.is_set():
            now = datetime.now(UTC)
            message = Message("omsk", Channel.FORM, f"form-{sent}", TEXTS[sent % len(TEXTS)], now)
            try:
                with psycopg.connect(self.url) as connection:
                    accepted = ingest.accept(connection, message, now=now, files=self.files, pack=pack)
            except psycopg.OperationalError:
                time.sleep(0.05)  # the database is down
                continue
            self.numbers.add(accepted.number)
            sent += 1
            time.sleep(0.02)


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    with Product(tmp_path / "data") as product:
        yield product
        sys.stdout.write(product.folder.with_suffix(".log").read_text())  # shown where the test fails


def test_nothing_is_lost_and_nothing_doubled_whatever_is_killed(product: Product, tmp_path: Path) -> None:
    seed = int(os.environ.get("OTKLIK_TEST_SEED", random.randrange(10**6)))
    sys.stdout.write(f"OTKLIK_TEST_SEED={seed}\n")
    chance = random.Random(seed)
    sender = Sender(product.url(), tmp_path / "files")
    sender.thread.start()
    for name in VICTIMS:
        time.sleep(chance.uniform(0.1, 1.0))  # the kills come at random moments on purpose
        victims = [process for process in product.family() if process.pid == product.parts()[name].pid]
        for victim in victims:  # none where it is just being started again
            victim.kill()
    wait_until(lambda: len(sender.numbers) >= 100)
    sender.stop.set()
    sender.thread.join(30)
    wait_until(lambda: everything_done(product.url()), 90)

    with psycopg.connect(product.url()) as connection:
        states = dict(connection.execute("SELECT number, state FROM appeals").fetchall())
        assert set(states) == sender.numbers
        assert set(states.values()) <= {"analysed", "dismissed"}
        assert quarantined(connection) == []
        happened = told(connection)
        problems = {id for (id,) in connection.execute("SELECT id::text FROM problems")}
        assert {problem for problem, _ in happened} == problems
        for problem in problems:
            assert happened[problem, "problem.found"] == 1
            assert happened[problem, "problem.assigned"] + happened[problem, "problem.queued"] == 1
        clocks = connection.execute("SELECT problem_id::text FROM clocks WHERE kind = 'route'").fetchall()
        assert sorted(problem for (problem,) in clocks) == sorted(problems)
    verified = otklik("verify", OTKLIK_DATA_FOLDER=str(product.folder))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert product.stop() == 0


def everything_done(url: str) -> bool:
    try:
        with psycopg.connect(url) as connection:
            groups = {group.consumer_group: group.events for group in lag(connection)}
            waiting = connection.execute("SELECT count(*) FROM appeals WHERE state = 'accepted'").fetchone()
    except psycopg.OperationalError:
        return False
    return groups.keys() >= {"nlp", "routing", "sla"} and not any(groups.values()) and waiting == (0,)


def told(connection: psycopg.Connection[Any]) -> Counter[tuple[str, str]]:
    """How often each problem was told of, by (problem, type of event)."""
    rows = connection.execute(
        "SELECT event #>> '{data,problem_id}', event ->> 'type' FROM stream_events WHERE stream = 'problems'"
    )
    return Counter((problem, kind) for problem, kind in rows if problem)
