"""Events as CloudEvents."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from models.events import Event, EventType, event
from models.identifiers import new_id


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
        datetime(2026, 11, 21, 12, 0, 1, 250, tzinfo=timezone(timedelta(hours=6))),
    ],
)
def test_both_ways_of_writing_an_event_say_the_same(time: datetime) -> None:
    written = event(EventType.PROBLEM_FOUND, "omsk", new_id(), time, topic="05.020", decided=True, urgency=3)
    assert json.loads(written.to_text()) == written.to_json()
    assert Event.of_json(json.loads(written.to_text())) == written
