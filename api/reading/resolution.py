"""Plans and proofs with their files and checks, and what of them waits for an operator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]

PLANS = """
    SELECT p.id, p.problem_id, p.variant, p.due_on, p.words, p.ground, p.executor_id, e.name AS executor_name,
           p.planned_by, coalesce(u.name, p.planned_by) AS planned_by_name, p.planned_at, p.agreed, p.decided_by,
           p.decided_at, p.decision, c.words AS answer, c.given_at AS answered_at,
           coalesce(a.author->>'name', '') AS author
    FROM plans p
    JOIN problems q ON q.id = p.problem_id
    JOIN appeals a ON a.id = q.appeal_id
    JOIN executors e ON e.id = p.executor_id
    LEFT JOIN users u ON u.login = p.planned_by
    LEFT JOIN clarifications c ON c.plan_id = p.id
    WHERE p.problem_id = ANY(%s) ORDER BY p.planned_at, p.id"""

PROOFS = """
    SELECT p.id, p.problem_id, p.state, p.words, p.done_on, p.executor_id, e.name AS executor_name, p.submitted_by,
           p.submitted_at, p.checked_at, p.decided_by, p.decided_at, p.decision, p.confirmed_flags, p.report_id,
           (SELECT count(*) FROM proofs o WHERE o.report_id = p.report_id) AS problems
    FROM proofs p JOIN executors e ON e.id = p.executor_id
    WHERE p.problem_id = ANY(%s) ORDER BY p.submitted_at, p.id"""

FILES = """
    SELECT id, proof_id, ordinal, role, name, media_type, size, public_sha256 <> '' AS published
    FROM proof_files WHERE proof_id = ANY(%s) ORDER BY proof_id, ordinal"""

CHECKS = """
    SELECT c.proof_id, c.file_id, f.name AS file_name, c.code, c.result, c.reason, c.measured
    FROM proof_checks c LEFT JOIN proof_files f ON f.id = c.file_id
    WHERE c.proof_id = ANY(%s)
    ORDER BY c.result <> 'flagged', c.result <> 'unknown', f.ordinal NULLS FIRST, c.code"""


def plans(connection: Connection[Any], problem_ids: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """The plans of each problem, the first one first; the last one holds."""
    return _by("problem_id", _rows(connection, PLANS, problem_ids))


def proofs(connection: Connection[Any], problem_ids: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """The proofs of each problem with their `files` and `checks`, the first one first."""
    found = _rows(connection, PROOFS, problem_ids)
    ids = [row["id"] for row in found]
    files, checks = _by("proof_id", _rows(connection, FILES, ids)), _by("proof_id", _rows(connection, CHECKS, ids))
    for row in found:
        row["files"], row["checks"] = files.get(row["id"], []), checks.get(row["id"], [])
    return _by("problem_id", found)


def verdicts(connection: Connection[Any], problem_id: UUID) -> list[Row]:
    """What its author, and those of problems merged into it, said of the problem's solutions, the first one first."""
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(
            """SELECT v.id, v.stage, v.score, v.solved, v.words, v.given_at, v.photo_sha256 <> '' AS photo,
                   v.problem_id <> %(problem)s AS other, coalesce(a.author->>'name', '') AS author
               FROM verdicts v JOIN problems p ON p.id = v.problem_id JOIN appeals a ON a.id = p.appeal_id
               WHERE p.id = %(problem)s OR p.merged_into = %(problem)s AND p.state = 'merged'
               ORDER BY v.given_at""",
            {"problem": problem_id},
        ).fetchall()


def waiting_proofs(connection: Connection[Any], region: str, limit: int = 50) -> list[UUID]:
    """The problems whose last proof waits for an operator, the longest waiting first; of one report the first one."""
    rows = connection.execute(
        """
        SELECT problem_id FROM (
            SELECT DISTINCT ON (coalesce(p.report_id, p.id)) p.problem_id, p.submitted_at, p.id
            FROM proofs p JOIN problems q ON q.id = p.problem_id AND q.state = 'reported'
            WHERE p.region_id = %(region)s
                -- one whose checks broke off is looked at by a person too: nobody else would take it further
                AND (p.state = 'checked' OR (p.state = 'submitted' AND EXISTS (
                    SELECT FROM quarantine z WHERE z.consumer_group = 'proofs' AND z.replayed_at IS NULL
                        AND z.event->'data'->>'proof_id' = p.id::text)))
                AND NOT EXISTS (
                SELECT FROM proofs later
                WHERE later.problem_id = p.problem_id AND (later.submitted_at, later.id) > (p.submitted_at, p.id))
            ORDER BY coalesce(p.report_id, p.id), p.problem_id) waiting
        ORDER BY submitted_at, id LIMIT %(limit)s
        """,
        {"region": region, "limit": limit},
    )
    return [row[0] for row in rows]


