"""The SQL of steps that were worked out ahead: written, told, taken back, noted on their clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

from models.arrays import Value, array, columns
from models.events import Event, Stream
from models.identifiers import new_id
from sla.timer_store import Timer
from streams.contract import Connection
from streams.stored import append_stored


@dataclass(frozen=True, slots=True)
class Ahead:
    """One step of a clock whose time will come. `timer` is as it was; the event is told in the `partition`."""

    timer: Timer
    problem_id: UUID
    step: int
    kind: str
    event: Event
    partition: int
    basis: str


@dataclass(frozen=True, slots=True)
class Portion:
    """What steps that are told together have in common."""

    partition: int
    due_at: datetime
    region: str
    version: str
    basis: str


def crowded(connection: Connection, since: datetime, till: datetime, crowd: int) -> list[datetime]:
    """The moments after `since`, up to `till`, at which so many timers are due or more."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT due_at FROM timers WHERE due_at > %s AND due_at <= %s
               GROUP BY due_at HAVING count(*) >= %s ORDER BY due_at""",
            [since, till, crowd],
        )
        return [row[0] for row in rows]


def put(connection: Connection, steps: Iterable[Ahead]) -> None:
    """Write steps in portions that are to be told."""
    portions: dict[Portion, UUID] = {}
    rows: list[tuple[Value, ...]] = []
    for each in steps:
        timer = each.timer
        assert timer.due_at is not None
        portion = portions.setdefault(
            Portion(each.partition, timer.due_at, timer.region, timer.version, each.basis), new_id()
        )
        rows.append((
            timer.clock_id, timer.region, each.problem_id, timer.course, timer.deadline_at, each.step, each.kind,
            timer.reached, timer.due_at, str(each.event.key), each.event.to_text(), portion,
        ))  # fmt: skip
    connection.execute(
        """INSERT INTO steps_ahead (clock_id, region_id, problem_id, course, deadline_at, step, kind, reached, due_at,
                                    key, event, portion_id)
           SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::timestamptz[], %s::smallint[],
               %s::text[], %s::smallint[], %s::timestamptz[], %s::text[], %s::jsonb[], %s::uuid[])""",
        columns(sorted(rows, key=itemgetter(-1))),  # those of a portion lie together
    )
    connection.execute(
        """INSERT INTO step_portions (id, partition, due_at, region_id, version, basis)
           SELECT * FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[], %s::text[], %s::text[], %s::text[])""",
        columns([
            (identity, each.partition, each.due_at, each.region, each.version, each.basis)
            for each, identity in portions.items()
        ]),
    )  # fmt: skip


TOLD = """
    told AS MATERIALIZED (
        SELECT id FROM step_portions p
        WHERE partition = %(partition)s AND due_at > %(since)s AND due_at <= %(now)s AND basis = %(basis)s
            AND NOT EXISTS (SELECT FROM portions_overtaken o WHERE o.portion_id = p.id)
        ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM step_portions p USING told WHERE p.id = told.id),
    rows AS (SELECT s.region_id, s.key, s.event FROM told JOIN steps_ahead s ON s.portion_id = told.id)"""
"""Takes portions away and gives their events, for `append_stored`."""


def portions(connection: Connection, now: datetime) -> list[Portion]:
    """What is to be told by `now`: of each partition the first portion."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT p.partition, first.* FROM stream_partitions p CROSS JOIN LATERAL (
                   SELECT due_at, region_id, version, basis FROM step_portions s
                   WHERE s.partition = p.partition AND due_at <= %s ORDER BY due_at LIMIT 1) first
               WHERE stream = %s ORDER BY p.partition""",
            [now, Stream.CLOCKS],
        )
        return [Portion(*row) for row in rows]


def tell(connection: Connection, like: Portion, since: datetime, now: datetime, most: int) -> int:
    """Put the events of portions into the log whose moment lies after `since` and has come; returns how many events.

    Told are at `most` so many portions of the partition and the basis of `like`. Left out are those that another
    transaction holds, and those with a step of a problem that somebody else answers for by now.
    """
    told: int | None = None
    with connection.transaction() as here:
        told = append_stored(connection, Stream.CLOCKS, like.partition, TOLD, {
            "since": since, "now": now, "basis": like.basis, "most": most,
        })  # fmt: skip
        if not told:  # the partition is not kept from others by a transaction that goes on to something else
            raise psycopg.Rollback(here)
    return told or 0


def due_portions(connection: Connection, now: datetime) -> list[tuple[str, str, str]]:
    """By what the steps that are to be told by `now` were worked out: region, version, basis."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            "SELECT DISTINCT region_id, version, basis FROM step_portions WHERE due_at <= %s", [now]
        ).fetchall()


