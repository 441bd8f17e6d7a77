"""The embedded engine: a stage's workers share the log's partitions through row locks of PostgreSQL.

A worker locks the group's offset of one partition, reads a batch, lets the handler work, moves the offset and commits:
one transaction. When the worker or the server dies, the transaction is gone with everything in it and the lock is free.
"""

from __future__ import annotations

import select
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg import ClientCursor
from psycopg.types.json import set_json_dumps, set_json_loads

from models.events import Event, EventType, Stream
from streams.attempts import DEADLY, Attempt, attempt, clear
from streams.contract import Connection, Stage
from streams.faults import reason_of, transient
from streams.lent import LentConnection
from streams.log import append, channel
from streams.offsets import register
from streams.quarantine import put_aside
from streams.stop import Stop

SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 30.0
REPLAY_SECONDS = 1.0
"""Between two looks for replays that somebody asked for, while there is other work."""

KNOWN = frozenset(EventType)

# The partition that waited longest goes first; those that must be retried later are left out.
CLAIM = """
SELECT o.partition, o.next_position
FROM stream_offsets o JOIN stream_partitions p USING (stream, partition)
WHERE o.consumer_group = %s AND o.stream = %s AND o.next_position < p.next_position AND o.partition <> ALL(%s)
ORDER BY o.updated_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED"""

CLAIM_AND_READ = f"""
WITH claimed AS ({CLAIM})
SELECT c.partition, e.position, e.event::text
FROM claimed c CROSS JOIN LATERAL (
    SELECT position, event FROM stream_events
    WHERE stream = %s AND partition = c.partition AND position >= c.next_position ORDER BY position LIMIT %s) e"""
"""What it claims it can read: its snapshot saw the counter above the position. The rows come in any order."""

READ = """
SELECT position, event::text FROM stream_events
WHERE stream = %s AND partition = %s AND position >= %s ORDER BY position LIMIT %s"""

MOVE = """
UPDATE stream_offsets SET next_position = %s, updated_at = clock_timestamp()
WHERE consumer_group = %s AND stream = %s AND partition = %s"""


def numbered(query: str) -> str:
    """The query with PostgreSQL's own placeholders, as PREPARE wants them."""
    first, *others = query.split("%s")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))


PREPARE_CLAIM = f"PREPARE claim (text, text, integer[], text, integer) AS {numbered(CLAIM_AND_READ)}"
EXECUTE_CLAIM = "EXECUTE claim(%s, %s, %s, %s, %s)"
"""By name, so that it goes with the beginning of its transaction in one message and is planned once."""

CLAIM_REPLAY = """
SELECT q.id, q.partition, q.position, q.event::text
FROM quarantine q JOIN stream_offsets o USING (consumer_group, stream, partition)
WHERE q.consumer_group = %s AND q.stream = %s AND q.replay_asked_at IS NOT NULL AND q.replayed_at IS NULL
ORDER BY q.replay_asked_at, q.position LIMIT 1 FOR UPDATE OF q, o SKIP LOCKED"""


class Row(NamedTuple):
    """One event as it stands in the log; `content` is its JSON."""

    position: int
    content: str

    def event(self) -> Event:
        return Event.of_json(orjson.loads(self.content))


