"""Errors of the platform, said to the person at the terminal in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models.migrate import MigrationError
from models.pack import PackError
from otklik.commands.root import CommandError
from otklik.data_folder import AlreadyRunning, FolderError
from otklik.postgres_binaries import ServerError
from otklik.processes.listening import PortError
from otklik.wiring import Unreachable
from streams import StreamError

EXPECTED = (
    AlreadyRunning,
    FolderError,
    MigrationError,
    PackError,
    PortError,
    ServerError,
    StreamError,
    Unreachable,
)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn the errors that a person can do something about into CommandError."""
    try:
        yield
    except EXPECTED as error:
        raise CommandError(str(error)) from error
    except OSError as error:  # a full disk, a closed folder
        where = f": {error.filename}" if error.filename else ""
        raise CommandError(f"{error.strerror or error}{where}; what was committed before is kept.") from error
