"""What each type of event carries in `data`: the contract for readers outside, from which docs/asyncapi.yaml is made.

A new type of event, or a new field, gets its row here in the commit that first appends it. Fields are only ever added;
readers ignore those that they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.event_fields import (
    BY,
    CELL,
    CLOCK,
    CO,
    DEADLINE,
    EXECUTOR,
    INCIDENT,
    INSTRUCTION,
    LEVELS,
    MUNICIPALITY,
    OPERATOR,
    PROBLEM,
    TASK,
    TOPIC,
    Content,
    Field,
    identifier,
    moment,
    text,
)
from models.event_resolution import RESOLUTION
from models.events import EventType, Stream
from models.identifiers import derived_id
from models.message import Channel
from models.regimes import Identity, Regime

CONTENTS: Mapping[EventType, Content] = {
    **RESOLUTION,
    EventType.APPEAL_ACCEPTED: Content(
        Stream.APPEALS,
        "an appeal was stored and got its number",
        {
            "channel": text("How it came.", "form", enum=[channel.value for channel in Channel]),
            "sent_at": moment("When its author sent it.", "2026-11-20T12:00:00+06:00"),
        },
    ),
    EventType.APPEAL_RESTORED: Content(
        Stream.APPEALS, "an operator undid a dismissal: the appeal is analysed as holding a problem", {"by": OPERATOR}
    ),
    EventType.APPEAL_DISMISSED: Content(
        Stream.PROBLEMS,
        "the machine found no problem in an appeal",
        {
            "reason": text("Why: a code of models.analysis.", "thanks"),
            "probability": Field(
                {"type": "number", "minimum": 0, "maximum": 1, "description": "How sure the machine is."}, 0.9871
            ),
        },
    ),
    EventType.PROBLEM_FOUND: Content(
        Stream.PROBLEMS,
        "a problem was found in an appeal, by the machine or by an operator who split it off",
        {
            "problem_id": PROBLEM,
            "topic": TOPIC,
            "decided": Field({"type": "boolean", "description": "Whether the machine may trust its topic."}, True),
            "municipality": MUNICIPALITY,
            "cell": CELL,
            "urgency": Field(
                {"type": "integer", "minimum": 1, "maximum": 5, "description": "5 is a danger to life."}, 2
            ),
            "accepted_at": moment("When the appeal was accepted: its clocks begin here.", "2026-11-20T12:00:05+00:00"),
            "sent_at": replace(moment("When its author sent it.", "2026-11-20T12:00:00+06:00"), required=False),
            "earlier": Field(
                {
                    "type": "integer",
                    "minimum": 0,
                    "description": "In how many appeals of the last 90 days its author wrote on the same group of "
                    "topics, as far as they are compared; not told of a problem that an operator split off.",
                },
                0,
                required=False,
            ),
            "author": replace(
                identifier("Stands for who wrote, and says nothing of him: the same one is the same person.", "author"),
                required=False,
            ),
            "known_days": Field(
                {
                    "type": "integer",
                    "minimum": 0,
                    "description": "For how many days its author was known; not told of who could not be known again.",
                },
                0,
                required=False,
            ),
            "identity": Field(
                {
                    "type": "string",
                    "enum": [identity.value for identity in Identity],
                    "description": "How sure it is who wrote.",
                },
                "stated",
                required=False,
            ),
            "staff": Field(
                {"type": "string", "description": "Code of the body in which its author works, where he does."},
                "roads",
                required=False,
            ),
            "regime": Field(
                {
                    "type": "string",
                    "enum": [regime.value for regime in Regime],
                    "description": "By which order the appeal is considered; without it, a portal message.",
                },
                "portal",
                required=False,
            ),
        },
    ),
    EventType.PROBLEM_QUEUED: Content(
        Stream.PROBLEMS,
        "the machine left a problem to an operator",
        {"problem_id": PROBLEM, "reason": text("Why: a code of routing's Doubt.", "topic")},
    ),
    EventType.PROBLEM_ASSIGNED: Content(
        Stream.PROBLEMS,
        "a problem was given to an executor",
        {
            "problem_id": PROBLEM,
            "executor": text("Code of the executor in the region's pack.", "roads"),
            "handler": Field(
                {"type": "string", "description": "Code of the executor's unit or person who does it, where known."},
                "roads-repair",
                required=False,
            ),
            "by": BY,
        },
    ),
    EventType.PROBLEM_UNASSIGNED: Content(
        Stream.PROBLEMS, "an assignment was undone", {"problem_id": PROBLEM, "by": OPERATOR}
    ),
    EventType.PROBLEM_CORRECTED: Content(
        Stream.PROBLEMS,
        "an operator corrected the topic or the place of a problem",
        {"problem_id": PROBLEM, "topic": TOPIC, "municipality": MUNICIPALITY, "cell": CELL, "by": OPERATOR},
    ),
    EventType.PROBLEM_MERGED: Content(
        Stream.PROBLEMS,
        "a problem was found to be another one said again",
        {"problem_id": PROBLEM, "into": identifier("The problem that goes on.", "other"), "by": OPERATOR},
    ),
    EventType.PROBLEM_DISMISSED: Content(
        Stream.PROBLEMS,
        "a problem was found to be none",
        {"problem_id": PROBLEM, "reason": text("Who says so.", "operator"), "by": OPERATOR},
    ),
    EventType.PROBLEM_RESTORED: Content(
        Stream.PROBLEMS, "a merge or a dismissal was undone", {"problem_id": PROBLEM, "by": OPERATOR}
    ),
    EventType.PROBLEM_PAUSED: Content(
        Stream.PROBLEMS,
        "the clocks of a problem were paused",
        {
            "problem_id": PROBLEM,
            "reason": text("Why: a code of `pauses` in the region's policy; another one pauses nothing.", "author"),
            "by": OPERATOR,
        },
    ),
    EventType.PROBLEM_RESUMED: Content(
        Stream.PROBLEMS, "the clocks of a problem go on", {"problem_id": PROBLEM, "by": OPERATOR}
    ),
    EventType.PROBLEM_REOPENED: Content(
        Stream.PROBLEMS,
        "a solved problem turned out not to be: its clocks begin a new stage",
        {
            "problem_id": PROBLEM,
            "by": BY,
            "said_by": replace(
                identifier(
                    "The problem whose author said «не решено»: this one, or one that was merged into it. Not said "
                    "where an operator opened it by himself.",
                    "problem",
                ),
                required=False,
            ),
        },
    ),
    EventType.TERM_EXTENDED: Content(
        Stream.PROBLEMS,
        "the term of an answer was extended",
        {
            "problem_id": PROBLEM,
            "notice": text("Number or id of the notice sent to the author; empty: none, nothing is extended.", "12-34"),
            "by": OPERATOR,
        },
    ),
    EventType.APPEAL_REGISTERED: Content(
        Stream.PROBLEMS,
        "the appeal of a problem was registered by the office that answers for registration",
        {"problem_id": PROBLEM, "number": text("Its number there.", "О-1204"), "by": OPERATOR},
    ),
    EventType.APPEAL_FORWARDED: Content(
        Stream.PROBLEMS,
        "the appeal of a problem was forwarded to the body that must answer",
        {
            "problem_id": PROBLEM,
            "to": text("The body.", "Министерство здравоохранения"),
            "notice": text("Number or id of the notice sent to the author; empty: none, the term goes on.", "12-35"),
            "by": OPERATOR,
        },
    ),
    EventType.INTERIM_REPLIED: Content(
        Stream.PROBLEMS,
        "an interim answer was given, the final one is due later",
        {"problem_id": PROBLEM, "reply": text("Number or id of the answer.", "12-36"), "by": BY},
    ),
    EventType.PROBLEM_JOINED: Content(
        Stream.PROBLEMS,
        "a problem became part of an incident: one cause, one job; it keeps its own clocks and gets its own reply",
        {"problem_id": PROBLEM, "incident": INCIDENT, "by": BY},
    ),
    EventType.PROBLEM_LEFT: Content(
        Stream.PROBLEMS,
        "a problem was taken out of an incident",
        {"problem_id": PROBLEM, "incident": INCIDENT, "by": OPERATOR},
    ),
    EventType.BURST_DETECTED: Content(
        Stream.PROBLEMS,
        "more problems came than the usual level of the place, hour and weekday explains; told under the last of them",
        {
            "burst_id": identifier("The alarm.", "burst"),
            "group": text("Name of the group of topics.", "ЖКХ"),
            "place": text("A municipality, or an H3 cell of resolution 7.", "Омск г.о."),
            "hours": Field({"type": "integer", "description": "Hours of the clock that were counted."}, 2),
            "problems": Field({"type": "integer", "description": "How many came in them."}, 9),
            "expected": Field({"type": "number", "description": "How many come usually."}, 0.7),
            "probability": Field({"type": "number", "description": "Of so many on a usual day."}, 0.000002),
        },
    ),
    EventType.PROBLEM_REFUSED: Content(
        Stream.PROBLEMS,
        "an executor said that a problem is not his",
        {
            "problem_id": PROBLEM,
            "executor": EXECUTOR,
            "reason": text("Why: a code of the region's list.", "not_ours"),
            "named": text("Code of the executor whose it is in his words; empty: he named none.", "waste"),
            "by": text("The login of who refused.", "executor"),
        },
    ),
    EventType.CO_ASSIGNED: Content(
        Stream.PROBLEMS,
        "another executor was asked to work on a problem beside its lead",
        {
            "problem_id": PROBLEM,
            "co_id": CO,
            "executor": EXECUTOR,
            "role": text(
                "co answers to the lead, copy to the citizen on his own questions.", "co", enum=["co", "copy"]
            ),
            "deadline": DEADLINE,
            "by": OPERATOR,
        },
    ),
    EventType.CO_ANSWERED: Content(
        Stream.PROBLEMS, "a co-executor gave his answer", {"problem_id": PROBLEM, "co_id": CO, "by": BY}
    ),
    EventType.CO_ENDED: Content(
        Stream.PROBLEMS, "a co-executor was taken off a problem", {"problem_id": PROBLEM, "co_id": CO, "by": BY}
    ),
    EventType.INSTRUCTION_GIVEN: Content(
        Stream.INSTRUCTIONS,
        "a head gave an instruction, or an executor handed on a part of his",
        INSTRUCTION
        | {
            "parent": replace(identifier("The instruction that it is part of.", "parent"), required=False),
            "problem_id": replace(PROBLEM, required=False),
            "executor": EXECUTOR,
            "deadline": DEADLINE,
        },
    ),
    EventType.INSTRUCTION_ACCEPTED: Content(Stream.INSTRUCTIONS, "the executor took an instruction", INSTRUCTION),
    EventType.INSTRUCTION_STARTED: Content(Stream.INSTRUCTIONS, "work on an instruction began", INSTRUCTION),
    EventType.INSTRUCTION_REPORTED: Content(Stream.INSTRUCTIONS, "an instruction was reported done", INSTRUCTION),
    EventType.INSTRUCTION_RETURNED: Content(Stream.INSTRUCTIONS, "the head sent a report back", INSTRUCTION),
    EventType.INSTRUCTION_CLOSED: Content(Stream.INSTRUCTIONS, "the head closed an instruction", INSTRUCTION),
    EventType.INSTRUCTION_REOPENED: Content(Stream.INSTRUCTIONS, "closing an instruction was undone", INSTRUCTION),
    EventType.INSTRUCTION_MOVED: Content(
        Stream.INSTRUCTIONS, "the head gave an instruction another day", INSTRUCTION | {"deadline": DEADLINE}
    ),
    EventType.POINT_DONE: Content(
        Stream.INSTRUCTIONS,
        "a control point of an instruction was reached",
        INSTRUCTION | {"point": Field({"type": "integer", "minimum": 1, "description": "Which one."}, 1)},
    ),
    EventType.TASK_WARNED: Content(Stream.CLOCKS, "the clock of a task runs out soon", TASK),
    EventType.TASK_BREACHED: Content(Stream.CLOCKS, "the clock of a task ran out", TASK),
    EventType.CLOCK_WARNED: Content(
        Stream.CLOCKS,
        "a share of a clock's term has run",
        {
            **CLOCK,
            "share": Field(
                {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "description": "Which share."},
                0.75,
                required=False,
            ),
            "to": LEVELS,
        },
    ),
    EventType.CLOCK_BREACHED: Content(Stream.CLOCKS, "a clock ran out", {**CLOCK, "to": LEVELS}),
    EventType.CLOCK_ESCALATED: Content(
        Stream.CLOCKS, "a clock that ran out was told of higher up", {**CLOCK, "to": LEVELS}
    ),
    EventType.EVENT_QUARANTINED: Content(
        Stream.QUARANTINE,
        "a stage could not handle an event and put it aside",
        {
            "quarantine_id": identifier("What `otklik quarantine show` takes.", "quarantine"),
            "group": text("The stage.", "routing"),
            "stream": text("Where the event stood.", "problems", enum=[stream.value for stream in Stream]),
            "partition": Field({"type": "integer", "minimum": 0, "description": "Where it stood."}, 3),
            "position": Field({"type": "integer", "minimum": 0, "description": "Where it stood."}, 1204),
            "reason": text("Why, without a person's data.", "KeyError in decide, line 58: '…'"),
            "event": Field(
                {"type": "object", "description": "The event as it stood in the log."}, {"type": "problem.found"}
            ),
        },
    ),
}


def envelope(type: EventType) -> dict[str, Any]:
    """JSON Schema (draft 7) of a whole event of this type, as models.events.Event.to_json writes it."""
    fields = CONTENTS[type].fields
    properties: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "Unique; the same event again has the same id."},
        "source": {"type": "string", "pattern": "^otklik/.+$", "description": "otklik/ and the region's id."},
        "type": {"const": type.value},
        "subject": {
            "type": "string",
            "format": "uuid",
            "description": "The appeal, or the uppermost instruction; the record's key.",
        },
        "time": {"type": "string", "format": "date-time", "description": "When it happened."},
        "datacontenttype": {"const": "application/json"},
        "data": {
            "type": "object",
            "required": [name for name, field in fields.items() if field.required],
            "properties": {name: dict(field.schema) for name, field in fields.items()},
        },
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def example(type: EventType) -> dict[str, Any]:
    """An event of this type."""
    return {
        "specversion": "1.0",
        "id": str(derived_id("example", type.value)),
        "source": "otklik/omsk",
        "type": type.value,
        "subject": str(derived_id("example", "appeal")),
        "time": "2026-11-20T12:00:07+00:00",
        "datacontenttype": "application/json",
        "data": {name: field.example for name, field in CONTENTS[type].fields.items()},
    }
