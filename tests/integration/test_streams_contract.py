"""The contract of streams (streams/contract.py), the same for every engine."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from streams import (
    Connection,
    EmbeddedEngine,
    Engine,
    Lag,
    Retry,
    Stop,
    append,
    ask_replay,
    lag,
    move,
    quarantined,
    rewind,
    work,
)
from streams.kafka import KafkaClients, KafkaEngine, Relay, create_topics, ship
from tests import victims
from tests.conftest import PARTITIONS
from tests.stream_events import accepted
from tests.victims import record, stage


@pytest.fixture(params=["embedded", "kafka"])
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[Engine]:
    with psycopg.connect(database_url) as connection:
        victims.make_effects(connection)
    if request.param == "embedded":
        yield EmbeddedEngine(database_url)
    else:
        yield from kafka_engine(database_url, request.getfixturevalue("kafka"))


def kafka_engine(database_url: str, servers: str) -> Iterator[Engine]:
    """The Kafka engine with topics of its own and a relay that ships to them."""
    clients = KafkaClients((servers,), prefix=f"test-{new_id()}")
    create_topics(clients, dict.fromkeys(Stream, PARTITIONS), replicas=1, retention_days=1)
    with Stop() as stop:
        shipping = threading.Thread(target=ship, args=(Relay(database_url, clients), stop), daemon=True)
        shipping.start()
        yield KafkaEngine(database_url, clients, session_seconds=6, patience=10)
        stop.set()
        shipping.join(30)


@pytest.fixture
def db(engine: Engine, database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Looks at the database from outside; every statement commits."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def appended(db: Connection, events: Sequence[Event]) -> None:
    with db.transaction():
        append(db, Stream.APPEALS, events)


def drain(engine: Engine, handle: Callable[[Connection, Sequence[Event]], None] = record, batch: int = 100) -> int:
    """One worker takes what there is now."""
    consumer = engine.consumer(stage(handle, batch=batch))
    taken = 0
    while events := consumer.step():
        taken += events
    consumer.close()
    return taken


def handled(db: Connection) -> list[tuple[UUID, UUID]]:
    """(event id, key) in the order in which they took effect."""
    return db.execute("SELECT event_id, key FROM effects ORDER BY n").fetchall()


def test_what_was_committed_comes_once(engine: Engine, db: Connection) -> None:
    events = [accepted() for _ in range(250)]
    appended(db, events)
    assert drain(engine) == 250
    assert drain(engine) == 0
    assert Counter(id for id, _ in handled(db)) == Counter(event.id for event in events)


def test_what_was_rolled_back_never_comes(engine: Engine, db: Connection) -> None:
    with db.transaction(force_rollback=True):
        append(db, Stream.APPEALS, [accepted()])
    kept = accepted()
    appended(db, [kept])
    drain(engine)
    assert [id for id, _ in handled(db)] == [kept.id]


def test_an_event_arrives_as_it_was_sent(engine: Engine, db: Connection) -> None:
    sent = accepted(channel="form", number=7)
    arrived: list[Event] = []
    appended(db, [sent])
    drain(engine, lambda _, events: arrived.extend(events))
    assert arrived == [sent]


@pytest.mark.parametrize("number", [1, 100])
def test_the_log_names_the_key_in_one_way(engine: Engine, db: Connection, number: int) -> None:
    """Few events and many are written by different statements."""
    events = [accepted() for _ in range(number)]
    appended(db, events)
    assert {key for (key,) in db.execute("SELECT key FROM stream_events")} == {str(event.key) for event in events}


def test_a_stage_gets_only_its_types(engine: Engine, db: Connection) -> None:
    other = event(EventType.APPEAL_RESTORED, "omsk", new_id(), datetime.now(UTC), by="operator")
    wanted = accepted()
    appended(db, [other, wanted, other])
    drain(engine)
    assert [id for id, _ in handled(db)] == [wanted.id]
    assert behind(db) == 0


def test_four_workers_keep_the_order_of_every_key_and_do_nothing_twice(engine: Engine, db: Connection) -> None:
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
    engine: Engine, db: Connection, database_url: str
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


def test_groups_do_not_disturb_one_another(engine: Engine, db: Connection) -> None:
    appended(db, [accepted() for _ in range(10)])
    assert drain(engine) == 10
    late = stage()
    consumer = engine.consumer(type(late)("late", late.stream, late.types, late.handle))
    taken = 0
    while events := consumer.step():
        taken += events
    consumer.close()
    assert taken == 10


def test_effects_and_offset_move_together(engine: Engine, db: Connection) -> None:
    """What fails after its effects were written has no effect, and comes again."""
    appended(db, [accepted()])
    calls = []

    def fail_once(connection: Connection, events: Sequence[Event]) -> None:
        record(connection, events)
        calls.append(len(events))
        if len(calls) == 1:
            raise Retry("the map server rests")

    consumer = engine.consumer(stage(fail_once))
    assert consumer.step() == 0
    assert handled(db) == []
    with Stop() as stop:
        wait_until(lambda: consumer.step() == 1, lambda: consumer.wait(1, stop))
    consumer.close()
    assert len(handled(db)) == 1
    assert quarantined(db) == []


def test_a_deadlock_is_no_fault_of_the_event(engine: Engine, db: Connection) -> None:
    appended(db, [accepted()])
    calls = []

    def fail(connection: Connection, events: Sequence[Event]) -> None:
        calls.append(1)
        if len(calls) < 3:
            raise psycopg.errors.DeadlockDetected("deadlock detected")
        record(connection, events)

    consumer = engine.consumer(stage(fail))
    with Stop() as stop:
        wait_until(lambda: consumer.step() == 1, lambda: consumer.wait(1, stop))
    consumer.close()
    assert (len(handled(db)), quarantined(db)) == (1, [])


def test_a_partition_that_must_wait_does_not_hold_the_others(engine: Engine, db: Connection) -> None:
    events = [accepted() for _ in range(64)]
    appended(db, events)
    unlucky = events[0].key

    def wait_for_one(connection: Connection, batch: Sequence[Event]) -> None:
        if any(event.key == unlucky for event in batch):
            raise Retry("not yet")
        record(connection, batch)

    consumer = engine.consumer(stage(wait_for_one))
    with Stop() as stop:
        wait_until(lambda: behind(db) < 32, lambda: consumer.step() or consumer.wait(0.05, stop))
    consumer.close()
    assert len(handled(db)) > 32
    assert quarantined(db) == []


def test_a_poisoned_event_stops_nobody(engine: Engine, db: Connection) -> None:
    key = new_id()
    events = [accepted(key, mark="poison" if n == 5 else "") for n in range(10)]
    appended(db, events)
    drain(engine, poisoned_by("poison"))
    assert [id for id, _ in handled(db)] == [event.id for n, event in enumerate(events) if n != 5]
    (aside,) = quarantined(db)
    assert aside.event == events[5].to_json()
    assert aside.region_id == "omsk"
    assert aside.reason.startswith("ValueError in handle, line ")
    assert aside.reason.endswith("the name … is not a street")


def test_an_error_of_the_database_poisons_only_its_event(engine: Engine, db: Connection) -> None:
    events = [accepted(mark="poison" if n == 2 else "") for n in range(6)]
    appended(db, events)

    def handle(connection: Connection, batch: Sequence[Event]) -> None:
        record(connection, batch)
        for one in batch:
            if one.data["mark"] == "poison":
                connection.execute("SELECT 1 / 0")

    drain(engine, handle)
    assert {id for id, _ in handled(db)} == {event.id for n, event in enumerate(events) if n != 2}
    assert "DivisionByZero" in quarantined(db)[0].reason


def test_an_event_that_cannot_be_read_goes_to_quarantine(engine: Engine, db: Connection) -> None:
    good, bad = accepted(), accepted()
    appended(db, [good, bad])
    db.execute('UPDATE stream_events SET event = event || \'{"type": "of.tomorrow"}\' WHERE key = %s', [str(bad.key)])
    drain(engine)
    assert [id for id, _ in handled(db)] == [good.id]
    assert [aside.event["type"] for aside in quarantined(db)] == ["of.tomorrow"]


def test_a_quarantined_event_can_be_replayed_for_its_group_alone(engine: Engine, db: Connection) -> None:
    bad = accepted(mark="poison")
    appended(db, [bad])
    drain(engine, poisoned_by("poison"))
    (aside,) = quarantined(db, group="test")
    assert ask_replay(db, [aside.id], datetime.now(UTC)) == 1
    assert drain(engine) == 1
    assert [id for id, _ in handled(db)] == [bad.id]
    assert quarantined(db) == []
    assert ask_replay(db, [aside.id], datetime.now(UTC)) == 0
    assert drain(engine) == 0


def test_a_replay_that_fails_again_stays_in_quarantine(engine: Engine, db: Connection) -> None:
    appended(db, [accepted(mark="poison")])
    drain(engine, poisoned_by("poison"))
    ask_replay(db, [quarantined(db)[0].id], datetime.now(UTC))
    assert drain(engine, poisoned_by("poison")) == 1
    assert [aside.replayed_at for aside in quarantined(db)] == [None]
    assert drain(engine, poisoned_by("poison")) == 0


def test_a_group_can_be_moved_to_the_beginning_and_to_any_time(engine: Engine, db: Connection) -> None:
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


def test_a_group_can_be_moved_to_a_position(engine: Engine, db: Connection) -> None:
    key = new_id()
    events = [accepted(key) for _ in range(6)]
    appended(db, events)
    drain(engine)
    partition = db.execute("SELECT partition FROM stream_events LIMIT 1").fetchone()
    assert partition is not None
    move(db, "test", Stream.APPEALS, partition[0], 4)
    assert drain(engine) == 2
    assert [id for id, _ in handled(db)[-2:]] == [event.id for event in events[4:]]


def test_lag_tells_how_many_wait_and_since_when(engine: Engine, db: Connection) -> None:
    drain(engine)
    before = datetime.now(UTC)
    appended(db, [accepted() for _ in range(30)])
    (group,) = own_lag(db)
    assert (group.consumer_group, group.stream, group.events) == ("test", "appeals", 30)
    assert group.oldest is not None and before <= group.oldest <= datetime.now(UTC)
    drain(engine)
    assert [(group.events, group.oldest) for group in own_lag(db)] == [(0, None)]


def test_an_event_wakes_a_waiting_worker(engine: Engine, db: Connection) -> None:
    consumer = engine.consumer(stage())
    assert consumer.step() == 0
    with Stop() as stop:
        threading.Timer(0.2, appended, [db, [accepted()]]).start()
        began = time.monotonic()
        consumer.wait(30, stop)
        assert time.monotonic() - began < 10
    assert consumer.step() == 1
    consumer.close()


def test_stopping_wakes_a_waiting_worker(engine: Engine, db: Connection) -> None:
    with Stop() as stop:
        worker = threading.Thread(target=work, args=(engine.consumer(stage()), stop))
        worker.start()
        appended(db, [accepted()])
        wait_until(lambda: len(handled(db)) == 1)
        stop.set()
        worker.join(10)
        assert not worker.is_alive()


def test_the_work_of_a_killed_worker_is_done_once_by_another(engine: Engine, db: Connection) -> None:
    key = new_id()
    events = [accepted(key) for _ in range(10)]
    appended(db, events)
    ours, theirs = victims.spawn.Pipe()
    victim = victims.start(victims.hang, engine, theirs)
    assert ours.poll(30) and ours.recv() == 10
    assert drain(engine) == 0  # the victim holds the partition
    victim.kill()
    victim.join()
    with Stop() as stop:
        consumer = engine.consumer(stage())
        wait_until(lambda: behind(db) == 0, lambda: consumer.step() or consumer.wait(0.05, stop))
        consumer.close()
    assert [id for id, _ in handled(db)] == [event.id for event in events]
    assert quarantined(db) == []


def test_an_event_that_kills_its_worker_every_time_goes_to_quarantine(engine: Engine, db: Connection) -> None:
    key = new_id()
    events = [accepted(key, mark="deadly" if n == 13 else "") for n in range(30)]
    appended(db, events)
    deaths = 0
    while deaths < 10:
        victim = victims.start(victims.work_until_killed, engine, "deadly")
        wait_until(lambda: not victim.is_alive() or behind(db) == 0)  # noqa: B023 - called in this round
        if victim.is_alive():
            victim.kill()
            victim.join()
            break
        deaths += 1
    assert deaths == 4  # once in a batch, three times alone
    assert [id for id, _ in handled(db)] == [event.id for n, event in enumerate(events) if n != 13]
    (aside,) = quarantined(db)
    assert aside.event == events[13].to_json()
    assert "died 3 times" in aside.reason


def own_lag(db: Connection) -> list[Lag]:
    """The lag of the tests' group; the Kafka engine has a relay with a lag of its own."""
    return [group for group in lag(db) if group.consumer_group == "test"]


def behind(db: Connection) -> int:
    """Events that the tests' group has not taken yet."""
    groups = own_lag(db)
    return groups[0].events if groups else len(db.execute("SELECT FROM stream_events").fetchall())


def poisoned_by(mark: str) -> Callable[[Connection, Sequence[Event]], None]:
    def handle(connection: Connection, events: Sequence[Event]) -> None:
        for one in events:
            record(connection, [one])
            if one.data.get("mark") == mark:
                raise ValueError("the name 'Иван Петров' is not a street")

    return handle


def wait_until(true: Callable[[], object], between: Callable[[], object] = lambda: time.sleep(0.02)) -> None:
    """Poll what another process does in the database; fails after a minute."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it did not happen in a minute"
        between()
