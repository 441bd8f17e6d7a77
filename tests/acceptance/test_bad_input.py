"""Bad input: a clear error, nothing lost, no stack trace to the user (terminal.otklik refuses one)."""

from __future__ import annotations

import json
import socket
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest import FileStore, StorageFull, accept
from models.message import Attachment, Channel, Message
from models.pack import load_pack
from otklik.install import install_pack
from otklik.postgres import EmbeddedServer
from tests.acceptance.terminal import Said, otklik

Connection = psycopg.Connection[Any]
Import = Callable[..., Said]


@pytest.fixture
def take_in(database_url: str, tmp_path: Path) -> Import:
    """`otklik import` of a file with this name and content into the test's database, not waiting for workers."""

    def run(name: str, content: str | bytes, *options: str) -> Said:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return otklik("import", path, "--no-wait", *options, OTKLIK_DATABASE_URL=database_url)

    return run


@pytest.fixture
def texts(connection: Connection) -> Callable[[], list[str]]:
    """The texts that were taken in, by their ids."""

    def read() -> list[str]:
        connection.rollback()
        return [text for (text,) in connection.execute("SELECT text FROM appeals ORDER BY external_id").fetchall()]

    return read


Texts = Callable[[], list[str]]


BAD_ROWS = [
    ("", "the text is empty"),
    ("2026-01-01," + "ы" * 1_000_000, "the text is too long: 1000000 characters, the limit is 100000"),
    ("2026-01-01,\x00\x01\x02\x03", "binary data in place of text"),
    ("2999-01-01,Яма", "the date is in the future"),
    ("вчера,Яма", "the date cannot be read: 'вчера'"),
    ("2026-01-01,Яма,лишнее", "4 cells where the header has 3"),
    ('2026-01-01,"Яма', "a quote is opened and never closed"),
]


def test_bad_rows_are_named_and_kept_aside_and_the_rest_goes_on(take_in: Import, texts: Texts, tmp_path: Path) -> None:
    rows = ["id,date,text", "0,2026-01-01,Первое"]
    for number, (bad, _) in enumerate(BAD_ROWS, start=1):
        rows += [f"{number},{bad}" if bad else f"{number},2026-01-01,", f"{number}0,2026-01-01,Хорошее {number}"]
    said = take_in("a.csv", "\n".join(rows) + "\n")
    assert said.code == 3
    reasons = list(zip(range(3, 100, 2), (reason for _, reason in BAD_ROWS), strict=False))
    for line, reason in reasons[:5]:
        assert f"line {line}: {reason}" in said.errors
    assert f"line {reasons[5][0]}:" not in said.errors
    assert f"and 2 more in {tmp_path / 'a.csv.rejected.csv'}" in said.errors
    assert sorted(texts()) == sorted(["Первое", *(f"Хорошее {number}" for number in range(1, len(BAD_ROWS) + 1))])
    kept = (tmp_path / "a.csv.rejected.csv").read_text(encoding="utf-8").splitlines()
    assert kept[0] == "otklik_line,otklik_reason,id,date,text"
    told = [(row.split(",")[0], reason in row) for row, (_, reason) in zip(kept[1:], reasons, strict=True)]
    assert told == [(str(line), True) for line, _ in reasons]


def test_broken_utf_8_spoils_its_own_row_only(take_in: Import, texts: Texts) -> None:
    content = "id,text\n1,Не горит фонарь во дворе\n".encode() + b"2,\xd0\xff\xfe\n" + "3,Яма на дороге\n".encode()
    said = take_in("a.csv", content)
    assert said.code == 3
    assert "line 3: bytes that are not UTF-8" in said.errors
    assert texts() == ["Не горит фонарь во дворе", "Яма на дороге"]


def test_cp1251_is_read_and_a_broken_byte_in_it_spoils_its_own_row_only(take_in: Import, texts: Texts) -> None:
    content = "id,text\n1,Не горит фонарь во дворе\n2,Снег ".encode("cp1251") + b"\x98\n" + "3,Яма\n".encode("cp1251")
    said = take_in("a.csv", content)
    assert said.code == 3
    assert "line 3: bytes that are not CP1251" in said.errors
    assert texts() == ["Не горит фонарь во дворе", "Яма"]


def test_a_csv_without_a_text_column_is_refused_with_its_columns(take_in: Import, texts: Texts) -> None:
    said = take_in("a.csv", "id,when\n1,2026-01-01\n")
    assert said.code == 1
    assert "no column looks like the text of an appeal; columns are: id, when" in said.errors
    assert "nothing was imported" in said.errors
    assert texts() == []


def test_brackets_in_a_name_are_words_and_no_markup(take_in: Import) -> None:
    said = take_in("[bold].csv", "[/id],[bold]\n1,2\n")
    assert said.code == 1
    assert "[bold].csv: no column looks like the text of an appeal; columns are: [/id], [bold]" in said.errors


