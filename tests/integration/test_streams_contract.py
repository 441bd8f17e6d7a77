"""The contract of streams (streams/contract.py), the same for every engine."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from streams import (
    Connection,
    EmbeddedEngine,
    Stop,
    append,
    move,
    quarantined,
    rewind,
    work,
)
from tests.stream_events import accepted
from tests.stream_work import UnderTest, appended, behind, drain, handled, own_lag, wait_until
from tests.victims import record, stage


def test_what_was_committed_comes_once(engine: UnderTest, db: Connection) -> None:
    events = [accepted() for _ in range(250)]
    appended(db, events)
    assert drain(engine) == 250
    assert drain(engine) == 0
    assert Counter(id for id, _ in handled(db)) == Counter(event.id for event in events)


def test_what_was_rolled_back_never_comes(engine: UnderTest, db: Connection) -> None:
    with db.transaction(force_rollback=True):
        append(db, Stream.APPEALS, [accepted()])
    kept = accepted()
    appended(db, [kept])
    drain(engine)
    assert [id for id, _ in handled(db)] == [kept.id]


def test_an_event_arrives_as_it_was_sent(engine: UnderTest, db: Connection) -> None:
    sent = accepted(channel="form", number=7)
    arrived: list[Event] = []
    appended(db, [sent])
    drain(engine, lambda _, events: arrived.extend(events))
    assert arrived == [sent]


@pytest.mark.parametrize("number", [1, 100])
def test_the_log_names_the_key_in_one_way(engine: UnderTest, db: Connection, number: int) -> None:
    """Few events and many are written by different statements."""
    events = [accepted() for _ in range(number)]
    appended(db, events)
    assert {key for (key,) in db.execute("SELECT key FROM stream_events")} == {str(event.key) for event in events}


def test_a_handler_may_use_copy_and_learns_of_its_errors_at_once(engine: UnderTest, db: Connection) -> None:
    """A connection in pipeline mode would refuse the one and delay the other."""
    calls: list[int] = []

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        calls.append(len(events))
        with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
            connection.execute("SELECT 1 / 0")
        with connection.cursor().copy("COPY effects (event_id, key) FROM STDIN") as copy:
            for one in events:
                copy.write_row((one.id, one.key))

    key = new_id()
    appended(db, [accepted(key) for _ in range(20)])
    assert drain(engine, handle) == 20
    assert calls == [20]
    assert len(handled(db)) == 20


def test_a_stage_gets_only_its_types(engine: UnderTest, db: Connection) -> None:
    other = event(EventType.APPEAL_RESTORED, "omsk", new_id(), datetime.now(UTC), by="operator")
    wanted = accepted()
    appended(db, [other, wanted, other])
    drain(engine)
    assert [id for id, _ in handled(db)] == [wanted.id]
    assert behind(db) == 0


def test_what_a_handler_leaves_comes_in_the_next_transaction(engine: UnderTest, db: Connection) -> None:
    other = event(EventType.APPEAL_RESTORED, "omsk", new_id(), datetime.now(UTC), by="operator")
    events = [accepted() for _ in range(40)]
    appended(db, [one for each in events for one in (other, each)])
    sizes: list[int] = []

    def handle(connection: Connection, given: Sequence[Event]) -> int:
        record(connection, given[:3])
        sizes.append(len(given))
        return min(len(given), 3)

    drain(engine, handle)
    assert Counter(id for id, _ in handled(db)) == Counter(each.id for each in events)
    assert max(sizes) > 3, "else nothing was left"
    assert behind(db) == 0


def test_what_a_handler_leaves_is_not_taken_one_by_one(database_url: str) -> None:
    sizes: list[int] = []

    def handle(_: Connection, given: Sequence[Event]) -> int:
        sizes.append(len(given))
        return min(len(given), 3)

    with psycopg.connect(database_url, autocommit=True) as connection:
        key = new_id()
        appended(connection, [accepted(key) for _ in range(10)])
        drain(EmbeddedEngine(database_url), handle)
    assert sizes == [10, 7, 4, 1]


def test_a_handler_that_leaves_every_event_moves_over_none_in_silence(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        appended(connection, [accepted() for _ in range(3)])
        drain(EmbeddedEngine(database_url), lambda *_: 0)
        assert len(quarantined(connection)) == 3


def test_four_workers_keep_the_order_of_every_key_and_do_nothing_twice(engine: UnderTest, db: Connection) -> None:
    keys = [new_id() for _ in range(40)]
    sent: dict[UUID, list[UUID]] = defaultdict(list)
    with Stop() as stop:
        workers = [
            threading.Thread(target=work, args=(engine.consumer(stage(batch=7)), stop), daemon=True) for _ in range(4)
        ]
        for worker in workers:
            worker.start()
        for _ in range(30):
            events = [accepted(key) for key in keys]
            for one in events:
                sent[one.key].append(one.id)
            appended(db, events)
        wait_until(lambda: db.execute("SELECT count(*) FROM effects").fetchone() == (1200,))
        stop.set()
        for worker in workers:
            worker.join(10)
    came: dict[UUID, list[UUID]] = defaultdict(list)
    # a batch's rows get their numbers while the partition is locked, so n is the order of a key's events
    for id, key in handled(db):
        came[key].append(id)
    assert came == sent


def test_appending_from_many_sides_leaves_no_gap_and_no_deadlock(
    engine: UnderTest, db: Connection, database_url: str
) -> None:
    failures: list[BaseException] = []

    def side() -> None:
        try:
            with psycopg.connect(database_url, autocommit=True) as connection:
                for _ in range(20):
                    appended(connection, [accepted() for _ in range(20)])
        except BaseException as error:  # a thread must tell the test
            failures.append(error)

    threads = [threading.Thread(target=side) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    rows = db.execute(
        """SELECT count(*), min(position), max(position) + 1 - count(*) FROM stream_events GROUP BY partition"""
    ).fetchall()
    assert sum(row[0] for row in rows) == 2400
    assert {(first, gaps) for _, first, gaps in rows} == {(0, 0)}


def test_groups_do_not_disturb_one_another(engine: UnderTest, db: Connection) -> None:
    appended(db, [accepted() for _ in range(10)])
    assert drain(engine) == 10
    assert drain(engine, group="late") == 10


def test_a_group_can_be_moved_to_the_beginning_and_to_any_time(engine: UnderTest, db: Connection) -> None:
    appended(db, [accepted() for _ in range(20)])
    since = datetime.now(UTC)
    later = [accepted() for _ in range(5)]
    appended(db, later)
    assert drain(engine) == 25
    rewind(db, "test", Stream.APPEALS, None)
    assert drain(engine) == 25
    rewind(db, "test", Stream.APPEALS, since)
    assert drain(engine) == 5
    assert {id for id, _ in handled(db)[-5:]} == {event.id for event in later}


def test_a_group_can_be_moved_to_a_position(engine: UnderTest, db: Connection) -> None:
    key = new_id()
    events = [accepted(key) for _ in range(6)]
    appended(db, events)
    drain(engine)
    partition = db.execute("SELECT partition FROM stream_events LIMIT 1").fetchone()
    assert partition is not None
    move(db, "test", Stream.APPEALS, partition[0], 4)
    assert drain(engine) == 2
    assert [id for id, _ in handled(db)[-2:]] == [event.id for event in events[4:]]


def test_lag_tells_how_many_wait_and_since_when(engine: UnderTest, db: Connection) -> None:
    drain(engine)
    before = datetime.now(UTC)
    appended(db, [accepted() for _ in range(30)])
    (group,) = own_lag(db)
    assert (group.consumer_group, group.stream, group.events) == ("test", "appeals", 30)
    assert group.oldest is not None and before <= group.oldest <= datetime.now(UTC)
    drain(engine)
    assert [(group.events, group.oldest) for group in own_lag(db)] == [(0, None)]


def test_an_event_wakes_a_waiting_worker(engine: UnderTest, db: Connection) -> None:
    consumer = engine.consumer(stage())
    assert consumer.step() == 0
    with Stop() as stop:
        threading.Timer(0.2, appended, [db, [accepted()]]).start()
        began = time.monotonic()
        consumer.wait(30, stop)
        assert time.monotonic() - began < 10
    assert consumer.step() == 1
    consumer.close()


def test_stopping_wakes_a_waiting_worker(engine: UnderTest, db: Connection) -> None:
    with Stop() as stop:
        worker = threading.Thread(target=work, args=(engine.consumer(stage()), stop))
        worker.start()
        appended(db, [accepted()])
        wait_until(lambda: len(handled(db)) == 1)
        stop.set()
        worker.join(10)
        assert not worker.is_alive()
