"""The SQL of joining: what is around the problems of a batch, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from models.facts import FactKind
from models.identifiers import new_id
from models.places import PlaceLevel
from models.repeats import SimilarityKind
from models.states import ProblemState
from routing.executors import Body
from routing.incidents.records import Incident, IncidentState, Likeness, Link, Spot, Trace
from streams.contract import Connection

MOST_OF_A_KEY = 20
"""Of the problems under one key the newest so many are looked at: what thousands share costs no more than the rest."""

OBJECTS = frozenset({FactKind.ROUTE.value, FactKind.INSTITUTION.value})
OPEN_STATES = frozenset({ProblemState.FOUND, ProblemState.QUEUED, ProblemState.ASSIGNED, ProblemState.PLANNED})

TRACES = """
SELECT p.id, p.region_id, p.appeal_id, p.state, p.topic_code, p.topic_probability, p.topic_guesses, p.group_name,
       p.decided, p.place, p.facts, a.sent_at, i.incident_id, i.incident_id IS NOT NULL OR EXISTS (
           SELECT FROM incident_problems past WHERE past.problem_id = p.id) AS stood, g.executor_id
FROM problems p
JOIN appeals a ON a.id = p.appeal_id
LEFT JOIN incident_problems i ON i.problem_id = p.id AND i.left_at IS NULL
LEFT JOIN assignments g ON g.problem_id = p.id AND g.ended_at IS NULL
WHERE p.id = ANY(%s)"""


def traces(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Trace]:
    """The problems as the rules see them, by id."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return {row["id"]: _trace(row) for row in cursor.execute(TRACES, [list(ids)])}


def _trace(row: Mapping[str, Any]) -> Trace:
    chosen = (row["topic_code"], float(row["topic_probability"]))
    others = [(each["code"], float(each["probability"])) for each in row["topic_guesses"] if each["code"] != chosen[0]]
    return Trace(
        id=row["id"],
        region=row["region_id"],
        appeal_id=row["appeal_id"],
        topic=chosen[0],
        topics=(chosen, *others),
        group=row["group_name"],
        decided=row["decided"],
        spot=spot_of(row["place"]),
        sent_at=row["sent_at"],
        objects=frozenset(
            str(each["value"]) for each in row["facts"] if each.get("kind") in OBJECTS and each.get("value")
        ),
        incident=row["incident_id"],
        stood=row["stood"],
        waits=row["state"] in OPEN_STATES,
        executor_id=row["executor_id"],
    )


def spot_of(place: Mapping[str, Any]) -> Spot:
    """The spot of a stored place."""
    return Spot(
        level=PlaceLevel(place["level"]),
        municipality=place.get("municipality", ""),
        settlement=place.get("settlement", ""),
        street=place.get("street", ""),
        house=place.get("house", ""),
        latitude=place.get("latitude"),
        longitude=place.get("longitude"),
        confidence=float(place.get("confidence", 0.0)),
    )


def links(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Link]]:
    """What the language engine found alike, by problem; in both directions, for the later may be routed first."""
    rows = connection.execute(
        """
        SELECT problem_id, earlier_id, kind, score FROM similar_problems WHERE problem_id = ANY(%(ids)s)
        UNION ALL
        SELECT one.id, s.problem_id, s.kind, s.score FROM unnest(%(ids)s::uuid[]) one(id) CROSS JOIN LATERAL (
            SELECT problem_id, kind, score FROM similar_problems WHERE earlier_id = one.id
            ORDER BY problem_id LIMIT %(most)s) s
        """,
        {"ids": list(ids), "most": MOST_OF_A_KEY},
    )
    found: dict[UUID, list[Link]] = {}
    for problem, other, kind, score in rows:
        found.setdefault(problem, []).append(Link(other, SimilarityKind(kind), score))
    return found


def take_turns(connection: Connection, locks: Iterable[int]) -> None:
    """Wait until nobody else may join the same problems; in one order, so that no two wait for each other."""
    connection.execute(
        "SELECT pg_advisory_xact_lock(key) FROM (SELECT key FROM unnest(%s::bigint[]) key ORDER BY key) ordered",
        [sorted(locks)],
    )


def file(connection: Connection, rows: Iterable[tuple[Trace, Sequence[int]]]) -> None:
    """Write under which keys problems will be found; filing again changes nothing."""
    flat = [(key, trace.sent_at, trace.id, trace.region) for trace, keys in rows for key in keys]
    columns = [list(column) for column in zip(*flat, strict=True)] if flat else [[], [], [], []]
    connection.execute(
        """
        INSERT INTO incident_keys (key, sent_at, problem_id, region_id)
        SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::uuid[], %s::text[]) ON CONFLICT DO NOTHING
        """,
        columns,
    )


