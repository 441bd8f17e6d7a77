"""What the engine needs of a Kafka client library, and the two libraries behind it (OTKLIK_KAFKA_CLIENT).

Every call raises streams.contract.Unreachable where the cluster does not answer or refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from models.events import Stream
from streams.contract import Unreachable
from streams.log import StreamError


class Client(StrEnum):
    """A client library."""

    KAFKA_PYTHON = "kafka-python"
    CONFLUENT = "confluent"


Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Record:
    """A record to be sent."""

    key: bytes
    value: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Batch:
    """Records for one partition of a topic, in their order."""

    topic: str
    partition: int
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Received:
    """A record that came. `offset`: its place in the partition of the topic."""

    offset: int
    value: bytes
    headers: Mapping[str, bytes]


class Sender(Protocol):
    """Idempotent, acknowledged by all replicas in sync. Not to be shared between threads."""

    def send(self, batches: Sequence[Batch]) -> None:
        """Return when all are acknowledged, those of a partition in their order. After Unreachable make a new one."""

    def close(self) -> None:
        """Drop what is not acknowledged."""


@dataclass(frozen=True, slots=True)
class Rebalance:
    """Told inside `Receiver.poll`: the numbers of the partitions that came to this member, or were taken from it."""

    given: Callable[[Iterable[int]], None]
    taken: Callable[[Iterable[int]], None]


class Receiver(Protocol):
    """A member of a group on one topic; it commits nothing to Kafka. Not to be shared between threads."""

    def poll(self, seconds: float) -> dict[int, list[Received]]:
        """Records by partition, in the order of their offsets; empty where none came within `seconds`."""

    def assigned(self) -> set[int]:
        """The partitions that this member holds."""

    def seek(self, partition: int, offset: int) -> None:
        """Go on at `offset`; where the topic holds it no more, at the first one."""

    def close(self) -> None:
        """Leave the group."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is, or as it is wanted. `retention`: milliseconds, None where the cluster did not say."""

    name: str
    partitions: int
    replicas: int
    retention: int | None

    @property
    def configuration(self) -> dict[str, str]:
        """As the cluster is told when the topic is made.

        The broker's own time stands beside a record: it refuses what bears another machine's time of an hour ahead.
        """
        return {"retention.ms": str(self.retention), "message.timestamp.type": "LogAppendTime"}


class Topics(Protocol):
    """The cluster's topics."""

    def describe(self, names: Sequence[str]) -> list[Topic]:
        """Those of `names` that are there."""

    def create(self, topics: Sequence[Topic]) -> None:
        """Ask for topics that are not there; one that another process made meanwhile is no error."""

    def close(self) -> None: ...


class ClientMissing(StreamError):
    """The chosen client library is not installed; the message says what to do."""


class UnknownTopic(Unreachable):
    """The topic is not there."""


@dataclass(frozen=True)
class KafkaClients:
    """How to reach the cluster: `servers` as host:port; `options` are the library's own (SASL, TLS, timeouts).

    `prefix` begins the names of topics and groups, so that several installations can share a cluster.
    """

    servers: tuple[str, ...]
    prefix: str = "otklik"
    options: Mapping[str, Any] = field(default_factory=dict)
    client: Client = Client.KAFKA_PYTHON

    def sender(self) -> Sender:
        return library(self.client).sender(self.servers, self.options)

    def receiver(
        self, stream: Stream, group: str, at_once: int, session_seconds: float, rebalance: Rebalance
    ) -> Receiver:
        """A new member of `group`; `at_once`: records that one poll gives at most. Raises UnknownTopic."""
        membership = Membership(
            topic=self.topic(stream),
            group=f"{self.prefix}.{group}",
            at_once=at_once,
            session_seconds=session_seconds,
            rebalance=rebalance,
        )
        return library(self.client).receiver(self.servers, self.options, membership)

    def topics(self) -> Topics:
        return library(self.client).topics(self.servers, self.options)

    def topic(self, stream: Stream) -> str:
        """The topic that carries a stream."""
        return f"{self.prefix}.{stream.value}"


@dataclass(frozen=True, slots=True)
class Membership:
    """What a receiver is a member of. A member that said nothing for `session_seconds` loses its partitions."""

    topic: str
    group: str
    at_once: int
    session_seconds: float
    rebalance: Rebalance


@dataclass(frozen=True, slots=True)
class Library:
    """How the clients of a library are made, from the servers and the options."""

    sender: Callable[[Sequence[str], Mapping[str, Any]], Sender]
    receiver: Callable[[Sequence[str], Mapping[str, Any], Membership], Receiver]
    topics: Callable[[Sequence[str], Mapping[str, Any]], Topics]


def library(client: Client) -> Library:
    """Load a client library. Raises ClientMissing where it is not installed."""
    if client == Client.KAFKA_PYTHON:
        from streams.kafka import python

        return Library(python.PythonSender, python.PythonReceiver, python.PythonTopics)
    try:
        from streams.kafka import confluent
    except ImportError as error:
        raise ClientMissing(
            "OTKLIK_KAFKA_CLIENT=confluent needs the package confluent-kafka: pip install otklik[confluent]"
        ) from error
    return Library(confluent.ConfluentSender, confluent.ConfluentReceiver, confluent.ConfluentTopics)
