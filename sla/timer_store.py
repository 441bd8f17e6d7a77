"""The SQL of timers: which clocks are due, what is written of their steps, who is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import dict_row, tuple_row

from models.arrays import array, columns
from sla.escalation import Level
from sla.escalation_people import Absence, Member, Staff
from sla.record import Clock
from sla.store import COLUMNS, clock_of
from streams.contract import Connection


@dataclass(frozen=True, slots=True)
class Timer:
    """Where a clock stands on its ladder. `due_at` None: it stands, or no step is left."""

    clock_id: UUID
    region: str
    course: int
    deadline_at: datetime
    version: str
    danger: bool
    reached: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that is due, with its clock, whose it is and who answers for it now."""

    timer: Timer
    clock: Clock
    breached: bool
    problem_id: UUID
    appeal_id: UUID
    body: UUID | None
    handler: UUID | None


@dataclass(frozen=True, slots=True)
class Notice:
    """One step told to one person, or to a desk. It is of a clock, of a task's clock, or of a reopened problem."""

    id: UUID
    region: str
    clock_id: UUID | None
    course: int
    step: int
    kind: str
    share: float | None
    level: str
    executor_id: UUID | None
    instead_of: UUID | None
    deadline_at: datetime
    danger: bool
    send_at: datetime
    task_id: UUID | None = None
    problem_id: UUID | None = None


TIMER = "clock_id, region_id, course, deadline_at, version, danger, reached, due_at"
OF_CLOCK = f"""c.breached_at IS NOT NULL, c.problem_id, p.appeal_id, a.executor_id, a.handler_id,
    {", ".join("c." + name.strip() for name in COLUMNS.split(","))}"""
"""Of a clock that is due, its problem and its assignment."""


def timers_of(connection: Connection, clocks: Sequence[UUID]) -> dict[UUID, Timer]:
    """The timers of the clocks, locked: whoever takes a step of them has committed, or waits."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"SELECT {TIMER} FROM timers WHERE clock_id = ANY(%s) ORDER BY clock_id FOR UPDATE".encode(), [list(clocks)]
        )
        return {row[0]: Timer(*row) for row in rows}


def put_timers(connection: Connection, timers: Iterable[Timer]) -> None:
    ordered = sorted(timers, key=lambda timer: timer.clock_id)
    rows = [
        (
            each.clock_id,
            each.region,
            each.course,
            each.deadline_at,
            each.version,
            each.danger,
            each.reached,
            each.due_at,
        )
        for each in ordered
    ]
    connection.execute(
        f"""INSERT INTO timers ({TIMER})
            SELECT * FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::timestamptz[], %s::text[], %s::boolean[],
                                 %s::smallint[], %s::timestamptz[])
            ON CONFLICT (clock_id) DO UPDATE SET course = excluded.course, deadline_at = excluded.deadline_at,
                version = excluded.version, danger = excluded.danger, reached = excluded.reached,
                due_at = excluded.due_at""".encode(),
        columns(rows),
    )


def move_timers(connection: Connection, timers: Iterable[Timer]) -> None:
    """Write how far timers have come that were taken."""
    rows = [(each.clock_id, each.version, each.reached, each.due_at) for each in timers]
    if rows:
        connection.execute(
            """UPDATE timers SET version = moved.version, reached = moved.reached, due_at = moved.due_at
               FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::timestamptz[])
                   AS moved (clock_id, version, reached, due_at)
               WHERE timers.clock_id = moved.clock_id""",
            columns(rows),
        )


def take_due(connection: Connection, now: datetime, most: int) -> list[Due]:
    """The timers that are due, the longest due first, with their clocks locked.

    What another process holds is left to it, or to the next tick: a timer never waits for a clock, so neither side can
    block the other for good. A clock with a step that is still to be told takes no other before it.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        timers = cursor.execute(
            f"""SELECT {TIMER} FROM timers WHERE due_at <= %s
                    AND NOT EXISTS (SELECT FROM steps_ahead s JOIN step_portions p ON p.id = s.portion_id
                                    WHERE s.clock_id = timers.clock_id)
                ORDER BY due_at LIMIT %s FOR UPDATE OF timers SKIP LOCKED""".encode(),
            [now, most],
        ).fetchall()
        if not timers:
            return []
        rows = cursor.execute(
            f"""SELECT c.id, {OF_CLOCK} FROM clocks c JOIN problems p ON p.id = c.problem_id
                    LEFT JOIN assignments a ON a.problem_id = c.problem_id AND a.ended_at IS NULL
                WHERE c.id = ANY(%s::uuid[]) FOR NO KEY UPDATE OF c SKIP LOCKED""".encode(),
            [array(row[0] for row in timers)],
        ).fetchall()
    clocks = {row[0]: row[1:] for row in rows}
    taken = (Timer(*row) for row in timers if row[0] in clocks)
    return [_due(timer, *clocks[timer.clock_id]) for timer in taken]


