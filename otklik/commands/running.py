"""The database of the installation that runs now, for commands that look into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from models.migrate import check_migrated
from otklik.commands.failures import plainly
from otklik.commands.root import CommandError
from otklik.settings import settings
from otklik.wiring import Unreachable, one_line, running_database


@contextmanager
def running(command: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection on which every statement commits; the server knows it by the command's name. Raises CommandError."""
    url = running_database(settings())
    if url is None:
        folder = settings().data_folder
        raise CommandError(f"otklik does not run with the data folder {folder}; start it: otklik run")
    with plainly():
        try:
            with psycopg.connect(url, autocommit=True, application_name=f"otklik {command}") as connection:
                check_migrated(connection)
                yield connection
        except psycopg.OperationalError as error:
            raise Unreachable(f"the database does not answer: {one_line(error)}") from error
