"""Rows to test routing and clocks with: an appeal and its problem as the language stage leaves them, and the events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

import streams
from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from models.topics import Topic

NOW = datetime(2026, 2, 2, 4, tzinfo=UTC)  # Monday, 10:00 in Omsk


def problem_found(
    connection: psycopg.Connection[Any],
    region: str,
    topic: Topic,
    *,
    municipality: str,
    probability: float = 0.97,
    decided: bool = True,
    urgency: int = 2,
) -> tuple[UUID, Event]:
    """An analysed appeal with one problem, its event appended; returns the problem's id and the event."""
    appeal, problem = new_id(), new_id()
    connection.execute(
        """INSERT INTO appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state)
           VALUES (%s, %s, %s, 'form', %s, 'Во дворе не чищен снег', %s, %s, 'analysed')""",
        [appeal, region, str(appeal), str(appeal), NOW, NOW],
    )
    guess = {"code": topic.code, "name": topic.name, "group": topic.group, "probability": probability}
    place = {"level": "settlement", "municipality": municipality, "confidence": 1.0, "alternatives": []}
    connection.execute(
        """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability,
                                 group_name, group_probability, decided, topic_guesses, place, place_level,
                                 municipality, urgency, found_at)
           VALUES (%s, %s, %s, 0, 'found', '[[0, 22]]', %s, %s, %s, %s, %s, %s, %s, 'settlement', %s, %s, %s)""",
        [
            problem,
            region,
            appeal,
            topic.code,
            probability,
            topic.group,
            probability,
            decided,
            Jsonb([guess]),
            Jsonb(place),
            municipality,
            urgency,
            NOW,
        ],
    )
    found = event(
        EventType.PROBLEM_FOUND,
        region,
        appeal,
        NOW,
        problem_id=str(problem),
        topic=topic.code,
        decided=decided,
        municipality=municipality,
        urgency=urgency,
        accepted_at=NOW.isoformat(),
    )
    streams.append(connection, Stream.PROBLEMS, [found])
    return problem, found


def events_of(connection: psycopg.Connection[Any], stream: Stream) -> Sequence[Event]:
    """All events of a stream."""
    rows = connection.execute(
        "SELECT event FROM stream_events WHERE stream = %s ORDER BY partition, position", [stream]
    ).fetchall()
    return [Event.of_json(row[0]) for row in rows]
