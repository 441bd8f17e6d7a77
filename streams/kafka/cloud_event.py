"""How an event becomes a record: CloudEvents' Kafka protocol binding 1.0.2, structured content mode, JSON format.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md: the value is the whole
event (3.3.2), the header content-type names the format (3.3.1), the attributes are repeated as ce_ headers (3.3.3
allows it), so that brokers' tools and filters need not parse the value. The key is the appeal's id (3.1).
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from streams.kafka.client import Headers, Record

POSITION = "otklik_position"
"""Header: the event's position in the log's table, dense within a partition; it tells a second delivery."""

TYPE = "ce_type"
"""Header: the event's type."""

CONTENT_TYPE = "content-type"
STRUCTURED = b"application/cloudevents+json; charset=utf-8"

ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype")
"""All attributes that our events have (models.events.Event.to_json): all are strings."""


def record_of(position: int, content: str, key: str) -> Record:
    """The record of one row of the log; `content` is the event's JSON as it stands there."""
    value = content.encode()
    event = orjson.loads(value)
    headers: Headers = [(CONTENT_TYPE, STRUCTURED), (POSITION, b"%d" % position)]
    headers += [(f"ce_{name}", str(event[name]).encode()) for name in ATTRIBUTES if name in event]
    return Record(key.encode(), value, headers)


def position_of(headers: Mapping[str, bytes]) -> int:
    """The event's position in the log's table. Raises KeyError or ValueError where the record is none of ours."""
    return int(headers[POSITION])
