"""Ties the rooms together: which database, which packs, which stages, what the web server gets from outside."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from models.events import Stream
from models.migrate import migrate
from models.pack import RegionPack, load_pack, region_ids
from models.present import Now, present
from otklik.data_folder import AlreadyRunning, executors_learned, hold, holder
from otklik.install import install_pack
from otklik.postgres import EmbeddedServer, check_features
from otklik.secret import installation_secret
from otklik.settings import Settings, settings
from streams import EmbeddedEngine, Engine, Stage, create_streams, partitions_of

if TYPE_CHECKING:
    from api.context import Context
    from api.security.rates import Rates
    from ingest import FileStore, Limits
    from nlp.learning.serving import Serving
    from nlp.learning.versions import Versions
    from nlp.pipeline import Engine as LanguageEngine
    from otklik.executor_learning import LearnedExecutors
    from routing.learned import Learned
    from streams.kafka import KafkaClients

ANSWER_SECONDS = 30


class Unreachable(Exception):
    """The database does not answer; the message is one clear line."""


@contextmanager
def database(chosen: Settings) -> Iterator[str]:
    """The address of the database, migrated and installed: the one set, that of a running `otklik run`, or our own.

    Our own embedded server is stopped at the end.
    """
    if chosen.database_url:
        prepare(chosen.database_url, chosen)
        yield chosen.database_url
        return
    server = EmbeddedServer(chosen.data_folder)
    try:
        with hold(chosen.data_folder):
            server.start()
            try:
                prepare(server.url(), chosen)
                yield server.url()
            finally:
                server.stop()
    except AlreadyRunning:
        await_answer(server.url())
        yield server.url()


def running_database(chosen: Settings) -> str | None:
    """The address of the database that is set or runs now; None where the embedded server does not run."""
    if chosen.database_url:
        return chosen.database_url
    return EmbeddedServer(chosen.data_folder).url() if holder(chosen.data_folder) else None


def prepare(url: str, chosen: Settings) -> None:
    """Bring the database to this version: features, migrations, streams, the rows of every pack."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            check_features(connection)
            migrate(url)
            with connection.transaction():
                create_streams(connection, chosen.partitions)
            for region in region_ids():
                with connection.transaction():
                    install_pack(connection, load_pack(region))
            if chosen.kafka:
                prepare_topics(connection, chosen)
    except psycopg.OperationalError as error:
        raise Unreachable(f"the database cannot be used: {one_line(error)}") from error


def await_answer(url: str) -> None:
    """Return when the database of another process answers. Raises Unreachable."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise Unreachable(f"the database does not answer: {one_line(error)}") from error
            time.sleep(0.1)


def one_line(error: BaseException) -> str:
    """The first line of an error's message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def streams_engine(url: str, chosen: Settings) -> Engine:
    """Where stages get their events from."""
    if not chosen.kafka:
        return EmbeddedEngine(url)
    from streams.kafka import KafkaEngine

    return KafkaEngine(url, kafka_clients(chosen))


def kafka_clients(chosen: Settings) -> KafkaClients:
    """The Kafka cluster of the settings."""
    from streams.kafka import Client, KafkaClients

    servers = tuple(server.strip() for server in chosen.kafka.split(",") if server.strip())
    return KafkaClients(servers, chosen.kafka_prefix, chosen.kafka_options, Client(chosen.kafka_client))


def prepare_topics(connection: psycopg.Connection[Any], chosen: Settings) -> None:
    """Make the topics of our streams on the Kafka cluster. Raises Unreachable where it does not answer."""
    from streams.contract import Unreachable as BrokerUnreachable
    from streams.kafka import create_topics

    try:
        create_topics(
            kafka_clients(chosen), partitions_of(connection), chosen.kafka_replicas, chosen.kafka_retention_days
        )
    except BrokerUnreachable as error:
        reason = one_line(error.__cause__ or error)
        raise Unreachable(f"Kafka at {chosen.kafka} cannot be used: {reason}") from error


@lru_cache(maxsize=16)
def pack_of(region: str) -> RegionPack:
    return load_pack(region)


def model_versions(pack: RegionPack, data_folder: Path) -> Versions:
    """The versions of a region's topic model."""
    from nlp.learning.versions import versions_of

    return versions_of(data_folder, pack.id, pack.model_folder)


@lru_cache(maxsize=16)
def _served(region: str, data_folder: Path) -> Serving:
    """The language engine of a region; loading it takes seconds and much memory, so only on demand."""
    from nlp.learning.serving import Serving
    from nlp.pipeline import Engine

    engine = Engine.of_pack(pack_of(region), looks_twice=settings().topic_vectors)
    return Serving(engine, model_versions(pack_of(region), data_folder))