def candidates(
    connection: Connection, rows: Iterable[tuple[UUID, datetime, timedelta, Sequence[int]]]
) -> dict[UUID, list[UUID]]:
    """The problems filed under any of the keys within the window of each (problem, time, window, keys)."""
    asked = [(problem, key, at - window, at + window) for problem, at, window, keys in rows for key in keys]
    if not asked:
        return {}
    problems, keys, begins, ends = [list(each) for each in zip(*asked, strict=True)]
    found: dict[UUID, list[UUID]] = {}
    rows_found = connection.execute(
        """
        SELECT DISTINCT asked.problem_id, other.problem_id
        FROM unnest(%s::uuid[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
            asked (problem_id, key, first, last)
        CROSS JOIN LATERAL (
            SELECT problem_id FROM incident_keys
            WHERE key = asked.key AND sent_at BETWEEN asked.first AND asked.last
            ORDER BY sent_at DESC, problem_id LIMIT %s) other
        WHERE other.problem_id <> asked.problem_id
        ORDER BY asked.problem_id, other.problem_id
        """,
        [problems, keys, begins, ends, MOST_OF_A_KEY],
    )
    for problem, other in rows_found:
        found.setdefault(problem, []).append(other)
    return found


def incidents(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Incident]:
    """The incidents, locked until the commit, in the order of their ids."""
    rows = connection.execute(
        """
        SELECT id, region_id, number, cause, latitude, longitude, first_at, last_at, executor_id, state
        FROM incidents WHERE id = ANY(%s) ORDER BY id FOR UPDATE
        """,
        [list(ids)],
    )
    return {row[0]: _incident(row) for row in rows}


def _incident(row: tuple[Any, ...]) -> Incident:
    id, region, number, cause, latitude, longitude, first_at, last_at, executor_id, state = row
    point = None if latitude is None or longitude is None else (latitude, longitude)
    return Incident(id, region, number, cause, point, first_at, last_at, executor_id, IncidentState(state))


def open_incident(connection: Connection, first: Trace, cause: str, *, id: UUID, by: str, now: datetime) -> Incident:
    """A new incident at the place and time of `first`; nobody stands in it yet."""
    latitude, longitude = first.spot.point or (None, None)
    row = connection.execute(
        """
        INSERT INTO incidents (id, region_id, number, cause, state, municipality, latitude, longitude,
                               first_at, last_at, opened_by, opened_at)
        VALUES (%s, %s, nextval('incident_numbers'), %s, 'open', %s, %s, %s, %s, %s, %s, %s) RETURNING number
        """,
        [id, first.region, cause, first.spot.municipality, latitude, longitude, first.sent_at, first.sent_at, by, now],
    ).fetchone()
    assert row is not None
    return Incident(id, first.region, row[0], cause, first.spot.point, first.sent_at, first.sent_at)


def join(
    connection: Connection, incident: Incident, trace: Trace, likeness: Likeness, *, id: UUID, by: str, now: datetime
) -> bool:
    """Put the problem into the incident; False where it stands in one already."""
    done = connection.execute(
        """
        INSERT INTO incident_problems (id, region_id, incident_id, problem_id, joined_by, reason, score, joined_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        [id, trace.region, incident.id, trace.id, by, likeness.reason, likeness.score, now],
    )
    return done.rowcount == 1


def write_incidents(connection: Connection, changed: Iterable[Incident]) -> None:
    """Write times, point and executor of incidents that a batch has moved."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE incidents SET first_at = %s, last_at = %s, latitude = %s, longitude = %s, executor_id = %s "
            "WHERE id = %s",
            [
                (each.first_at, each.last_at, *(each.point or (None, None)), each.executor_id, each.id)
                for each in changed
            ],
        )


def suggest(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Put problems before the operator: (problem, region, incident, other problem, score, reason, time)."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO incident_suggestions
                (problem_id, region_id, incident_id, with_problem_id, score, reason, suggested_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            list(rows),
        )


def give_waiting(
    connection: Connection, incident: Incident, now: datetime, reason: str
) -> list[tuple[UUID, UUID, datetime]]:
    """Assign the incident's problems that wait for an operator to its executor; (problem, appeal, time) of each.

    The time is no earlier than that at which the problem was found, wherever the clock was set meanwhile. What an
    executor refused stays with the operator.
    """
    rows = connection.execute(
        """
        UPDATE problems p SET state = 'assigned', version = p.version + 1
        FROM incident_problems i
        WHERE i.incident_id = %s AND i.left_at IS NULL AND p.id = i.problem_id AND p.state = 'queued'
            AND p.doubt <> 'refused'
        RETURNING p.id, p.appeal_id, greatest(p.found_at, %s)
        """,
        [incident.id, now],
    ).fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
            VALUES (%s, %s, %s, %s, 'machine', %s, %s)
            """,
            [(new_id(), incident.region, problem, incident.executor_id, reason, at) for problem, _, at in rows],
        )
    return rows


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does the incident's one job: the executor, and the unit or person that one of its problems went to."""

    executor: Body
    handler: Body | None


def hands(connection: Connection, incident: Incident) -> Hands:
    """Who does the job of an incident that has an executor."""
    row = connection.execute(
        """
        SELECT e.code, e.name, h.code, h.name, h.kind FROM executors e LEFT JOIN LATERAL (
            SELECT h.code, h.name, h.kind FROM incident_problems i
            JOIN assignments g ON g.problem_id = i.problem_id AND g.ended_at IS NULL AND g.executor_id = e.id
            JOIN executors h ON h.id = g.handler_id
            WHERE i.incident_id = %s AND i.left_at IS NULL ORDER BY g.assigned_at, g.id LIMIT 1) h ON true
        WHERE e.id = %s
        """,
        [incident.id, incident.executor_id],
    ).fetchone()
    assert row is not None
    code, name, handler, handler_name, kind = row
    return Hands(Body(code, name), None if handler is None else Body(handler, handler_name, kind=kind))
