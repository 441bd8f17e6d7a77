"""Lists of problems: filters, two orders, keyset pages, counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.reading import search
from api.reading.cursors import decoded, encoded
from models.states import ProblemState

Row = dict[str, Any]


class Order(StrEnum):
    QUEUE = "queue"  # overdue first, then by urgency, then the oldest first
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; None and empty mean any. `executor_id`: what he works on now, as lead or not."""

    state: str | None = None
    topic: str | None = None
    group: str | None = None
    municipality: str | None = None
    urgency: int | None = None
    place: str | None = None
    text: str | None = None
    decided: bool | None = None
    overdue: bool | None = None
    executor_id: UUID | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    next_cursor: str | None


RUNNING = """c.problem_id = p.id AND c.stopped_at IS NULL AND CASE
    WHEN p.state IN ('merged', 'dismissed') THEN false
    WHEN p.state IN ('found', 'queued') THEN c.kind NOT IN ('plan', 'work')
    WHEN p.state = 'assigned' THEN c.kind NOT IN ('route', 'forwarding')
    WHEN p.state IN ('planned', 'reported') THEN c.kind NOT IN ('route', 'forwarding', 'plan')
    ELSE c.kind = 'registration' OR c.kind = 'solve' AND c.regime = 'fz59' END"""
"""The clocks `c` that run for the problem `p`: its state says so at once, their rows only when the sla stage has read
the event of what was just done. Under 59-ФЗ the answer is owed until it is sent."""

HOLDERS = """
    WITH RECURSIVE holder (id, parent_id) AS (
        SELECT id, parent_id FROM executors WHERE id IN (s.executor_id, s.handler_id)
        UNION SELECT above.id, above.parent_id FROM executors above JOIN holder ON above.id = holder.parent_id)
    SELECT id FROM holder"""
"""All who have an assignment `s`: its executor, the unit or person who does the work, and those above them."""

OWN = """
    WITH RECURSIVE own (id) AS (
        SELECT %(executor_id)s::uuid
        UNION SELECT below.id FROM executors below JOIN own ON below.parent_id = own.id)
    SELECT id FROM own"""
"""An executor and all inside it: a body has what its units and persons have."""

COLUMNS = f"""
    p.id, p.appeal_id, p.ordinal, p.state, p.spans, p.topic_code, p.topic_probability, p.group_name,
    p.group_probability, p.decided, p.topic_guesses, p.words, p.facts, p.place, p.more_places, p.place_level,
    p.municipality, p.latitude, p.longitude, p.h3, p.urgency, p.urgency_reasons, p.executor_guesses, p.doubt,
    p.merged_into, p.found_at, p.version, t.name AS topic_name, a.number, a.text, a.privacy, a.accepted_at,
    s.executor_id, s.assigned_by, s.assigned_at, coalesce(u.name, s.assigned_by) AS assigned_by_name,
    e.name AS executor_name, s.handler_id, d.name AS handler_name, ARRAY({HOLDERS}) AS held_by,
    c.kind AS clock_kind, c.deadline_at, coalesce(c.deadline_at < %(now)s, false) AS overdue,
    (SELECT count(*) FROM verdicts v WHERE v.problem_id = p.id AND NOT v.solved)
        + (SELECT count(*) FROM problems m JOIN verdicts v ON v.problem_id = m.id
           WHERE m.merged_into = p.id AND m.state = 'merged' AND NOT v.solved) AS reopened
"""
TABLES = f"""
    FROM problems p
    JOIN appeals a ON a.id = p.appeal_id
    LEFT JOIN topics t ON t.region_id = p.region_id AND t.code = p.topic_code
    LEFT JOIN assignments s ON s.problem_id = p.id AND s.ended_at IS NULL
    LEFT JOIN executors e ON e.id = s.executor_id
    LEFT JOIN executors d ON d.id = s.handler_id
    LEFT JOIN users u ON u.login = s.assigned_by
    LEFT JOIN LATERAL (
        SELECT c.kind, c.deadline_at FROM clocks c WHERE {RUNNING} ORDER BY c.deadline_at LIMIT 1
    ) c ON true
"""
OVERDUE = f"EXISTS (SELECT FROM clocks c WHERE {RUNNING} AND c.deadline_at < %(now)s)"
CONDITIONS: Mapping[str, str] = {
    "state": "p.state = %(state)s",
    "topic": "p.topic_code = %(topic)s",
    "group": "p.group_name = %(group)s",
    "municipality": "p.municipality = %(municipality)s",
    "urgency": "p.urgency >= %(urgency)s",
    "decided": "p.decided = %(decided)s",
    "executor_id": f"""p.id IN (
        SELECT problem_id FROM assignments
        WHERE region_id = %(region)s AND executor_id IN ({OWN}) AND ended_at IS NULL
        UNION ALL SELECT problem_id FROM assignments
        WHERE region_id = %(region)s AND handler_id IN ({OWN}) AND ended_at IS NULL
        UNION ALL SELECT problem_id FROM co_assignments
        WHERE region_id = %(region)s AND executor_id = %(executor_id)s AND ended_at IS NULL)""",
}
ADDRESS = "concat_ws(' ', p.place->>'settlement', p.place->>'street', p.place->>'house')"
OPEN = "p.state IN ('found', 'queued', 'assigned', 'planned', 'reported')"


