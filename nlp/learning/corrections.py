"""Operators' corrections of topics as rows to learn from.

A correction is an action `correct_topic`, or a `split`, whose new problem an operator gave its topic. What was undone
does not count; of several corrections of one problem the latest does; a problem that was then dismissed teaches
nothing, for an operator saw no problem in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import tuple_row

from models.topics import Topic
from nlp.clean import clean
from nlp.topics.shared import fingerprints
from nlp.topics.table import Labelled
from nlp.words import words_of
from streams.contract import Connection

QUERY = """
WITH given AS (
    SELECT problem_id, after -> 'columns' ->> 'topic_code' AS topic_code, done_at, id
    FROM actions WHERE region_id = %(region)s AND kind = 'correct_topic' AND undone_at IS NULL
    UNION ALL
    SELECT made.id, made.topic_code, action.done_at, action.id
    FROM actions action JOIN problems made ON made.id = (action.after ->> 'created')::uuid
    WHERE action.region_id = %(region)s AND action.kind = 'split' AND action.undone_at IS NULL
), latest AS (
    SELECT DISTINCT ON (problem_id) problem_id, topic_code, done_at
    FROM given ORDER BY problem_id, done_at DESC, id DESC
)
SELECT latest.problem_id, appeal.text, problem.spans, latest.topic_code, latest.done_at
FROM latest
JOIN problems problem ON problem.id = latest.problem_id
JOIN appeals appeal ON appeal.id = problem.appeal_id
WHERE problem.state <> 'dismissed'
ORDER BY latest.done_at, latest.problem_id
"""


@dataclass(frozen=True, slots=True)
class Correction:
    """What an operator said a problem is about. `text` are the problem's words as the model reads them."""

    problem: UUID
    text: str
    topic: Topic
    at: datetime


def problem_text(text: str, spans: Sequence[Sequence[int]]) -> str:
    """The words of one problem, as the engine gives them to the topic model."""
    return " ".join(clean(text[start:end]).text for start, end in spans)


def corrections(connection: Connection, region: str, topics: Mapping[str, Topic]) -> list[Correction]:
    """The corrections of a region that count, oldest first; one whose topic has left the pack is left out.

    Of equal texts the last word counts: a complaint posted fifty times and corrected fifty times is one row.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(QUERY, {"region": region}).fetchall()
    found: dict[int, Correction] = {}
    for problem, text, spans, code, at in rows:
        own = problem_text(text, spans)
        if code not in topics or not own.strip():
            continue
        [digest] = fingerprints([words_of(own)]).tolist()
        found.pop(digest, None)  # the later one takes its own place in time
        found[digest] = Correction(problem, own, topics[code], at)
    return list(found.values())


def as_table(rows: Sequence[Correction]) -> Labelled:
    """The corrections as rows to train on."""
    return Labelled(
        tuple(row.text for row in rows), tuple(row.topic.name for row in rows), tuple(row.topic.group for row in rows)
    )
