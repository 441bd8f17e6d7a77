"""The SQL of wordings: hashes of what executors wrote, never the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from streams.contract import Connection

REMEMBERED = timedelta(days=180)
"""A wording used longer ago is not held against anybody."""
MOST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Wording:
    """What an executor wrote of one problem, as hashes. `source` is the plan or the proof."""

    source: UUID
    region: str
    executor_id: UUID
    problem_id: UUID
    signature: list[int]
    bands: list[int]


def keep(connection: Connection, wordings: Sequence[Wording], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO reply_wordings (source, region_id, executor_id, problem_id, signature, bands, written_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [
                (each.source, each.region, each.executor_id, each.problem_id, each.signature, each.bands, now)
                for each in wordings
            ],
        )


def near(connection: Connection, wording: Wording, now: datetime) -> list[tuple[UUID, list[int]]]:
    """(problem, signature) of other problems in which the same executor wrote what shares a band.

    Problems of one incident have one cause and are rightly answered with the same words.
    """
    rows = connection.execute(
        """SELECT DISTINCT ON (w.problem_id) w.problem_id, w.signature FROM reply_wordings w
           WHERE w.region_id = %(region)s AND w.executor_id = %(executor)s AND w.bands && %(bands)s::bigint[]
               AND w.problem_id <> %(problem)s AND w.written_at > %(since)s
               AND NOT EXISTS (SELECT FROM incident_problems a JOIN incident_problems b USING (incident_id)
                               WHERE a.problem_id = w.problem_id AND b.problem_id = %(problem)s
                                     AND a.left_at IS NULL AND b.left_at IS NULL)
           ORDER BY w.problem_id LIMIT %(most)s""",
        {
            "region": wording.region,
            "executor": wording.executor_id,
            "bands": wording.bands,
            "problem": wording.problem_id,
            "since": now - REMEMBERED,
            "most": MOST_COMPARED,
        },
    )
    return [(row[0], row[1]) for row in rows]
