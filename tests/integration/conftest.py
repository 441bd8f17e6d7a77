"""What the tests with real servers share: both engines of streams under one fixture."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from models.events import Stream
from models.identifiers import new_id
from models.pack import RegionPack, load_pack
from otklik.install import install_pack
from otklik.smtp import Smtp
from streams import EmbeddedEngine, Stop, work
from streams.kafka import Client, KafkaClients, KafkaEngine, Relay, create_topics
from tests import victims
from tests.conftest import PARTITIONS
from tests.event_contract import check_events
from tests.mail_server import Mailbox, mail_server
from tests.stream_work import UnderTest
from tests.town import Town, town
from tests.web_server import client_of


@pytest.fixture(params=["embedded", Client.KAFKA_PYTHON, Client.CONFLUENT])
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[UnderTest]:
    with psycopg.connect(database_url) as connection:
        victims.make_effects(connection)
    if request.param == "embedded":
        yield EmbeddedEngine(database_url)
    else:
        yield from kafka_engine(database_url, request.getfixturevalue("kafka"), request.param)


def kafka_engine(database_url: str, servers: str, client: Client) -> Iterator[UnderTest]:
    """The Kafka engine with topics of its own and a relay that ships to them."""
    clients = KafkaClients((servers,), prefix=f"test-{new_id()}", client=client)
    create_topics(clients, dict.fromkeys(Stream, PARTITIONS), replicas=1, retention_days=1)
    with Stop() as stop:
        shipping = threading.Thread(
            target=work, args=(Relay(database_url, clients, replicas=1, retention_days=1), stop), daemon=True
        )
        shipping.start()
        yield KafkaEngine(database_url, clients, session_seconds=10, patience=10)
        stop.set()
        shipping.join(30)


@pytest.fixture
def db(engine: UnderTest, database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Looks at the database from outside; every statement commits."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def pack(connection: psycopg.Connection[Any]) -> RegionPack:
    """The pack of Omsk, installed in the transaction of the test."""
    pack = load_pack("omsk")
    install_pack(connection, pack)
    return pack


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Town]:
    with town(database_url, tmp_path) as made:
        yield made
        with made.connection() as connection:
            check_events(connection)  # whatever a person did, what is told of it keeps the contract


@pytest.fixture
def client(place: Town) -> Iterator[httpx.Client]:
    with client_of(place.app) as client:
        yield client


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def smtp(mailbox: Mailbox) -> Smtp:
    """What sends into the mailbox."""
    return Smtp.of_address(mailbox.address, "otklik@example.org")
