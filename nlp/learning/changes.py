"""Which model worked since when: every promotion and rollback, written with its pointer in one step.

The row and the pointer are changed together: the row is written, the pointer is moved, and the row is committed; where
the commit fails, the pointer goes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from psycopg.rows import class_row

from models.identifiers import new_id
from nlp.learning.versions import VersionError, Versions
from streams.contract import Connection


class Kind(StrEnum):
    PROMOTE = "promote"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of model_changes: `version` took over from `previous`."""

    kind: str
    version: str
    previous: str
    by: str
    reason: str
    done_at: datetime


def changes(connection: Connection, region: str) -> list[Change]:
    """All changes of a region, oldest first."""
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        return cursor.execute(
            """SELECT kind, version, previous, by, reason, done_at FROM model_changes
               WHERE region_id = %s ORDER BY done_at, id""",
            [region],
        ).fetchall()


def way_back(done: Sequence[Change]) -> str | None:
    """The version that a rollback returns to: the one before the last promotion that is not rolled back."""
    stack: list[str] = []
    for change in done:
        if not stack or stack[-1] != change.previous:  # the first one, or somebody moved the pointer by hand
            stack.append(change.previous)
        if change.kind == Kind.PROMOTE:
            stack.append(change.version)
        elif len(stack) > 1:
            stack.pop()
    return stack[-2] if len(stack) > 1 else None


def promote(
    connection: Connection,
    versions: Versions,
    region: str,
    version: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    instead_of: str | None = None,
) -> str:
    """Let a version take over; returns the one before. The connection commits each statement.

    Raises VersionError, also where another than `instead_of` is at work: what the new one was compared with is gone.
    """
    versions.folder_of(version)
    with _in_step(connection, versions):
        _lock(connection, region)
        previous = versions.current()
        if version == previous:
            raise VersionError(f"{version} is at work already")
        if instead_of not in (None, previous):
            raise VersionError(f"{previous} took over from {instead_of} meanwhile")
        _change(connection, versions, region, Change(Kind.PROMOTE, version, previous, by, reason, now))
    return previous


def rollback(connection: Connection, versions: Versions, region: str, *, by: str, reason: str, now: datetime) -> Change:
    """Return to the version before the last promotion. Raises VersionError where there is none."""
    with _in_step(connection, versions):
        _lock(connection, region)
        back = way_back(changes(connection, region))
        if back is None:
            raise VersionError("there is nothing to go back to: no promotion stands")
        done = Change(Kind.ROLLBACK, back, versions.current(), by, reason, now)
        _change(connection, versions, region, done)
    return done


@contextmanager
def _in_step(connection: Connection, versions: Versions) -> Iterator[None]:
    """A transaction that takes the pointer along: where it fails, the pointer stands where it stood."""
    before = versions.pointed()
    try:
        with connection.transaction():
            yield
    except BaseException:
        if versions.pointed() != before:
            versions.point(before) if before else versions.forget()
        raise


def _lock(connection: Connection, region: str) -> None:
    """One change at a time. Raises VersionError where the database does not know the region."""
    if connection.execute("SELECT id FROM regions WHERE id = %s FOR UPDATE", [region]).fetchone() is None:
        raise VersionError(f"the database knows no region {region!r}")


def _change(connection: Connection, versions: Versions, region: str, change: Change) -> None:
    connection.execute(
        """INSERT INTO model_changes (id, region_id, kind, version, previous, by, reason, done_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            new_id(), region, change.kind, change.version, change.previous, change.by, change.reason, change.done_at,
        ],
    )  # fmt: skip
    versions.keep_pack()
    versions.point(change.version)
