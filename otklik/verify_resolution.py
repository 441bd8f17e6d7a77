"""Plans, proofs, replies and verdicts in `otklik verify`: what the log told last of each is what its table says."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.rows import tuple_row

from otklik.verify_rules import Difference
from streams import Connection

PLANS = """
WITH told AS (
    SELECT event->'data'->>'plan_id' AS id, event->'data'->>'problem_id' AS problem,
        concat_ws(' ', event->'data'->>'variant', nullif(event->'data'->>'due', '')) AS said
    FROM stream_events WHERE stream = 'problems' AND event->>'type' = 'solution.planned'
), stands AS (
    SELECT id::text AS id, problem_id::text AS problem, concat_ws(' ', variant, due_on::text) AS said FROM plans
)
SELECT coalesce(told.id, stands.id), told.said, stands.said FROM told FULL JOIN stands USING (id, problem)
WHERE told.said IS DISTINCT FROM stands.said"""

# all events of an appeal lie in one partition of a stream: the highest position is the last
PROOFS = """
WITH told AS (
    SELECT DISTINCT ON (event->'data'->>'proof_id') event->'data'->>'proof_id' AS id,
        CASE event->>'type' WHEN 'proof.returned' THEN 'returned' WHEN 'problem.solved' THEN 'accepted'
            ELSE 'waits' END AS said
    FROM stream_events WHERE stream = 'problems' AND event->'data' ? 'proof_id'
        AND event->>'type' IN ('proof.submitted', 'proof.checked', 'proof.returned', 'problem.solved')
    ORDER BY event->'data'->>'proof_id', position DESC
), stands AS (
    SELECT id::text AS id, CASE WHEN state IN ('submitted', 'checked') THEN 'waits' ELSE state END AS said FROM proofs
)
SELECT coalesce(told.id, stands.id), told.said, stands.said FROM told FULL JOIN stands USING (id)
WHERE told.said IS DISTINCT FROM stands.said"""

REPLIES = """
WITH told AS (
    SELECT DISTINCT ON (event->'data'->>'reply_id') event->'data'->>'reply_id' AS id,
        concat_ws(' ', event->'data'->>'kind', substr(event->>'type', 7)) AS said
    FROM stream_events WHERE stream = 'replies' ORDER BY event->'data'->>'reply_id', position DESC
), stands AS (
    SELECT id::text AS id, concat_ws(' ', kind, state) AS said FROM replies
)
SELECT coalesce(told.id, stands.id), told.said, stands.said FROM told FULL JOIN stands USING (id)
WHERE told.said IS DISTINCT FROM stands.said"""

ANSWERED = """
WITH told AS (
    SELECT DISTINCT event->'data'->>'reply' AS reply, event->'data'->>'problem_id' AS problem
    FROM stream_events WHERE stream = 'problems' AND event->>'type' = 'problem.replied'
), stands AS (
    SELECT r.id::text AS reply, p.problem_id::text AS problem
    FROM replies r JOIN reply_problems p ON p.reply_id = r.id WHERE r.state = 'sent' AND r.kind <> 'acknowledgement'
)
SELECT reply, problem FROM stands LEFT JOIN told USING (reply, problem) WHERE told.reply IS NULL"""

VERDICTS = """
WITH told AS (
    SELECT event->'data'->>'verdict_id' AS id, concat_ws(' ', event->'data'->>'problem_id', event->'data'->>'stage',
        event->'data'->>'score', event->'data'->>'solved') AS said
    FROM stream_events WHERE stream = 'problems' AND event->>'type' = 'verdict.given'
), stands AS (
    SELECT id::text AS id, concat_ws(' ', problem_id::text, stage::text, score::text, solved::text) AS said
    FROM verdicts
)
SELECT coalesce(told.id, stands.id), told.said, stands.said FROM told FULL JOIN stands USING (id)
WHERE told.said IS DISTINCT FROM stands.said"""


def compare_resolution(connection: Connection) -> Iterator[Difference]:
    """What was planned, proved, replied and judged otherwise than the log says."""
    cursor = connection.cursor(row_factory=tuple_row)
    for check, query in (("plans", PLANS), ("proofs", PROOFS), ("replies", REPLIES), ("verdicts", VERDICTS)):
        for subject, told, stands in cursor.execute(query):
            yield Difference(check, subject, f"{stands or 'nothing'} in the table, {told or 'nothing'} by the log")
    for reply, problem in cursor.execute(ANSWERED):
        yield Difference("replies", reply, f"sent, and the log of the problem {problem} does not say so")
