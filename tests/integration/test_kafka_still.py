"""The Kafka engine where the broker does not give what the table holds."""

from __future__ import annotations

import psycopg
import pytest

from models.events import Stream
from models.identifiers import new_id
from streams import Connection
from streams.kafka import KafkaClients, KafkaEngine, create_topics
from tests import victims
from tests.conftest import PARTITIONS
from tests.stream_events import accepted
from tests.stream_work import appended, drain, handled


@pytest.fixture
def db(connection: Connection) -> Connection:
    connection.autocommit = True
    victims.make_effects(connection)
    return connection


def test_what_the_broker_lost_is_taken_from_the_table(kafka: str, database_url: str, db: Connection) -> None:
    """Nobody ships here, so that the topic ends before the table does, as after the loss of what was acknowledged."""
    clients = KafkaClients((kafka,), prefix=f"test-{new_id()}")
    create_topics(clients, dict.fromkeys(Stream, PARTITIONS), replicas=1, retention_days=1)
    events = [accepted() for _ in range(20)]
    appended(db, events)
    engine = KafkaEngine(database_url, clients, patience=0.2, still_seconds=1.0)
    assert drain(engine) == 20
    assert {id for id, _ in handled(db)} == {event.id for event in events}
    with psycopg.connect(database_url) as another:
        assert another.execute("SELECT count(*) FROM effects").fetchone() == (20,)
