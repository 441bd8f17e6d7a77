"""Imports against a real database: once, resumable, with bad rows kept aside."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

import ingest
from connectors.file import Options, read_file
from models.pack import RegionPack
from otklik import importing
from otklik.import_store import Outcome, move_journal, outcome
from otklik.importing import AlreadyRunning, Import, Progress
from otklik.rejected_rows import RejectedRows, rejected_path
from tests.integration.regions import count, small_pack

Connection = psycopg.Connection[Any]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Make = Callable[..., Import]


@pytest.fixture
def pack(tmp_path: Path, connection: Connection) -> RegionPack:
    return small_pack(tmp_path, connection)


@pytest.fixture
def imports(tmp_path: Path, connection: Connection, pack: RegionPack) -> Make:
    """Opens an import of a file with a small batch."""

    def make(path: Path, **changes: Any) -> Import:
        over = changes.pop("connection", connection)
        source = read_file(path, Options("omsk", pack.zone, NOW, **changes))
        files = ingest.FileStore(tmp_path / "files")
        one = Import(over, source, pack, files, ingest.Limits(), lambda: NOW, batch=10)
        one.open()
        return one

    return make


def run(one: Import) -> Iterator[Progress]:
    path = one.source.path
    aside = rejected_path(path, one.source.kind in ("csv", "xlsx"))
    return one.run(RejectedRows(aside, one.source.header, resumed=one.journal.rows_done > 0))


def table(path: Path, rows: int) -> Path:
    content = "".join(f"{number},Обращение номер {number}\n" for number in range(rows))
    path.write_text(f"id,text\n{content}", encoding="utf-8")
    return path


def last(one: Import) -> Progress:
    return list(run(one))[-1]


def test_every_row_becomes_an_appeal_with_its_event(tmp_path: Path, connection: Connection, imports: Make) -> None:
    progress = last(imports(table(tmp_path / "a.csv", 35)))
    assert (progress.created, progress.known, progress.rejected) == (35, 0, 0)
    assert (count(connection, "appeals"), count(connection, "stream_events")) == (35, 35)
    assert outcome(connection) == Outcome(appeals=35, waiting=35)


def test_the_same_file_twice_adds_nothing_and_finds_its_appeals(
    tmp_path: Path, connection: Connection, imports: Make
) -> None:
    path = table(tmp_path / "a.csv", 35)
    last(imports(path))
    again = imports(path)
    assert again.journal.finished
    progress = last(again)
    assert (progress.created, progress.known) == (0, 35)
    assert count(connection, "stream_events") == 35


def test_the_same_rows_in_another_file_add_nothing(tmp_path: Path, connection: Connection, imports: Make) -> None:
    last(imports(table(tmp_path / "a.csv", 20)))
    progress = last(imports(table(tmp_path / "b.csv", 25)))
    assert (progress.created, progress.known) == (5, 20)
    assert count(connection, "appeals") == 25


def test_an_import_that_was_cut_short_goes_on(tmp_path: Path, connection: Connection, imports: Make) -> None:
    path = table(tmp_path / "a.csv", 35)
    with path.open("a", encoding="utf-8") as file:
        file.write("1000\n")
    running = run(imports(path))
    next(running)
    next(running)
    connection.rollback()
    resumed = imports(path)
    assert resumed.journal.rows_done == 20
    progress = last(resumed)
    assert (progress.rows, progress.created, progress.known, progress.rejected) == (36, 15, 20, 1)
    assert count(connection, "appeals") == 35


@pytest.mark.parametrize("cut", [False, True])
def test_the_place_in_the_file_moves_only_with_what_was_accepted(
    tmp_path: Path, imports: Make, connection: Connection, database_url: str, monkeypatch: pytest.MonkeyPatch, cut: bool
) -> None:
    """Seen from another connection, after every batch, and where the server ends the session before the commit."""
    connection.commit()  # the pack's rows
    seen: list[tuple[int, int, int]] = []
    with psycopg.connect(database_url) as own, psycopg.connect(database_url, autocommit=True) as other:
        running = run(imports(table(tmp_path / "a.csv", 35), connection=own))

        def move_and_be_cut(*arguments: Any) -> None:
            move_journal(*arguments)
            if cut and len(seen) == 2:
                other.execute("SELECT pg_terminate_backend(%s)", [own.info.backend_pid])

        monkeypatch.setattr(importing, "move_journal", move_and_be_cut)
        for _ in range(3 if cut else 4):
            with pytest.raises(psycopg.OperationalError) if cut and len(seen) == 2 else nullcontext():
                next(running)
            (row,) = other.execute("SELECT rows_done FROM imports").fetchall()
            seen.append((row[0], count(other, "appeals"), count(other, "stream_events")))
    assert seen == [(n, n, n) for n in ((10, 20, 20) if cut else (10, 20, 30, 35))]


def test_rows_that_cannot_be_read_are_kept_aside_and_may_be_mended(
    tmp_path: Path, connection: Connection, imports: Make
) -> None:
    path = tmp_path / "a.csv"
    rows = ["1,2026-01-01,Яма", "2,вчера,Снег", "3,2026-01-01,", "4,2999-01-01,Вода", "5,2026-01-01,Свет"]
    path.write_text("id,date,text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (progress,) = list(run(imports(path)))
    assert (progress.created, progress.rejected) == (2, 3)
    assert [line for line, _ in progress.reasons] == [3, 4, 5]
    aside = tmp_path / "a.csv.rejected.csv"
    with aside.open(encoding="utf-8", newline="") as file:
        kept = list(csv.DictReader(file))
    assert [(row["otklik_line"], row["id"]) for row in kept] == [("3", "2"), ("4", "3"), ("5", "4")]
    assert "future" in kept[2]["otklik_reason"]
    assert aside.stat().st_mode & 0o077 == 0

    aside.write_text(aside.read_text(encoding="utf-8").replace("вчера", "2026-01-02"), encoding="utf-8")
    assert last(imports(aside)).created == 1
    assert count(connection, "appeals") == 3


def test_rejected_lines_of_a_resumed_import_stand_once(tmp_path: Path, connection: Connection, imports: Make) -> None:
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"id": number, "text": "Яма" if number % 3 else ""}) for number in range(30)]
    path.write_text("\n".join(lines), encoding="utf-8")
    next(run(imports(path)))
    connection.rollback()
    last(imports(path))
    kept = (tmp_path / "a.jsonl.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["otklik_line"] for row in kept] == list(range(1, 31, 3))


def test_one_id_for_two_texts_is_told_and_nothing_is_lost(
    tmp_path: Path, connection: Connection, imports: Make
) -> None:
    last(imports(table(tmp_path / "a.csv", 3)))
    other = tmp_path / "b.csv"
    other.write_text("id,text\n0,Совсем другое\n", encoding="utf-8")
    (progress,) = list(run(imports(other)))
    assert progress.rejected == 1
    assert "--source" in progress.reasons[0][1]
    assert last(imports(other, source="b")).created == 1


def test_every_row_is_counted_once_however_often_the_file_is_imported(
    tmp_path: Path, connection: Connection, imports: Make
) -> None:
    last(imports(table(tmp_path / "a.csv", 1)))
    connection.execute("DROP TABLE imported")  # as in the session of another command
    connection.commit()
    path = tmp_path / "q.csv"
    path.write_text("id,text\n0,Чужой номер\n7,Яма\n7,Снег\n8,\n7,Яма\n", encoding="utf-8")
    first, again = last(imports(path)), last(imports(path))
    assert (first.rows, first.created, first.known, first.rejected) == (5, 1, 1, 3)
    assert (again.rows, again.created, again.known, again.rejected) == (5, 0, 2, 3)
    assert again.reasons == first.reasons
    assert outcome(connection).appeals == 1


def test_one_file_is_imported_by_one_process_at_a_time(
    tmp_path: Path, database_url: str, imports: Make, pack: RegionPack
) -> None:
    path = table(tmp_path / "a.csv", 3)
    imports(path)
    with psycopg.connect(database_url) as other, pytest.raises(AlreadyRunning):
        imports(path, connection=other)


def test_a_full_disk_stops_the_import_and_keeps_what_was_committed(
    tmp_path: Path, connection: Connection, imports: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path / "a.csv", 35)
    one = imports(path)
    running = run(one)
    next(running)

    def full(*_: object, **__: object) -> None:
        raise psycopg.errors.DiskFull("could not extend file")

    monkeypatch.setattr("ingest.store.insert_appeals", full)
    with pytest.raises(ingest.StorageFull):
        next(running)
    connection.rollback()
    monkeypatch.undo()
    assert count(connection, "appeals") == 10
    assert last(imports(path)).created == 25
    assert count(connection, "appeals") == 35


def test_letters_of_an_mbox_come_in_with_their_attachments(
    tmp_path: Path, connection: Connection, imports: Make
) -> None:
    path = tmp_path / "a.mbox"
    head = 'From x\nMessage-ID: <{}>\nFrom: Anna <a@example.org>\nContent-Type: multipart/mixed; boundary="b"\n\n'
    part = (
        "--b\nContent-Type: text/plain; charset=utf-8\n\nЯма у дома\n"
        '--b\nContent-Type: image/jpeg; name="a.jpg"\nContent-Transfer-Encoding: base64\n\n/9j/\n--b--\n\n'
    )
    path.write_text(head.format("1") + part + head.format("2") + part, encoding="utf-8")
    assert last(imports(path)).created == 2
    rows = connection.execute("SELECT name, size, sha256 FROM attachments").fetchall()
    assert [row[:2] for row in rows] == [("a.jpg", 3), ("a.jpg", 3)]
    assert ingest.FileStore(tmp_path / "files").read(rows[0][2]) == b"\xff\xd8\xff"
    assert connection.execute("SELECT reply_to FROM appeals LIMIT 1").fetchone() == ("a@example.org",)
