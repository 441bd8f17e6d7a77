"""The SQL of replies: appeals with their problems, what executors said of them, and the drafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import tuple_row

from models.arrays import Value, columns
from models.events import EventType, Stream
from models.message import Channel
from models.regimes import Regime
from models.resolution import ReplyKind, ReplyState, Variant
from models.states import ProblemState
from resolution.replies.records import Draft, Stored
from streams.contract import Connection


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal as its replies need it. `name` is the author's (personal data)."""

    id: UUID
    region: str
    number: str
    channel: Channel
    text: str = field(repr=False)
    name: str = field(repr=False)
    accepted_at: datetime
    regime: Regime
    dismissal: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of an appeal; of a merged one `into` is the problem that goes on."""

    id: UUID
    appeal_id: UUID
    ordinal: int
    state: ProblemState
    spans: tuple[tuple[int, int], ...]
    topic: str
    group: str
    place: Mapping[str, Any]
    urgency: int
    words: tuple[str, ...]
    into: UUID | None


@dataclass(frozen=True, slots=True)
class Said:
    """What an executor said of a problem: a plan, or a proof with its photos; `executor` is his name."""

    source: UUID
    problem_id: UUID
    executor_id: UUID
    executor: str
    words: str = field(repr=False)
    variant: Variant | None = None
    ground: str = ""
    day: date | None = None
    photos: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A problem in a reply that is there already."""

    reply_id: UUID
    appeal_id: UUID
    kind: ReplyKind
    state: ReplyState
    cause: UUID
    problem_id: UUID | None
    source: UUID | None


APPEALS = """
SELECT id, region_id, number, channel, text, coalesce(author->>'name', ''), accepted_at, regime, coalesce(dismissal, '')
FROM appeals WHERE id = ANY(%s) AND erased_at IS NULL"""
LOCKED = f"{APPEALS} ORDER BY id FOR NO KEY UPDATE"


def appeals(connection: Connection, ids: Collection[UUID], *, lock: bool = False) -> dict[UUID, Appeal]:
    """Those of the appeals whose author can be told something: not erased.

    `lock`: until the commit nobody else drafts for them. Two partitions may come to one appeal, where a problem of it
    was merged into another appeal's.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute((LOCKED if lock else APPEALS).encode(), [list(ids)])
        return {row[0]: _appeal(row) for row in rows}


def _appeal(row: Sequence[Any]) -> Appeal:
    appeal_id, region, number, channel, text, name, accepted_at, regime, dismissal = row
    return Appeal(appeal_id, region, number, Channel(channel), text, name, accepted_at, Regime(regime), dismissal)


def author_of(connection: Connection, appeal_id: UUID) -> str:
    """The name of who wrote the appeal."""
    row = connection.execute("SELECT coalesce(author->>'name', '') FROM appeals WHERE id = %s", [appeal_id]).fetchone()
    return "" if row is None else str(row[0])


def hidden_spans(connection: Connection, appeal_id: UUID) -> list[tuple[int, int]]:
    """Pieces of the appeal's text that hold personal data."""
    row = connection.execute("SELECT privacy FROM appeals WHERE id = %s", [appeal_id]).fetchone()
    return [] if row is None else [(mark["span"][0], mark["span"][1]) for mark in row[0]]


PROBLEMS = """
SELECT id, appeal_id, ordinal, state, spans, topic_code, group_name, place - 'alternatives', urgency, words, merged_into
FROM problems"""


def problems_of(connection: Connection, appeal_ids: Collection[UUID]) -> dict[UUID, list[Problem]]:
    """The problems of each appeal in their order."""
    found: dict[UUID, list[Problem]] = {}
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"{PROBLEMS} WHERE appeal_id = ANY(%s) ORDER BY appeal_id, ordinal".encode(), [list(appeal_ids)]
        )
        for row in rows:
            found.setdefault(row[1], []).append(_problem(row))
    return found


def problems(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Problem]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(f"{PROBLEMS} WHERE id = ANY(%s)".encode(), [list(ids)])
        return {row[0]: _problem(row) for row in rows}


def _problem(row: Sequence[Any]) -> Problem:
    problem_id, appeal_id, ordinal, state, spans, topic, group, place, urgency, words, into = row
    return Problem(
        problem_id, appeal_id, ordinal, ProblemState(state), tuple((start, end) for start, end in spans), topic, group,
        place, urgency, tuple(map(str, words)), into,
    )  # fmt: skip


def appeals_of_merged(connection: Connection, problem_ids: Collection[UUID]) -> set[UUID]:
    """The appeals whose problems were found to be these ones said again, however long the chain."""
    rows = connection.execute(
        """WITH RECURSIVE same (id, appeal_id) AS (
               SELECT id, appeal_id FROM problems WHERE merged_into = ANY(%s)
               UNION SELECT p.id, p.appeal_id FROM problems p JOIN same ON p.merged_into = same.id)
           SELECT DISTINCT appeal_id FROM same""",
        [list(problem_ids)],
    )
    return {row[0] for row in rows}


def noticed(connection: Connection, appeal_id: UUID, type: EventType, notice: str, to: str) -> set[UUID]:
    """The problems of the appeal of which this notice is told, whether the stage has come to all its events or not."""
    rows = connection.execute(
        """SELECT event->'data'->>'problem_id' FROM stream_events
           WHERE stream = %s AND key = %s AND event->>'type' = %s
               AND coalesce(event->'data'->>'notice', '') = %s AND coalesce(event->'data'->>'to', '') = %s""",
        [Stream.PROBLEMS, str(appeal_id), type, notice, to],
    )
    return {UUID(row[0]) for row in rows}


