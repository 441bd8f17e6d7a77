"""The SQL of clocks: their rows, and the events they are derived from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import tuple_row

from models.arrays import Value, columns
from models.events import Event, Stream
from models.identifiers import derived_id
from models.regimes import Regime
from sla.record import Clock, ClockKind, Pause, Stage
from streams.contract import Connection

COLUMNS = """kind, policy_version, started_at, deadline_at, warn_at, stopped_at, as_of, danger, regime, topic,
    important, stage, pauses, extended_at, reopened_at"""
"""In the order of the fields of Clock."""


@dataclass(frozen=True, slots=True)
class Row:
    """One clock with whose it is."""

    region: str
    problem_id: UUID
    clock: Clock


@dataclass(frozen=True, slots=True)
class Passed:
    """A clock whose warning or deadline was just marked."""

    region: str
    appeal_id: UUID
    problem_id: UUID
    kind: ClockKind
    deadline_at: datetime


def clocks_of(connection: Connection, problems: Sequence[UUID]) -> dict[UUID, dict[ClockKind, Clock]]:
    """The clocks of the problems. No lock: one worker at a time has the events of a problem, and timers only mark."""
    found: dict[UUID, dict[ClockKind, Clock]] = {problem: {} for problem in problems}
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"SELECT problem_id, {COLUMNS} FROM clocks WHERE problem_id = ANY(%s)",
            [list(problems)],
        )
        for row in rows:
            clock = clock_of(row[1:])
            found[row[0]][clock.kind] = clock
    return found


def clock_of(row: Sequence[Any]) -> Clock:
    """The clock of the values of COLUMNS."""
    kind, version, started, ends, warns, stopped, as_of, danger, regime, topic, important, stage, pauses, *later = row
    return Clock(
        ClockKind(kind), version, started, ends, warns, stopped, as_of, danger, Regime(regime), topic, important,
        Stage(stage), tuple(map(_pause, pauses)), *later,
    )  # fmt: skip


def _pause(stored: Mapping[str, str | None]) -> Pause:
    start, end = stored["start"], stored["end"]
    assert start is not None and stored["reason"] is not None
    return Pause(stored["reason"], datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None)


def _pause_json(pause: Pause) -> dict[str, str | None]:
    end = pause.end.isoformat() if pause.end else None
    return {"reason": pause.reason, "start": pause.start.isoformat(), "end": end}


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """Write the clocks in one statement. A deadline that moved may be warned of and breached again."""
    ordered = sorted(rows, key=lambda row: derived_id(row.problem_id, "clock", row.clock.kind))
    connection.execute(
        """INSERT INTO clocks (id, region_id, problem_id, kind, policy_version, started_at, deadline_at, warn_at,
                               stopped_at, as_of, danger, regime, topic, important, stage, pauses, extended_at,
                               reopened_at)
           SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[],
                                %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
                                %s::boolean[], %s::text[], %s::text[], %s::boolean[], %s::text[], %s::jsonb[],
                                %s::timestamptz[], %s::timestamptz[])
           ON CONFLICT (problem_id, kind) DO UPDATE SET
               policy_version = excluded.policy_version, started_at = excluded.started_at,
               deadline_at = excluded.deadline_at, warn_at = excluded.warn_at, stopped_at = excluded.stopped_at,
               as_of = excluded.as_of, danger = excluded.danger, regime = excluded.regime, topic = excluded.topic,
               important = excluded.important, stage = excluded.stage, pauses = excluded.pauses,
               extended_at = excluded.extended_at, reopened_at = excluded.reopened_at,
               warned_at = CASE WHEN clocks.deadline_at = excluded.deadline_at THEN clocks.warned_at END,
               breached_at = CASE WHEN clocks.deadline_at = excluded.deadline_at THEN clocks.breached_at END""",
        columns([_values(row) for row in ordered]),
    )


def _values(row: Row) -> tuple[Value, ...]:
    clock = row.clock
    return (
        derived_id(row.problem_id, "clock", clock.kind),
        row.region,
        row.problem_id,
        clock.kind.value,
        clock.policy_version,
        clock.started_at,
        clock.deadline_at,
        clock.warn_at,
        clock.stopped_at,
        clock.as_of,
        clock.danger,
        clock.regime.value,
        clock.topic,
        clock.important,
        clock.stage.value,
        orjson.dumps([_pause_json(pause) for pause in clock.pauses]).decode(),
        clock.extended_at,
        clock.reopened_at,
    )


def mark_stopped_late(connection: Connection, problems: Sequence[UUID], now: datetime) -> list[Passed]:
    """Mark as breached the clocks of these problems that stopped after a deadline nobody had marked yet."""
    return _marked(
        connection,
        """UPDATE clocks SET breached_at = %(now)s FROM problems
           WHERE problems.id = clocks.problem_id AND clocks.problem_id = ANY(%(problems)s)
               AND clocks.breached_at IS NULL AND clocks.stopped_at > clocks.deadline_at""",
        {"now": now, "problems": list(problems)},
    )


def _marked(connection: Connection, update: str, parameters: dict[str, object]) -> list[Passed]:
    returning = "RETURNING clocks.region_id, problems.appeal_id, clocks.problem_id, clocks.kind, clocks.deadline_at"
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(f"{update} {returning}".encode(), parameters).fetchall()
    return [Passed(region, appeal, problem, ClockKind(kind), at) for region, appeal, problem, kind, at in rows]


def problem_events(connection: Connection, problem_id: UUID) -> tuple[str, list[Event]] | None:
    """The region of a problem and all its events in their order; None where there is no such problem."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        known = cursor.execute("SELECT region_id, appeal_id FROM problems WHERE id = %s", [problem_id]).fetchone()
        if known is None:
            return None
        rows = cursor.execute(
            """SELECT event FROM stream_events
               WHERE stream = %s AND key = %s AND event->'data'->>'problem_id' = %s ORDER BY position""",
            [Stream.PROBLEMS, str(known[1]), str(problem_id)],
        ).fetchall()
    return known[0], [Event.of_json(row[0]) for row in rows]


def events_by_problem(connection: Connection, region: str) -> Iterator[list[Event]]:
    """The events of each problem of a region in their order, read from the log without filling the memory."""
    with connection.cursor("events_by_problem", row_factory=tuple_row) as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            """SELECT key, event FROM stream_events WHERE stream = %s AND region_id = %s
               ORDER BY key, partition, position""",
            [Stream.PROBLEMS, region],
        )
        for _, rows in groupby(cursor, itemgetter(0)):
            by_problem: dict[str, list[Event]] = {}
            for _, content in rows:
                if "problem_id" in content["data"]:
                    by_problem.setdefault(content["data"]["problem_id"], []).append(Event.of_json(content))
            yield from by_problem.values()
