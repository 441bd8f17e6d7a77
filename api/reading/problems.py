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

from api.reading.cursors import decoded, encoded
from models.states import ProblemState

Row = dict[str, Any]


class Order(StrEnum):
    QUEUE = "queue"  # overdue first, then by urgency, then the oldest first
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; None and empty mean any. `executor_id` limits to what that executor answers for now."""

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


COLUMNS = """
    p.id, p.appeal_id, p.ordinal, p.state, p.spans, p.topic_code, p.topic_probability, p.group_name,
    p.group_probability, p.decided, p.topic_guesses, p.words, p.facts, p.place, p.more_places, p.place_level,
    p.municipality, p.latitude, p.longitude, p.h3, p.urgency, p.urgency_reasons, p.executor_guesses, p.merged_into,
    p.found_at, p.version, t.name AS topic_name, a.number, a.text, a.privacy, a.accepted_at,
    s.executor_id, s.assigned_by, s.assigned_at, e.name AS executor_name,
    c.kind AS clock_kind, c.deadline_at, coalesce(c.deadline_at < %(now)s, false) AS overdue
"""
TABLES = """
    FROM problems p
    JOIN appeals a ON a.id = p.appeal_id
    LEFT JOIN topics t ON t.region_id = p.region_id AND t.code = p.topic_code
    LEFT JOIN assignments s ON s.problem_id = p.id AND s.ended_at IS NULL
    LEFT JOIN executors e ON e.id = s.executor_id
    LEFT JOIN LATERAL (
        SELECT kind, deadline_at FROM clocks
        WHERE problem_id = p.id AND stopped_at IS NULL ORDER BY deadline_at LIMIT 1
    ) c ON true
"""
CONDITIONS: Mapping[str, str] = {
    "state": "p.state = %(state)s",
    "topic": "p.topic_code = %(topic)s",
    "group": "p.group_name = %(group)s",
    "municipality": "p.municipality = %(municipality)s",
    "urgency": "p.urgency >= %(urgency)s",
    "place": "concat_ws(' ', p.place->>'settlement', p.place->>'street', p.place->>'house') ILIKE %(place)s",
    "text": "(a.number ILIKE %(text)s OR a.text ILIKE %(text)s OR p.place->>'street' ILIKE %(text)s)",
    "decided": "p.decided = %(decided)s",
    "overdue": "coalesce(c.deadline_at < %(now)s, false) = %(overdue)s",
    "executor_id": "s.executor_id = %(executor_id)s",
}
OPEN = "p.state IN ('found', 'queued', 'assigned', 'planned')"


def contains(words: str) -> str:
    """An ILIKE pattern for «contains these words», where %, _ and \\ stand for themselves."""
    escaped = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return "%" + "%".join(escaped.split()) + "%"


def _where(region: str, filters: Filters, now: datetime) -> tuple[list[str], dict[str, Any]]:
    conditions = ["p.region_id = %(region)s"]
    values: dict[str, Any] = {"region": region, "now": now}
    for name, condition in CONDITIONS.items():
        value = getattr(filters, name)
        if value is None or value == "":
            continue
        conditions.append(condition)
        values[name] = contains(value) if name in ("place", "text") else value
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
    if order is Order.QUEUE and cursor:
        # the whole walk counts what is overdue at the moment when it began, so that no row is skipped or shown twice
        now, was_overdue, urgency, found_at, last = decoded(cursor, datetime, bool, int, datetime, UUID)
    conditions, values = _where(region, filters, now)
    if order is Order.QUEUE:
        ordering = "overdue DESC, p.urgency DESC, p.found_at, p.id"
        if cursor:
            conditions.append(
                "(NOT coalesce(c.deadline_at < %(now)s, false), -p.urgency, p.found_at, p.id)"
                " > (NOT %(was_overdue)s, -%(after_urgency)s::int, %(found_at)s, %(last)s)"
            )
            values |= {"was_overdue": was_overdue, "after_urgency": urgency, "found_at": found_at, "last": last}
    else:
        ordering = "p.found_at DESC, p.id DESC"
        if cursor:
            found_at, last = decoded(cursor, datetime, UUID)
            conditions.append("(p.found_at, p.id) < (%(found_at)s, %(last)s)")
            values |= {"found_at": found_at, "last": last}
    query = f"SELECT {COLUMNS} {TABLES} WHERE {' AND '.join(conditions)} ORDER BY {ordering} LIMIT %(limit)s"
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(query.encode(), values | {"limit": limit + 1}).fetchall()
    return Page(rows[:limit], _cursor(rows[limit - 1], order, now) if len(rows) > limit else None)


def _cursor(row: Row, order: Order, now: datetime) -> str:
    if order is Order.QUEUE:
        return encoded([now, row["overdue"], row["urgency"], row["found_at"], row["id"]])
    return encoded([row["found_at"], row["id"]])


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


def counts(connection: Connection[Any], region: str, filters: Filters, *, now: datetime) -> dict[str, int]:
    """How many problems pass the filters, by state; beside them how many open ones are overdue or dangerous."""
    conditions, values = _where(region, filters, now)
    query = f"""
        SELECT p.state, count(*), count(*) FILTER (WHERE c.deadline_at < %(now)s AND {OPEN}),
            count(*) FILTER (WHERE p.urgency = 5 AND {OPEN})
        {TABLES} WHERE {" AND ".join(conditions)} GROUP BY p.state
    """
    found: dict[str, int] = dict.fromkeys([*ProblemState, "overdue", "danger"], 0)
    for state, number, overdue, danger in connection.execute(query.encode(), values).fetchall():
        found[state] = number
        found["overdue"] += overdue
        found["danger"] += danger
    return found
