"""The SQL of approval: drafts locked, approved, edited and taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from psycopg.rows import tuple_row

from models.resolution import ReplyKind, ReplyState
from models.states import ProblemState
from streams.contract import Connection


@dataclass(frozen=True, slots=True)
class Held:
    """A reply, locked until the commit."""

    id: UUID
    region: str
    appeal_id: UUID
    kind: ReplyKind
    state: ReplyState
    text: str = field(repr=False)
    flagged: bool
    problems: tuple[UUID, ...]


def locked(connection: Connection, region: str, ids: Collection[UUID]) -> list[Held]:
    """Those of the replies that the region has, in the order of ids."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT id, region_id, appeal_id, kind, state, text, flags <> '[]' FROM replies
               WHERE region_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE""",
            [region, list(ids)],
        ).fetchall()
        about: dict[UUID, list[UUID]] = {}
        for reply, problem in cursor.execute(
            "SELECT reply_id, problem_id FROM reply_problems WHERE reply_id = ANY(%s) ORDER BY problem_id",
            [[row[0] for row in rows]],
        ):
            about.setdefault(reply, []).append(problem)
    return [
        Held(id, region_id, appeal, ReplyKind(kind), ReplyState(state), text, flagged, tuple(about.get(id, ())))
        for id, region_id, appeal, kind, state, text, flagged in rows
    ]


def outdated(connection: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of the replies before the end whose plan holds no more: given over, taken off, or put away since."""
    rows = connection.execute(
        """SELECT DISTINCT r.id FROM replies r
               JOIN reply_problems about ON about.reply_id = r.id
               JOIN plans ON plans.id = about.source
               JOIN problems p ON p.id = about.problem_id
               LEFT JOIN assignments s ON s.problem_id = p.id AND s.ended_at IS NULL
           WHERE r.id = ANY(%s) AND r.kind IN ('interim', 'question')
               AND (p.state NOT IN ('planned', 'reported', 'solved', 'answered')
                    OR s.executor_id IS DISTINCT FROM plans.executor_id)""",
        [list(ids)],
    )
    return {row[0] for row in rows}


def approve(connection: Connection, ids: Collection[UUID], *, by: str, now: datetime) -> None:
    connection.execute(
        """UPDATE replies SET state = 'approved', approved_by = %s, approved_at = %s, try_at = %s
           WHERE id = ANY(%s)""",
        [by, now, now, list(ids)],
    )


def write_text(connection: Connection, reply_id: UUID, text: str) -> None:
    """Another text; the one that was drafted is kept the first time."""
    connection.execute(
        "UPDATE replies SET drafted_text = coalesce(drafted_text, text), text = %s WHERE id = %s", [text, reply_id]
    )


def cancel(connection: Connection, ids: Collection[UUID], *, by: str, reason: str, now: datetime) -> None:
    connection.execute(
        """UPDATE replies SET state = 'cancelled', cancelled_by = %s, cancelled_at = %s, reason = %s, try_at = NULL
           WHERE id = ANY(%s)""",
        [by, now, reason, list(ids)],
    )


def plans_told(connection: Connection, reply_id: UUID) -> list[tuple[UUID, UUID]]:
    """(problem, plan) of the plans that the reply tells of, in the order of the problems."""
    rows = connection.execute(
        """SELECT about.problem_id, plans.id FROM reply_problems about JOIN plans ON plans.id = about.source
           WHERE about.reply_id = %s ORDER BY about.problem_id""",
        [reply_id],
    )
    return [(row[0], row[1]) for row in rows]


def lock_ends(connection: Connection, ids: Sequence[UUID]) -> list[tuple[UUID, UUID, ProblemState]]:
    """(problem, appeal, state) of the problems, and of those that go on in place of merged ones, locked in order."""
    rows = connection.execute(
        """SELECT id, appeal_id, state FROM problems WHERE id IN (
               WITH RECURSIVE way (id, onward) AS (
                   SELECT id, merged_into FROM problems WHERE id = ANY(%s)
                   UNION SELECT p.id, p.merged_into FROM problems p JOIN way ON p.id = way.onward)
               SELECT id FROM way)
           ORDER BY id FOR UPDATE""",
        [list(ids)],
    )
    return [(row[0], row[1], ProblemState(row[2])) for row in rows]


def move_problem(connection: Connection, problem_id: UUID, state: ProblemState) -> None:
    connection.execute("UPDATE problems SET state = %s, version = version + 1 WHERE id = %s", [state, problem_id])
