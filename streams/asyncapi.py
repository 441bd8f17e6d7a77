"""docs/asyncapi.yaml out of models.event_data and streams.kafka: `python -m streams.asyncapi > docs/asyncapi.yaml`.

AsyncAPI 3.0: a channel is a topic, a message is a type of event. The document says what a reader outside needs: names,
keys, headers, schemas, examples. otklik itself is the only writer.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Any

from models.event_data import CONTENTS, envelope, example
from models.events import EventType, Stream
from streams.kafka.cloud_event import ATTRIBUTES, CONTENT_TYPE, POSITION, STRUCTURED

HEAD = """\
# Made from models/event_data.py by `python -m streams.asyncapi > docs/asyncapi.yaml`; a test holds it up to date.
"""

MEANINGS = {
    Stream.APPEALS: "What intake accepted.",
    Stream.PROBLEMS: "Everything that happens to problems.",
    Stream.CLOCKS: "Warnings and breaches of clocks.",
    Stream.REPLIES: "Drafts of replies, their approval and sending.",
    Stream.INSTRUCTIONS: "What heads asked of executors and what became of it.",
    Stream.QUARANTINE: "Events that a stage could not handle.",
}

KEY = {
    "type": "string",
    "format": "uuid",
    "description": "The appeal's id, or the uppermost instruction's: its events stay in order.",
}


def name_of(type: EventType) -> str:
    """problem.found -> problemFound: names of components may hold no dots in references of some tools."""
    first, *rest = type.value.split(".")
    return first + "".join(part.capitalize() for part in rest)


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Otklik events",
            "version": version("otklik"),
            "description": (
                "Events of citizens' appeals as CloudEvents 1.0, structured JSON. They carry identifiers, codes and "
                "times, never a person's words or data. Delivery is at least once: the header "
                f"{POSITION} (dense within a partition) or the event's id tells a repetition."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "kafka": {
                "host": "{host}:{port}",
                "protocol": "kafka",
                "description": "OTKLIK_KAFKA names it.",
                "variables": {"host": {"default": "localhost"}, "port": {"default": "9092"}},
            }
        },
        "channels": {stream.value: channel(stream) for stream in Stream},
        "operations": {f"send{stream.value.capitalize()}": sending(stream) for stream in Stream},
        "components": {
            "messages": {name_of(type): message(type) for type in CONTENTS},
            "schemas": {name_of(type): envelope(type) for type in CONTENTS},
            "messageTraits": {"record": {"headers": headers(), "bindings": {"kafka": {"key": KEY}}}},
        },
    }


def types_of(stream: Stream) -> list[EventType]:
    return [type for type, content in CONTENTS.items() if content.stream is stream]


def channel(stream: Stream) -> dict[str, Any]:
    return {
        "address": f"otklik.{stream.value}",
        "title": stream.value,
        "description": f"{MEANINGS[stream]} OTKLIK_KAFKA_PREFIX takes the place of `otklik`.",
        "messages": {name_of(type): {"$ref": f"#/components/messages/{name_of(type)}"} for type in types_of(stream)},
    }


def sending(stream: Stream) -> dict[str, Any]:
    channel = f"#/channels/{stream.value}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name_of(type)}"} for type in types_of(stream)],
    }


def message(type: EventType) -> dict[str, Any]:
    return {
        "name": type.value,
        "title": type.value,
        "summary": f"It happened that {CONTENTS[type].meaning}.",
        "contentType": "application/cloudevents+json",
        "traits": [{"$ref": "#/components/messageTraits/record"}],
        "payload": {"$ref": f"#/components/schemas/{name_of(type)}"},
        "examples": [{"name": "example", "payload": example(type)}],
    }


def headers() -> dict[str, Any]:
    """JSON Schema of a record's headers (streams.kafka.cloud_event)."""
    properties: dict[str, Any] = {
        CONTENT_TYPE: {"const": STRUCTURED.decode()},
        POSITION: {"type": "string", "pattern": "^[0-9]+$", "description": "Dense within a partition, from 0."},
    }
    properties |= {f"ce_{name}": {"type": "string", "description": f"The attribute {name}."} for name in ATTRIBUTES}
    return {"type": "object", "required": list(properties), "properties": properties}


def page() -> str:
    """The document as YAML."""
    import yaml  # a tool of development only

    return HEAD + str(yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=120))


if __name__ == "__main__":
    sys.stdout.write(page())
