"""Migrations: numbered SQL files, forward only, one line of heads. models/schema.sql is what they give together."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

FOLDER = Path(__file__).resolve().parent / "migrations"
NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
LOCK = 7_036_874_417
"""Key of the advisory lock that lets one process migrate at a time."""

TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Exception):
    """The database cannot be brought to this version of otklik; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file NNNN_name.sql."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The migrations in order. Raises MigrationError unless their numbers are 1, 2, 3 and so on."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name} is not named NNNN_name.sql")
        found.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    numbers = [migration.version for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise MigrationError(f"the migrations must be numbered 1, 2, 3…; they are {numbers}")
    return found


def migrate(url: str, folder: Path = FOLDER) -> list[Migration]:
    """Apply what is missing, each in its own transaction, and return it.

    Raises MigrationError, with nothing touched, where the database was written by a newer otklik or by a changed file.
    """
    known = migrations(folder)
    done = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # released with the connection
        pending = _pending(connection, known)
        connection.execute(TABLE)
        for migration in pending:
            with connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '10s'")
                connection.execute(migration.sql)  # without parameters, so that a file may hold many statements
                connection.execute(
                    "INSERT INTO schema_migrations (version, name, sha256) VALUES (%s, %s, %s)",
                    [migration.version, migration.name, migration.sha256],
                )
            done.append(migration)
    return done


def check_migrated(connection: psycopg.Connection[Any]) -> None:
    """Raise MigrationError unless the database has exactly this version of the schema."""
    pending = _pending(connection, migrations())
    if pending:
        raise MigrationError(
            f"the database lacks {len(pending)} migrations, from {pending[0].version} {pending[0].name}; "
            "run `otklik migrate`."
        )


def _pending(connection: psycopg.Connection[Any], known: list[Migration]) -> list[Migration]:
    there = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    applied: dict[int, str] = {}
    if there == (True,):
        applied = dict(connection.execute("SELECT version, sha256 FROM schema_migrations").fetchall())
    newest = max(applied, default=0)
    if newest > len(known):
        raise MigrationError(
            f"the database was written by a newer otklik (schema {newest}, this one knows {len(known)}); "
            "nothing was touched. Start that version or a later one."
        )
    for migration in known:
        if applied.get(migration.version, migration.sha256) != migration.sha256:
            raise MigrationError(
                f"migration {migration.version} {migration.name} is not the one that was applied to this database; "
                "nothing was touched. Applied migrations never change: add a new one."
            )
    return [migration for migration in known if migration.version not in applied]
