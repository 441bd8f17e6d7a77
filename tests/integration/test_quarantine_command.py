"""`otklik quarantine` over both engines: what it shows, what it never shows, what comes of a replay."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from models.events import Event, EventType, Stream
from models.identifiers import new_id
from otklik.cli import main
from otklik.settings import settings
from streams import Connection, Stop, work
from tests.stream_events import accepted
from tests.stream_work import UnderTest, appended, drain, handled, poisoned_by
from tests.victims import record, stage


@pytest.fixture
def otklik(
    engine: UnderTest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, Any]]:
    """Runs `otklik quarantine …`: its exit code, and its JSON where --json was asked for."""
    monkeypatch.setenv("OTKLIK_DATABASE_URL", engine.url)
    settings.cache_clear()

    def run(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", ["otklik", "quarantine", *arguments])
        code = main()
        out, err = capsys.readouterr()
        return code, json.loads(out) if "--json" in arguments and code != 1 else out + err

    return run


def put_aside(engine: UnderTest, db: Connection, number: int = 1) -> list[Event]:
    """So many poisoned events of one appeal, each in quarantine."""
    key = new_id()
    events = [accepted(key, mark="poison", author="Иван Петров") for _ in range(number)]
    appended(db, events)
    drain(engine, poisoned_by("poison"))
    return events


def worker(engine: UnderTest, stop: Stop, handle: Callable[[Connection, Sequence[Event]], None]) -> threading.Thread:
    thread = threading.Thread(target=work, args=(engine.consumer(stage(handle)), stop), daemon=True)
    thread.start()
    return thread


def test_it_tells_what_is_in_quarantine_and_no_persons_data(
    engine: UnderTest, db: Connection, otklik: Callable[..., tuple[int, Any]]
) -> None:
    (bad,) = put_aside(engine, db)
    code, (line,) = otklik("list", "--json")
    assert code == 0
    assert (line["group"], line["type"], line["appeal"]) == ("test", "appeal.accepted", str(bad.key))
    assert (line["attempts"], line["state"]) == (1, "put aside")
    assert line["reason"].endswith("the name … is not a street")
    code, told = otklik("show", line["id"], "--json")
    assert (code, told["event"], told["data"]) == (0, str(bad.id), ["author", "mark"])
    for arguments in (["list"], ["show", line["id"]]):
        code, text = otklik(*arguments)
        assert code == 0
        assert line["id"] in text
        assert "Петров" not in text


def test_what_it_lists_can_be_narrowed(
    engine: UnderTest, db: Connection, otklik: Callable[..., tuple[int, Any]]
) -> None:
    put_aside(engine, db, 3)
    assert len(otklik("list", "--json")[1]) == 3
    assert len(otklik("list", "--json", "--limit", "2")[1]) == 2
    assert len(otklik("list", "--json", "--reason", "not a street")[1]) == 3
    assert otklik("list", "--json", "--reason", "deadlock")[1] == []
    assert otklik("list", "--json", "--group", "nlp")[1] == []
    assert otklik("list", "--group", "nlp") == (0, "Nothing in quarantine fits.\n")


@pytest.mark.parametrize("chosen", ["by id", "by reason", "all"])
def test_a_replay_says_that_the_events_were_handled_and_does_it_once(
    engine: UnderTest, db: Connection, otklik: Callable[..., tuple[int, Any]], chosen: str
) -> None:
    events = put_aside(engine, db, 2)
    ids = [line["id"] for line in otklik("list", "--json")[1]]
    arguments = {"by id": ids, "by reason": ["--reason", "ValueError"], "all": ["--all"]}[chosen]
    with Stop() as stop:
        thread = worker(engine, stop, record)
        code, outcome = otklik("replay", *arguments, "--json", "--wait", "60")
        again = otklik("replay", *ids, "--json")
        stop.set()
        thread.join(30)
    assert (code, outcome) == (0, {"handled": 2, "failed_again": 0, "waiting": 0, "handled_before": 0})
    assert again == (0, {"handled": 0, "failed_again": 0, "waiting": 0, "handled_before": 2})
    assert sorted(id for id, _ in handled(db)) == sorted(event.id for event in events)
    assert otklik("list", "--json") == (0, [])
    assert [line["state"] for line in otklik("list", "--replayed", "--json")[1]] == ["handled since"] * 2


def test_a_replay_that_fails_again_is_counted_and_told(
    engine: UnderTest, db: Connection, otklik: Callable[..., tuple[int, Any]]
) -> None:
    put_aside(engine, db)
    with Stop() as stop:
        thread = worker(engine, stop, poisoned_by("poison"))
        code, outcome = otklik("replay", "--all", "--json", "--wait", "60")
        stop.set()
        thread.join(30)
    assert (code, outcome["failed_again"], outcome["handled"]) == (3, 1, 0)
    assert [(line["attempts"], line["state"]) for line in otklik("list", "--json")[1]] == [(2, "put aside")]


def test_a_replay_without_a_worker_waits_and_says_so(
    engine: UnderTest, db: Connection, otklik: Callable[..., tuple[int, Any]]
) -> None:
    put_aside(engine, db)
    code, text = otklik("replay", "--all", "--wait", "0")
    assert code == 3
    assert "1 wait for a worker of their stage" in text
    assert [line["state"] for line in otklik("list", "--json")[1]] == ["to be replayed"]


def test_a_wrong_choice_does_nothing_and_says_so(
    engine: UnderTest, db: Connection, otklik: Callable[..., tuple[int, Any]]
) -> None:
    unknown = str(new_id())
    for arguments in (["replay", unknown], ["show", unknown]):
        code, text = otklik(*arguments)
        assert code == 1
        assert f"not in quarantine: {unknown}; nothing was done" in text
    code, text = otklik("replay")
    assert code == 1
    assert "nothing was chosen, nothing was done" in text
    assert otklik("replay", "--all") == (0, "Nothing in quarantine fits; nothing was done.\n")


def test_what_is_put_aside_is_told_on_a_stream_of_its_own(engine: UnderTest, db: Connection) -> None:
    (bad,) = put_aside(engine, db)
    drain(engine, poisoned_by("poison"))
    (row,) = db.execute("SELECT event FROM stream_events WHERE stream = %s", [Stream.QUARANTINE]).fetchall()
    told = Event.of_json(row[0])
    assert (told.type, told.key, told.region) == (EventType.EVENT_QUARANTINED, bad.key, "omsk")
    assert told.data["event"] == bad.to_json()
    assert told.data["group"] == "test"
    assert told.data["reason"].endswith("the name … is not a street")
