"""The SQL of analysis: appeals as accepted, and what the engine found in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import tuple_row

from models.analysis import Analysis, ProblemDraft, SourceText
from models.arrays import Value, columns
from models.events import EventType
from models.facts import Fact
from models.identifiers import derived_id
from models.places import Place
from models.regimes import Identity, Regime
from models.states import APPEAL_TRANSITIONS, AppealState, ProblemState, Who, next_state
from models.text import Span
from streams.contract import Connection

PROBLEM_COLUMNS = {
    "id": "uuid", "region_id": "text", "appeal_id": "uuid", "ordinal": "integer", "state": "text", "spans": "jsonb",
    "topic_code": "text", "topic_probability": "real", "group_name": "text", "group_probability": "real",
    "decided": "boolean", "topic_guesses": "jsonb", "words": "jsonb", "facts": "jsonb", "place": "jsonb",
    "more_places": "jsonb", "place_level": "text", "municipality": "text", "latitude": "float8", "longitude": "float8",
    "h3": "text", "urgency": "smallint", "urgency_reasons": "jsonb", "found_at": "timestamptz",
}  # fmt: skip
INSERT = f"""
INSERT INTO problems ({", ".join(PROBLEM_COLUMNS)})
SELECT * FROM unnest({", ".join(f"%s::{type}[]" for type in PROBLEM_COLUMNS.values())}) ON CONFLICT DO NOTHING"""
ANALYSED = """
UPDATE appeals SET state = done.state, dismissal = done.dismissal, dismissal_probability = done.probability,
    privacy = done.privacy, analysed_at = done.at, model_version = done.version
FROM unnest(%s::text[], %s::text[], %s::real[], %s::jsonb[], %s::timestamptz[], %s::text[], %s::uuid[])
    AS done (state, dismissal, probability, privacy, at, version, id)
WHERE appeals.id = done.id"""


@dataclass(frozen=True, slots=True)
class AcceptedAppeal:
    """An appeal that waits for analysis. `restored`: an operator saw a problem in it that the machine did not see.

    `author` is what the channel knows of who wrote: by it repeats are found, and he is known again. `identity`: how
    sure it is.
    """

    id: UUID
    region: str
    source: SourceText
    accepted_at: datetime
    restored: bool
    channel: str
    author: Mapping[str, str]
    regime: str = Regime.PORTAL
    identity: str = Identity.STATED


def accepted_appeals(connection: Connection, ids: Sequence[UUID]) -> list[AcceptedAppeal]:
    """Those of the appeals that still wait for analysis, in order of their ids, locked until the commit."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT id, region_id, text, sent_at, stated, accepted_at, dismissal IS NOT NULL, channel, author,
                      regime, identity
               FROM appeals WHERE id = ANY(%s) AND state = 'accepted' ORDER BY id FOR NO KEY UPDATE""",
            [list(ids)],
        )
        return [
            AcceptedAppeal(
                id, region, SourceText(text, sent_at, stated), accepted_at, restored, channel, author, regime, identity
            )
            for id, region, text, sent_at, stated, accepted_at, restored, channel, author, regime, identity in rows
        ]


def problem_id(appeal: UUID, ordinal: int) -> UUID:
    """The same problem gets the same id however often its appeal is analysed."""
    return derived_id(appeal, "problem", ordinal)


def write(connection: Connection, found: Sequence[tuple[AcceptedAppeal, Analysis]], now: datetime) -> None:
    """The problems of the appeals, and the appeals' new states."""
    problems = [
        problem_row(appeal, ordinal, draft, now)
        for appeal, analysis in found
        for ordinal, draft in enumerate(analysis.problems)
    ]
    connection.execute(ANALYSED, columns([appeal_row(appeal, analysis, now) for appeal, analysis in found]))
    if problems:
        connection.execute(INSERT.encode(), columns(problems))


def appeal_row(appeal: AcceptedAppeal, analysis: Analysis, now: datetime) -> tuple[Value, ...]:
    happened = EventType.PROBLEM_FOUND if analysis.dismissal is None else EventType.APPEAL_DISMISSED
    state = next_state(APPEAL_TRANSITIONS, AppealState.ACCEPTED, happened, Who.MACHINE)
    marks = [{"kind": mark.kind, "span": pair(mark.span)} for mark in analysis.privacy]
    return (
        state, analysis.dismissal, analysis.dismissal_probability, json(marks), now, analysis.model_version, appeal.id,
    )  # fmt: skip


def problem_row(appeal: AcceptedAppeal, ordinal: int, draft: ProblemDraft, now: datetime) -> tuple[Value, ...]:
    """The values of PROBLEM_COLUMNS."""
    topic, place = draft.topic, draft.place
    guesses = [
        {"code": guess.code, "name": guess.name, "group": guess.group, "probability": round(guess.probability, 6)}
        for guess in topic.guesses
    ]
    return (
        problem_id(appeal.id, ordinal), appeal.region, appeal.id, ordinal, ProblemState.FOUND,
        json(pairs(draft.spans)), topic.best.code, topic.best.probability, topic.group, topic.group_probability,
        topic.decided, json(guesses), json(topic.words), json([fact_json(fact) for fact in draft.facts]),
        json(place_json(place)), json([place_json(each) for each in draft.more_places]), place.level,
        place.municipality, place.latitude, place.longitude, place.h3, draft.urgency.level,
        json(draft.urgency.reasons), now,
    )  # fmt: skip


def fact_json(fact: Fact) -> dict[str, Any]:
    return {"kind": fact.kind, "span": pair(fact.span), "text": fact.text, "value": fact.value}


def place_json(place: Place) -> dict[str, Any]:
    """A place with its alternatives, under the names of the record."""
    return {
        "level": place.level,
        "municipality": place.municipality,
        "settlement": place.settlement,
        "street": place.street,
        "house": place.house,
        "house_known": place.house_known,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "h3": place.h3,
        "confidence": place.confidence,
        "spans": pairs(place.spans),
        "alternatives": [place_json(other) for other in place.alternatives],
    }


def pair(span: Span) -> list[int]:
    return [span.start, span.end]


def pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [pair(span) for span in spans]


def json(value: Any) -> str:
    return orjson.dumps(value).decode()
