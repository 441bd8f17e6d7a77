"""The SQL of the drift report: problems of a region as the machine first saw them, and what operators changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from models.facts import FactKind
from streams.contract import Connection

PROBLEMS = """
SELECT problem.found_at, problem.topic_guesses -> 0 ->> 'code', (problem.topic_guesses -> 0 ->> 'probability')::float,
       appeal.model_version,
       NOT EXISTS (SELECT FROM assignments given WHERE given.problem_id = problem.id AND given.assigned_by = 'machine'),
       (SELECT corrected.after -> 'columns' ->> 'topic_code' FROM actions corrected
        WHERE corrected.problem_id = problem.id AND corrected.kind = 'correct_topic' AND corrected.undone_at IS NULL
        ORDER BY corrected.done_at DESC, corrected.id DESC LIMIT 1),
       EXISTS (SELECT FROM actions corrected WHERE corrected.problem_id = problem.id
               AND corrected.kind = 'correct_place' AND corrected.undone_at IS NULL),
       EXISTS (SELECT FROM actions given WHERE given.problem_id = problem.id
               AND given.kind = 'assign' AND given.undone_at IS NULL)
FROM problems problem JOIN appeals appeal ON appeal.id = problem.appeal_id
WHERE problem.region_id = %s AND problem.found_at >= %s AND problem.found_at < %s AND problem.state <> 'found'
"""
TEXTS = """
SELECT appeal.id, appeal.accepted_at, appeal.text, appeal.privacy,
       (SELECT json_agg(json_build_object('spans', problem.spans, 'place', problem.place -> 'spans',
                                          'places', problem.more_places, 'facts', problem.facts))
        FROM problems problem WHERE problem.appeal_id = appeal.id AND problem.state <> 'dismissed')
FROM appeals appeal
WHERE appeal.region_id = %s AND appeal.accepted_at >= %s AND appeal.accepted_at < %s AND appeal.state = 'analysed'
ORDER BY appeal.accepted_at DESC, appeal.id LIMIT %s
"""


NAMES = frozenset({FactKind.PERSON, FactKind.ORGANISATION})


@dataclass(frozen=True, slots=True)
class Seen:
    """One problem: the machine's first topic with its probability, and what became of it. `corrected` is the topic
    that an operator gave it, None where nobody did."""

    at: datetime
    topic: str
    probability: float
    model: str | None
    operator: bool
    """Not assigned by the machine."""
    corrected: str | None
    place_corrected: bool
    given_elsewhere: bool
    """An operator chose another executor than the machine's first."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """The words of an appeal, with what is known of its parts as [start, end) in the text."""

    id: UUID
    at: datetime
    text: str
    private: tuple[tuple[int, int], ...]
    problems: tuple[tuple[int, int], ...]
    named: tuple[tuple[int, int], ...]
    """Places, persons and organisations."""


def problems(connection: Connection, region: str, start: datetime, end: datetime) -> list[Seen]:
    """The problems found in [start, end) that routing has decided on."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [Seen(*row) for row in cursor.execute(PROBLEMS, (region, start, end)) if row[1] is not None]


def appeals(connection: Connection, region: str, start: datetime, end: datetime, most: int) -> Iterator[Appeal]:
    """The newest of the appeals accepted in [start, end) that hold a problem, `most` at most; read as they come."""
    with connection.cursor("drift", row_factory=tuple_row) as cursor:
        cursor.execute(TEXTS, (region, start, end, most))
        for id, at, text, privacy, found in cursor:
            found = found or []
            yield Appeal(
                id,
                at,
                text,
                _pairs(mark["span"] for mark in privacy),
                _pairs(span for each in found for span in each["spans"]),
                _pairs(
                    span
                    for each in found
                    for span in [
                        *(each["place"] or []),
                        *(span for place in each["places"] for span in place["spans"]),
                        *(fact["span"] for fact in each["facts"] if fact["kind"] in NAMES),
                    ]
                ),
            )


def _pairs(spans: Iterator[Sequence[int]] | Any) -> tuple[tuple[int, int], ...]:
    return tuple((int(start), int(end)) for start, end in spans)