def overtaken(connection: Connection, since: datetime, now: datetime, valid: Sequence[str], most: int) -> list[UUID]:
    """Clocks with steps to tell that hold no more, their timers locked.

    Somebody else answers for a problem of their portion; or by `now` it is to be told, and its moment was `since` or
    earlier, or its basis is not `valid`.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT s.clock_id FROM timers JOIN steps_ahead s USING (clock_id)
                   JOIN step_portions p ON p.id = s.portion_id
               WHERE p.id IN (SELECT portion_id FROM portions_overtaken)
                   OR p.due_at <= %s AND (p.due_at <= %s OR p.basis <> ALL(%s))
               ORDER BY s.clock_id LIMIT %s FOR UPDATE OF timers SKIP LOCKED""",
            [now, since, list(valid), most],
        )
        return [row[0] for row in rows]


def withdraw(connection: Connection, clocks: Sequence[UUID]) -> int:
    """Take back the steps of these clocks that are not told yet, whose timers the caller has locked; returns how many.

    Their timers stand before the step again. A step that is told already is noted on its clock.
    """
    ids = array(clocks)
    with connection.cursor(row_factory=tuple_row) as cursor:
        known = cursor.execute(
            "SELECT clock_id, portion_id FROM steps_ahead WHERE clock_id = ANY(%s::uuid[])", [ids]
        ).fetchall()
        if not known:
            return 0
        # what is being told now is waited for, and then is told
        rows = cursor.execute(
            "SELECT id FROM step_portions WHERE id = ANY(%s::uuid[]) ORDER BY id FOR SHARE",
            [array({row[1] for row in known})],
        )
        waiting = {row[0] for row in rows}
    back = [clock for clock, portion in known if portion in waiting]
    if back:
        connection.execute(
            """WITH back AS (
                   DELETE FROM steps_ahead WHERE clock_id = ANY(%s::uuid[])
                   RETURNING clock_id, course, step, reached, due_at),
               unsaid AS (
                   DELETE FROM notices n USING back b
                   WHERE n.clock_id = b.clock_id AND n.course = b.course AND n.step = b.step AND n.state = 'waiting')
               UPDATE timers SET reached = back.reached, due_at = back.due_at FROM back
               WHERE timers.clock_id = back.clock_id""",
            [array(back)],
        )
    _note(connection, ids)
    return len(back)


def any_overtaken(connection: Connection) -> bool:
    """Whether somebody else answers by now for a problem with a step ahead."""
    return connection.execute("SELECT FROM portions_overtaken LIMIT 1").rowcount > 0


def drop_empty(connection: Connection) -> None:
    """Forget portions of which everything was taken back, and what overtook portions that are no more."""
    connection.execute(
        """DELETE FROM step_portions WHERE id IN (
               SELECT id FROM step_portions p
               WHERE NOT EXISTS (SELECT FROM steps_ahead s WHERE s.portion_id = p.id) FOR UPDATE SKIP LOCKED)"""
    )
    connection.execute(
        """DELETE FROM portions_overtaken o
           WHERE NOT EXISTS (SELECT FROM step_portions p WHERE p.id = o.portion_id)"""
    )


def note_told(connection: Connection, now: datetime, most: int) -> int:
    """Note on their clocks the steps that were told, as far as no other transaction holds these; returns how many."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        told = cursor.execute(
            """SELECT s.clock_id FROM steps_ahead s JOIN clocks c ON c.id = s.clock_id
               WHERE s.due_at <= %s AND NOT EXISTS (SELECT FROM step_portions p WHERE p.id = s.portion_id)
               LIMIT %s FOR UPDATE OF s SKIP LOCKED FOR NO KEY UPDATE OF c SKIP LOCKED""",
            [now, most],
        ).fetchall()
    if told:
        _note(connection, array(row[0] for row in told))
    return len(told)


def _note(connection: Connection, ids: str) -> None:
    """Of clocks that are locked; a deadline that moved since is not that which was warned of or breached."""
    connection.execute(
        """WITH told AS (
               DELETE FROM steps_ahead WHERE clock_id = ANY(%s::uuid[]) RETURNING clock_id, kind, deadline_at, due_at)
           UPDATE clocks c SET
               warned_at = CASE told.kind WHEN 'warned' THEN coalesce(c.warned_at, told.due_at) ELSE c.warned_at END,
               breached_at = CASE told.kind WHEN 'breached' THEN told.due_at ELSE c.breached_at END
           FROM told WHERE c.id = told.clock_id AND c.deadline_at = told.deadline_at AND told.kind <> 'escalated'""",
        [ids],
    )
