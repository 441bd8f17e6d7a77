"""The SQL of verdicts and of answers to questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import dict_row

from models.identifiers import new_id
from models.refusal import Stale
from models.resolution import CLOSING
from models.states import ProblemState
from resolution.verdicts.rules import Judged, Subject, Via
from streams.contract import Connection

# `way` follows merges onward to the problem that goes on, `same` finds all that go on in it: «не решено» of one author
# opens the problem for all, so that its stages are everybody's
SUBJECTS = """
    WITH RECURSIVE way (id, at) AS (
        SELECT id, id FROM problems WHERE id = ANY(%(ids)s)
        UNION SELECT way.id, p.merged_into FROM way JOIN problems p ON p.id = way.at
        WHERE p.state = 'merged' AND p.merged_into IS NOT NULL
    ), ends AS (
        SELECT way.id, last.id AS end_id, last.appeal_id AS end_appeal_id, last.state
        FROM way JOIN problems last ON last.id = way.at WHERE last.state <> 'merged'
    ), same (end_id, id) AS (
        SELECT DISTINCT end_id, end_id FROM ends
        UNION SELECT same.end_id, p.id FROM same JOIN problems p ON p.merged_into = same.id WHERE p.state = 'merged'
    ), said AS (
        SELECT same.end_id, count(*)::integer AS stage, max(v.given_at) AS reopened_at
        FROM same JOIN verdicts v ON v.problem_id = same.id WHERE NOT v.solved GROUP BY same.end_id
    )
    SELECT p.id AS problem_id, p.region_id AS region, p.appeal_id, ends.state, coalesce(said.stage, 0) AS stage,
        EXISTS (SELECT FROM verdicts v WHERE v.problem_id = p.id AND v.stage = coalesce(said.stage, 0)) AS judged,
        (SELECT max(r.sent_at) FROM reply_problems x JOIN replies r ON r.id = x.reply_id
             LEFT JOIN proofs proof ON proof.id = x.source LEFT JOIN plans plan ON plan.id = x.source
         WHERE x.problem_id = p.id AND r.state = 'sent' AND r.kind = ANY(%(closing)s)
             AND (said.reopened_at IS NULL
                  OR coalesce(proof.decided_at, plan.decided_at, r.drafted_at) > said.reopened_at)) AS told_at,
        ends.end_id, ends.end_appeal_id, said.reopened_at, coalesce(e.code, '') AS executor
    FROM problems p
        JOIN ends ON ends.id = p.id
        LEFT JOIN said ON said.end_id = ends.end_id
        LEFT JOIN assignments s ON s.problem_id = ends.end_id AND s.ended_at IS NULL
        LEFT JOIN executors e ON e.id = s.executor_id
    ORDER BY p.id
"""
SAME_AUTHOR = """
    SELECT count(*) FROM verdicts v
        JOIN problems p ON p.id = v.problem_id
        JOIN appeals a ON a.id = p.appeal_id
        JOIN assignments s ON s.problem_id = CASE p.state WHEN 'merged' THEN p.merged_into ELSE p.id END
        JOIN appeals mine ON mine.id = %(appeal)s
    WHERE v.region_id = %(region)s AND v.given_at > %(since)s
        AND s.executor_id = (SELECT executor_id FROM assignments WHERE problem_id = %(problem)s AND ended_at IS NULL)
        AND s.assigned_at <= v.given_at AND (s.ended_at IS NULL OR s.ended_at > v.given_at)
        AND (a.id = mine.id
            OR (mine.author->>'email' <> '' AND lower(a.author->>'email') = lower(mine.author->>'email'))
            OR (mine.author->>'external_id' <> '' AND a.channel = mine.channel
                AND a.author->>'external_id' = mine.author->>'external_id')
            OR (length(regexp_replace(mine.author->>'phone', '\\D', '', 'g')) >= 10
                AND right(regexp_replace(a.author->>'phone', '\\D', '', 'g'), 10)
                    = right(regexp_replace(mine.author->>'phone', '\\D', '', 'g'), 10)))
"""
COUNTED = timedelta(days=90)
"""How long an author's earlier verdicts about the same executor are counted: many by one say less than one by many."""


def subjects(connection: Connection, problems: Sequence[UUID]) -> dict[UUID, Subject]:
    """The problems as their author may judge them."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(SUBJECTS, {"ids": list(problems), "closing": sorted(CLOSING)}).fetchall()
    return {row["problem_id"]: Subject(**{**row, "state": ProblemState(row["state"])}) for row in rows}


def locked(connection: Connection, region: str, problem: UUID) -> Subject | None:
    """One of them, locked until the transaction ends with the problem that goes on in its place.

    None where the region has none of this id. Raises Stale where it was merged, or taken out again, meanwhile.
    """
    seen = subjects(connection, [problem]).get(problem)
    if seen is None or seen.region != region:
        return None
    ids = [problem, seen.end_id]
    connection.execute("SELECT FROM problems WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])
    subject = subjects(connection, [problem]).get(problem)
    if subject is None or subject.end_id != seen.end_id:
        raise Stale
    return subject


def earlier(connection: Connection, subject: Subject, now: datetime) -> int:
    """How many verdicts the same author gave about the same executor before, as far as he can be known again."""
    row = connection.execute(
        SAME_AUTHOR,
        {
            "appeal": subject.appeal_id,
            "problem": subject.end_id,
            "region": subject.region,
            "since": now - COUNTED,
        },
    ).fetchone()
    return 0 if row is None else int(row[0])


def write(connection: Connection, subject: Subject, judged: Judged, via: Via, by: str, now: datetime) -> UUID:
    verdict = new_id()
    connection.execute(
        """INSERT INTO verdicts (id, region_id, problem_id, stage, score, solved, words, photo_sha256,
               photo_media_type, via, given_at, given_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            verdict,
            subject.region,
            subject.problem_id,
            subject.stage,
            judged.score,
            judged.solved,
            judged.words,
            *judged.photo,
            via,
            now,
            by,
        ],
    )
    return verdict


def move(connection: Connection, problem: UUID, state: ProblemState) -> None:
    connection.execute("UPDATE problems SET state = %s, version = version + 1 WHERE id = %s", [state, problem])


def question_of(connection: Connection, region: str, problem: UUID, plan: UUID) -> tuple[UUID, bool] | None:
    """The appeal of a question that an executor asked by his last plan, and whether it is answered; None: no such."""
    row = connection.execute(
        """SELECT p.appeal_id, EXISTS (SELECT FROM clarifications c WHERE c.plan_id = x.id)
           FROM problems p JOIN plans x ON x.problem_id = p.id
           WHERE p.id = %s AND p.region_id = %s AND x.id = %s AND x.variant = 'more_info' AND p.state = 'planned'
               AND NOT EXISTS (SELECT FROM plans later WHERE later.problem_id = p.id
                   AND (later.planned_at, later.id) > (x.planned_at, x.id))
           FOR UPDATE OF p""",
        [problem, region, plan],
    ).fetchone()
    return None if row is None else (row[0], row[1])


def write_answer(connection: Connection, region: str, problem: UUID, plan: UUID, words: str, now: datetime) -> None:
    connection.execute(
        """INSERT INTO clarifications (id, region_id, problem_id, plan_id, words, given_at)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        [new_id(), region, problem, plan, words, now],
    )
