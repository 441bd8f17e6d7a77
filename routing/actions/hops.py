"""Refusals carried out, and the chain of hops: the SQL of `hops`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from models.identifiers import new_id
from routing.actions.records import Assign, Change
from routing.actions.refusing import Hop, Refusal
from streams.contract import Connection


def of_problem(connection: Connection, problem_id: UUID) -> list[Hop]:
    """The refusals of a problem in their order."""
    rows = connection.execute(
        "SELECT ordinal, from_executor_id, undone_at IS NOT NULL FROM hops WHERE problem_id = %s ORDER BY ordinal",
        (problem_id,),
    )
    return [Hop(*row) for row in rows]


def write(connection: Connection, change: Change, refusal: Refusal, ordinal: int, now: datetime) -> None:
    """Keep one refusal. `change` says whether the machine forwarded it at once."""
    given = change.assignment
    connection.execute(
        """
        INSERT INTO hops (id, region_id, problem_id, ordinal, from_executor_id, login, reason, comment,
                          named_executor_id, forwarded_to_id, refused_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            new_id(),
            change.problem.region,
            change.problem.id,
            ordinal,
            refusal.executor.id,
            refusal.by,
            refusal.reason,
            refusal.comment,
            refusal.named.id if refusal.named else None,
            given.executor.id if isinstance(given, Assign) else None,
            now,
        ),
    )


def mark_undone(connection: Connection, problem_id: UUID, now: datetime) -> None:
    """The last refusal that stands was undone by an operator."""
    connection.execute(
        """
        UPDATE hops SET undone_at = %(now)s WHERE problem_id = %(problem)s AND ordinal = (
            SELECT max(ordinal) FROM hops WHERE problem_id = %(problem)s AND undone_at IS NULL)
        """,
        {"now": now, "problem": problem_id},
    )


def answers_for(connection: Connection, problem_id: UUID, executor_id: UUID) -> UUID | None:
    """As whom somebody of `executor_id` has the problem: himself, or the body whose unit or person he is."""
    row = connection.execute(
        """
        WITH RECURSIVE own (id) AS (
            SELECT %(who)s::uuid
            UNION SELECT below.id FROM executors below JOIN own ON below.parent_id = own.id)
        SELECT executor_id FROM assignments
        WHERE problem_id = %(problem)s AND ended_at IS NULL
            AND (executor_id IN (SELECT id FROM own) OR handler_id IN (SELECT id FROM own))
        """,
        {"problem": problem_id, "who": executor_id},
    ).fetchone()
    return None if row is None else UUID(str(row[0]))


def bounced_wrongly(refused_by: UUID, solved_by: UUID | None) -> bool | None:
    """What a rating charges: whoever refused a problem and solved it in the end. None while nobody has solved it.

    It does not matter whether an operator undid the refusal or the problem came back by itself.
    """
    return None if solved_by is None else refused_by == solved_by
