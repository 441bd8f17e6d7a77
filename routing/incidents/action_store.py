"""The SQL of what operators do with incidents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from models.identifiers import new_id
from routing.incidents.records import IncidentState
from streams.contract import Connection


class Kind(StrEnum):
    """Kinds of actions, as the table incident_actions keeps them."""

    OPEN = "open"
    ADD = "add"
    TAKE_OUT = "take_out"
    SPLIT = "split"
    NAME = "name"
    ASSIGN = "assign"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident as an operator's action finds it, locked."""

    id: UUID
    region: str
    number: int
    cause: str
    name: str
    state: IncidentState
    executor_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class Member:
    """A problem, locked, with the incident it stands in now."""

    id: UUID
    appeal_id: UUID
    state: str
    version: int
    incident: UUID | None
    executor_id: UUID | None


@dataclass(frozen=True, slots=True)
class Done:
    """One row of incident_actions that is not undone."""

    id: UUID
    kind: Kind
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def standing(connection: Connection, region: str, incident: UUID) -> Standing | None:
    row = connection.execute(
        """
        SELECT id, region_id, number, cause, name, state, executor_id, version FROM incidents
        WHERE id = %s AND region_id = %s FOR UPDATE
        """,
        [incident, region],
    ).fetchone()
    if row is None:
        return None
    id, region_id, number, cause, name, state, executor_id, version = row
    return Standing(id, region_id, number, cause, name, IncidentState(state), executor_id, version)


MEMBERS = """
SELECT p.id, p.appeal_id, p.state, p.version, i.incident_id, g.executor_id
FROM problems p
LEFT JOIN incident_problems i ON i.problem_id = p.id AND i.left_at IS NULL
LEFT JOIN assignments g ON g.problem_id = p.id AND g.ended_at IS NULL
WHERE p.region_id = %s AND p.id = ANY(%s) ORDER BY p.id FOR UPDATE OF p"""


def problems(connection: Connection, region: str, ids: Iterable[UUID]) -> list[Member]:
    """The problems, locked in the order of their ids."""
    return [Member(*row) for row in connection.execute(MEMBERS, [region, list(ids)])]


def member_ids(connection: Connection, incident: UUID) -> list[UUID]:
    rows = connection.execute(
        "SELECT problem_id FROM incident_problems WHERE incident_id = %s AND left_at IS NULL", [incident]
    )
    return [row[0] for row in rows]


def open_incident(
    connection: Connection, region: str, first: Sequence[UUID], cause: str, name: str, by: str, now: datetime
) -> UUID:
    """A new incident in the place and time of the earliest of these problems."""
    made = new_id()
    connection.execute(
        """
        INSERT INTO incidents (id, region_id, number, cause, name, state, municipality, latitude, longitude, first_at,
                               last_at, opened_by, opened_at)
        SELECT %(id)s, %(region)s, nextval('incident_numbers'), %(cause)s, %(name)s, 'open', p.municipality, p.latitude,
               p.longitude, a.sent_at, a.sent_at, %(by)s, %(now)s
        FROM problems p JOIN appeals a ON a.id = p.appeal_id WHERE p.id = ANY(%(first)s)
        ORDER BY a.sent_at, p.id LIMIT 1
        """,
        {"id": made, "region": region, "cause": cause, "name": name, "by": by, "now": now, "first": list(first)},
    )
    return made


def join(
    connection: Connection, region: str, incident: UUID, problem: UUID, reason: str, by: str, now: datetime
) -> None:
    connection.execute(
        """
        INSERT INTO incident_problems (id, region_id, incident_id, problem_id, joined_by, reason, joined_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        [new_id(), region, incident, problem, by, reason, now],
    )


def leave(connection: Connection, incident: UUID, problem: UUID, by: str, now: datetime) -> None:
    connection.execute(
        """
        UPDATE incident_problems SET left_by = %s, left_at = %s
        WHERE incident_id = %s AND problem_id = %s AND left_at IS NULL
        """,
        [by, now, incident, problem],
    )


def write(connection: Connection, incident: Standing) -> None:
    """Write name, state and executor; the times follow from the problems that stand in it."""
    connection.execute(
        """
        UPDATE incidents i SET name = %(name)s, state = %(state)s, executor_id = %(executor)s, version = version + 1,
            closed_at = CASE WHEN %(state)s = 'closed' THEN coalesce(closed_at, now()) END,
            first_at = coalesce(t.first_at, i.first_at), last_at = coalesce(t.last_at, i.last_at)
        FROM (SELECT min(a.sent_at) AS first_at, max(a.sent_at) AS last_at FROM incident_problems m
              JOIN problems p ON p.id = m.problem_id JOIN appeals a ON a.id = p.appeal_id
              WHERE m.incident_id = %(id)s AND m.left_at IS NULL) t
        WHERE i.id = %(id)s
        """,
        {
            "id": incident.id,
            "name": incident.name,
            "state": incident.state.value,
            "executor": incident.executor_id,
        },
    )


def record(
    connection: Connection,
    region: str,
    incident: UUID,
    kind: Kind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: str,
    now: datetime,
) -> None:
    connection.execute(
        """
        INSERT INTO incident_actions (id, region_id, incident_id, login, kind, before, after, done_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [new_id(), region, incident, by, kind, Jsonb(dict(before)), Jsonb(dict(after)), now],
    )


def last_done(connection: Connection, incident: UUID) -> Done | None:
    """The last action on the incident that is not undone; what was assigned is assigned anew, never undone."""
    row = connection.execute(
        """
        SELECT id, kind, before, after FROM incident_actions
        WHERE incident_id = %s AND undone_at IS NULL AND kind <> 'assign' ORDER BY done_at DESC, id DESC LIMIT 1
        """,
        [incident],
    ).fetchone()
    return None if row is None else Done(row[0], Kind(row[1]), row[2], row[3])


def mark_undone(connection: Connection, action: UUID, now: datetime) -> None:
    connection.execute("UPDATE incident_actions SET undone_at = %s WHERE id = %s", [now, action])


def suggestion(connection: Connection, region: str, problem: UUID) -> tuple[UUID | None, UUID | None] | None:
    """(incident, other problem) of the suggestion that nobody has answered, locked; None where there is none."""
    row = connection.execute(
        """
        SELECT incident_id, with_problem_id FROM incident_suggestions
        WHERE problem_id = %s AND region_id = %s AND answer IS NULL FOR UPDATE
        """,
        [problem, region],
    ).fetchone()
    return None if row is None else (row[0], row[1])


def answer(connection: Connection, problem: UUID, what: str, by: str, now: datetime) -> None:
    connection.execute(
        "UPDATE incident_suggestions SET answer = %s, answered_by = %s, answered_at = %s "
        "WHERE problem_id = %s AND answer IS NULL",
        [what, by, now, problem],
    )