def waiting_plans(connection: Connection[Any], region: str, limit: int = 50) -> list[UUID]:
    """The problems that stand at an explanation an operator has not decided on, the longest waiting first."""
    rows = connection.execute(
        """
        SELECT q.id FROM problems q
        JOIN LATERAL (
            SELECT variant, agreed, planned_at FROM plans WHERE problem_id = q.id
            ORDER BY planned_at DESC, id DESC LIMIT 1) p ON true
        WHERE q.region_id = %(region)s AND q.state = 'planned' AND p.agreed IS NULL
            AND p.variant IN ('programme', 'not_ours', 'refused')
        ORDER BY p.planned_at, q.id LIMIT %(limit)s
        """,
        {"region": region, "limit": limit},
    )
    return [row[0] for row in rows]


def proof_file(connection: Connection[Any], region: str, proof_id: UUID, file_id: UUID) -> Row | None:
    """One file of a proof, with the problem and the executor of it."""
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(
            """
            SELECT f.name, f.media_type, f.sha256, p.problem_id, p.executor_id
            FROM proof_files f JOIN proofs p ON p.id = f.proof_id
            WHERE f.id = %s AND f.proof_id = %s AND f.region_id = %s
            """,
            (file_id, proof_id, region),
        ).fetchone()


def problem_of_proof(connection: Connection[Any], region: str, proof_id: UUID) -> UUID | None:
    row = connection.execute(
        "SELECT problem_id FROM proofs WHERE id = %s AND region_id = %s", (proof_id, region)
    ).fetchone()
    return None if row is None else row[0]


def is_inside(connection: Connection[Any], inner: UUID, outer: UUID) -> bool:
    """Whether an executor is another one or stands inside it."""
    row = connection.execute(
        """
        WITH RECURSIVE above (id, parent_id) AS (
            SELECT id, parent_id FROM executors WHERE id = %(inner)s
            UNION SELECT e.id, e.parent_id FROM executors e JOIN above ON e.id = above.parent_id)
        SELECT FROM above WHERE id = %(outer)s
        """,
        {"inner": inner, "outer": outer},
    ).fetchone()
    return row is not None


def fellows(connection: Connection[Any], problem_id: UUID) -> int:
    """How many other problems of its incident the same executor has, that he still has to plan or to report."""
    row = connection.execute(
        """
        SELECT count(*) FROM incident_problems member
        JOIN assignments own ON own.problem_id = member.problem_id AND own.ended_at IS NULL
        JOIN incident_problems other ON other.incident_id = member.incident_id AND other.left_at IS NULL
        JOIN assignments its ON its.problem_id = other.problem_id AND its.ended_at IS NULL
            AND its.executor_id = own.executor_id
        JOIN problems p ON p.id = other.problem_id AND p.state IN ('assigned', 'planned')
        WHERE member.problem_id = %(id)s AND member.left_at IS NULL AND other.problem_id <> %(id)s
        """,
        {"id": problem_id},
    ).fetchone()
    return 0 if row is None else int(row[0])


def photos_of_author(connection: Connection[Any], problem_id: UUID) -> list[Row]:
    """The pictures that the author of the problem's appeal attached."""
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(
            """
            SELECT a.id, a.appeal_id, a.name, a.media_type, a.sha256
            FROM attachments a JOIN problems p ON p.appeal_id = a.appeal_id
            WHERE p.id = %s AND a.media_type IN ('image/jpeg', 'image/png', 'image/webp')
            ORDER BY a.ordinal
            """,
            (problem_id,),
        ).fetchall()


def _rows(connection: Connection[Any], query: str, ids: Iterable[UUID]) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(query.encode(), (list(ids),)).fetchall()


def _by(key: str, rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found
