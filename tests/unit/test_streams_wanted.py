"""What a worker makes of the rows of a batch before it handles them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from streams import Stage
from streams.claim import Row, others, readable, up_to

FOUND = event(EventType.PROBLEM_FOUND, "omsk", new_id(), datetime(2026, 2, 3, 4, tzinfo=UTC), problem_id="1")
UNWANTED = ""


def rows(*contents: str) -> list[Row]:
    return [Row(position, content) for position, content in enumerate(contents, 7)]


def test_events_are_read_as_they_were_written_and_unwanted_ones_passed_over() -> None:
    assert readable(rows(UNWANTED, FOUND.to_text(), UNWANTED)) == [FOUND]


@pytest.mark.parametrize(
    "content", ["[]", "{", '"text"', '{"id": 1}', '{"type": "problem.invented"}', '{"type": []}', "null"]
)
def test_what_is_no_event_or_of_no_known_type_spoils_the_batch_for_handling_at_once(content: str) -> None:
    assert readable(rows(FOUND.to_text(), content)) is None


@pytest.mark.parametrize("name", ["id", "subject", "time"])
def test_an_event_of_which_a_piece_is_cut_off_cannot_be_read(name: str) -> None:
    content = FOUND.to_json()
    assert Event.of_json(content) == FOUND
    with pytest.raises(ValueError, match=name):
        Event.of_json({**content, name: content[name][:-1]})


def test_a_time_without_its_zone_is_no_time() -> None:
    with pytest.raises(ValueError, match="time"):
        Event.of_json(FOUND.to_json() | {"time": "2026-02-03T04:00:00"})


def test_a_batch_ends_with_the_last_event_that_is_wanted_of_so_many() -> None:
    batch = rows(UNWANTED, "first", UNWANTED, "second", UNWANTED, "third", UNWANTED)
    assert up_to(batch, 2) == batch[:4]
    assert up_to(batch, 3) == batch[:6]
    assert up_to(batch, 4) == batch
    assert up_to(batch, None) == batch


def test_what_a_stage_does_not_want_is_everything_but_its_types() -> None:
    stage = Stage("test", Stream.PROBLEMS, frozenset(EventType) - {EventType.PROBLEM_FOUND}, lambda *_: None)
    assert others(stage) == ["problem.found"]
