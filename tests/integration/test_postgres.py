"""The embedded PostgreSQL server: made, started, killed, recovered."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest

from models.events import Stream
from models.migrate import migrate
from otklik.data_folder import AlreadyRunning, FolderError, hold, holder
from otklik.postgres import EXTENSIONS, OLDEST_VERSION, EmbeddedServer, check_features, socket_folder
from otklik.postgres_binaries import WHEEL, ServerError, server_account, server_programs
from streams import append, create_streams
from tests import victims
from tests.stream_events import accepted


@pytest.fixture
def own(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server of the test's own, with the options of production."""
    server = EmbeddedServer(tmp_path / "data")
    server.start()
    yield server
    server.stop()


def test_the_server_brings_what_we_rely_on(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("postgres", "postgres")) as connection:
        check_features(connection)
        assert connection.info.server_version >= OLDEST_VERSION * 10_000
        for extension in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION {extension}")
        assert connection.execute("SELECT similarity('Ленина', 'Леинна') > 0.2").fetchone() == (True,)
        assert connection.execute("SELECT lower('ЁЖ'), 'ё' ~ '[[:alpha:]]'").fetchone() == ("ёж", True)
        connection.rollback()


def test_what_is_committed_is_on_the_disk_before_it_is_said(own: EmbeddedServer) -> None:
    with psycopg.connect(own.url()) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
        assert shown == [("on",), ("on",)]
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_nobody_else_can_enter_the_server(own: EmbeddedServer) -> None:
    assert own.process is not None
    process = psutil.Process(own.process.pid)
    assert 0 not in process.uids()
    for folder in (own.cluster, socket_folder(own.folder)):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid == process.uids().real


def test_our_role_is_no_superuser(own: EmbeddedServer) -> None:
    with psycopg.connect(own.url()) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the server's account cannot enter")
def test_a_data_folder_in_a_closed_home_is_used_without_opening_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    server = EmbeddedServer(home / ".local" / "share" / "otklik", {"fsync": "off"})
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has programs that the server's account cannot run")
def test_programs_in_a_closed_home_are_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = find_spec(WHEEL)
    assert spec is not None and spec.origin is not None
    packages = Path(spec.origin).parent.parent
    home = tmp_path / "home"
    for name in (WHEEL, f"{WHEEL}.libs"):
        shutil.copytree(packages / name, home / name, symlinks=True)
    home.chmod(0o700)
    cache = tmp_path / "cache"
    for folder in tmp_path.parents:
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setattr("otklik.postgres_binaries.CACHES", (cache,))
    monkeypatch.syspath_prepend(home)
    server_programs.cache_clear()
    try:
        server = EmbeddedServer(tmp_path / "data", {"fsync": "off"})
        server.start()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        server.stop()
        assert server_programs(server_account(server.cluster)).folder.is_relative_to(cache)
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        server_programs.cache_clear()


def test_a_long_path_of_the_data_folder_is_no_hindrance(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / ("д" * 60) / ("long name " * 6), {"fsync": "off"})
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_stopping_is_orderly_and_the_data_stay(own: EmbeddedServer) -> None:
    with psycopg.connect(own.url()) as connection:
        connection.execute("CREATE TABLE kept (id integer)")
    own.stop()
    assert not (own.cluster / "postmaster.pid").exists()
    assert not socket_folder(own.folder).exists()
    own.start()
    with psycopg.connect(own.url()) as connection:
        connection.execute("SELECT id FROM kept")


def test_nothing_acknowledged_is_lost_by_kill_9_of_the_server(own: EmbeddedServer) -> None:
    migrate(own.url())
    with psycopg.connect(own.url()) as connection:
        create_streams(connection, 4)
    ours, theirs = victims.spawn.Pipe()
    writer = victims.start(victims.accept_until_killed, own.url(), theirs)
    theirs.close()
    acknowledged = [ours.recv() for _ in range(50)]
    assert own.process is not None
    own.process.send_signal(signal.SIGKILL)
    own.process.wait()
    try:
        while True:
            acknowledged.append(ours.recv())
    except EOFError:
        writer.join()
    own.start()
    with psycopg.connect(own.url()) as connection:
        there = {id for (id,) in connection.execute("SELECT event ->> 'id' FROM stream_events")}
        assert there >= {str(id) for id in acknowledged}
        append(connection, Stream.APPEALS, [accepted()])
        gaps = connection.execute("SELECT max(position) + 1 - count(*) FROM stream_events GROUP BY partition")
        assert {gap for (gap,) in gaps} == {0}


