"""Incidents and bursts in `otklik verify`: what the log told last of each problem is where it stands in the table."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.rows import tuple_row

from otklik.verify_rules import Difference
from streams import Connection

# all events of a problem have its appeal's key and therefore one partition: the highest position is the last
MEMBERSHIPS = """
WITH told AS (
    SELECT DISTINCT ON (problem) problem, incident FROM (
        SELECT event->'data'->>'problem_id' AS problem, position,
               CASE event->>'type' WHEN 'problem.joined' THEN event->'data'->>'incident' END AS incident
        FROM stream_events WHERE stream = 'problems' AND event->>'type' IN ('problem.joined', 'problem.left')) moves
    ORDER BY problem, position DESC
), standing AS (
    SELECT problem_id::text AS problem, incident_id::text AS incident FROM incident_problems WHERE left_at IS NULL
)
SELECT problem, told.incident, standing.incident FROM told FULL JOIN standing USING (problem)
WHERE told.incident IS DISTINCT FROM standing.incident"""

BURSTS = """
WITH told AS (
    SELECT event->'data'->>'burst_id' AS burst FROM stream_events
    WHERE stream = 'problems' AND event->>'type' = 'burst.detected'
)
SELECT coalesce(told.burst, b.id::text), told.burst IS NULL FROM told FULL JOIN bursts b ON b.id::text = told.burst
WHERE told.burst IS NULL OR b.id IS NULL"""


def compare_incidents(connection: Connection) -> Iterator[Difference]:
    """Problems that stand in another incident than the log says, and alarms that only one of the two knows."""
    cursor = connection.cursor(row_factory=tuple_row)
    for problem, told, stands in cursor.execute(MEMBERSHIPS):
        where = f"in incident {stands or 'none'} in the table, {told or 'none'} by the log"
        yield Difference("incidents", problem, where)
    for burst, untold in cursor.execute(BURSTS):
        yield Difference("bursts", burst, "no event in the log" if untold else "no alarm in the table")
