"""What was done about problems, as their author may read it: replies, plans, photos, verdicts, questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]

SENT = """
    SELECT r.id, r.kind, r.subject, r.text, r.sent_at FROM replies r
    WHERE r.appeal_id = %s AND r.state = 'sent' ORDER BY r.sent_at DESC, r.id"""
# after an explanation on which nobody has decided the one before it holds no more, and it is not said yet
PLANS = """
    SELECT DISTINCT ON (x.problem_id) x.id, x.problem_id, x.variant, x.due_on, x.words, x.ground, x.planned_at,
        x.variant NOT IN ('programme', 'not_ours', 'refused') OR x.agreed IS TRUE AS told,
        e.name AS executor_name, c.words AS answer
    FROM plans x JOIN executors e ON e.id = x.executor_id LEFT JOIN clarifications c ON c.plan_id = x.id
    WHERE x.problem_id = ANY(%s) AND x.agreed IS DISTINCT FROM false
    ORDER BY x.problem_id, x.planned_at DESC, x.id DESC"""
PROOFS = """
    SELECT DISTINCT ON (x.problem_id) x.id, x.problem_id, x.words, x.done_on, e.name AS executor_name
    FROM proofs x JOIN executors e ON e.id = x.executor_id
    WHERE x.problem_id = ANY(%s) AND x.state = 'accepted'
    ORDER BY x.problem_id, x.submitted_at DESC, x.id DESC"""
PHOTOS = """
    SELECT id, proof_id, role FROM proof_files
    WHERE proof_id = ANY(%s) AND role IN ('before', 'after') AND public_sha256 <> '' ORDER BY role DESC, ordinal"""
AUTHORS = """
    SELECT p.id AS problem_id, coalesce(a.author->>'name', '') AS name
    FROM problems p JOIN appeals a ON a.id = p.appeal_id WHERE p.id = ANY(%s)"""
VERDICTS = """
    SELECT DISTINCT ON (problem_id) id, problem_id, stage, score, solved, words, given_at FROM verdicts
    WHERE problem_id = ANY(%s) ORDER BY problem_id, stage DESC"""


def sent_replies(connection: Connection[Any], appeal_id: UUID) -> list[Row]:
    """The replies that were sent, newest first."""
    return _rows(connection, SENT, appeal_id)


def of_problems(connection: Connection[Any], problems: Iterable[UUID]) -> dict[UUID, Row]:
    """By problem: its last `plan`, accepted `proof` with its `photos`, last `verdict`; None where there is none.

    `author` is the name of who wrote of it, to be hidden from others.
    """
    ids = list(problems)
    plans, proofs = _one_each(connection, PLANS, ids), _one_each(connection, PROOFS, ids)
    verdicts, authors = _one_each(connection, VERDICTS, ids), _one_each(connection, AUTHORS, ids)
    photos: dict[UUID, list[Row]] = {}
    for row in _rows(connection, PHOTOS, [proof["id"] for proof in proofs.values()]):
        photos.setdefault(row["proof_id"], []).append(row)
    found: dict[UUID, Row] = {}
    for each in ids:
        proof = proofs.get(each)
        found[each] = {
            "plan": plans.get(each),
            "proof": proof,
            "photos": photos.get(proof["id"], []) if proof else [],
            "verdict": verdicts.get(each),
            "author": authors[each]["name"] if each in authors else "",
        }
    return found


def public_photo(connection: Connection[Any], problems: Iterable[UUID], file_id: UUID) -> str | None:
    """The digest of the copy for citizens of a photo that proves one of these problems; None where there is none."""
    row = connection.execute(
        """SELECT f.public_sha256 FROM proof_files f JOIN proofs x ON x.id = f.proof_id
           WHERE f.id = %s AND x.problem_id = ANY(%s) AND x.state = 'accepted' AND f.role IN ('before', 'after')
               AND f.public_sha256 <> ''""",
        (file_id, list(problems)),
    ).fetchone()
    return None if row is None else str(row[0])


def judged_reply(connection: Connection[Any], reply_id: UUID) -> Row | None:
    """A reply by whose link its author judges: its text, when it was sent, its appeal and its problems."""
    found = _rows(
        connection,
        """SELECT r.id, r.region_id, r.appeal_id, r.kind, r.subject, r.text, r.sent_at, r.state, a.number,
               array(SELECT problem_id FROM reply_problems WHERE reply_id = r.id) AS problems
           FROM replies r JOIN appeals a ON a.id = r.appeal_id
           WHERE r.id = %s AND r.kind IN ('final', 'refusal') AND a.erased_at IS NULL""",
        reply_id,
    )
    return found[0] if found else None


def _one_each(connection: Connection[Any], query: str, ids: list[UUID]) -> dict[UUID, Row]:
    return {row["problem_id"]: row for row in _rows(connection, query, ids)}


def _rows(connection: Connection[Any], query: str, value: object) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as reader:
        return reader.execute(query.encode(), (value,)).fetchall()
