"""Refusals carried out, and the chain of hops: the SQL of `hops`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Charge:
    """What the chain says of one refusal, for the rating. `wrong` is None while nobody has solved the problem."""

    executor_id: UUID
    wrong: bool | None


def judged(hops: Iterable[Hop], final: UUID | None) -> list[Charge]:
    """Who bounced wrongly: the one to whom the problem came back and who solved it in the end.

    `final` is who solved it; None while it is open. A refusal that an operator undid is wrong too when he did so
    rightly: the problem then ends with the one who had refused.
    """
    return [Charge(hop.executor_id, None if final is None else hop.executor_id == final) for hop in hops]