def take_coming(connection: Connection, moments: Sequence[datetime], without: Set[UUID], most: int) -> list[Due]:
    """Timers that are due at these moments and have no step ahead yet, of problems for which somebody answers.

    The assignments are locked: whoever gives a problem to another afterwards overtakes what is worked out. Clocks are
    read and not held: whoever writes one looks for its steps ahead afterwards, under the lock of its timer.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"""SELECT {", ".join("t." + name for name in TIMER.split(", "))}, {OF_CLOCK}
                FROM timers t JOIN clocks c ON c.id = t.clock_id JOIN problems p ON p.id = c.problem_id
                    JOIN assignments a ON a.problem_id = c.problem_id AND a.ended_at IS NULL
                WHERE t.due_at = ANY(%s) AND t.clock_id <> ALL(%s::uuid[])
                    AND NOT EXISTS (SELECT FROM steps_ahead s WHERE s.clock_id = t.clock_id)
                LIMIT %s FOR UPDATE OF t SKIP LOCKED FOR SHARE OF a SKIP LOCKED""".encode(),
            [list(moments), array(without), most],
        ).fetchall()
    return [_due(Timer(*row[:8]), *row[8:]) for row in rows]


def _due(
    timer: Timer, breached: bool, problem: UUID, appeal: UUID, body: UUID | None, handler: UUID | None, *clock: object
) -> Due:
    return Due(timer, clock_of(clock), breached, problem, appeal, body, handler)


def put_notices(connection: Connection, notices: Sequence[Notice], now: datetime) -> None:
    """Write notices that wait; one that is there already stays as it is. They are shown from `send_at` on."""
    rows = [
        (
            each.id, each.region, each.clock_id, each.course, each.step, each.kind, each.share, each.level,
            each.executor_id, each.instead_of, each.deadline_at, each.danger, each.send_at, each.task_id,
            each.problem_id,
        )
        for each in notices
    ]  # fmt: skip
    if not rows:
        return
    connection.execute(
        """INSERT INTO notices (id, region_id, clock_id, course, step, kind, share, level, executor_id, instead_of,
                                deadline_at, danger, send_at, task_id, problem_id, delivered_at, made_at, state)
           SELECT *, send_at, %s, 'waiting' FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::smallint[],
               %s::text[], %s::real[], %s::text[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::boolean[],
               %s::timestamptz[], %s::uuid[], %s::uuid[])
               AS given (id, region_id, clock_id, course, step, kind, share, level, executor_id, instead_of,
                         deadline_at, danger, send_at, task_id, problem_id)
           ON CONFLICT (id) DO NOTHING""",
        [now, *columns(rows)],
    )


def mark_clocks(connection: Connection, warned: Sequence[UUID], breached: Sequence[UUID], now: datetime) -> None:
    """Note on clocks when they first warned and when they were found breached."""
    if warned:
        connection.execute(
            "UPDATE clocks SET warned_at = %s WHERE id = ANY(%s) AND warned_at IS NULL", [now, list(warned)]
        )
    if breached:
        connection.execute("UPDATE clocks SET breached_at = %s WHERE id = ANY(%s)", [now, list(breached)])


def cancel_waiting(connection: Connection, clocks: Sequence[UUID], now: datetime) -> int:
    """Take back what was not sent of these clocks; returns how many notices."""
    return connection.execute(
        """UPDATE notices SET state = 'cancelled', cancelled_at = %s, delivered_at = NULL
           WHERE clock_id = ANY(%s) AND state = 'waiting'""",
        [now, list(clocks)],
    ).rowcount


def staff_of(connection: Connection, region: str, desks: Mapping[Level, str]) -> Staff:
    """Everybody of a region with heads, deputies and absences; a desk whose code is not there stays a desk."""
    with connection.cursor(row_factory=dict_row) as cursor:
        executors = cursor.execute(
            """SELECT id, kind, code, parent_id, head_id, valid_from, valid_to,
                   array(SELECT deputy_id FROM deputies WHERE executor_id = executors.id ORDER BY ordinal) AS deputies
               FROM executors WHERE region_id = %s""",
            [region],
        ).fetchall()
        away = cursor.execute(
            "SELECT executor_id, first_day, last_day, deputy_id FROM absences WHERE region_id = %s ORDER BY first_day",
            [region],
        ).fetchall()
    members = {
        row["id"]: Member(
            row["id"], row["kind"], row["code"], row["parent_id"], row["head_id"], (row["valid_from"], row["valid_to"]),
            tuple(row["deputies"]),
        )
        for row in executors
    }  # fmt: skip
    absences: dict[UUID, tuple[Absence, ...]] = {}
    for row in away:
        absence = Absence(row["first_day"], row["last_day"], row["deputy_id"])
        absences[row["executor_id"]] = (*absences.get(row["executor_id"], ()), absence)
    by_code = {member.code: member.id for member in members.values()}
    return Staff(members, absences, {level: by_code[code] for level, code in desks.items() if code in by_code})
