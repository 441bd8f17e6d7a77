"""The data folder: one starter at a time, and what lies where in it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ORPHANS_SECONDS = 15
"""How long children of a killed starter may take to go; they hold the lock until then."""


def executors_learned(folder: Path, region: str) -> Path:
    """Where versions of what a region learnt from its past assignments lie."""
    return folder / "models" / region / "executors"


class AlreadyRunning(Exception):
    """Another otklik works with this data folder; the message says which."""


class FolderError(Exception):
    """The data folder cannot be used; the message says why."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Be the one who works with the data folder. Raises AlreadyRunning, FolderError; nothing is touched then.

    The lock is the kernel's: it is gone when its holder is, however it died.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FolderError(f"the data folder {folder} cannot be used: {error.strerror}") from error
    try:
        _lock(descriptor, folder)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(folder: Path) -> int | None:
    """The process that works with the data folder now; None where nobody does."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return _written(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    deadline = time.monotonic() + ORPHANS_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            process = _written(descriptor)
            if _alive(process) or time.monotonic() > deadline:
                raise AlreadyRunning(
                    f"otklik is already running with the data folder {folder} (process {process or 'unknown'}); "
                    "it was left alone. Stop it first, or set another OTKLIK_DATA_FOLDER."
                ) from None
            time.sleep(0.05)


def _written(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0)
    return int(text) if text.isdigit() else None


def _alive(process: int | None) -> bool:
    """Whether the holder itself lives; where only its children do, they are about to go."""
    try:
        return process is not None and psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
