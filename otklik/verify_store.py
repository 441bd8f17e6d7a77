"""The SQL of `otklik verify`: the tables and the log, read side by side in one order without filling the memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from psycopg.rows import tuple_row

from models.events import Event
from models.states import AppealState, ProblemState
from otklik.verify_rules import AppealRow, Difference, Stood
from sla.record import Clock
from sla.store import COLUMNS, clock_of
from streams import Connection

AT_ONCE = 2_000


def begin(connection: Connection) -> None:
    """One picture of everything: effects and their events are committed together, so no moment is in between."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def appeals(connection: Connection) -> Iterator[AppealRow]:
    """Every appeal with its problems, by id."""
    with connection.cursor("verify_appeals", row_factory=tuple_row) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(
            """
            SELECT a.id::text COLLATE "C" AS key, a.state, p.id, p.state, concat_ws(' by ', e.code, d.code),
                ARRAY(SELECT x.code FROM hops h JOIN executors x ON x.id = h.from_executor_id
                      WHERE h.problem_id = p.id ORDER BY h.ordinal),
                ARRAY(SELECT concat_ws(' ', c.role, x.code, CASE WHEN c.answered_at IS NOT NULL THEN 'answered' END)
                      FROM co_assignments c JOIN executors x ON x.id = c.executor_id
                      WHERE c.problem_id = p.id AND c.ended_at IS NULL)
            FROM appeals a
            LEFT JOIN problems p ON p.appeal_id = a.id
            LEFT JOIN assignments g ON g.problem_id = p.id AND g.ended_at IS NULL
            LEFT JOIN executors e ON e.id = g.executor_id
            LEFT JOIN executors d ON d.id = g.handler_id
            ORDER BY key
            """
        )
        for key, rows in groupby(cursor, itemgetter(0)):
            found = list(rows)
            problems = {
                row[2]: Stood(ProblemState(row[3]), row[4], tuple(row[5]), frozenset(row[6]))
                for row in found
                if row[2] is not None
            }
            yield AppealRow(UUID(key), AppealState(found[0][1]), problems)


def events(connection: Connection) -> Iterator[tuple[UUID, list[Event]]]:
    """The events of every appeal, by its id, those of one stream in the log's order."""
    with connection.cursor("verify_events", row_factory=tuple_row) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(
            """
            SELECT key COLLATE "C" AS key, event FROM stream_events WHERE stream IN ('appeals', 'problems')
            ORDER BY key COLLATE "C", stream, position
            """
        )
        for key, rows in groupby(cursor, itemgetter(0)):
            yield UUID(key), [Event.of_json(content) for _, content in rows]


def clocks(connection: Connection) -> Iterator[tuple[UUID, dict[UUID, list[Clock]]]]:
    """The clocks of every appeal's problems, by the appeal's id."""
    with connection.cursor("verify_clocks", row_factory=tuple_row) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(
            f"""
            SELECT p.appeal_id::text COLLATE "C" AS key, c.problem_id, {COLUMNS}
            FROM clocks c JOIN problems p ON p.id = c.problem_id ORDER BY key
            """
        )
        for key, rows in groupby(cursor, itemgetter(0)):
            by_problem: dict[UUID, list[Clock]] = {}
            for _, problem, *columns in rows:
                by_problem.setdefault(problem, []).append(clock_of(columns))
            yield UUID(key), by_problem


def events_taken(connection: Connection, group: str) -> Iterator[tuple[UUID, list[Event]]]:
    """The events of problems that a group has handled, by appeal: not those ahead of it nor those in its quarantine."""
    with connection.cursor("verify_taken", row_factory=tuple_row) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(
            """
            SELECT e.key COLLATE "C" AS key, e.event
            FROM stream_events e
            JOIN stream_offsets o ON o.consumer_group = %(group)s AND o.stream = e.stream
                AND o.partition = e.partition AND e.position < o.next_position
            WHERE e.stream = 'problems' AND NOT EXISTS (
                SELECT FROM quarantine q WHERE q.consumer_group = %(group)s AND q.stream = e.stream
                    AND q.partition = e.partition AND q.position = e.position AND q.replayed_at IS NULL)
            ORDER BY e.key COLLATE "C", e.position
            """,
            {"group": group},
        )
        for key, rows in groupby(cursor, itemgetter(0)):
            yield UUID(key), [Event.of_json(content) for _, content in rows]


def positions(connection: Connection) -> list[Difference]:
    """Partitions whose positions are not dense from nought to the counter."""
    cursor = connection.cursor(row_factory=tuple_row)
    rows = cursor.execute(
        """
        SELECT p.stream || '/' || p.partition, p.next_position, count(e.position), coalesce(max(e.position) + 1, 0)
        FROM stream_partitions p LEFT JOIN stream_events e USING (stream, partition)
        GROUP BY p.stream, p.partition HAVING count(e.position) <> p.next_position
            OR coalesce(max(e.position) + 1, 0) <> p.next_position
        """
    )
    return [
        Difference("log", name, f"{found} events up to {end}, the counter says {counter}")
        for name, counter, found, end in rows
    ]


def offsets(connection: Connection) -> list[Difference]:
    """Groups that stand beyond the end of the log."""
    cursor = connection.cursor(row_factory=tuple_row)
    rows = cursor.execute(
        """
        SELECT o.consumer_group || ' on ' || o.stream || '/' || o.partition, o.next_position, p.next_position
        FROM stream_offsets o JOIN stream_partitions p USING (stream, partition)
        WHERE o.next_position > p.next_position
        """
    )
    return [Difference("offsets", name, f"stands at {at}, the log ends at {end}") for name, at, end in rows]


def digests(connection: Connection) -> Iterator[tuple[UUID, str]]:
    """(attachment id, SHA-256) of every attachment."""
    with connection.cursor("verify_digests", row_factory=tuple_row) as cursor:
        cursor.itersize = AT_ONCE
        yield from cursor.execute("SELECT id, sha256 FROM attachments ORDER BY id")


def counts(connection: Connection) -> dict[str, int]:
    """How many there are of what, for the person who reads the result."""
    cursor = connection.cursor(row_factory=tuple_row)
    row = cursor.execute(
        """
        SELECT (SELECT count(*) FROM appeals), (SELECT count(*) FROM appeals WHERE state = 'accepted'),
               (SELECT count(*) FROM appeals WHERE state = 'analysed'),
               (SELECT count(*) FROM appeals WHERE state = 'dismissed'), (SELECT count(*) FROM problems),
               (SELECT count(*) FROM assignments WHERE ended_at IS NULL), (SELECT count(*) FROM clocks),
               (SELECT count(*) FROM attachments), (SELECT count(*) FROM stream_events),
               (SELECT count(*) FROM quarantine WHERE replayed_at IS NULL)
        """
    ).fetchone()
    assert row is not None
    names = (
        "appeals", "waiting", "analysed", "dismissed", "problems", "assignments", "clocks", "attachments", "events",
        "quarantined",
    )  # fmt: skip
    return dict(zip(names, row, strict=True))
