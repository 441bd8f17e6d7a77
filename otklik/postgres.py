"""The embedded PostgreSQL server: made, started, watched and stopped by otklik in its own data folder.

It listens on a Unix socket only, in a folder that nobody else may enter. `EmbeddedServer` expects that the caller holds
the lock of the data folder (otklik.data_folder), so that there is one starter at a time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from otklik.parent import die_with_parent
from otklik.postgres_binaries import Programs, ServerError, server_account, server_programs

OLDEST_VERSION = 16
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
START_SECONDS = 600  # recovery after a crash of a large base may take minutes
LEFTOVER_SECONDS = 30
SOCKET_LIMIT = 100  # bytes; the kernel takes 107
MEGABYTES_OF_LOG = 10

# For two cores and a group of processes of at most 1.5 GB. The log must hold no person's words:
# terse leaves out the DETAIL with the values, panic leaves out the statements.
OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "fsync": "on",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "max_worker_processes": "4",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}


@dataclass
class EmbeddedServer:
    """One server on the cluster `folder`/postgres. `options` are PostgreSQL's settings over the defaults."""

    folder: Path
    options: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def cluster(self) -> Path:
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def url(self, database: str = "otklik", user: str = "otklik") -> str:
        """The address for clients; libpq and psycopg take it."""
        return f"postgresql://{user}@/{database}?host={quote(str(socket_folder(self.folder)), safe='')}"

    def start(self) -> None:
        """Make the cluster if there is none, start the server, wait until it answers. Raises ServerError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        programs = server_programs(server_account(self.cluster))
        if self.cluster.exists():
            self._check_version(programs)
            end_leftovers(self.cluster)
        else:
            self._make_cluster(programs)
        self._spawn(programs)
        try:
            self._wait_until_ready()
            self._prepare()
        except psycopg.Error as error:  # it died again, or the disk is full
            self.stop()
            said = str(error).strip().partition("\n")[0]
            raise ServerError(f"the embedded PostgreSQL cannot be used: {said} (see {self.log})") from error
        self.starts += 1

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds: float = 30) -> None:
        """Stop at once but orderly (no recovery at the next start); after `seconds` by force."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        self.process = None
        with contextlib.suppress(OSError):  # not empty where it was stopped by force; the next start takes it over
            socket_folder(self.folder).rmdir()

    def _check_version(self, programs: Programs) -> None:
        found = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(programs.major):
            raise ServerError(
                f"the data folder {self.folder} was written by PostgreSQL {found}, this otklik brings "
                f"{programs.major}; nothing was touched. Start the otklik that wrote it, or move the data with pg_dump."
            )

    def _make_cluster(self, programs: Programs) -> None:
        """Beside its final place, so that a start that was cut short leaves nothing that looks whole."""
        account = server_account(self.cluster)
        fresh = self.folder / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        account.own(fresh)
        command = [programs.path("initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]
        if self.options.get("fsync") == "off":
            command.append("--no-sync")
        made = subprocess.run(
            [*command, "-D", _folder_argument(fresh)],
            cwd=fresh,
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
            **account.run_as(),
        )
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            said = made.stderr.strip().splitlines()[-1:] or ["no message"]
            raise ServerError(f"cannot make the database in {self.folder}: {said[0]}")
        fresh.rename(self.cluster)

    def _spawn(self, programs: Programs) -> None:
        account = server_account(self.cluster)
        sockets = socket_folder(self.folder)
        _make_socket_folder(sockets)
        for stale in sockets.glob(".s.PGSQL.*"):
            stale.unlink()  # its server is gone, but its number may belong to another process, or to a zombie
        account.own(sockets)
        if self.log.exists() and self.log.stat().st_size > MEGABYTES_OF_LOG * 2**20:
            self.log.replace(self.log.with_suffix(".log.1"))
        options = {**OPTIONS, "unix_socket_directories": str(sockets), **self.options}
        settings = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        parent = os.getpid()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [programs.path("postgres"), "-D", _folder_argument(self.cluster), *settings],
                cwd=self.cluster,
                env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us, and we stop the server last
                preexec_fn=lambda: die_with_parent(parent, signal.SIGINT),
                **account.run_as(),
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.running():
                raise ServerError(f"the embedded PostgreSQL did not start: {self._last_words()} (see {self.log})")
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.02)
        self.stop()
        raise ServerError(f"the embedded PostgreSQL did not answer in {START_SECONDS} s (see {self.log})")

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (fatal or lines or ["it said nothing"])[-1]

    def _prepare(self) -> None:
        """The role and the database of otklik, and the proof that the server can what we rely on."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            check_features(connection)
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'otklik'").fetchone() is None:
                connection.execute("CREATE ROLE otklik LOGIN")
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'otklik'").fetchone() is None:
                connection.execute("CREATE DATABASE otklik OWNER otklik")


def check_features(connection: psycopg.Connection[Any]) -> None:
    """Raise ServerError unless the server is new enough, keeps UTF-8 and brings the extensions."""
    if connection.info.server_version < OLDEST_VERSION * 10_000:
        raise ServerError(f"PostgreSQL {OLDEST_VERSION} or newer is needed, this is {connection.info.server_version}.")
    encoding = connection.execute("SHOW server_encoding").fetchone()
    if encoding != ("UTF8",):
        raise ServerError(f"the database must keep UTF-8, this one keeps {encoding}.")
    there = connection.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)])
    missing = set(EXTENSIONS) - {name for (name,) in there}
    if missing:
        raise ServerError(f"the PostgreSQL server lacks the extensions {', '.join(sorted(missing))}.")


def socket_folder(folder: Path) -> Path:
    """Where the server of a data folder listens: in it, or in a short path where that is too long or closed."""
    inside = folder.resolve() / "run"
    dropped = os.geteuid() == 0
    if not dropped and len(os.fsencode(inside / ".s.PGSQL.5432")) < SOCKET_LIMIT:
        return inside
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    run = Path("/run") if dropped else Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if run.is_absolute() and os.access(run, os.W_OK):
        return run / f"otklik-{name}"
    return Path(tempfile.gettempdir()) / f"otklik-{os.geteuid()}-{name}"


def _make_socket_folder(sockets: Path) -> None:
    sockets.mkdir(mode=0o700, exist_ok=True)
    there = sockets.lstat()
    if sockets.is_symlink() or (os.geteuid() != 0 and there.st_uid != os.geteuid()):
        raise ServerError(f"{sockets} belongs to somebody else; remove it or set another OTKLIK_DATA_FOLDER.")


def _folder_argument(cluster: Path) -> str:
    """How the server is told its folder: it starts in it, and this link needs no rights on the folders above."""
    return "/proc/self/cwd" if Path("/proc/self/cwd").exists() else str(cluster)


def end_leftovers(cluster: Path) -> None:
    """Stop what is left of an earlier server of `cluster` (its starter was killed) and wait until it is gone.

    Removes the pid file of a server that is gone, because its number may belong to another process by now.
    """
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while leftovers := _processes_in(cluster):
        for process in leftovers:
            try:
                # SIGQUIT after half the time: the orderly way was given its chance
                late = time.monotonic() > deadline - LEFTOVER_SECONDS / 2
                process.send_signal(signal.SIGQUIT if late else signal.SIGINT)
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(leftovers, timeout=1)
        if time.monotonic() > deadline:
            raise ServerError(f"an earlier PostgreSQL of {cluster} does not stop (process {leftovers[0].pid}).")
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(cluster: Path) -> list[psutil.Process]:
    """The server processes that work in the folder `cluster`; the server itself first."""
    place = str(cluster.resolve())
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and process.cwd() == place:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return sorted(found, key=lambda process: process.pid)
