"""What stands on the broker, read raw: CloudEvents' Kafka protocol binding, keys, the quarantine topic."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import psycopg
import pytest
from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord

from models.events import Stream
from models.identifiers import new_id
from streams import Connection
from streams.kafka import Client, KafkaEngine
from tests.integration.conftest import kafka_engine
from tests.integration.test_metrics import measured
from tests.stream_events import accepted
from tests.stream_work import appended, drain, poisoned_by, wait_until
from tests.victims import make_effects


@pytest.fixture(params=list(Client))
def engine(request: pytest.FixtureRequest, database_url: str, kafka: str) -> Iterator[KafkaEngine]:
    with psycopg.connect(database_url) as connection:
        make_effects(connection)
    for made in kafka_engine(database_url, kafka, request.param):
        assert isinstance(made, KafkaEngine)
        yield made


def records(engine: KafkaEngine, stream: Stream, number: int) -> list[ConsumerRecord]:
    """The first records of a stream's topic, as a reader outside of otklik finds them."""
    topic, server = engine.clients.topic(stream), engine.clients.servers[0]
    reader = KafkaConsumer(topic, bootstrap_servers=server, auto_offset_reset="earliest")
    found: list[ConsumerRecord] = []
    until = time.monotonic() + 60
    while len(found) < number and time.monotonic() < until:
        for came in reader.poll(timeout_ms=200).values():
            found += came
    reader.close()
    return found


def test_a_record_is_a_structured_cloud_event_whose_key_is_the_appeal(engine: KafkaEngine, db: Connection) -> None:
    key = new_id()
    sent = [accepted(key, channel="form"), accepted(key, channel="form")]
    appended(db, sent)
    first, second = records(engine, Stream.APPEALS, 2)
    assert json.loads(first.value) == sent[0].to_json()
    assert first.key == second.key == str(key).encode()
    assert first.partition == second.partition
    headers = {name: value.decode() for name, value in first.headers}
    assert headers.pop("content-type").startswith("application/cloudevents+json")
    assert headers.pop("otklik_position") == "0"
    # every attribute but data, as text (3.2.3), and nothing else
    attributes = {f"ce_{name}": value for name, value in sent[0].to_json().items() if name != "data"}
    assert headers == attributes


def test_the_quarantine_is_told_on_its_topic_once(engine: KafkaEngine, db: Connection) -> None:
    bad, good = accepted(mark="poison"), accepted()
    appended(db, [bad, good])
    drain(engine, poisoned_by("poison"))
    (record,) = records(engine, Stream.QUARANTINE, 1)
    told = json.loads(record.value)
    assert record.key == str(bad.key).encode()
    assert told["type"] == "event.quarantined"
    assert told["data"]["event"] == bad.to_json()
    assert (told["data"]["group"], told["data"]["stream"]) == ("test", "appeals")
    assert record.topic == f"{engine.clients.prefix}.quarantine"
    assert db.execute("SELECT count(*) FROM stream_events WHERE stream = 'quarantine'").fetchone() == (1,)


def test_what_the_outbox_still_holds_is_the_lag_of_the_relay(engine: KafkaEngine, db: Connection) -> None:
    appended(db, [accepted() for _ in range(9)])
    wait_until(lambda: measured(db).get(("otklik_stream_taken_total", "appeals", "relay")) == 9)
    assert measured(db)["otklik_stream_lag", "appeals", "relay"] == 0
