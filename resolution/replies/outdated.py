"""Closing replies that are untrue by now: a problem that they call closed is open again.

«Решено» must not reach an author who has said «не решено»: whoever opens a problem takes such replies back in the same
transaction, and approving, sending and sending again look once more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from models.events import Event, EventType
from models.resolution import CLOSING
from models.states import Who
from resolution.replies.drafting import told_of
from resolution.replies.letters import OPEN
from resolution.replies.store import cancel_outdated
from streams.contract import Connection

# what an appeal's forwarding is told by closes nothing, so that it is never untrue: its source is the appeal
UNTRUE = """
WITH RECURSIVE way (reply_id, id, state, onward) AS (
    SELECT r.id, p.id, p.state, p.merged_into
    FROM replies r JOIN reply_problems about ON about.reply_id = r.id JOIN problems p ON p.id = about.problem_id
    WHERE r.id = ANY(%s) AND r.kind = ANY(%s) AND about.source IS DISTINCT FROM r.appeal_id
    UNION
    SELECT way.reply_id, p.id, p.state, p.merged_into FROM way JOIN problems p ON p.id = way.onward
    WHERE way.state = 'merged')
SELECT DISTINCT reply_id FROM way WHERE state = ANY(%s)"""
WAITING = """
WITH RECURSIVE same (id) AS (
    SELECT unnest(%s::uuid[])
    UNION SELECT p.id FROM problems p JOIN same ON p.merged_into = same.id WHERE p.state = 'merged')
SELECT DISTINCT r.id FROM same
    JOIN reply_problems about ON about.problem_id = same.id
    JOIN replies r ON r.id = about.reply_id
WHERE r.state IN ('drafted', 'approved') AND r.kind = ANY(%s) AND about.source IS DISTINCT FROM r.appeal_id"""


def untrue(connection: Connection, replies: Collection[UUID]) -> set[UUID]:
    """Those of the replies that call closed what is open, also where it is open in place of a merged problem."""
    rows = connection.execute(UNTRUE, [list(replies), sorted(CLOSING), sorted(OPEN)])
    return {row[0] for row in rows}


def take_back_about(connection: Connection, opened: Collection[UUID], now: datetime) -> list[Event]:
    """Take back what waits to tell that these problems are closed; returns the events for the stream of replies."""
    rows = connection.execute(WAITING, [list(opened), sorted(CLOSING)]).fetchall()
    taken = cancel_outdated(connection, [row[0] for row in rows], now) if rows else []
    return told_of(EventType.REPLY_CANCELLED, taken, now, Who.MACHINE.value)
