"""Intake against a real database: once, whole, durable, concurrent."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import pytest

from ingest import Accepted, FileStore, Refused, StorageFull, accept, accept_many
from models.message import Attachment, Author, Channel, Message
from models.pack import RegionPack
from tests.integration.regions import count, small_pack

Connection = psycopg.Connection[Any]
NOW = datetime(2026, 12, 31, 20, tzinfo=UTC)  # already 2027 in Omsk
GOOD = Message(
    "omsk", Channel.FORM, "1", "Не работает светофор", NOW, author=Author(name="Пётр"), stated={"street": "Мира"}
)


@pytest.fixture
def pack(tmp_path: Path, connection: Connection) -> RegionPack:
    return small_pack(tmp_path, connection)


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_an_appeal_gets_its_number_and_its_event_together(
    connection: Connection, pack: RegionPack, files: FileStore
) -> None:
    accepted = accept(connection, GOOD, now=NOW, files=files, pack=pack)
    assert accepted.created
    assert accepted.number == "ОМ-2027-0000001"
    row = connection.execute("SELECT text, author, stated, state FROM appeals WHERE id = %s", (accepted.appeal_id,))
    assert row.fetchone() == ("Не работает светофор", {"name": "Пётр"}, {"street": "Мира"}, "accepted")
    event = connection.execute("SELECT key, event FROM stream_events").fetchone()
    assert event is not None
    assert event[0] == str(accepted.appeal_id)
    assert (event[1]["type"], event[1]["data"]["channel"]) == ("appeal.accepted", "form")
    assert "светофор" not in json.dumps(event[1], ensure_ascii=False)


def test_a_rolled_back_acceptance_leaves_neither_appeal_nor_event(
    connection: Connection, pack: RegionPack, files: FileStore
) -> None:
    accept(connection, GOOD, now=NOW, files=files, pack=pack)
    connection.rollback()
    assert (count(connection, "appeals"), count(connection, "stream_events")) == (0, 0)


def test_the_same_message_again_is_the_same_appeal(connection: Connection, pack: RegionPack, files: FileStore) -> None:
    first = accept(connection, GOOD, now=NOW, files=files, pack=pack)
    connection.commit()
    second = accept(connection, GOOD, now=NOW, files=files, pack=pack)
    assert second == replace(first, created=False)
    assert (count(connection, "appeals"), count(connection, "stream_events")) == (1, 1)


def test_one_id_with_two_texts_is_noticed(connection: Connection, pack: RegionPack, files: FileStore) -> None:
    first = accept(connection, GOOD, now=NOW, files=files, pack=pack)
    other = accept(connection, replace(GOOD, text="Совсем другое"), now=NOW, files=files, pack=pack)
    assert other == Accepted(first.appeal_id, first.number, created=False, text_differs=True)


def test_twenty_deliveries_at_once_make_one_appeal(
    database_url: str, connection: Connection, pack: RegionPack, files: FileStore
) -> None:
    batch = [replace(GOOD, external_id=str(number)) for number in range(50)]

    def deliver(turn: int) -> list[Accepted]:
        with psycopg.connect(database_url) as own:
            return accept_many(own, batch if turn % 2 else batch[::-1], now=NOW, files=files, pack=pack)

    with ThreadPoolExecutor(20) as pool:
        results = [one for batch_of_one in pool.map(deliver, range(20)) for one in batch_of_one]
    assert sum(one.created for one in results) == 50
    assert len({one.number for one in results}) == 50
    assert (count(connection, "appeals"), count(connection, "stream_events")) == (50, 50)


def test_a_batch_answers_in_its_own_order_and_knows_its_doubles(
    connection: Connection, pack: RegionPack, files: FileStore
) -> None:
    batch = [replace(GOOD, external_id=name) for name in ("b", "a", "b")]
    first, second, third = accept_many(connection, batch, now=NOW, files=files, pack=pack)
    assert (first.created, second.created, third.created) == (True, True, False)
    assert first.appeal_id == third.appeal_id != second.appeal_id
    assert first.number < second.number


def test_a_batch_with_one_bad_message_takes_none(connection: Connection, pack: RegionPack, files: FileStore) -> None:
    with pytest.raises(Refused):
        accept_many(connection, [GOOD, replace(GOOD, text="")], now=NOW, files=files, pack=pack)
    assert count(connection, "appeals") == 0


def test_no_messages_are_no_work(connection: Connection, pack: RegionPack, files: FileStore) -> None:
    assert accept_many(connection, [], now=NOW, files=files, pack=pack) == []


def test_attachments_are_on_the_disk_before_the_number_is_given(
    connection: Connection, pack: RegionPack, files: FileStore
) -> None:
    photo = Attachment("яма\0.jpg", "image/jpeg", b"photo")
    accepted = accept(connection, replace(GOOD, attachments=(photo, photo)), now=NOW, files=files, pack=pack)
    rows = connection.execute(
        "SELECT ordinal, name, size, sha256 FROM attachments WHERE appeal_id = %s ORDER BY ordinal",
        (accepted.appeal_id,),
    ).fetchall()
    assert [row[:3] for row in rows] == [(0, "яма .jpg", 5), (1, "яма .jpg", 5)]
    assert files.read(rows[0][3]) == b"photo"


def test_a_full_disk_is_an_error_before_the_number(
    connection: Connection, pack: RegionPack, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ingest.files.os.fsync", full)
    with_photo = replace(GOOD, attachments=(Attachment("a.jpg", "image/jpeg", b"photo"),))
    with pytest.raises(StorageFull):
        accept(connection, with_photo, now=NOW, files=files, pack=pack)
    assert count(connection, "appeals") == 0


def test_a_long_id_that_the_index_cannot_hold_is_refused_not_fatal(
    connection: Connection, pack: RegionPack, files: FileStore
) -> None:
    with pytest.raises(Refused, match="id"):
        accept(connection, replace(GOOD, external_id="ы" * 5_000), now=NOW, files=files, pack=pack)


def test_two_thousand_appeals_take_about_a_second(connection: Connection, pack: RegionPack, files: FileStore) -> None:
    batch = [replace(GOOD, external_id=str(number), text=f"Обращение {number}. " * 15) for number in range(2_000)]
    started = perf_counter()
    accepted = accept_many(connection, batch, now=NOW, files=files, pack=pack)
    connection.commit()
    assert all(one.created for one in accepted)
    # the aim is one second on a quiet machine; tests share theirs
    assert perf_counter() - started < 5
