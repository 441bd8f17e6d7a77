"""The SQL that writes executors, absences and decision rows: from a pack at its installation, from an import."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from models.identifiers import derived_id, new_id
from routing.competence import Row
from routing.executors import Absence, Body
from routing.in_force import stored_executors, stored_rows
from routing.store import executor_id
from streams.contract import Connection


def write_executors(connection: Connection, region: str, bodies: Collection[Body], origin: str) -> int:
    """Write or renew executors with who belongs to whom; returns how many changed.

    What a pack says (`origin` 'pack') never changes an executor that was imported.
    """
    stand = {body.code: body for body in stored_executors(connection, region)}
    held = _imported(connection, region) if origin == "pack" else set()
    changed = [body for body in bodies if body.code not in held and stand.get(body.code) != body]
    if origin == "import":
        connection.execute(
            "UPDATE executors SET origin = 'import' WHERE region_id = %s AND origin = 'pack' AND code = ANY(%s)",
            (region, [body.code for body in bodies]),
        )
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO executors (id, region_id, code, kind, name, short_name, municipality, post, email, capacity,
                                      valid_from, valid_to, origin)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name,
                   short_name = excluded.short_name, municipality = excluded.municipality, post = excluded.post,
                   email = excluded.email, capacity = excluded.capacity, valid_from = excluded.valid_from,
                   valid_to = excluded.valid_to, origin = excluded.origin""",
            [_executor(region, body, origin) for body in changed],
        )
        # a parent, a head, a deputy may stand later in the file: they are linked once all are there
        cursor.executemany(
            "UPDATE executors SET parent_id = %s, head_id = %s WHERE id = %s",
            [
                (_named(region, body.parent), _named(region, body.head), executor_id(region, body.code))
                for body in changed
            ],
        )
        cursor.executemany(
            "DELETE FROM deputies WHERE executor_id = %s", [(executor_id(region, body.code),) for body in changed]
        )
        cursor.executemany(
            "INSERT INTO deputies (executor_id, ordinal, deputy_id, region_id) VALUES (%s, %s, %s, %s)",
            [
                (executor_id(region, body.code), ordinal, executor_id(region, deputy), region)
                for body in changed
                for ordinal, deputy in enumerate(body.deputies, start=1)
            ],
        )
    return len(changed)


def _imported(connection: Connection, region: str) -> set[str]:
    found = connection.execute("SELECT code FROM executors WHERE region_id = %s AND origin = 'import'", (region,))
    return {code for (code,) in found}


def _executor(region: str, body: Body, origin: str) -> tuple[object, ...]:
    return (
        executor_id(region, body.code), region, body.code, body.kind, body.name, body.short_name, body.municipality,
        body.post, body.email, body.capacity, body.valid_from, body.valid_to, origin,
    )  # fmt: skip


def _named(region: str, code: str) -> UUID | None:
    return executor_id(region, code) if code else None


def end_executors(connection: Connection, region: str, kept: Collection[str], today: date) -> int:
    """Yesterday becomes the last day of executors that are valid and not `kept`; returns how many."""
    done = connection.execute(
        """UPDATE executors SET valid_to = %(yesterday)s, origin = 'import'
           WHERE region_id = %(region)s AND code <> ALL(%(kept)s) AND (valid_to IS NULL OR valid_to >= %(today)s)""",
        {"yesterday": today - timedelta(days=1), "region": region, "kept": list(kept), "today": today},
    )
    return done.rowcount


def write_absences(connection: Connection, region: str, absences: Iterable[Absence], today: date) -> int:
    """Put these absences in place of those that are not over; what is over stays. Returns how many changed."""
    wanted = {_absence_id(region, each): each for each in absences}
    changed = connection.execute(
        "DELETE FROM absences WHERE region_id = %s AND last_day >= %s AND id <> ALL(%s)", (region, today, list(wanted))
    ).rowcount
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO absences (id, region_id, executor_id, first_day, last_day, deputy_id, reason)
               VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING""",
            [
                (
                    identifier, region, executor_id(region, each.person), each.first_day, each.last_day,
                    _named(region, each.deputy), each.reason,
                )
                for identifier, each in wanted.items()
            ],
        )  # fmt: skip
        return changed + max(cursor.rowcount, 0)


def _absence_id(region: str, absence: Absence) -> UUID:
    days = absence.first_day.isoformat(), absence.last_day.isoformat()
    return derived_id(region, "absence", absence.person, *days, absence.deputy, absence.reason)


def write_rows(connection: Connection, region: str, rows: Sequence[Row], today: date) -> tuple[int, int]:
    """Write decision rows; returns how many are new or changed and how many ended. None is deleted.

    A row that is gone ends yesterday. One that says something new begins today, unless it says when: what was decided
    by the old row stays explained by it.
    """
    stand = stored_rows(connection, region)
    by_saying: dict[tuple[object, ...], list[tuple[UUID, Row]]] = {}
    for identifier, row in stand:
        by_saying.setdefault(_says(row), []).append((identifier, row))
    kept: set[UUID] = set()
    new: list[Row] = []
    moved: list[tuple[date | None, UUID]] = []
    for row in rows:
        same = [
            (identifier, old)
            for identifier, old in by_saying.get(_says(row), ())
            if row.valid_from in (None, old.valid_from) and identifier not in kept
        ]
        # of the same row in two periods the later one is meant where the file does not say when
        found = max(same, key=lambda each: each[1].valid_to or date.max, default=None)
        if found is None:
            new.append(row if row.valid_from or not stand else replace(row, valid_from=today))
            continue
        kept.add(found[0])
        if found[1].valid_to != row.valid_to:
            moved.append((row.valid_to, found[0]))
    gone = [
        (today - timedelta(days=1), identifier)
        for identifier, row in stand
        if identifier not in kept and (row.valid_to is None or row.valid_to >= today)
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE competences SET valid_to = %s WHERE id = %s", [*moved, *gone])
        cursor.executemany(
            """INSERT INTO competences
                   (id, region_id, topic, municipality, property, executor, machine, basis, valid_from, valid_to)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [(new_id(), region, *_says(row), row.valid_from, row.valid_to) for row in new],
        )
    return len(new) + len(moved), len(gone)


def _says(row: Row) -> tuple[object, ...]:
    return row.topic, row.municipality, row.property, row.body, row.machine, row.basis


def note_import(
    connection: Connection, region: str, file_name: str, sha256: str, changes: Mapping[str, int], now: datetime
) -> None:
    """Record an import: from its number on workers read the table anew."""
    connection.execute(
        """INSERT INTO executor_imports (region_id, file_name, file_sha256, changes, done_at)
           VALUES (%s, %s, %s, %s, %s)""",
        (region, file_name, sha256, Jsonb(dict(changes)), now),
    )
