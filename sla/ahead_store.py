"""The SQL of steps that were worked out ahead: written, told, taken back, noted on their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import tuple_row

from models.arrays import array, columns
from models.events import Event, Stream
from sla.timer_store import Timer
from streams.contract import Connection
from streams.stored import append_stored


@dataclass(frozen=True, slots=True)
class Ahead:
    """One step of a clock whose time will come. `timer` is as it was; the event is told in the `partition`."""

    timer: Timer
    problem_id: UUID
    body: UUID | None
    handler: UUID | None
    step: int
    kind: str
    event: Event
    partition: int
    basis: str


@dataclass(frozen=True, slots=True)
class Portion:
    """Steps of one partition that have come, by the same staff on the same day."""

    partition: int
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


def put(connection: Connection, steps: Sequence[Ahead]) -> None:
    """Write steps and that they are to be told."""
    ordered = sorted(steps, key=lambda step: step.timer.clock_id)
    rows = [
        (
            each.timer.clock_id, each.timer.region, each.problem_id, each.timer.course, each.timer.deadline_at,
            each.step, each.kind, each.timer.reached, each.timer.due_at, each.body, each.handler,
            str(each.event.key), each.event.to_text(),
        )
        for each in ordered
    ]  # fmt: skip
    connection.execute(
        """INSERT INTO steps_ahead (clock_id, region_id, problem_id, course, deadline_at, step, kind, reached, due_at,
                                    executor_id, handler_id, key, event)
           SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::timestamptz[], %s::smallint[],
               %s::text[], %s::smallint[], %s::timestamptz[], %s::uuid[], %s::uuid[], %s::text[], %s::jsonb[])""",
        columns(rows),
    )
    tokens = [
        (
            each.timer.clock_id, each.step, each.timer.due_at, each.partition, each.timer.region, each.timer.version,
            each.basis,
        )
        for each in ordered
    ]  # fmt: skip
    connection.execute(
        """INSERT INTO steps_to_tell (clock_id, step, due_at, partition, region_id, version, basis)
           SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::timestamptz[], %s::int[], %s::text[], %s::text[],
                                %s::text[])""",
        columns(tokens),
    )


def portions(connection: Connection, now: datetime) -> list[Portion]:
    """What is to be told by `now`: of each partition the first portion."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT p.partition, first.* FROM stream_partitions p CROSS JOIN LATERAL (
                   SELECT region_id, version, basis FROM steps_to_tell t
                   WHERE t.partition = p.partition AND due_at <= %s ORDER BY due_at LIMIT 1) first
               WHERE stream = %s ORDER BY p.partition""",
            [now, Stream.CLOCKS],
        )
        return [Portion(*row) for row in rows]


def tell(connection: Connection, portion: Portion, since: datetime, now: datetime, most: int) -> int:
    """Put events of a portion into the log whose moment lies after `since` and has come; returns how many.

    Left out is what another transaction holds, and the steps of problems that somebody else answers for by now.
    """
    told = append_stored(
        connection,
        Stream.CLOCKS,
        portion.partition,
        """due AS MATERIALIZED (
               SELECT t.ctid AS token, s.ctid AS ahead FROM steps_to_tell t JOIN steps_ahead s USING (clock_id)
                   LEFT JOIN assignments a ON a.problem_id = s.problem_id AND a.ended_at IS NULL
               WHERE t.partition = %(partition)s AND t.due_at > %(since)s AND t.due_at <= %(now)s
                   AND t.basis = %(basis)s
                   AND a.executor_id IS NOT DISTINCT FROM s.executor_id
                   AND a.handler_id IS NOT DISTINCT FROM s.handler_id
               ORDER BY t.due_at LIMIT %(most)s FOR UPDATE OF t SKIP LOCKED),
           told AS (DELETE FROM steps_to_tell t USING due WHERE t.ctid = due.token),
           rows AS (SELECT s.region_id, s.key, s.event FROM due JOIN steps_ahead s ON s.ctid = due.ahead)""",
        {"since": since, "now": now, "basis": portion.basis, "most": most},
    )
    return told or 0


def bases(connection: Connection, now: datetime) -> list[tuple[str, str, str]]:
    """By what the steps that are to be told by `now` were worked out: region, version, basis."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            "SELECT DISTINCT region_id, version, basis FROM steps_to_tell WHERE due_at <= %s", [now]
        ).fetchall()


def overtaken(connection: Connection, since: datetime, now: datetime, valid: Sequence[str], most: int) -> list[UUID]:
    """Clocks with steps to tell by `now` that hold no more, their timers locked.

    Their moment was `since` or earlier, their basis is not `valid`, or somebody else answers for the problem.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT t.clock_id FROM timers JOIN steps_to_tell t USING (clock_id) JOIN steps_ahead s USING (clock_id)
                   LEFT JOIN assignments a ON a.problem_id = s.problem_id AND a.ended_at IS NULL
               WHERE t.due_at <= %s AND (t.due_at <= %s OR t.basis <> ALL(%s)
                   OR a.executor_id IS DISTINCT FROM s.executor_id OR a.handler_id IS DISTINCT FROM s.handler_id)
               ORDER BY t.clock_id LIMIT %s FOR UPDATE OF timers SKIP LOCKED""",
            [now, since, list(valid), most],
        )
        return [row[0] for row in rows]


def withdraw(connection: Connection, clocks: Sequence[UUID]) -> int:
    """Take back the steps of these clocks that are not told yet, whose timers the caller has locked; returns how many.

    Their timers stand before the step again. A step that is told already is noted on its clock.
    """
    ids = array(clocks)
    known = connection.execute("SELECT FROM steps_ahead WHERE clock_id = ANY(%s::uuid[]) LIMIT 1", [ids]).rowcount
    if not known:
        return 0
    with connection.cursor(row_factory=tuple_row) as cursor:
        # what is being told now is waited for, and then is told
        back = cursor.execute(
            "DELETE FROM steps_to_tell WHERE clock_id = ANY(%s::uuid[]) RETURNING clock_id", [ids]
        ).fetchall()
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
            [array(row[0] for row in back)],
        )
    _note(connection, ids)
    return len(back)


def note_told(connection: Connection, now: datetime, most: int) -> int:
    """Note on their clocks the steps that were told, as far as no other transaction holds these; returns how many."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        told = cursor.execute(
            """SELECT s.clock_id FROM steps_ahead s JOIN clocks c ON c.id = s.clock_id
               WHERE s.due_at <= %s AND NOT EXISTS (SELECT FROM steps_to_tell t WHERE t.clock_id = s.clock_id)
               ORDER BY s.due_at LIMIT %s FOR UPDATE OF s SKIP LOCKED FOR NO KEY UPDATE OF c SKIP LOCKED""",
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