def begin_with(work: Connection, prepare: str, execute: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Begin a transaction with a prepared query: two statements in one message, which only a client-side cursor sends.

    What is not prepared (or any more: after a rollback psycopg has the server forget) is prepared by `prepare`.
    """
    cursor = ClientCursor(work)
    try:
        cursor.execute(f"BEGIN; {execute}", parameters)
    except psycopg.errors.InvalidSqlStatementName:
        work.rollback()
        work.execute(prepare)
        cursor.execute(f"BEGIN; {execute}", parameters)
    cursor.nextset()
    return cursor.fetchall()


def wanted(rows: Sequence[Row], types: Set[str]) -> list[dict[str, Any]] | None:
    """The contents of those events that are of these types; None where one of the rows is no event."""
    try:
        contents = [orjson.loads(row.content) for row in rows]
        known = KNOWN.issuperset([content["type"] for content in contents])
    except (ValueError, KeyError, TypeError):
        return None
    return [content for content in contents if content["type"] in types] if known else None


def up_to(rows: Sequence[Row], types: Set[str], most: int) -> list[Row]:
    """The first rows, with so many events of these types among them."""
    seen = 0
    for number, row in enumerate(rows, 1):
        seen += orjson.loads(row.content)["type"] in types
        if seen == most:
            return list(rows[:number])
    return list(rows)


def readable(contents: Sequence[dict[str, Any]] | None) -> list[Event] | None:
    """The events of the contents; None where one of them cannot be read."""
    if contents is None:
        return None
    try:
        return [Event.of_json(content) for content in contents]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


class Poisoned(Exception):
    """One event of a batch of this partition is at fault; which one is not known yet."""

    def __init__(self, partition: int) -> None:
        super().__init__(partition)
        self.partition = partition


@dataclass
class Pause:
    """A partition whose batch must be retried: not before `until` (monotonic), after `seconds` of waiting."""

    until: float
    seconds: float


@dataclass(frozen=True)
class EmbeddedEngine:
    """Streams in the PostgreSQL database at `url`."""

    url: str

    def consumer(self, stage: Stage) -> EmbeddedConsumer:
        return EmbeddedConsumer(self.url, stage)


@dataclass
class EmbeddedConsumer:
    """One worker of a stage. Two connections: one for the effects, one for notices of new events and of attempts."""

    url: str
    stage: Stage
    _work: LentConnection | None = None
    _side: Connection | None = None
    _under_way: Attempt | None = None
    _pauses: dict[int, Pause] = field(default_factory=dict)
    _replays_at: float = 0.0
    _suspected: set[int] = field(default_factory=set)

    def step(self) -> int:
        work, side = self._connections()
        try:
            taken = self._replay(work) or self._batch(work, side)
            self._under_way = None
            return taken
        except Poisoned as poisoned:
            self._clear(side)
            self._suspected.add(poisoned.partition)  # taken event by event when it is claimed again
            return self.step()
        except Exception as error:
            if work.broken or side.broken or not transient(error):
                raise
            self._pause(side)
            return 0

    def wait(self, seconds: float, stop: Stop) -> None:
        _, side = self._connections()
        due = [left for pause in self._pauses.values() if (left := pause.until - time.monotonic()) > 0]
        select.select([side.fileno(), stop.fileno()], [], [], min([seconds, *due]))
        for _ in side.notifies(timeout=0):
            pass  # that something came is all they say

    def close(self) -> None:
        for connection in (self._work, self._side):
            if connection is not None:
                connection.close()
        self._work = self._side = None

    def _connections(self) -> tuple[LentConnection, Connection]:
        if self._work is None or self._side is None or self._work.broken or self._side.broken:
            self.close()
            # every transaction is begun by name, with its first statement
            self._work = LentConnection.connect(
                self.url, autocommit=True, application_name=f"otklik {self.stage.group}"
            )
            set_json_loads(orjson.loads, self._work)  # problems are full of JSON, and every stage reads them
            set_json_dumps(orjson.dumps, self._work)
            self._side = psycopg.connect(self.url, autocommit=True, application_name=f"otklik {self.stage.group} side")
            self._side.execute(f"LISTEN {channel(self.stage.stream)}")
            self._side.execute("SET synchronous_commit = off")  # an attempt that is forgotten does no harm
            with self._work.transaction():
                register(self._work, self.stage.group, self.stage.stream)
            self._clear(self._side)
        return self._work, self._side

    def _batch(self, work: LentConnection, side: Connection) -> int:
        try:
            taken = self._take(work, side)
        except BaseException:
            if not work.broken:
                work.rollback()
            raise
        return taken

    def _take(self, work: LentConnection, side: Connection) -> int:
        # one message for the beginning and the claim, one for the offset and the commit: psycopg's own transaction
        # blocks and pipelines would take more round trips or more time of the processor
        claimed = self._claim(work)
        if claimed is None:
            work.commit()  # of nothing: after a rollback psycopg has the server forget all that was prepared
            return 0
        partition, rows = claimed
        contents = wanted(rows, self.stage.types)
        if self.stage.most is not None and contents is not None and len(contents) > self.stage.most:
            rows = up_to(rows, self.stage.types, self.stage.most)
            contents = contents[: self.stage.most]
        reach = rows[-1].position + 1
        if contents != []:  # nobody dies on events that he does not want, such as his own in the stream that he reads
            self._under_way = Attempt(self.stage.group, self.stage.stream, partition, rows[0].position, reach)
            tries, events = attempt(side, self._under_way, lambda: readable(contents))
            if tries.alone:
                rows = rows[:1]
            if tries.count > DEADLY:
                reason = f"the worker died {DEADLY} times while it handled this event"
                append(work, Stream.QUARANTINE, [self._put_aside(work, partition, rows[0], reason)])
            elif events is None or tries.alone or partition in self._suspected:
                self._one_by_one(work, partition, rows)
            else:
                self._at_once(work, partition, events)
        place = [rows[-1].position + 1, self.stage.group, self.stage.stream, partition]
        ClientCursor(work).execute(f"{MOVE}; COMMIT", place)
        self._suspected.discard(partition)
        self._pauses.pop(partition, None)
        return len(rows)

    def _claim(self, work: Connection) -> tuple[int, list[Row]] | None:
        """Lock the offset of a partition with something in it and read a batch; None where nothing is free."""
        place = [self.stage.group, self.stage.stream, self._waiting(), self.stage.stream, self.stage.batch]
        found = begin_with(work, PREPARE_CLAIM, EXECUTE_CLAIM, place)
        if not found:
            return None
        return found[0][0], sorted(Row(position, content) for _, position, content in found)

    def _read(self, work: Connection, partition: int, position: int) -> list[Row]:
        """A batch of the log's table, from `position` on."""
        found = work.execute(READ, [self.stage.stream, partition, position, self.stage.batch]).fetchall()
        return [Row(*row) for row in found]

    def _waiting(self) -> list[int]:
        """Partitions that must be retried, and not yet."""
        return [partition for partition, pause in self._pauses.items() if pause.until > time.monotonic()]

    def _at_once(self, work: LentConnection, partition: int, events: Sequence[Event]) -> None:
        """Raises Poisoned where an event is at fault; the whole transaction is rolled back then."""
        try:
            self._call(work, events)
        except Exception as error:
            if transient(error):
                raise
            raise Poisoned(partition) from error

    def _one_by_one(self, work: LentConnection, partition: int, rows: Sequence[Row]) -> None:
        """The events that are at fault are put aside, the others take effect."""
        aside: list[Event] = []
        for row in rows:
            try:
                with work.transaction():
                    self._call(work, [row.event()])
            except Exception as error:
                if transient(error):
                    raise
                aside.append(self._put_aside(work, partition, row, reason_of(error)))
        append(work, Stream.QUARANTINE, aside)  # last: it locks counters

    def _call(self, work: LentConnection, events: Sequence[Event]) -> None:
        wanted = [event for event in events if event.type in self.stage.types]
        if wanted:
            with work.lent():
                self.stage.handle(work, wanted)

    def _put_aside(self, work: Connection, partition: int, row: Row, reason: str) -> Event:
        return put_aside(work, self.stage, partition, row.position, row.content, reason, datetime.now(UTC))

    def _replay(self, work: LentConnection) -> int:
        """Handle one event that somebody asked to replay; the lock of its partition keeps the order of its key."""
        if time.monotonic() < self._replays_at:
            return 0
        with work.transaction():
            row = work.execute(CLAIM_REPLAY, [self.stage.group, self.stage.stream]).fetchone()
            if row is None:
                self._replays_at = time.monotonic() + REPLAY_SECONDS
                return 0
            id, partition, position, content = row
            now = datetime.now(UTC)
            work.execute("UPDATE quarantine SET replayed_at = %s WHERE id = %s", [now, id])
            self._one_by_one(work, partition, [Row(position, content)])  # failing again, it is put aside anew
        return 1

    def _pause(self, side: Connection) -> None:
        """Nothing is wrong with the events: take the partition again later, after twice the time."""
        if self._under_way is None:
            return
        before = self._pauses.get(self._under_way.partition)
        seconds = SHORTEST_PAUSE if before is None else min(before.seconds * 2, LONGEST_PAUSE)
        self._pauses[self._under_way.partition] = Pause(time.monotonic() + seconds, seconds)
        self._clear(side)

    def _clear(self, side: Connection) -> None:
        """This worker is alive, so the attempt that failed was no death."""
        if self._under_way is not None:
            clear(side, self._under_way)
            self._under_way = None
