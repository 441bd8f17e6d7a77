"""The embedded engine: a stage's workers share the log's partitions through row locks of PostgreSQL.

A worker locks the group's offset of one partition, reads a batch, lets the handler work, moves the offset and commits:
one transaction. When the worker or the server dies, the transaction is gone with everything in it and the lock is free.
"""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
import psycopg
from psycopg.types.json import set_json_dumps, set_json_loads

from models.events import Event, Stream
from streams.attempts import DEADLY, Attempt, attempt, clear
from streams.claim import Claim, Row, claim, readable, up_to
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

MOVE = """
UPDATE stream_offsets SET next_position = %s, updated_at = clock_timestamp()
WHERE consumer_group = %s AND stream = %s AND partition = %s"""

CLAIM_REPLAY = """
SELECT q.id, q.partition, q.position, q.event::text
FROM quarantine q JOIN stream_offsets o USING (consumer_group, stream, partition)
WHERE q.consumer_group = %s AND q.stream = %s AND q.replay_asked_at IS NOT NULL AND q.replayed_at IS NULL
ORDER BY q.replay_asked_at, q.position LIMIT 1 FOR UPDATE OF q, o SKIP LOCKED"""


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
        # one message for the beginning and the claim: psycopg's own transaction blocks would take more round trips
        claimed = self._claim(work)
        if claimed is None:
            work.commit()  # of nothing: after a rollback psycopg has the server forget all that was prepared
            return 0
        rows = self._handled(work, side, claimed.partition, claimed.rows)
        self._keep(claimed.partition, claimed.rows[len(rows) :])
        reach = rows[-1].position + 1
        if reach != claimed.stands:
            work.execute(MOVE, [reach, self.stage.group, self.stage.stream, claimed.partition])
        work.commit()
        self._suspected.discard(claimed.partition)
        self._pauses.pop(claimed.partition, None)
        return len(rows)

    def _handled(self, work: LentConnection, side: Connection, partition: int, rows: Sequence[Row]) -> Sequence[Row]:
        """Handle a batch, or the beginning of it; which rows were done."""
        first = next((number for number, row in enumerate(rows) if row.content), None)
        if first is None:  # nobody dies on events that he does not want, such as his own in the stream that he reads
            return rows
        reach = rows[-1].position + 1
        self._under_way = Attempt(self.stage.group, self.stage.stream, partition, rows[first].position, reach)
        tries = attempt(side, self._under_way)
        if tries.alone:
            rows = rows[: first + 1]
        if tries.count > DEADLY:
            reason = f"the worker died {DEADLY} times while it handled this event"
            append(work, Stream.QUARANTINE, [self._put_aside(work, partition, rows[first], reason)])
        elif tries.alone or partition in self._suspected or (events := readable(rows)) is None:
            self._one_by_one(work, partition, rows)
        else:
            done = up_to(rows, self._at_once(work, partition, events))
            if len(done) < len(rows):
                clear(side, self._under_way)  # nobody died on what is left: else it would be taken one by one
            return done
        return rows

    def _keep(self, partition: int, rows: Sequence[Row]) -> None:
        """Called with the rows of a claim that were left for later: they are read again."""

    def _claim(self, work: Connection) -> Claim | None:
        """Lock the offset of a partition with something in it and read a batch; None where nothing is free."""
        return claim(work, self.stage, self._waiting())

    def _waiting(self) -> list[int]:
        """Partitions that must be retried, and not yet."""
        return [partition for partition, pause in self._pauses.items() if pause.until > time.monotonic()]

    def _at_once(self, work: LentConnection, partition: int, events: Sequence[Event]) -> int | None:
        """How many were handled, None: all. Raises Poisoned where one is at fault; all is rolled back then."""
        try:
            return self._call(work, events)
        except Exception as error:
            if transient(error):
                raise
            raise Poisoned(partition) from error

    def _one_by_one(self, work: LentConnection, partition: int, rows: Sequence[Row]) -> None:
        """The events that are at fault are put aside, the others take effect."""
        aside: list[Event] = []
        for row in rows:
            if not row.content:
                continue
            try:
                with work.transaction():
                    self._call(work, [Event.of_text(row.content)])
            except Exception as error:
                if transient(error):
                    raise
                aside.append(self._put_aside(work, partition, row, reason_of(error)))
        append(work, Stream.QUARANTINE, aside)  # last: it locks counters

    def _call(self, work: LentConnection, events: Sequence[Event]) -> int | None:
        wanted = [event for event in events if event.type in self.stage.types]
        if not wanted:
            return None
        with work.lent():
            done = self.stage.handle(work, wanted)
        if done == 0:  # the offset would move over events that nobody handled
            raise ValueError("the handler left every event; one that can handle none now raises Retry")
        return done

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
