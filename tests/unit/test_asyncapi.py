"""docs/asyncapi.yaml: up to date, whole, and true of its own examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from models.event_data import CONTENTS, envelope, example
from models.events import Event, EventType, Stream
from streams.asyncapi import document, headers, page
from streams.kafka.cloud_event import record_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.yaml"


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m streams.asyncapi > docs/asyncapi.yaml"


def test_every_type_of_event_and_every_stream_is_in_it() -> None:
    assert set(CONTENTS) == set(EventType), "a new type of event gets its row in models/event_data.py"
    channels = yaml.safe_load(PAGE.read_text(encoding="utf-8"))["channels"]
    assert set(channels) == set(Stream)
    named = [message for channel in channels.values() for message in channel["messages"]]
    assert len(named) == len(set(named)) == len(EventType)


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    found = list(references(whole))
    assert len(found) > 3 * len(EventType)
    for reference in found:
        node: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert isinstance(node, dict)


@pytest.mark.parametrize("type", list(EventType))
def test_every_schema_is_one_and_fits_its_example(type: EventType) -> None:
    schema = envelope(type)
    Draft7Validator.check_schema(schema)
    given = example(type)
    checker = Draft7Validator(schema, format_checker=FormatChecker())
    assert list(checker.iter_errors(given)) == []
    assert Event.of_json(given).to_json() == given
    assert list(checker.iter_errors({**given, "type": "of.tomorrow"})) != []
    if given["data"]:
        assert list(checker.iter_errors({**given, "data": {}})) != []


def test_the_headers_of_a_record_are_as_told() -> None:
    event = Event.of_json(example(EventType.PROBLEM_FOUND))
    record = record_of(7, event.to_text(), str(event.key))
    written = {name: value.decode() for name, value in record.headers}
    assert list(Draft7Validator(headers()).iter_errors(written)) == []
    assert set(written) == set(headers()["properties"])
