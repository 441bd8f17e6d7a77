"""The SQL of near-duplicates: filing problems under their keys, finding candidates, keeping what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from models.text import Span
from nlp.repeats.keys import Keys, Source
from nlp.repeats.parts import identities, locality, objects_of
from nlp.repeats.records import Comparable, Likeness
from streams.contract import Connection

LOCKS = 651_387
"""Class of the advisory locks, one a region, that put the batches of all workers in one order: of two copies one must
see the other. Problems of two regions are never compared, so regions need not wait for each other."""
HOLDERS = 20
"""So many newest holders of one key are looked at: what thousands share tells nothing, and must cost nothing."""
CANDIDATES = 8
"""So many of each source are compared, those that share most keys first, then the newest."""

BANDS_SHARED = 2
"""Of the bands of two texts so many agree at least: a copy shares more, and most of what meets by chance shares one."""


@dataclass(frozen=True, slots=True)
class Link:
    """One row of `similar_problems`."""

    problem_id: UUID
    earlier_id: UUID
    region: str
    likeness: Likeness


def take_turn(connection: Connection, regions: Collection[str]) -> None:
    """Wait until no other transaction compares in these regions, and hold the turn until the commit.

    The locks are taken in one order everywhere, so that two transactions of several regions cannot block each other.
    """
    connection.execute(
        """SELECT pg_advisory_xact_lock(%s, number)
           FROM (
               SELECT DISTINCT hashtext(region) AS number FROM unnest(%s::text[]) AS region ORDER BY number
           ) AS wanted""",
        [LOCKS, list(regions)],
    )


def file(connection: Connection, problems: Sequence[tuple[Comparable, Keys]]) -> None:
    """File problems under their keys, in the order given. A problem that was filed before stays as it is."""
    connection.execute(
        """
        WITH filed AS (
            INSERT INTO problem_signatures (problem_id, region_id, keys)
            SELECT given.problem_id, given.region_id, given.keys::bigint[]
            FROM unnest(%s::uuid[], %s::text[], %s::text[]) WITH ORDINALITY
                AS given (problem_id, region_id, keys, number)
            ORDER BY given.number
            ON CONFLICT (problem_id) DO NOTHING
            RETURNING seq, region_id, keys
        )
        INSERT INTO problem_keys (key, seq, region_id)
        SELECT DISTINCT key, seq, region_id FROM filed, unnest(keys) AS key
        """,
        [
            [problem.problem_id for problem, _ in problems],
            [problem.region for problem, _ in problems],
            [array(keys.filed) for _, keys in problems],
        ],
    )


def candidates(connection: Connection, problems: Sequence[tuple[Comparable, Keys]]) -> dict[UUID, list[Comparable]]:
    """The earlier problems that share keys with each of the problems given, which must have been filed."""
    asked = [(number, source, key) for number, (_, keys) in enumerate(problems) for source, key in keys.asked]
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"""
            WITH asked AS (
                SELECT s.seq, s.problem_id, a.source, a.key
                FROM unnest(%s::uuid[]) WITH ORDINALITY AS new (problem_id, number)
                JOIN problem_signatures s ON s.problem_id = new.problem_id
                JOIN unnest(%s::integer[], %s::smallint[], %s::bigint[]) AS a (number, source, key)
                    ON a.number = new.number - 1
            ), met AS (
                SELECT asked.problem_id, asked.source, k.seq, count(*) AS shared
                FROM asked CROSS JOIN LATERAL (
                    SELECT seq FROM problem_keys
                    WHERE key = asked.key AND seq < asked.seq ORDER BY seq DESC LIMIT {HOLDERS}
                ) k
                GROUP BY asked.problem_id, asked.source, k.seq
                HAVING asked.source <> {int(Source.TEXT)} OR count(*) >= {BANDS_SHARED}
            ), best AS (
                SELECT problem_id, seq,
                    row_number() OVER (PARTITION BY problem_id, source ORDER BY shared DESC, seq DESC) AS place
                FROM met
            ), chosen AS (
                SELECT DISTINCT problem_id, seq FROM best WHERE place <= {CANDIDATES}
            )
            SELECT c.problem_id, p.id, p.appeal_id, p.region_id, a.text, p.spans, a.sent_at, p.topic_code, p.group_name,
                a.channel, a.author, p.place, p.more_places, p.facts
            FROM chosen c
            JOIN problem_signatures s ON s.seq = c.seq
            JOIN problems p ON p.id = s.problem_id
            JOIN appeals a ON a.id = p.appeal_id
            ORDER BY c.problem_id, c.seq
            """.encode(),
            [
                [problem.problem_id for problem, _ in problems],
                array(number for number, _, _ in asked),
                array(int(source) for _, source, _ in asked),
                array(key for _, _, key in asked),
            ],
        )
        found: dict[UUID, list[Comparable]] = {}
        for problem_id, *columns in rows:
            found.setdefault(problem_id, []).append(comparable(*columns))
    return found


def array(numbers: Iterable[int]) -> str:
    """An array as PostgreSQL writes it: for thousands of numbers several times faster than handing over a list."""
    return "{" + ",".join(map(str, numbers)) + "}"


def comparable(
    problem_id: UUID,
    appeal_id: UUID,
    region: str,
    text: str,
    spans: Sequence[Sequence[int]],
    sent_at: datetime,
    topic: str,
    group: str,
    channel: str,
    author: Mapping[str, str],
    place: Mapping[str, Any],
    more_places: Sequence[Mapping[str, Any]],
    facts: Sequence[Mapping[str, Any]],
) -> Comparable:
    """A problem of the tables as the comparison sees it."""
    return Comparable(
        problem_id=problem_id,
        appeal_id=appeal_id,
        region=region,
        text=" ".join(Span(start, end).of(text) for start, end in spans),
        sent_at=sent_at,
        topic=topic,
        group=group,
        authors=identities(channel, author),
        localities=tuple(locality(each) for each in (place, *more_places)),
        objects=objects_of((fact["kind"], fact["value"]) for fact in facts),
    )


def keep(connection: Connection, links: Sequence[Link], now: datetime) -> None:
    """Write what was found."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO similar_problems (problem_id, earlier_id, region_id, kind, score, reason, linked_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [
                (
                    link.problem_id, link.earlier_id, link.region, link.likeness.kind, link.likeness.score,
                    link.likeness.reason, now,
                )
                for link in links
            ],
        )  # fmt: skip
