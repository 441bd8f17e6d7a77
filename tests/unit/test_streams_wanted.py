"""Which events of a batch a stage wants, before any of them is built."""

from __future__ import annotations

from datetime import UTC, datetime

from models.events import EventType, event
from models.identifiers import id_of, new_id
from streams.embedded import Row, readable, wanted

FOUND = frozenset({EventType.PROBLEM_FOUND})


def row(type: EventType) -> Row:
    return Row(0, event(type, "omsk", new_id(), datetime(2026, 2, 3, 4, tzinfo=UTC)).to_text())


def test_only_events_of_the_types_asked_for_are_kept() -> None:
    contents = wanted([row(EventType.PROBLEM_ASSIGNED), row(EventType.PROBLEM_FOUND)], FOUND)
    events = readable(contents)
    assert events is not None
    assert [each.type for each in events] == [EventType.PROBLEM_FOUND]


def test_a_batch_of_others_holds_nothing_to_do() -> None:
    assert wanted([row(EventType.PROBLEM_ASSIGNED)] * 3, FOUND) == []


def test_what_is_no_event_or_of_no_known_type_spoils_the_batch_for_handling_at_once() -> None:
    for content in ("[]", "{", '"text"', '{"id": 1}', '{"type": "problem.invented"}', '{"type": []}'):
        assert wanted([row(EventType.PROBLEM_FOUND), Row(1, content)], FOUND) is None


def test_an_event_whose_identifier_is_cut_off_cannot_be_read() -> None:
    [content] = wanted([row(EventType.PROBLEM_FOUND)], FOUND) or [{}]
    assert readable([{**content, "subject": content["subject"][:-1]}]) is None
    assert readable(None) is None


def test_an_identifier_read_is_the_one_that_was_written() -> None:
    written = new_id()
    assert id_of(str(written)) == written
    assert hash(id_of(str(written))) == hash(written)
