"""What every test may ask for: a real PostgreSQL database of its own, migrated and empty."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from models.migrate import migrate
from otklik.postgres import EmbeddedServer
from streams import create_streams
from tests.servers.kafka import Broker, Unavailable
from tests.servers.tansu import Tansu

TEMPLATE = "otklik_template"
PARTITIONS = 8

# Nothing here survives the run, so it need not reach the disk; servers that are killed in tests have their own options.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One PostgreSQL server for the whole run; it dies with the test process."""
    server = EmbeddedServer(tmp_path_factory.mktemp("server"), FAST)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """The name of a migrated, empty database from which the tests' databases are copied."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER otklik").format(sql.Identifier(TEMPLATE)))
    migrate(server.url(TEMPLATE))
    with psycopg.connect(server.url(TEMPLATE)) as connection:
        create_streams(connection, PARTITIONS)
    return TEMPLATE


@pytest.fixture
def database_url(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The address of a fresh, migrated database, dropped after the test."""
    name = f"test_{uuid4().hex}"
    # as files: through the log it takes three times as long, and this is half of what most tests take
    copy = sql.SQL("CREATE DATABASE {} OWNER otklik TEMPLATE {} STRATEGY FILE_COPY")
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        yield server.url(name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of a broker for the whole run: Apache Kafka started here, unless OTKLIK_TEST_KAFKA says otherwise.

    OTKLIK_TEST_KAFKA=host:port is a given one; OTKLIK_TEST_KAFKA=tansu is the quick stand-in, which is not Kafka.
    """
    given = os.environ.get("OTKLIK_TEST_KAFKA", "")
    if given and given != "tansu":
        yield given
        return
    folder = tmp_path_factory.mktemp("kafka")
    try:
        broker: Broker | Tansu = Tansu(folder) if given else Broker(folder)
    except Unavailable as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED AGAINST KAFKA: {missing}")
    with broker:
        yield broker.address


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the test's database; what is not committed is rolled back."""
    with psycopg.connect(database_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(autouse=True)
def own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings or the data folder of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("OTKLIK_") and not name.startswith("OTKLIK_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OTKLIK_DATA_FOLDER", str(tmp_path / "data"))
    from otklik.settings import settings

    settings.cache_clear()