def plans_of(connection: Connection, problem_ids: Collection[UUID]) -> dict[UUID, Said]:
    """The last plan of each problem."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT DISTINCT ON (p.problem_id) p.id, p.problem_id, p.executor_id, e.name, p.words, p.variant,
                      p.ground, p.due_on
               FROM plans p JOIN executors e ON e.id = p.executor_id
               WHERE p.problem_id = ANY(%s) ORDER BY p.problem_id, p.planned_at DESC, p.id DESC""",
            [list(problem_ids)],
        )
        return {
            problem: Said(source, problem, executor_id, executor, words, Variant(variant), ground, day)
            for source, problem, executor_id, executor, words, variant, ground, day in rows
        }


def proofs_of(connection: Connection, problem_ids: Collection[UUID]) -> dict[UUID, Said]:
    """The last proof of each problem that was accepted."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT DISTINCT ON (p.problem_id) p.id, p.problem_id, p.executor_id, e.name, p.words, p.done_on,
                      (SELECT count(*) FROM proof_files f
                       WHERE f.proof_id = p.id AND f.role IN ('before', 'after') AND f.public_sha256 <> '')
               FROM proofs p JOIN executors e ON e.id = p.executor_id
               WHERE p.problem_id = ANY(%s) AND p.state = 'accepted'
               ORDER BY p.problem_id, p.decided_at DESC NULLS LAST, p.id DESC""",
            [list(problem_ids)],
        )
        return {
            problem: Said(source, problem, executor_id, executor, words, day=day, photos=int(photos))
            for source, problem, executor_id, executor, words, day, photos in rows
        }


def executors_of(connection: Connection, problem_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """(id, name) of who answers for each problem now."""
    rows = connection.execute(
        """SELECT s.problem_id, e.id, e.name FROM assignments s JOIN executors e ON e.id = s.executor_id
           WHERE s.problem_id = ANY(%s) AND s.ended_at IS NULL""",
        [list(problem_ids)],
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def told(connection: Connection, appeal_ids: Collection[UUID]) -> list[Told]:
    """What replies of the appeals there are, one row a problem of each; of one without problems, one row."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT r.id, r.appeal_id, r.kind, r.state, r.cause, p.problem_id, p.source
               FROM replies r LEFT JOIN reply_problems p ON p.reply_id = r.id WHERE r.appeal_id = ANY(%s)""",
            [list(appeal_ids)],
        )
        return [
            Told(reply, appeal, ReplyKind(kind), ReplyState(state), cause, problem, source)
            for reply, appeal, kind, state, cause, problem, source in rows
        ]


def drafted(connection: Connection, causes: Collection[UUID]) -> set[UUID]:
    """Which of the causes have drafted a reply already."""
    rows = connection.execute("SELECT id FROM replies WHERE id = ANY(%s)", [list(causes)])
    return {row[0] for row in rows}


INSERT = """
INSERT INTO replies (id, region_id, appeal_id, kind, state, subject, text, template, flags, cause, drafted_at,
                     approved_by, approved_at, try_at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                     %s::jsonb[], %s::uuid[], %s::timestamptz[], %s::text[], %s::timestamptz[], %s::timestamptz[])"""
INSERT_PROBLEMS = """
INSERT INTO reply_problems (reply_id, problem_id, region_id, source)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[])"""


def insert(connection: Connection, drafts: Sequence[Draft], now: datetime) -> None:
    """Write new drafts; those that need nobody's approval may be sent at once."""
    if not drafts:
        return
    connection.execute(INSERT, columns([_row(each, now) for each in drafts]))
    about = [
        (each.id, section.problem_id, each.letter.region, section.source)
        for each in drafts
        for section in each.letter.sections
    ]
    if about:
        connection.execute(INSERT_PROBLEMS, columns(about))


def _row(draft: Draft, now: datetime) -> tuple[Value, ...]:
    letter, goes = draft.letter, draft.state is ReplyState.APPROVED
    flags = orjson.dumps([{"code": flag.code, "reason": flag.reason} for flag in draft.flags]).decode()
    return (
        draft.id, letter.region, letter.appeal_id, letter.kind, draft.state, draft.subject, draft.text, draft.template,
        flags, letter.cause, now, "machine" if goes else "", now if goes else None, now if goes else None,
    )  # fmt: skip


def cancel_outdated(connection: Connection, ids: Collection[UUID], now: datetime) -> list[Stored]:
    """Take back, by the machine, those of the replies that were not sent yet; returns them."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """UPDATE replies r SET state = 'cancelled', cancelled_by = 'machine', cancelled_at = %s, try_at = NULL
               WHERE id IN (SELECT id FROM replies WHERE id = ANY(%s) AND state IN ('drafted', 'approved')
                            ORDER BY id FOR UPDATE)
               RETURNING id, region_id, appeal_id, kind, array(
                   SELECT p.problem_id FROM reply_problems p WHERE p.reply_id = r.id ORDER BY p.problem_id)""",
            [now, list(ids)],
        )
        return [
            Stored(reply, region, appeal, ReplyKind(kind), tuple(problems))
            for reply, region, appeal, kind, problems in rows
        ]
