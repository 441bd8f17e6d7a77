"""A poisoned event, as the person at the server meets it: seen, mended, replayed, all from the command line."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from models.events import EventType, Stream, event
from models.identifiers import new_id
from otklik.settings import settings
from otklik.wiring import prepare
from streams import append
from tests.acceptance.terminal import Said, otklik
from tests.acceptance.test_parts import start
from tests.product import wait_until


def test_a_poisoned_event_is_seen_mended_and_replayed(tmp_path: Path, database_url: str) -> None:
    def quarantine(*arguments: str) -> Said:
        return said("quarantine", *arguments)

    def said(*arguments: str) -> Said:
        return otklik(*arguments, OTKLIK_DATA_FOLDER=str(tmp_path), OTKLIK_DATABASE_URL=database_url)

    prepare(database_url, settings())
    bad = event(EventType.PROBLEM_FOUND, "omsk", new_id(), datetime.now(UTC), topic="Иван Петров, +7 913 000-00-00")
    worker = start(tmp_path, database_url, "worker", "routing")
    with psycopg.connect(database_url, autocommit=True) as db:
        with db.transaction():
            append(db, Stream.PROBLEMS, [bad])
        wait_until(lambda: db.execute("SELECT FROM quarantine").fetchone() is not None)
        listed = quarantine("list", "--json")
        (line,) = json.loads(listed.output)
        assert (listed.code, line["group"], line["appeal"], line["attempts"]) == (0, "routing", str(bad.key), 1)
        assert line["reason"].startswith("KeyError in ")
        failed = quarantine("replay", line["id"], "--wait", "60")
        assert failed.code == 3
        assert "1 failed again and stay in quarantine" in failed.output
        for arguments in (["list"], ["show", line["id"]]):
            told = quarantine(*arguments)
            assert (told.code, "2 times" in told.output or "attempts         2" in told.output) == (0, True)
            assert "Петров" not in told.output
            assert "913" not in told.output
        status = json.loads(said("status", "--json").output)
        assert [(one["group"], one["number"]) for one in status["quarantine"]] == [("routing", 1)]
        # stands for a new version of the program, which can handle it
        db.execute("UPDATE quarantine SET event = jsonb_set(event, '{data,problem_id}', to_jsonb(id::text))")
        done = quarantine("replay", "--reason", "KeyError", "--wait", "60")
        assert (done.code, done.output) == (0, "1 handled now.\n")
        assert quarantine("list").output == "The quarantine is empty.\n"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
