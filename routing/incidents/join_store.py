"""The SQL of joining: what becomes of the problems of a batch. Each function is one statement for the whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.arrays import array, columns
from models.identifiers import new_id
from routing.executors import Body
from routing.incidents.records import MACHINE, Incident, Trace
from streams.contract import Connection


def open_incidents(connection: Connection, opened: Sequence[tuple[Incident, Trace]], now: datetime) -> None:
    """Write new incidents, each with its first problem, and give them their numbers in this order."""
    if not opened:
        return
    rows = [
        (
            *(each.id, each.region, each.cause, first.spot.municipality, *(each.point or (None, None))),
            *(each.first_at, each.last_at, each.executor_id),
        )
        for each, first in opened
    ]
    written = connection.execute(
        """
        INSERT INTO incidents (id, region_id, number, cause, state, municipality, latitude, longitude,
                               first_at, last_at, executor_id, opened_by, opened_at)
        SELECT id, region, nextval('incident_numbers'), cause, 'open', municipality, latitude, longitude,
               first_at, last_at, executor, %s, %s
        FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[], %s::timestamptz[],
                    %s::timestamptz[], %s::uuid[]) WITH ORDINALITY
            made (id, region, cause, municipality, latitude, longitude, first_at, last_at, executor, place)
        ORDER BY place RETURNING id, number
        """,
        [MACHINE, now, *columns(rows)],
    )
    numbers = dict(written.fetchall())
    for each, _ in opened:
        each.number = numbers[each.id]


def join(connection: Connection, rows: Sequence[tuple[Any, ...]], now: datetime) -> set[UUID]:
    """Write memberships (id, region, incident, problem, reason, score).

    Returns the problems that joined: one that an operator put into another incident meanwhile stays there.
    """
    if not rows:
        return set()
    written = connection.execute(
        """
        INSERT INTO incident_problems (id, region_id, incident_id, problem_id, joined_by, reason, score, joined_at)
        SELECT id, region, incident, problem, %s, reason, score, %s
        FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::float8[])
            made (id, region, incident, problem, reason, score)
        ON CONFLICT DO NOTHING RETURNING problem_id
        """,
        [MACHINE, now, *columns(rows)],
    )
    return {problem for (problem,) in written}


def write_incidents(connection: Connection, changed: Sequence[Incident]) -> None:
    """Write times, point and executor of incidents that a batch has moved."""
    if not changed:
        return
    rows = [(each.id, each.first_at, each.last_at, *(each.point or (None, None)), each.executor_id) for each in changed]
    connection.execute(
        """
        UPDATE incidents i SET first_at = moved.first_at, last_at = moved.last_at, latitude = moved.latitude,
            longitude = moved.longitude, executor_id = moved.executor
        FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::float8[], %s::float8[], %s::uuid[])
            moved (id, first_at, last_at, latitude, longitude, executor)
        WHERE i.id = moved.id
        """,
        columns(rows),
    )


def suggest(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Put problems before the operator: (problem, region, incident, other problem, score, reason, time)."""
    if not rows:
        return
    connection.execute(
        """
        INSERT INTO incident_suggestions
            (problem_id, region_id, incident_id, with_problem_id, score, reason, suggested_at)
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::float8[], %s::text[],
            %s::timestamptz[]) ON CONFLICT DO NOTHING
        """,
        columns(rows),
    )


def give_waiting(
    connection: Connection, given: Mapping[UUID, Incident], now: datetime, reasons: Mapping[UUID, str]
) -> list[tuple[UUID, UUID, UUID, datetime]]:
    """Assign what waits for an operator in the incidents to their executors; (incident, problem, appeal, time) of each.

    The time is no earlier than that at which the problem was found, wherever the clock was set meanwhile. What an
    executor refused stays with the operator.
    """
    rows = connection.execute(
        """
        UPDATE problems p SET state = 'assigned', version = p.version + 1
        FROM incident_problems i
        WHERE i.incident_id = ANY(%s::uuid[]) AND i.left_at IS NULL AND p.id = i.problem_id AND p.state = 'queued'
            AND p.doubt <> 'refused'
        RETURNING i.incident_id, p.id, p.appeal_id, greatest(p.found_at, %s)
        """,
        [array(given), now],
    ).fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
            VALUES (%s, %s, %s, %s, 'machine', %s, %s)
            """,
            [
                (new_id(), given[incident].region, problem, given[incident].executor_id, reasons[incident], at)
                for incident, problem, _, at in rows
            ],
        )
    return rows


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does the incident's one job: the executor, and the unit or person that one of its problems went to."""

    executor: Body
    handler: Body | None


def hands(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Hands]:
    """Who does the job of incidents that have an executor, by incident."""
    rows = connection.execute(
        """
        SELECT one.id, e.code, e.name, h.code, h.name, h.kind
        FROM incidents one JOIN executors e ON e.id = one.executor_id LEFT JOIN LATERAL (
            SELECT h.code, h.name, h.kind FROM incident_problems i
            JOIN assignments g ON g.problem_id = i.problem_id AND g.ended_at IS NULL AND g.executor_id = e.id
            JOIN executors h ON h.id = g.handler_id
            WHERE i.incident_id = one.id AND i.left_at IS NULL ORDER BY g.assigned_at, g.id LIMIT 1) h ON true
        WHERE one.id = ANY(%s::uuid[])
        """,
        [array(ids)],
    )
    return {
        id: Hands(Body(code, name), None if handler is None else Body(handler, handler_name, kind=kind))
        for id, code, name, handler, handler_name, kind in rows
    }
