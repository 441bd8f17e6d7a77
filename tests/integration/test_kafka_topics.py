"""Topics as the settings ask for them, and what is said of those that are otherwise."""

from __future__ import annotations

import logging
import time

import pytest
from kafka import KafkaProducer

from models.events import Stream
from models.identifiers import new_id
from otklik.settings import settings
from otklik.wiring import Unreachable, prepare
from streams.kafka import Client, KafkaClients, TopicError, create_topics
from streams.kafka.client import Topic
from streams.kafka.topics import check

DAY = 86_400_000


@pytest.fixture(params=list(Client))
def clients(request: pytest.FixtureRequest, kafka: str) -> KafkaClients:
    return KafkaClients((kafka,), prefix=f"test-{new_id()}", client=request.param)


def described(clients: KafkaClients) -> list[Topic]:
    topics = clients.topics()
    try:
        return topics.describe([clients.topic(stream) for stream in Stream])
    finally:
        topics.close()


def test_topics_are_made_with_the_partitions_replicas_and_retention_that_are_asked_for(clients: KafkaClients) -> None:
    assert described(clients) == []
    wanted = {stream: number for number, stream in enumerate(Stream, start=2)}
    create_topics(clients, wanted, replicas=1, retention_days=7)
    made = {topic.name: topic for topic in described(clients)}
    assert made == {
        clients.topic(stream): Topic(clients.topic(stream), number, 1, 7 * DAY) for stream, number in wanted.items()
    }


def test_only_what_is_missing_is_made(clients: KafkaClients) -> None:
    create_topics(clients, {Stream.APPEALS: 2}, replicas=1, retention_days=7)
    create_topics(clients, dict.fromkeys(Stream, 2), replicas=1, retention_days=7)
    assert {topic.name for topic in described(clients)} == {clients.topic(stream) for stream in Stream}


def test_a_topic_that_another_process_made_meanwhile_is_no_error(clients: KafkaClients) -> None:
    names = [clients.topic(stream) for stream in Stream]
    topics = clients.topics()
    try:
        topics.create([Topic(names[0], 2, 1, 7 * DAY)])
        topics.create([Topic(name, 2, 1, 7 * DAY) for name in names])
    finally:
        topics.close()
    create_topics(clients, dict.fromkeys(Stream, 2), replicas=1, retention_days=7)
    assert {topic.name for topic in described(clients)} == set(names)


def test_a_machine_whose_clock_is_hours_ahead_ships_too(clients: KafkaClients, kafka: str) -> None:
    create_topics(clients, {Stream.APPEALS: 1}, replicas=1, retention_days=7)
    producer = KafkaProducer(bootstrap_servers=[kafka])
    try:
        ahead = int((time.time() + 4 * 3600) * 1000)
        assert producer.send(clients.topic(Stream.APPEALS), b"event", timestamp_ms=ahead).get(10).offset == 0
    finally:
        producer.close()


@pytest.mark.parametrize("number", [1, 3])
def test_a_topic_with_another_number_of_partitions_is_refused_and_left_alone(
    clients: KafkaClients, number: int
) -> None:
    create_topics(clients, {Stream.APPEALS: number}, replicas=1, retention_days=7)
    with pytest.raises(TopicError, match=rf"has {number} partitions, this database's stream has 2; nothing was"):
        create_topics(clients, dict.fromkeys(Stream, 2), replicas=1, retention_days=7)
    assert [topic.partitions for topic in described(clients)] == [number]


def test_another_retention_and_fewer_replicas_are_told_and_left_alone(
    clients: KafkaClients, caplog: pytest.LogCaptureFixture
) -> None:
    create_topics(clients, {Stream.APPEALS: 2}, replicas=1, retention_days=7)
    with caplog.at_level(logging.WARNING, "streams.kafka.topics"):
        create_topics(clients, {Stream.APPEALS: 2}, replicas=3, retention_days=30)
    told = "\n".join(record.getMessage() for record in caplog.records if record.name == "streams.kafka.topics")
    assert "has 1 replicas, OTKLIK_KAFKA_REPLICAS asks for 3" in told
    assert "keeps events for 7 days, OTKLIK_KAFKA_RETENTION_DAYS asks for 30 days" in told
    assert [topic.retention for topic in described(clients)] == [7 * DAY]


def test_a_topic_that_keeps_everything_is_told_in_words(caplog: pytest.LogCaptureFixture) -> None:
    check(Topic("otklik.appeals", 2, 1, 7 * DAY), Topic("otklik.appeals", 2, 1, -1))
    assert "keeps events for ever" in caplog.text


@pytest.mark.parametrize("client", list(Client))
def test_a_cluster_that_does_not_answer_is_told_by_its_address(
    monkeypatch: pytest.MonkeyPatch, database_url: str, client: Client
) -> None:
    monkeypatch.setenv("OTKLIK_KAFKA", "127.0.0.1:1")
    monkeypatch.setenv("OTKLIK_KAFKA_CLIENT", client)
    monkeypatch.setenv("OTKLIK_KAFKA_OPTIONS", "{}" if client == Client.CONFLUENT else '{"bootstrap_timeout_ms": 500}')
    settings.cache_clear()
    with pytest.raises(Unreachable, match=r"Kafka at 127\.0\.0\.1:1 cannot be used"):
        prepare(database_url, settings())
