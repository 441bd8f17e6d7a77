"""The executor's own list: what burns first, by whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg import Connection

from api.reading.problems import OWN, RUNNING, Row, whole


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
DAYS = 90
"""Closed problems are listed for so many days from their assignment: a great body has a hundred thousand of them."""
MINE = f"WITH mine AS MATERIALIZED (SELECT ARRAY({OWN}) AS ids)"
# whose plan it is matters only while the problem is planned, and its clocks only while it is open
PROBLEMS = """
    FROM problems p CROSS JOIN mine
    LEFT JOIN LATERAL (
        SELECT x.variant, x.agreed, EXISTS (SELECT FROM clarifications c WHERE c.plan_id = x.id) AS answered
        FROM plans x WHERE x.problem_id = p.id AND p.state = 'planned'
        ORDER BY x.planned_at DESC, x.id DESC LIMIT 1) held ON true"""
DUE = f"""
    LEFT JOIN LATERAL (
        SELECT min(c.deadline_at) AS deadline_at FROM clocks c WHERE p.state NOT IN ('solved', 'answered') AND {RUNNING}
    ) due ON true"""
OPEN = """
    WHERE p.region_id = %(region)s AND p.state IN ('assigned', 'planned', 'reported') AND (
        EXISTS (
            SELECT FROM assignments s WHERE s.problem_id = p.id AND s.ended_at IS NULL
                AND (s.executor_id = ANY(mine.ids) OR s.handler_id = ANY(mine.ids)))
        OR EXISTS (
            SELECT FROM co_assignments s WHERE s.problem_id = p.id AND s.executor_id = %(executor_id)s
                AND s.ended_at IS NULL))"""
CLOSED = """
    WHERE p.region_id = %(region)s AND p.state IN ('solved', 'answered') AND p.id IN (
        SELECT s.problem_id FROM assignments s, mine
        WHERE s.region_id = %(region)s AND s.executor_id = ANY(mine.ids) AND s.ended_at IS NULL
            AND s.assigned_at > %(since)s
        UNION SELECT s.problem_id FROM assignments s, mine
        WHERE s.handler_id = ANY(mine.ids) AND s.ended_at IS NULL AND s.assigned_at > %(since)s)"""
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
    where = CLOSED if turn is Turn.DONE else OPEN
    query = (
        f"{MINE} SELECT p.id {PROBLEMS} {DUE} {where} AND {TURN} = %(turn)s "
        f"ORDER BY {ORDER[turn]} LIMIT %(limit)s OFFSET %(skip)s"
    )
    values = _about(region, executor_id, now) | {"turn": turn.value, "limit": limit, "skip": skip}
    return whole(connection, [row[0] for row in connection.execute(query.encode(), values).fetchall()], now)


def counts(connection: Connection[Any], region: str, executor_id: UUID, now: datetime) -> dict[Turn, int]:
    """How many problems the executor has by turn; of the closed ones those of the last days."""
    found = dict.fromkeys(Turn, 0)
    for where in (OPEN, CLOSED):
        query = f"{MINE} SELECT {TURN}, count(*) {PROBLEMS} {where} GROUP BY 1"
        rows = connection.execute(query.encode(), _about(region, executor_id, now)).fetchall()
        found |= {Turn(turn): number for turn, number in rows}
    return found


def _about(region: str, executor_id: UUID, now: datetime) -> dict[str, Any]:
    return {"region": region, "executor_id": executor_id, "since": now - timedelta(days=DAYS)}