def language_engine_of(region: str) -> LanguageEngine:
    """The language engine of a region with the topic model that is at work now."""
    return _served(region, settings().data_folder).up_to_date()


def nlp_stage(_chosen: Settings, now: Now) -> Stage:
    from nlp.stage import nlp_stage

    return nlp_stage(language_engine_of, now)


def routing_stage(_chosen: Settings, now: Now) -> Stage:
    from routing.stage import routing_stage

    return routing_stage(pack_of, learned_executors, now)


def learned_executors(region: str) -> Learned | None:
    """What a region has learnt from its past assignments; None where it has learnt nothing yet."""
    from nlp.learning.shelf import Shelf

    if not Shelf(executors_learned(settings().data_folder, region)).pointed():
        return None  # and what reads texts is not loaded in vain
    return _learned_store().of(region)


@lru_cache(maxsize=1)
def _learned_store() -> LearnedExecutors:
    from otklik.executor_learning import LearnedExecutors

    return LearnedExecutors(settings().data_folder)


def sla_stage(_chosen: Settings, now: Now) -> Stage:
    from sla.stage import sla_stage

    return sla_stage(pack_of, now)


def proofs_stage(chosen: Settings, now: Now) -> Stage:
    from resolution.photos.stage import proofs_stage

    return proofs_stage(pack_of, file_store(chosen), now)


def indicators_stage(_chosen: Settings, _now: Now) -> Stage:
    from indicators.stage import indicators_stage

    return indicators_stage(pack_of)


def punctuality_stage(_chosen: Settings, _now: Now) -> Stage:
    from indicators.stage import punctuality_stage

    return punctuality_stage(pack_of)


def photos_stage(chosen: Settings, now: Now) -> Stage:
    from resolution.photos.stage import photos_stage

    return photos_stage(pack_of, file_store(chosen), now)


def replies_stage(_chosen: Settings, now: Now) -> Stage:
    from api.views.evidence import hidden
    from otklik.deadlines import ClockDeadlines
    from resolution.replies import replies_stage

    return replies_stage(pack_of, ClockDeadlines(pack_of), hidden, now)


STAGES: dict[str, Callable[[Settings, Now], Stage]] = {
    "nlp": nlp_stage,
    "routing": routing_stage,
    "sla": sla_stage,
    "proofs": proofs_stage,
    "photos": photos_stage,
    "replies": replies_stage,
    "indicators": indicators_stage,
    "punctuality": punctuality_stage,
}


EVENTS_OF_AN_APPEAL = 4
"""In the stream of problems, about, until its problems are assigned. What one transaction of the language stage told, a
worker behind it takes in one transaction too."""


def stage(name: str, chosen: Settings, now: Now = present) -> Stage:
    """A stage by its name, ready to work: what it loads is loaded. `now` is its clock."""
    built = STAGES[name](chosen, now)
    if name == "nlp":
        from nlp.script.transliteration import words_by_key

        # before the engine, which takes what is there from the collector, and before the fork: else every worker makes
        # its own table in the middle of the first batch that holds a Latin letter, for more than a second
        words_by_key()
        language_engine_of(chosen.region)
    events = EVENTS_OF_AN_APPEAL if built.stream is Stream.PROBLEMS else 1
    return dataclasses.replace(built, batch=chosen.batch * events)


def file_store(chosen: Settings) -> FileStore:
    from ingest import FileStore

    return FileStore(chosen.data_folder / "files")


def limits(chosen: Settings) -> Limits:
    from ingest import Limits

    return Limits(largest_text=chosen.largest_text, largest_attachment=chosen.largest_attachment)


def rates(chosen: Settings) -> Rates:
    from api.security.brakes import Rate
    from api.security.rates import HOUR, MINUTE, Rates, networks

    return Rates(
        appeals_of_address=Rate(chosen.appeals_per_address, HOUR),
        appeals_of_contact=Rate(chosen.appeals_per_contact, HOUR),
        photos_of_address=Rate(chosen.photos_per_address, HOUR),
        visits_of_address=Rate(chosen.visits_per_address, MINUTE),
        unlimited=networks(chosen.unlimited_addresses),
    )


@contextmanager
def web_context(url: str, chosen: Settings) -> Iterator[Context]:
    """What the web server needs; its connections are closed at the end."""
    from psycopg_pool import ConnectionPool

    from api.context import Context

    with ConnectionPool(url, min_size=1, max_size=10, open=True, check=ConnectionPool.check_connection) as pool:
        yield Context(
            pool=pool,
            packs={region: pack_of(region) for region in region_ids()},
            files=file_store(chosen),
            secret=installation_secret(chosen),
            region=chosen.region,
            limits=limits(chosen),
            rates=rates(chosen),
            public_url=chosen.public_url,
            tile_url=chosen.tile_url,
            secure_cookies=chosen.secure_cookies,
        )
