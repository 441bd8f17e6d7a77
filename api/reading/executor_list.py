"""The executor's own list: what burns first, by whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg import Connection

from api.reading.problems import CONDITIONS, RUNNING, Row, whole


class Turn(StrEnum):
    """Whose turn it is with a problem of an executor."""

    TODO = "todo"  # he must plan or report
    WAITING = "waiting"  # his proof is checked, an operator reads his explanation, the author was asked
    DONE = "done"  # solved or answered


TURN = """CASE
    WHEN p.state IN ('solved', 'answered') THEN 'done'
    WHEN p.state = 'reported' THEN 'waiting'
    WHEN p.state = 'planned' AND (
        held.variant IN ('programme', 'not_ours', 'refused') AND held.agreed IS NULL
        OR held.variant = 'more_info' AND NOT held.answered) THEN 'waiting'
    ELSE 'todo' END"""
TABLES = f"""
    FROM problems p
    LEFT JOIN LATERAL (
        SELECT x.variant, x.agreed, EXISTS (SELECT FROM clarifications c WHERE c.plan_id = x.id) AS answered
        FROM plans x WHERE x.problem_id = p.id ORDER BY x.planned_at DESC, x.id DESC LIMIT 1) held ON true
    LEFT JOIN LATERAL (SELECT min(c.deadline_at) AS deadline_at FROM clocks c WHERE {RUNNING}) due ON true
    WHERE p.region_id = %(region)s AND p.state IN ('assigned', 'planned', 'reported', 'solved', 'answered')
        AND {CONDITIONS["executor_id"]}"""
# dangers first, then what runs out first; of what is done the last found
ORDER: Mapping[Turn, str] = {
    Turn.TODO: "p.urgency = 5 DESC, due.deadline_at NULLS LAST, p.found_at, p.id",
    Turn.WAITING: "due.deadline_at NULLS LAST, p.found_at, p.id",
    Turn.DONE: "p.found_at DESC, p.id DESC",
}


def listed(
    connection: Connection[Any], region: str, executor_id: UUID, turn: Turn, *, now: datetime, limit: int, skip: int
) -> list[Row]:
    """The executor's problems of this turn, those from `skip` on."""
    query = f"SELECT p.id {TABLES} AND {TURN} = %(turn)s ORDER BY {ORDER[turn]} LIMIT %(limit)s OFFSET %(skip)s"
    values = {"region": region, "executor_id": executor_id, "turn": turn.value, "limit": limit, "skip": skip}
    return whole(connection, [row[0] for row in connection.execute(query.encode(), values).fetchall()], now)


def counts(connection: Connection[Any], region: str, executor_id: UUID) -> dict[Turn, int]:
    """How many problems the executor has by turn."""
    query = f"SELECT {TURN}, count(*) {TABLES} GROUP BY 1"
    found = connection.execute(query.encode(), {"region": region, "executor_id": executor_id}).fetchall()
    return dict.fromkeys(Turn, 0) | {Turn(turn): number for turn, number in found}
