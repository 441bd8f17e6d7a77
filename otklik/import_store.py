"""The SQL of imports: how far a file is read, and what became of its appeals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from models.identifiers import new_id
from streams import Connection


@dataclass(frozen=True, slots=True)
class Journal:
    """The row of one file in the table `imports`."""

    id: UUID
    rows_done: int
    rows_rejected: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the appeals of an import, as far as it is known now."""

    appeals: int = 0
    waiting: int = 0
    """Appeals not analysed, or with a problem that nobody answers for and no operator sees; quarantined ones apart."""
    dismissed: int = 0
    problems: int = 0
    assigned: int = 0
    queued: int = 0
    quarantined: int = 0


def lock_file(connection: Connection, region: str, digest: str) -> bool:
    """Whether this session now holds the file: two imports of one file do not run at a time. Freed with the session."""
    cursor = connection.cursor(row_factory=tuple_row)
    row = cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (f"{region}:{digest}",)).fetchone()
    return bool(row and row[0])


def open_journal(
    connection: Connection, region: str, digest: str, name: str, mapping: Mapping[str, object], now: datetime
) -> Journal:
    """The file's row, made where there is none."""
    cursor = connection.cursor(row_factory=tuple_row)
    cursor.execute(
        """
        INSERT INTO imports (id, region_id, file_sha256, file_name, mapping, rows_done, rows_rejected, finished,
                             started_at, updated_at)
        VALUES (%s, %s, %s, %s, %s, 0, 0, false, %s, %s)
        ON CONFLICT (region_id, file_sha256, mapping) DO NOTHING
        """,
        (new_id(), region, digest, name, Jsonb(mapping), now, now),
    )
    row = cursor.execute(
        """
        SELECT id, rows_done, rows_rejected, finished FROM imports
        WHERE region_id = %s AND file_sha256 = %s AND mapping = %s
        """,
        (region, digest, Jsonb(mapping)),
    ).fetchone()
    assert row is not None
    return Journal(*row)


def move_journal(
    connection: Connection, journal: Journal, rows_done: int, rows_rejected: int, finished: bool, now: datetime
) -> None:
    """Set how far the file is taken; the caller commits this together with the rows themselves."""
    connection.execute(
        "UPDATE imports SET rows_done = %s, rows_rejected = %s, finished = %s, updated_at = %s WHERE id = %s",
        (rows_done, rows_rejected, finished, now, journal.id),
    )


def watch_appeals(connection: Connection, appeals: Iterable[UUID]) -> None:
    """Remember these appeals as the import's, in a table of this session."""
    connection.execute("CREATE TEMPORARY TABLE IF NOT EXISTS imported (appeal_id uuid PRIMARY KEY)")
    connection.execute("INSERT INTO imported SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING", (sorted(set(appeals)),))


def outcome(connection: Connection) -> Outcome:
    """What became of the watched appeals."""
    cursor = connection.cursor(row_factory=tuple_row)
    row = cursor.execute(
        """
        WITH held AS (
            SELECT DISTINCT appeal_id FROM quarantine q JOIN imported i ON q.event ->> 'subject' = i.appeal_id::text
            WHERE q.replayed_at IS NULL
        ), of_problems AS (
            SELECT p.appeal_id, count(*) AS problems,
                   count(*) FILTER (WHERE p.state = 'found') AS found,
                   count(*) FILTER (WHERE p.state = 'queued') AS queued,
                   count(a.id) AS assigned
            FROM imported JOIN problems p USING (appeal_id)
            LEFT JOIN assignments a ON a.problem_id = p.id AND a.ended_at IS NULL AND a.assigned_by = 'machine'
            GROUP BY p.appeal_id
        )
        SELECT count(*),
               count(*) FILTER (WHERE held.appeal_id IS NULL AND (appeals.state = 'accepted' OR found > 0)),
               count(*) FILTER (WHERE appeals.state = 'dismissed'),
               coalesce(sum(problems), 0)::int, coalesce(sum(assigned), 0)::int, coalesce(sum(queued), 0)::int,
               count(held.appeal_id)
        FROM imported
        JOIN appeals ON appeals.id = imported.appeal_id
        LEFT JOIN of_problems ON of_problems.appeal_id = imported.appeal_id
        LEFT JOIN held ON held.appeal_id = imported.appeal_id
        """
    ).fetchone()
    assert row is not None
    return Outcome(*row)
