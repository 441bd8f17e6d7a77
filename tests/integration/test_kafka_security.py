"""SASL and TLS options reach the client library: a real broker that asks for both."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from models.events import Stream
from models.identifiers import new_id
from streams.contract import Unreachable
from streams.kafka import Client, KafkaClients, KafkaEngine, Relay, create_topics
from tests.conftest import PARTITIONS
from tests.servers.kafka import Unavailable
from tests.servers.kafka.secure import PASSWORD, USER, SecureBroker
from tests.stream_events import accepted
from tests.stream_work import appended, drain, handled
from tests.victims import make_effects


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    try:
        if shutil.which("openssl") is None:
            raise Unavailable("openssl is not installed")
        made = SecureBroker(tmp_path_factory.mktemp("secure"))
    except Unavailable as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED AGAINST KAFKA WITH SASL AND TLS: {missing}")
    with made:
        yield made


@pytest.fixture(params=list(Client))
def clients(request: pytest.FixtureRequest, broker: SecureBroker) -> KafkaClients:
    options: dict[Client, dict[str, Any]] = {
        Client.KAFKA_PYTHON: {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": USER,
            "sasl_plain_password": PASSWORD,
            "ssl_cafile": str(broker.authority),
        },
        Client.CONFLUENT: {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "PLAIN",
            "sasl.username": USER,
            "sasl.password": PASSWORD,
            "ssl.ca.location": str(broker.authority),
        },
    }
    return KafkaClients((broker.address,), f"test-{new_id()}", options[request.param], request.param)


def without(clients: KafkaClients, **changed: Any) -> KafkaClients:
    """The same client with other options; None leaves one out. Names as kafka-python's or librdkafka's, by `_`."""
    options = {
        name: changed.get(name.replace(".", "_"), value)
        for name, value in clients.options.items()
        if changed.get(name.replace(".", "_"), value) is not None
    }
    return replace(clients, options=options)


def test_events_go_their_way_through_a_broker_that_asks_for_a_password_over_tls(
    clients: KafkaClients, database_url: str
) -> None:
    create_topics(clients, dict.fromkeys(Stream, PARTITIONS), replicas=1, retention_days=1)
    events = [accepted() for _ in range(20)]
    with psycopg.connect(database_url, autocommit=True) as db:
        make_effects(db)
        appended(db, events)
        relay = Relay(database_url, clients, replicas=1, retention_days=1)
        shipped = 0
        while shipped < len(events):
            shipped += relay.step()
        relay.close()
        assert drain(KafkaEngine(database_url, clients, patience=10)) == len(events)
        assert {id for id, _ in handled(db)} == {event.id for event in events}


# kafka-python leaves the sockets of connections that were refused to the garbage collector
@pytest.mark.filterwarnings("ignore:.*ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "changed",
    [
        {"sasl_plain_password": "wrong", "sasl_password": "wrong"},
        {"ssl_cafile": None, "ssl_ca_location": None},
    ],
    ids=["wrong password", "unknown certificate"],
)
def test_who_cannot_show_the_password_or_does_not_trust_the_broker_is_told(
    clients: KafkaClients, changed: dict[str, str | None]
) -> None:
    with pytest.raises(Unreachable):
        create_topics(without(clients, **changed), dict.fromkeys(Stream, 1), replicas=1, retention_days=1)
    gc.collect()
