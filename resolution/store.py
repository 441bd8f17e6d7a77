"""The SQL of plans and reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from models.identifiers import new_id
from models.refusal import Stale
from models.regimes import Regime
from models.resolution import FileRole, ProofState, Variant
from models.states import ProblemState
from resolution.records import NewFile, Plan, Problem, Proof, Wish
from streams.contract import Connection

PROBLEM = """
    SELECT p.id, p.region_id, p.appeal_id, p.state, p.version, p.topic_code, appeal.regime,
           assignment.executor_id, executor.code AS executor, member.incident_id
    FROM problems p
    JOIN appeals appeal ON appeal.id = p.appeal_id
    LEFT JOIN assignments assignment ON assignment.problem_id = p.id AND assignment.ended_at IS NULL
    LEFT JOIN executors executor ON executor.id = assignment.executor_id
    LEFT JOIN incident_problems member ON member.problem_id = p.id AND member.left_at IS NULL"""


def locked(connection: Connection, region: str, ids: Sequence[UUID]) -> list[Problem]:
    """The problems of these ids that the region has, locked in the order of ids until the transaction ends."""
    # locked first and read then: whoever waited for the lock sees the assignment as the other one left it
    connection.execute("SELECT FROM problems WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (list(ids),))
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"{PROBLEM} WHERE p.id = ANY(%s) AND p.region_id = %s ORDER BY p.id".encode(),
            (list(ids), region),
        ).fetchall()
    return [
        Problem(
            id=row["id"],
            region=row["region_id"],
            appeal_id=row["appeal_id"],
            state=ProblemState(row["state"]),
            version=row["version"],
            topic=row["topic_code"],
            regime=Regime(row["regime"]),
            executor_id=row["executor_id"],
            executor=row["executor"] or "",
            incident_id=row["incident_id"],
        )
        for row in rows
    ]


def fellows(connection: Connection, problem_id: UUID) -> list[UUID]:
    """The problem and the others of its incident that the same executor has and still has to plan or to report."""
    rows = connection.execute(
        """
        SELECT other.problem_id
        FROM incident_problems member
        JOIN assignments own ON own.problem_id = member.problem_id AND own.ended_at IS NULL
        JOIN incident_problems other ON other.incident_id = member.incident_id AND other.left_at IS NULL
        JOIN assignments its ON its.problem_id = other.problem_id AND its.ended_at IS NULL
            AND its.executor_id = own.executor_id
        JOIN problems p ON p.id = other.problem_id AND p.state IN ('assigned', 'planned')
        WHERE member.problem_id = %s AND member.left_at IS NULL
        """,
        (problem_id,),
    )
    return sorted({problem_id, *(row[0] for row in rows)})


def answers_for(connection: Connection, problem_id: UUID, executor_id: UUID) -> bool:
    """Whether somebody of `executor_id` has the problem: he himself, or a unit or a person inside it."""
    row = connection.execute(
        """
        WITH RECURSIVE own (id) AS (
            SELECT %(who)s::uuid
            UNION SELECT below.id FROM executors below JOIN own ON below.parent_id = own.id)
        SELECT FROM assignments
        WHERE problem_id = %(problem)s AND ended_at IS NULL
            AND (executor_id IN (SELECT id FROM own) OR handler_id IN (SELECT id FROM own))
        """,
        {"problem": problem_id, "who": executor_id},
    ).fetchone()
    return row is not None


def body_named(connection: Connection, region: str, name: str) -> str | None:
    """The name of the region's executor who is called so; None where it has none."""
    row = connection.execute(
        """
        SELECT name FROM executors
        WHERE region_id = %(region)s AND lower(%(name)s) IN (lower(name), lower(nullif(short_name, '')))
        LIMIT 1
        """,
        {"region": region, "name": " ".join(name.split())},
    ).fetchone()
    return None if row is None else str(row[0])


def move(connection: Connection, problem: Problem, state: ProblemState) -> None:
    """Raises Stale where the version moved on."""
    done = connection.execute(
        "UPDATE problems SET state = %s, version = version + 1 WHERE id = %s AND version = %s",
        (state, problem.id, problem.version),
    )
    if done.rowcount != 1:
        raise Stale


def last_plan(connection: Connection, problem_id: UUID) -> Plan | None:
    """The plan that holds."""
    row = connection.execute(
        """
        SELECT p.id, p.variant, p.executor_id, e.code, p.agreed,
               EXISTS (SELECT FROM clarifications c WHERE c.plan_id = p.id)
        FROM plans p JOIN executors e ON e.id = p.executor_id
        WHERE p.problem_id = %s ORDER BY p.planned_at DESC, p.id DESC LIMIT 1
        """,
        (problem_id,),
    ).fetchone()
    return None if row is None else Plan(row[0], Variant(row[1]), row[2], row[3], row[4], row[5])


