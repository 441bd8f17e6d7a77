"""Fields that several types of events share: their JSON Schema, what they mean, an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.events import Stream
from models.identifiers import derived_id
from models.resolution import ReplyKind, Variant

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One key of `data`: its JSON Schema with a description, and a value as an example."""

    schema: Schema
    example: Any
    required: bool = True


@dataclass(frozen=True, slots=True)
class Content:
    """`meaning` completes the sentence "it happened that …"."""

    stream: Stream
    meaning: str
    fields: Mapping[str, Field]


def text(meaning: str, example: str, **more: Any) -> Field:
    return Field({"type": "string", "description": meaning, **more}, example)


def identifier(meaning: str, name: str) -> Field:
    return text(meaning, str(derived_id("example", name)), format="uuid")


def moment(meaning: str, example: str) -> Field:
    return text(meaning, example, format="date-time")


PROBLEM = identifier("The problem.", "problem")
BY = text("Who did it: `machine` or an operator's login.", "machine")
OPERATOR = text("The operator's login.", "operator")
INCIDENT = identifier("The incident.", "incident")
TOPIC = text("Code of the topic in the region's pack.", "05.020")
CELL = Field(
    {
        "type": "string",
        "description": "H3 cell of the place, resolution 9 or coarser; empty where no place on the map is known.",
    },
    "891181b6d63ffff",
    required=False,
)
MUNICIPALITY = text("Name of the municipality in the region's pack; empty where it is not known.", "Омск г.о.")
EXECUTOR = text("Code of the executor in the region's pack.", "roads")
DEADLINE = moment("When it must be done.", "2026-11-27T12:00:00+00:00")
CO = identifier("The co-executor's part.", "co")
INSTRUCTION = {"instruction_id": identifier("The instruction.", "instruction"), "by": BY}
TASK = {
    "kind": text("What the clock is of.", "instruction", enum=["co_answer", "instruction", "control_point"]),
    "subject_id": identifier("The co-executor's part, the instruction or the control point.", "instruction"),
    "executor": EXECUTOR,
    "deadline": DEADLINE,
}
PLAN = identifier("The plan.", "plan")
PROOF = identifier("The proof.", "proof")
REPLY = identifier("The reply.", "reply")
VARIANT = text("What the executor will do.", "by_date", enum=[variant.value for variant in Variant])
REPLY_KIND = text("What the reply tells.", "final", enum=[kind.value for kind in ReplyKind])
FLAGS = Field(
    {
        "type": "array",
        "items": {"type": "string"},
        "description": "What the machine finds suspicious: codes of the checks of proofs or of replies.",
    },
    ["blurred"],
)
REPLY_DATA = {
    "reply_id": REPLY,
    "kind": REPLY_KIND,
    "problems": Field(
        {"type": "array", "items": {"type": "string", "format": "uuid"}, "description": "The problems it is about."},
        [str(derived_id("example", "problem"))],
    ),
}
CLOCK = {
    "problem_id": PROBLEM,
    "clock": text("Which clock.", "route", enum=["route", "plan", "solve", "work", "registration", "forwarding"]),
    "deadline": moment("When it runs out.", "2026-11-20T13:00:00+00:00"),
}
LEVELS = Field(
    {
        "type": "array",
        "items": {"type": "string", "enum": ["person", "head", "deputy_governor", "governor", "operators"]},
        "description": "Who is told, by the region's escalation.json.",
    },
    ["person"],
    required=False,
)