def test_a_place_where_rejected_rows_cannot_be_kept_stops_the_import_before_a_row_is_lost(
    take_in: Import, texts: Texts, tmp_path: Path
) -> None:
    said = take_in("a.csv", "id,text\n1,Яма\n2,\n", "--rejected", str(tmp_path / "none" / "aside.csv"))
    assert said.code == 1
    assert "rejected rows cannot be written" in said.errors
    assert "--rejected PATH" in said.errors
    assert texts() == []
    assert take_in("a.csv", "id,text\n1,Яма\n2,\n", "--rejected", str(tmp_path / "aside.csv")).code == 3
    assert texts() == ["Яма"]


def test_a_file_with_nothing_readable_ends_with_1(take_in: Import, texts: Texts) -> None:
    assert take_in("a.csv", "id,text\n1,\n2,\n").code == 1
    assert texts() == []


def test_ids_that_all_belong_to_other_texts_are_told_so(take_in: Import, texts: Texts) -> None:
    take_in("a.csv", "id,text\n1,Яма\n")
    said = take_in("b.csv", "id,text\n1,Снег\n")
    assert said.code == 1
    assert "already belongs to an appeal with another text" in said.errors
    assert "No row of b.csv was taken" in said.output
    assert take_in("b.csv", "id,text\n1,Снег\n").output == said.output
    assert texts() == ["Яма"]


def test_a_zip_bomb_is_refused_unopened(take_in: Import, texts: Texts, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "made.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row>" + b" " * 60_000_000)
    said = take_in("bomb.xlsx", (tmp_path / "made.zip").read_bytes())
    assert said.code == 1
    assert "zip bomb" in said.errors
    assert texts() == []


@pytest.mark.parametrize("name", ["photo.csv", "photo.jpg"])
def test_a_photo_in_place_of_a_table_is_refused(take_in: Import, texts: Texts, name: str) -> None:
    said = take_in(name, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 20)
    assert said.code == 1
    assert "nothing was imported" in said.errors
    assert texts() == []


def test_an_unknown_region_is_named_with_the_known_ones(take_in: Import, texts: Texts) -> None:
    said = take_in("a.csv", "text\nЯма\n", "--region", "atlantis")
    assert said.code == 1
    assert "unknown region 'atlantis'; known: " in said.errors
    assert "omsk" in said.errors
    assert texts() == []
    assert "unknown region 'atlantis'" in otklik("run", OTKLIK_REGION="atlantis").errors


def test_a_busy_port_is_told_and_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = otklik("run", OTKLIK_PORT=str(port))
    assert said.code == 1
    assert str(port) in said.errors


def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    take_in: Import, texts: Texts, connection: Connection
) -> None:
    connection.execute("INSERT INTO schema_migrations (version, name, sha256) VALUES (9999, 'future', '')")
    connection.commit()
    said = take_in("a.csv", "text\nЯма\n")
    assert said.code == 1
    assert "newer otklik" in said.errors
    assert texts() == []


def test_a_data_folder_of_a_newer_postgresql_is_refused_and_left_alone(tmp_path: Path) -> None:
    cluster = tmp_path / "data" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("99\n", encoding="ascii")
    said = otklik("run", OTKLIK_PORT="0")
    assert said.code == 1
    assert "PostgreSQL 99" in said.errors
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 MB, where the account may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("THE FULL DISK WAS NOT TESTED: this account may not mount a small one")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_an_error_before_the_number_is_given(small_disk: Path) -> None:
    omsk = load_pack("omsk")
    server = EmbeddedServer(small_disk / "data", {"max_wal_size": "32MB", "min_wal_size": "32MB"})
    server.start()
    try:
        otklik_ready(server)
        files = FileStore(small_disk / "files")
        with psycopg.connect(server.url()) as connection:
            now = datetime.now(UTC)
            first = accept(connection, message("1", now), now=now, files=files, pack=omsk)
            connection.commit()
            fill(small_disk)
            photo = Attachment("a.jpg", "image/jpeg", bytes(5_000_000))
            with pytest.raises(StorageFull):
                accept(connection, message("2", now, photo), now=now, files=files, pack=omsk)
            connection.rollback()
            there = connection.execute("SELECT number FROM appeals").fetchall()
            assert there == [(first.number,)]
    finally:
        (small_disk / "filler").unlink(missing_ok=True)
        server.stop()


def message(external_id: str, now: datetime, *attachments: Attachment) -> Message:
    return Message("omsk", Channel.FORM, external_id, "Не горит фонарь", now, attachments=attachments)


def otklik_ready(server: EmbeddedServer) -> None:
    """Bring the server's database to this version."""
    from models.migrate import migrate
    from streams import create_streams

    migrate(server.url())
    with psycopg.connect(server.url()) as connection:
        create_streams(connection, 4)
        install_pack(connection, load_pack("omsk"))


def fill(disk: Path) -> None:
    """Take all the room that is left but a little."""
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1_000_000))
        except OSError:
            return


def test_json_lines_that_are_none_are_named(take_in: Import, texts: Texts) -> None:
    content = "\n".join([json.dumps({"id": "1", "text": "Яма"}), "{", "[1]"])
    said = take_in("a.jsonl", content)
    assert said.code == 3
    assert "line 2: not a JSON object" in said.errors
    assert texts() == ["Яма"]