def write_plan(connection: Connection, problem: Problem, wish: Wish, *, by: str, now: datetime) -> UUID:
    plan = new_id()
    connection.execute(
        """
        INSERT INTO plans (id, region_id, problem_id, executor_id, variant, due_on, words, ground, planned_by,
                           planned_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            plan,
            problem.region,
            problem.id,
            problem.executor_id,
            wish.variant,
            wish.due_on,
            wish.words,
            wish.ground,
            by,
            now,
        ),
    )
    return plan


def decide_plan(connection: Connection, plan: UUID, *, agreed: bool, by: str, now: datetime, decision: str) -> None:
    connection.execute(
        "UPDATE plans SET agreed = %s, decided_by = %s, decided_at = %s, decision = %s WHERE id = %s",
        (agreed, by, now, decision, plan),
    )


def write_proof(
    connection: Connection,
    problem: Problem,
    files: Sequence[NewFile],
    *,
    report_id: UUID,
    words: str,
    done_on: date,
    by: str,
    now: datetime,
) -> UUID:
    proof = new_id()
    connection.execute(
        """
        INSERT INTO proofs (id, region_id, problem_id, executor_id, state, words, done_on, submitted_by, submitted_at,
                            report_id)
        VALUES (%s, %s, %s, %s, 'submitted', %s, %s, %s, %s, %s)
        """,
        (proof, problem.region, problem.id, problem.executor_id, words, done_on, by, now, report_id),
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO proof_files (id, region_id, proof_id, ordinal, role, name, media_type, size, sha256)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (new_id(), problem.region, proof, number, one.role, one.name, one.media_type, one.size, one.sha256)
                for number, one in enumerate(files)
            ],
        )
    return proof


def problem_of_proof(connection: Connection, region: str, proof_id: UUID) -> UUID | None:
    row = connection.execute(
        "SELECT problem_id FROM proofs WHERE id = %s AND region_id = %s", (proof_id, region)
    ).fetchone()
    return None if row is None else row[0]


def region_of_proof(connection: Connection, proof_id: UUID) -> str | None:
    row = connection.execute("SELECT region_id FROM proofs WHERE id = %s", (proof_id,)).fetchone()
    return None if row is None else str(row[0])


def proofs(connection: Connection, ids: Sequence[UUID]) -> list[Proof]:
    """Proofs in the order of their problems' ids. Their problems must be locked."""
    rows = connection.execute(
        """
        SELECT p.id, p.problem_id, p.state, p.executor_id, e.code, p.report_id,
               ARRAY(SELECT DISTINCT f.role FROM proof_files f WHERE f.proof_id = p.id)
        FROM proofs p JOIN executors e ON e.id = p.executor_id
        WHERE p.id = ANY(%s) ORDER BY p.problem_id
        """,
        (list(ids),),
    )
    return [
        Proof(id, problem, ProofState(state), executor_id, code, frozenset(map(FileRole, roles)), report)
        for id, problem, state, executor_id, code, report, roles in rows
    ]


def same_report(connection: Connection, proof_id: UUID) -> list[tuple[UUID, UUID]]:
    """This proof and those of the same report that wait for an operator: their ids with their problems'."""
    rows = connection.execute(
        """
        SELECT p.id, p.problem_id FROM proofs p
        WHERE p.id = %(proof)s OR (p.state = 'checked' AND p.report_id = (
            SELECT report_id FROM proofs WHERE id = %(proof)s))
        ORDER BY p.problem_id
        """,
        {"proof": proof_id},
    )
    return [(proof, problem) for proof, problem in rows]


def is_last(connection: Connection, proof: Proof) -> bool:
    """Whether no later report of the problem stands before it."""
    row = connection.execute(
        "SELECT id FROM proofs WHERE problem_id = %s ORDER BY submitted_at DESC, id DESC LIMIT 1", (proof.problem_id,)
    ).fetchone()
    return row is not None and row[0] == proof.id


def mark_checked(connection: Connection, proof_id: UUID, now: datetime) -> None:
    connection.execute("UPDATE proofs SET state = 'checked', checked_at = %s WHERE id = %s", (now, proof_id))


def decide_proof(
    connection: Connection,
    proof_id: UUID,
    state: ProofState,
    *,
    by: str,
    now: datetime,
    decision: str = "",
    flags: Sequence[str] = (),
) -> None:
    connection.execute(
        """
        UPDATE proofs SET state = %s, decided_by = %s, decided_at = %s, decision = %s, confirmed_flags = %s,
            checked_at = coalesce(checked_at, %s)
        WHERE id = %s
        """,
        (state, by, now, decision, Jsonb(list(flags)), now, proof_id),
    )


def flags_of(connection: Connection, proof_id: UUID) -> frozenset[str]:
    """The codes of the flags that the checks raised."""
    rows = connection.execute(
        "SELECT DISTINCT code FROM proof_checks WHERE proof_id = %s AND result = 'flagged'", (proof_id,)
    )
    return frozenset(code for (code,) in rows)