def _sought(connection: Connection[Any], region: str, filters: Filters) -> search.Sought | None:
    """What the words find; those of the place stand among the words of the appeal too."""
    if filters.text and search.number_in(filters.text):
        return search.look_up(connection, region, filters.text)
    typed = " ".join(filter(None, (filters.text, filters.place)))
    return search.look_up(connection, region, typed) if typed.strip() else None


def _where(
    region: str, filters: Filters, now: datetime, sought: search.Sought | None
) -> tuple[list[str], dict[str, Any]]:
    conditions = ["p.region_id = %(region)s"]
    values: dict[str, Any] = {"region": region, "now": now}
    for name, condition in CONDITIONS.items():
        value = getattr(filters, name)
        if value is None or value == "":
            continue
        conditions.append(condition)
        values[name] = value
    if sought is not None and sought.ids is None:
        conditions.append(f"p.appeal_id {sought.condition}")
        values |= sought.values
    elif sought is not None:
        values["sought"] = sought.ids
    if filters.place:
        conditions.append(search.said_in(ADDRESS, filters.place, values))
    if filters.overdue is not None:
        conditions.append(OVERDUE if filters.overdue else f"NOT {OVERDUE}")
    if filters.open_only:
        conditions.append(OPEN)
    return conditions, values


def listed(
    connection: Connection[Any],
    region: str,
    filters: Filters,
    *,
    now: datetime,
    order: Order = Order.NEWEST,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """One page of problems, newest or most pressing first."""
    sought = _sought(connection, region, filters)
    if order is Order.QUEUE:
        return _queue(connection, region, filters, sought, now, limit, cursor)
    conditions, values = _where(region, filters, now, sought)
    if cursor:
        values["found_at"], values["last"] = decoded(cursor, datetime, UUID)
        conditions.append("(p.found_at, p.id) < (%(found_at)s, %(last)s)")
    found = _ids(connection, sought, conditions, values, "p.found_at DESC, p.id DESC", limit + 1)
    rows = whole(connection, found[:limit], now)
    last = rows[-1] if rows else None
    return Page(rows, encoded([last["found_at"], last["id"]]) if last and len(found) > limit else None)


def _queue(
    connection: Connection[Any],
    region: str,
    filters: Filters,
    sought: search.Sought | None,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> Page:
    """First what is overdue, then the rest; each by urgency, then the oldest first, so that an index can serve it.

    A walk over the pages counts what is overdue at the moment when it began: no row is skipped or shown twice.
    """
    parts = [True, False]
    after = None
    if cursor:
        now, in_overdue, *after = decoded(cursor, datetime, bool, int, datetime, UUID)
        parts = [True, False] if in_overdue else [False]
    found: list[UUID] = []
    for overdue in parts:
        conditions, values = _where(region, filters, now, sought)
        conditions.append(OVERDUE if overdue else f"NOT {OVERDUE}")
        if after:
            values["urgency_seen"], values["found_at"], values["last"] = after
            conditions.append(
                "(p.urgency < %(urgency_seen)s"
                " OR p.urgency = %(urgency_seen)s AND (p.found_at, p.id) > (%(found_at)s, %(last)s))"
            )
            after = None
        found += _ids(
            connection, sought, conditions, values, "p.urgency DESC, p.found_at, p.id", limit + 1 - len(found)
        )
        if len(found) > limit:
            break
    rows = whole(connection, found[:limit], now)
    if len(found) <= limit:
        return Page(rows, None)
    last = rows[-1]
    return Page(rows, encoded([now, last["overdue"], last["urgency"], last["found_at"], last["id"]]))


def _ids(
    connection: Connection[Any],
    sought: search.Sought | None,
    conditions: list[str],
    values: Mapping[str, Any],
    ordering: str,
    limit: int,
) -> list[UUID]:
    source = "problems" if sought is None else sought.source("problems", "appeal_id")
    query = f"SELECT p.id FROM {source} p WHERE {' AND '.join(conditions)} ORDER BY {ordering} LIMIT %(limit)s"
    found = connection.execute(
        query.encode(), {**values, "limit": limit}, prepare=False
    )  # the plan must know the words
    return [row[0] for row in found.fetchall()]


def whole(connection: Connection[Any], ids: list[UUID], now: datetime) -> list[Row]:
    """The rows of these problems, in this order."""
    query = f"SELECT {COLUMNS} {TABLES} WHERE p.id = ANY(%(ids)s)"
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(query.encode(), {"ids": ids, "now": now}).fetchall()
    return sorted(rows, key=lambda row: ids.index(row["id"]))


def one(connection: Connection[Any], region: str, problem_id: UUID, *, now: datetime) -> Row | None:
    """One problem with its appeal, executor and nearest clock."""
    query = f"SELECT {COLUMNS} {TABLES} WHERE p.region_id = %(region)s AND p.id = %(id)s"
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(query.encode(), {"region": region, "id": problem_id, "now": now}).fetchone()


def of_appeal(connection: Connection[Any], region: str, appeal_id: UUID, *, now: datetime) -> list[Row]:
    """The problems of one appeal in the order of the text."""
    query = f"SELECT {COLUMNS} {TABLES} WHERE p.region_id = %(region)s AND p.appeal_id = %(id)s ORDER BY p.ordinal"
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(query.encode(), {"region": region, "id": appeal_id, "now": now}).fetchall()


def open_of_appeal(connection: Connection[Any], appeal_id: UUID) -> list[Row]:
    """Ids and ordinals of the appeal's problems that still go on."""
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(
            f"SELECT p.id, p.ordinal FROM problems p WHERE p.appeal_id = %s AND {OPEN} ORDER BY p.ordinal".encode(),
            (appeal_id,),
        ).fetchall()


def counts(connection: Connection[Any], region: str, *, now: datetime) -> dict[str, int]:
    """How many problems there are by state; beside them how many open ones are overdue or dangerous."""
    found: dict[str, int] = dict.fromkeys([*ProblemState, "overdue", "danger"], 0)
    by_state = connection.execute("SELECT state, count(*) FROM problems WHERE region_id = %s GROUP BY state", (region,))
    found.update(dict(by_state.fetchall()))
    pressing = connection.execute(
        f"""
        SELECT
            (SELECT count(*) FROM problems p WHERE p.region_id = %(region)s AND {OPEN} AND p.urgency = 5),
            (SELECT count(*) FROM problems p WHERE p.region_id = %(region)s AND {OPEN} AND {OVERDUE})
        """.encode(),
        {"region": region, "now": now},
    ).fetchone()
    if pressing is not None:
        found["danger"], found["overdue"] = pressing
    return found
