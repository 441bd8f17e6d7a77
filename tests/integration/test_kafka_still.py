"""The Kafka engine where the broker does not give what the table holds."""

from __future__ import annotations

import time

import psycopg
import pytest
from kafka.admin import KafkaAdminClient

from models.events import Stream
from models.identifiers import new_id
from streams import Connection
from streams.contract import Unreachable
from streams.kafka import Client, KafkaClients, KafkaEngine, Relay, create_topics
from streams.offsets import register
from tests import victims
from tests.conftest import PARTITIONS
from tests.stream_events import accepted
from tests.stream_work import appended, drain, handled


@pytest.fixture
def db(connection: Connection) -> Connection:
    connection.autocommit = True
    victims.make_effects(connection)
    return connection


def clients_of(servers: str, client: Client = Client.KAFKA_PYTHON) -> KafkaClients:
    return KafkaClients((servers,), prefix=f"test-{new_id()}", client=client)


def everything_handled(url: str, events: int) -> None:
    with psycopg.connect(url) as another:
        assert another.execute("SELECT count(*) FROM effects").fetchone() == (events,)


def test_what_the_broker_lost_is_taken_from_the_table(kafka: str, database_url: str, db: Connection) -> None:
    """Nobody ships here, so that the topic ends before the table does, as after the loss of what was acknowledged."""
    clients = clients_of(kafka)
    create_topics(clients, dict.fromkeys(Stream, PARTITIONS), replicas=1, retention_days=1)
    events = [accepted() for _ in range(20)]
    appended(db, events)
    engine = KafkaEngine(database_url, clients, patience=0.2, still_seconds=1.0)
    assert drain(engine) == 20
    assert {id for id, _ in handled(db)} == {event.id for event in events}
    everything_handled(database_url, 20)


def test_a_stage_goes_on_without_topics(kafka: str, database_url: str, db: Connection) -> None:
    """A broker whose disk was full came back without any topic."""
    appended(db, [accepted() for _ in range(20)])
    engine = KafkaEngine(database_url, clients_of(kafka), patience=0.2, still_seconds=1.0)
    assert drain(engine) == 20
    everything_handled(database_url, 20)


def test_a_stage_goes_on_without_a_broker(database_url: str, db: Connection) -> None:
    appended(db, [accepted() for _ in range(20)])
    clients = KafkaClients(("127.0.0.1:1",), options={"bootstrap_timeout_ms": 300})
    engine = KafkaEngine(database_url, clients, patience=0.2, still_seconds=1.0)
    assert drain(engine) == 20
    everything_handled(database_url, 20)


@pytest.mark.parametrize("client", list(Client))
def test_topics_that_vanished_are_made_again(
    kafka: str, database_url: str, db: Connection, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("python", "confluent"):
        monkeypatch.setattr(f"streams.kafka.{library}.ACKNOWLEDGED_SECONDS", 3.0)
    clients = clients_of(kafka, client)
    relay = Relay(database_url, clients, replicas=1, retention_days=1)
    engine = KafkaEngine(database_url, clients, patience=5.0, still_seconds=3.0)
    administrator = KafkaAdminClient(bootstrap_servers=[kafka])
    try:
        appended(db, [accepted() for _ in range(10)])
        assert relay.step() == 10
        assert drain(engine) == 10
        administrator.delete_topics([clients.topic(stream) for stream in Stream])
        appended(db, [accepted() for _ in range(10)])
        assert shipped(relay) == 10
        assert drain(engine) == 10
        everything_handled(database_url, 20)
    finally:
        administrator.close()
        relay.close()


@pytest.mark.parametrize("client", list(Client))
@pytest.mark.parametrize("made_again", [False, True])
def test_a_new_worker_finds_its_place_where_offsets_are_not_positions(
    kafka: str, database_url: str, db: Connection, client: Client, made_again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After many second deliveries a position lies far behind its offset, in a topic made again far before it."""
    monkeypatch.setattr("streams.kafka.consumer.FETCHED_AT_ONCE", 4)
    clients = clients_of(kafka, client)
    engine = KafkaEngine(database_url, clients, patience=5.0, still_seconds=600.0)
    relay = Relay(database_url, clients, replicas=1, retention_days=1)
    key = new_id()
    try:
        appended(db, [accepted(key) for _ in range(30)])
        for begin in [15] if made_again else [0, 0, 0]:
            place(db, "relay", begin)
            assert relay.step() == 30 - begin
        place(db, "test", 30)
        appended(db, [accepted(key)])
        assert relay.step() == 1
        assert drain(engine, batch=1, seconds=30) == 1
    finally:
        relay.close()


def place(db: Connection, group: str, position: int) -> None:
    """Let a group stand at a position, in the one partition where there are events."""
    register(db, group, Stream.APPEALS)
    db.execute(
        """UPDATE stream_offsets o SET next_position = %s FROM stream_partitions p
           WHERE o.consumer_group = %s AND (p.stream, p.partition) = (o.stream, o.partition) AND p.next_position > 0""",
        [position, group],
    )


def shipped(relay: Relay, patience: float = 60.0) -> int:
    """How many events a relay ships that begins anew after an error, as a worker has it do."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            return relay.step()
        except Unreachable:
            time.sleep(0.2)
    return 0
