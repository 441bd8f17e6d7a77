"""Events held against the contract for readers outside (docs/asyncapi.yaml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from models.event_data import CONTENTS, envelope
from models.events import EventType
from streams import Connection

VALIDATORS = {type: Draft7Validator(envelope(type), format_checker=FormatChecker()) for type in EventType}


def faults(event: Mapping[str, Any], stream: str) -> Iterable[str]:
    """What is otherwise than told: the stream, a value, a field that the contract does not name."""
    type = EventType(event["type"])
    content = CONTENTS[type]
    if content.stream != stream:
        yield f"{type} stands in {stream}, not in {content.stream}"
    for name in event["data"].keys() - content.fields.keys():
        yield f"{type} carries {name}, which models/event_data.py does not name"
    for error in VALIDATORS[type].iter_errors(event):
        yield f"{type}: {error.json_path}: {error.message}"


def check_events(connection: Connection) -> set[EventType]:
    """Every event of the database's log keeps the contract; the types that are there."""
    rows = connection.execute("SELECT event, stream FROM stream_events").fetchall()
    wrong = {fault for event, stream in rows for fault in faults(event, stream)}
    assert wrong == set()
    return {EventType(event["type"]) for event, _ in rows}
