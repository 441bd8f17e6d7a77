"""The contract of streams where something fails: what is retried, what is put aside, what a kill leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg

from models.events import Event, Stream
from models.identifiers import new_id
from streams import (
    Connection,
    Retry,
    Stop,
    append,
    ask_replay,
    quarantined,
)
from tests import victims
from tests.stream_events import accepted
from tests.stream_work import UnderTest, appended, behind, drain, handled, poisoned_by, wait_until
from tests.victims import record, stage


def test_effects_and_offset_move_together(engine: UnderTest, db: Connection) -> None:
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


def test_a_deadlock_is_no_fault_of_the_event(engine: UnderTest, db: Connection) -> None:
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


def test_a_partition_that_must_wait_does_not_hold_the_others(engine: UnderTest, db: Connection) -> None:
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


def test_a_poisoned_event_stops_nobody(engine: UnderTest, db: Connection) -> None:
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


def test_an_error_of_the_database_poisons_only_its_event(engine: UnderTest, db: Connection) -> None:
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


def test_an_event_that_cannot_be_read_goes_to_quarantine(engine: UnderTest, db: Connection) -> None:
    good, bad = accepted(), accepted()
    with db.transaction():
        append(db, Stream.APPEALS, [good, bad])
        db.execute(
            'UPDATE stream_events SET event = event || \'{"type": "of.tomorrow"}\' WHERE key = %s', [str(bad.key)]
        )
    drain(engine)
    assert [id for id, _ in handled(db)] == [good.id]
    assert [aside.event["type"] for aside in quarantined(db)] == ["of.tomorrow"]


def test_a_quarantined_event_can_be_replayed_for_its_group_alone(engine: UnderTest, db: Connection) -> None:
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


def test_a_replay_that_fails_again_stays_in_quarantine(engine: UnderTest, db: Connection) -> None:
    appended(db, [accepted(mark="poison")])
    drain(engine, poisoned_by("poison"))
    ask_replay(db, [quarantined(db)[0].id], datetime.now(UTC))
    assert drain(engine, poisoned_by("poison")) == 1
    assert [aside.replayed_at for aside in quarantined(db)] == [None]
    assert drain(engine, poisoned_by("poison")) == 0


def test_the_work_of_a_killed_worker_is_done_once_by_another(engine: UnderTest, db: Connection) -> None:
    key = new_id()
    events = [accepted(key) for _ in range(10)]
    appended(db, events)
    ours, theirs = victims.spawn.Pipe()
    victim = victims.start(victims.hang, engine, theirs)
    assert ours.poll(30) and ours.recv() == 10
    consumer = engine.consumer(stage())
    assert consumer.step() == 0  # the victim holds the partition
    consumer.close()
    victim.kill()
    victim.join()
    with Stop() as stop:
        consumer = engine.consumer(stage())
        wait_until(lambda: behind(db) == 0, lambda: consumer.step() or consumer.wait(0.05, stop))
        consumer.close()
    assert [id for id, _ in handled(db)] == [event.id for event in events]
    assert quarantined(db) == []


def test_an_event_that_kills_its_worker_every_time_goes_to_quarantine(engine: UnderTest, db: Connection) -> None:
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


def test_a_handler_that_commits_is_refused_and_has_no_effect(engine: UnderTest, db: Connection) -> None:
    appended(db, [accepted(), accepted()])

    def commit(connection: Connection, events: Sequence[Event]) -> None:
        record(connection, events)
        connection.commit()

    drain(engine, commit)
    assert handled(db) == []
    assert {aside.reason.partition(":")[0].split()[0] for aside in quarantined(db)} == {"RuntimeError"}
    assert all("a handler must not commit" in aside.reason for aside in quarantined(db))
