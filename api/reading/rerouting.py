"""Reading the chain of a problem: who refused and why, and who works on it beside the lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from models.pack import RegionPack
from routing.actions import Rerouting, bounced_wrongly

Row = dict[str, Any]

HOPS = """
SELECT h.problem_id, h.ordinal, e.name AS executor_name, h.from_executor_id AS executor_id, h.reason AS reason_code,
    h.comment, n.name AS named_name, f.name AS forwarded_name, h.refused_at, h.undone_at,
    CASE WHEN p.state = 'solved' THEN s.executor_id END AS solved_by
FROM hops h
JOIN problems p ON p.id = h.problem_id
JOIN executors e ON e.id = h.from_executor_id
LEFT JOIN executors n ON n.id = h.named_executor_id
LEFT JOIN executors f ON f.id = h.forwarded_to_id
LEFT JOIN assignments s ON s.problem_id = p.id AND s.ended_at IS NULL
WHERE h.problem_id = ANY(%s) ORDER BY h.problem_id, h.ordinal
"""
PARTS = """
SELECT c.problem_id, c.id, c.executor_id, e.name AS executor_name, c.role, c.task, c.assigned_at, c.answer,
    c.answered_at, c.ended_at, t.deadline_at, coalesce(t.stopped_at IS NULL AND t.deadline_at < %s, false) AS overdue
FROM co_assignments c JOIN executors e ON e.id = c.executor_id JOIN task_clocks t ON t.subject_id = c.id
WHERE c.problem_id = ANY(%s) ORDER BY c.problem_id, c.assigned_at, c.id
"""


def hops(connection: Connection[Any], pack: RegionPack, problems: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """The refusals of each of the problems in their order; `reason` is in words."""
    reasons = Rerouting.of_pack(pack).reasons
    found: dict[UUID, list[Row]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(HOPS, (list(problems),)):
            known = reasons.get(row["reason_code"])
            found.setdefault(row["problem_id"], []).append(
                row
                | {
                    "reason": known.name if known else row["reason_code"],
                    "wrong": bounced_wrongly(row["executor_id"], row["solved_by"]),
                }
            )
    return found


def parts(connection: Connection[Any], problems: Sequence[UUID], now: datetime) -> Mapping[UUID, list[Row]]:
    """Co-executors and those who got copies, also those who were taken off."""
    found: dict[UUID, list[Row]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(PARTS, (now, list(problems))):
            found.setdefault(row["problem_id"], []).append(row)
    return found
