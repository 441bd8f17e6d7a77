"""Events for the tests of streams."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from models.events import Event, EventType, event
from models.identifiers import new_id


def accepted(key: UUID | None = None, **data: object) -> Event:
    return event(EventType.APPEAL_ACCEPTED, "omsk", key or new_id(), datetime.now(UTC), **data)
