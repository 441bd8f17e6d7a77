"""The log and the tables side by side, in a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest import FileStore, accept_many
from models.message import Attachment, Channel, Message
from models.pack import load_pack
from otklik.verify import verify
from sla.clock import Rules
from tests.integration.regions import small_pack

Connection = psycopg.Connection[Any]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = Message("omsk", Channel.FORM, "1", "Не работает светофор", NOW)


@pytest.fixture
def files(tmp_path: Path, connection: Connection) -> FileStore:
    """Five appeals, one of them with a photo."""
    files = FileStore(tmp_path / "files")
    batch = [replace(GOOD, external_id=str(number)) for number in range(5)]
    batch[0] = replace(batch[0], attachments=(Attachment("a.jpg", "image/jpeg", b"photo"),))
    accept_many(connection, batch, now=NOW, files=files, pack=small_pack(tmp_path, connection))
    connection.commit()
    return files


def rules_of(region: str) -> Rules:
    return Rules.of_pack(load_pack(region))


def test_an_untouched_base_agrees(connection: Connection, files: FileStore) -> None:
    report = verify(connection, files, rules_of, deep=True)
    assert report.agrees
    assert (report.counts["appeals"], report.counts["events"], report.counts["attachments"]) == (5, 5, 1)


@pytest.mark.parametrize(
    ("damage", "checks"),
    [
        ("DELETE FROM stream_events WHERE position = 0 AND partition = (SELECT min(partition) FROM stream_events)",
         {"appeals", "log"}),
        ("DELETE FROM appeals WHERE external_id = '3'", {"appeals"}),
        ("UPDATE appeals SET state = 'analysed' WHERE external_id = '2'", {"appeals"}),
        ("UPDATE stream_partitions SET next_position = next_position + 1 WHERE partition = 0 AND stream = 'clocks'",
         {"log"}),
        ("INSERT INTO stream_offsets VALUES ('nlp', 'appeals', 0, 1000, now())", {"offsets"}),
    ],
)  # fmt: skip
def test_damage_is_found(connection: Connection, files: FileStore, damage: str, checks: set[str]) -> None:
    connection.execute(damage)
    connection.commit()
    assert set(verify(connection, files, rules_of).found) == checks


def test_a_lost_or_changed_file_is_found(connection: Connection, files: FileStore) -> None:
    (path,) = [path for path in files.folder.rglob("*") if path.is_file()]
    path.write_bytes(b"other")
    assert verify(connection, files, rules_of).agrees
    assert set(verify(connection, files, rules_of, deep=True).found) == {"files"}
    path.unlink()
    assert set(verify(connection, files, rules_of).found) == {"files"}