def test_a_server_whose_starter_was_killed_is_ended_and_started_anew(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    script = (
        "import os, pathlib, sys, signal; from otklik.postgres import EmbeddedServer; "
        "server = EmbeddedServer(pathlib.Path(sys.argv[1])); server.start(); print(server.process.pid, flush=True); "
        "signal.pause()"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    old = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    starter.stdout.close()
    server = EmbeddedServer(folder)
    server.start()
    assert not old.is_running() or old.status() == psutil.STATUS_ZOMBIE
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_pid_file_that_names_another_process_does_not_hinder(own: EmbeddedServer) -> None:
    assert own.process is not None
    own.process.send_signal(signal.SIGKILL)
    own.process.wait()
    file = own.cluster / "postmaster.pid"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    own.start()
    with psycopg.connect(own.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("version", ["15", "99"])
def test_data_of_another_postgresql_are_refused_and_left_alone(tmp_path: Path, version: str) -> None:
    server = EmbeddedServer(tmp_path)
    server.cluster.mkdir()
    (server.cluster / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(ServerError, match=f"written by PostgreSQL {version}"):
        server.start()
    assert [path.name for path in server.cluster.iterdir()] == ["PG_VERSION"]


def test_a_start_that_was_cut_short_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path, {"fsync": "off"})
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path, {"fsync": "off", "shared_buffers": "1"})
    with pytest.raises(ServerError, match=r"did not start.*shared_buffers"):
        server.start()


def test_the_log_of_the_server_holds_no_persons_words(own: EmbeddedServer) -> None:
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text UNIQUE)")
        connection.execute("INSERT INTO people VALUES ('Иван Петров')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('Иван Петров')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES (%s)", ["Иван Петров"])
    assert "duplicate key" in own.log.read_text(encoding="utf-8")
    assert "Петров" not in own.log.read_text(encoding="utf-8")


def test_a_full_disk_is_told_and_nothing_committed_is_lost(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", small]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("THE FULL DISK WAS NOT TESTED: this account may not mount a small one")
    server = EmbeddedServer(small / "data", {"max_wal_size": "32MB", "min_wal_size": "32MB"})
    written = 0
    try:
        server.start()
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE filler (id integer PRIMARY KEY, content text)")
            connection.execute("ALTER TABLE filler ALTER COLUMN content SET STORAGE EXTERNAL")
            with pytest.raises(psycopg.OperationalError):
                while written < 1000:
                    connection.execute("INSERT INTO filler VALUES (%s, repeat('x', 1000000))", [written])
                    written += 1
        subprocess.run(["mount", "-o", "remount,size=256m", small], check=True)
        server.stop()
        server.start()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT count(*) FROM filler").fetchone() == (written,)
        assert written > 0
    finally:
        server.stop()
        subprocess.run(["umount", small], check=True)


def test_a_second_holder_of_the_data_folder_is_told_who_the_first_is(tmp_path: Path) -> None:
    with hold(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), hold(tmp_path):
            raise AssertionError("two hold one folder")
    assert holder(tmp_path) is None
    with hold(tmp_path):
        assert holder(tmp_path) == os.getpid()


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match="cannot be used"), hold(tmp_path / "file" / "data"):
        raise AssertionError("a file is no folder")


@pytest.mark.skipif(os.geteuid() != 0, reason="it runs as an ordinary user already")
def test_an_ordinary_user_runs_it_under_his_own_account(tmp_path: Path) -> None:
    spec = find_spec(WHEEL)
    assert spec is not None and spec.origin is not None
    if not all(folder.stat().st_mode & 0o001 for folder in Path(spec.origin).parents):
        pytest.skip("AN ORDINARY USER WAS NOT TESTED: this virtual environment is closed to others")
    home = tmp_path / "home"
    home.mkdir()
    nobody = 65534
    for folder in (home, *[folder for folder in home.parents if folder.is_relative_to(tempfile.gettempdir())][:-1]):
        folder.chmod(0o755)
    os.chown(home, nobody, nobody)
    server_programs.cache_clear()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:  # what is loaded already stays usable under an account that could not read it
        code = b"?"
        try:
            os.setgroups([])
            os.setresgid(nobody, nobody, nobody)
            os.setresuid(nobody, nobody, nobody)
            server = EmbeddedServer(home / "data", {"fsync": "off"})
            server.start()
            with psycopg.connect(server.url()) as connection:
                row = connection.execute("SELECT current_user").fetchone()
            owner = server.cluster.stat().st_uid
            server.stop()
            code = f"{row} {owner} {socket_folder(server.folder) == server.folder / 'run'}".encode()
        except BaseException as error:
            code = repr(error).encode()
        finally:
            os.write(writer, code)
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as said:
        assert said.read() == f"('otklik',) {nobody} True"
    os.waitpid(pid, 0)
