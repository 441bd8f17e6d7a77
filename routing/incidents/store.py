"""The SQL of joining: what is around the problems of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import dict_row

from models.arrays import array
from models.facts import FactKind
from models.places import PlaceLevel
from models.repeats import SimilarityKind
from models.states import ProblemState
from routing.incidents.records import Incident, IncidentState, Link, Spot, Trace
from streams.contract import Connection

MOST_OF_A_KEY = 20
"""Of the problems under one key the newest so many are looked at: what thousands share costs no more than the rest."""

OBJECTS = frozenset({FactKind.ROUTE.value, FactKind.INSTITUTION.value})
OPEN_STATES = frozenset(
    {ProblemState.FOUND, ProblemState.QUEUED, ProblemState.ASSIGNED, ProblemState.PLANNED, ProblemState.REPORTED}
)

TRACES = """
SELECT p.id, p.region_id, p.appeal_id, p.state, p.topic_code, p.topic_probability, p.group_name,
       CASE WHEN p.topic_guesses <> '[]' THEN p.topic_guesses::text END AS guesses,
       p.decided, p.place ->> 'level' AS level, p.place ->> 'municipality' AS municipality,
       p.place ->> 'settlement' AS settlement, p.place ->> 'street' AS street, p.place ->> 'house' AS house,
       (p.place ->> 'latitude')::float8 AS latitude, (p.place ->> 'longitude')::float8 AS longitude,
       (p.place ->> 'confidence')::float8 AS confidence,
       CASE WHEN p.facts <> '[]' THEN ARRAY(
           SELECT fact ->> 'value' FROM jsonb_array_elements(p.facts) fact
           WHERE fact ->> 'kind' = ANY(%s) AND fact ->> 'value' <> '') END AS objects,
       a.sent_at, i.incident_id, i.incident_id IS NOT NULL OR EXISTS (
           SELECT FROM incident_problems past WHERE past.problem_id = p.id) AS stood, g.executor_id
FROM problems p
JOIN appeals a ON a.id = p.appeal_id
LEFT JOIN incident_problems i ON i.problem_id = p.id AND i.left_at IS NULL
LEFT JOIN assignments g ON g.problem_id = p.id AND g.ended_at IS NULL
WHERE p.id = ANY(%s::uuid[])"""


def traces(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Trace]:
    """The problems as the rules see them, by id."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return {row["id"]: _trace(row) for row in cursor.execute(TRACES, [sorted(OBJECTS), array(ids)])}


def _trace(row: Mapping[str, Any]) -> Trace:
    chosen = (row["topic_code"], float(row["topic_probability"]))
    guesses = orjson.loads(row["guesses"]) if row["guesses"] is not None else ()
    others = [(each["code"], float(each["probability"])) for each in guesses if each["code"] != chosen[0]]
    return Trace(
        id=row["id"],
        region=row["region_id"],
        appeal_id=row["appeal_id"],
        topic=chosen[0],
        topics=(chosen, *others),
        group=row["group_name"],
        decided=row["decided"],
        spot=_spot(row),
        sent_at=row["sent_at"],
        objects=frozenset(row["objects"] or ()),
        incident=row["incident_id"],
        stood=row["stood"],
        waits=row["state"] in OPEN_STATES,
        executor_id=row["executor_id"],
    )


def _spot(row: Mapping[str, Any]) -> Spot:
    return Spot(
        level=PlaceLevel(row["level"]),
        municipality=row["municipality"] or "",
        settlement=row["settlement"] or "",
        street=row["street"] or "",
        house=row["house"] or "",
        latitude=row["latitude"],
        longitude=row["longitude"],
        confidence=row["confidence"] or 0.0,
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
        [array(sorted(locks))],
    )


def file(connection: Connection, rows: Iterable[tuple[Trace, Sequence[int]]]) -> None:
    """Write under which keys problems will be found; filing again changes nothing."""
    filed = list(rows)
    flat = [(key, number) for number, (_, keys) in enumerate(filed, 1) for key in keys]
    connection.execute(
        """
        INSERT INTO incident_keys (key, sent_at, problem_id, region_id)
        SELECT f.key, (%(times)s::timestamptz[])[f.number], (%(ids)s::uuid[])[f.number], (%(regions)s::text[])[f.number]
        FROM unnest(%(keys)s::bigint[], %(numbers)s::integer[]) f (key, number) ON CONFLICT DO NOTHING
        """,
        {
            "times": array(trace.sent_at for trace, _ in filed),
            "ids": array(trace.id for trace, _ in filed),
            "regions": array(trace.region for trace, _ in filed),
            "keys": array(key for key, _ in flat),
            "numbers": array(number for _, number in flat),
        },
    )


def candidates(
    connection: Connection, rows: Iterable[tuple[UUID, datetime, timedelta, Sequence[int]]]
) -> dict[UUID, list[UUID]]:
    """The problems filed under any of the keys within the window of each (problem, time, window, keys)."""
    looking = list(rows)
    flat = [(key, number) for number, (_, _, _, keys) in enumerate(looking, 1) for key in keys]
    found: dict[UUID, list[UUID]] = {}
    rows_found = connection.execute(
        """
        SELECT DISTINCT asked.number, other.problem_id
        FROM unnest(%(keys)s::bigint[], %(numbers)s::integer[]) asked (key, number)
        CROSS JOIN LATERAL (
            SELECT problem_id FROM incident_keys
            WHERE key = asked.key AND sent_at BETWEEN (%(begins)s::timestamptz[])[asked.number]
                AND (%(ends)s::timestamptz[])[asked.number]
            ORDER BY sent_at DESC, problem_id DESC LIMIT %(most)s) other
        ORDER BY asked.number, other.problem_id
        """,
        {
            "keys": array(key for key, _ in flat),
            "numbers": array(number for _, number in flat),
            "begins": [at - window for _, at, window, _ in looking],
            "ends": [at + window for _, at, window, _ in looking],
            "most": MOST_OF_A_KEY,
        },
    )
    for number, other in rows_found:
        problem = looking[number - 1][0]
        if other != problem:
            found.setdefault(problem, []).append(other)
    return found


def incidents(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Incident]:
    """The incidents, locked until the commit, in the order of their ids."""
    rows = connection.execute(
        """
        SELECT id, region_id, number, cause, latitude, longitude, first_at, last_at, executor_id, state
        FROM incidents WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
        """,
        [list(ids)],
    )
    return {row[0]: _incident(row) for row in rows}


def _incident(row: tuple[Any, ...]) -> Incident:
    id, region, number, cause, latitude, longitude, first_at, last_at, executor_id, state = row
    point = None if latitude is None or longitude is None else (latitude, longitude)
    return Incident(id, region, number, cause, point, first_at, last_at, executor_id, IncidentState(state))
