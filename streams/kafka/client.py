"""Clients of a Kafka cluster, made from the settings, and the topics that the streams need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from models.events import Stream
from streams.log import StreamError

POSITION = "otklik_position"
"""Header: the event's position in the log's table, dense within a partition; it tells a second delivery."""

CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=utf-8")


class TopicError(StreamError):
    """A topic on the broker does not fit the streams of this database; the message says which and why."""


@dataclass(frozen=True)
class KafkaClients:
    """How to reach the cluster: `servers` as host:port; `options` are kafka-python's (SASL, TLS, timeouts).

    `prefix` begins the names of topics and groups, so that several installations can share a cluster.
    """

    servers: tuple[str, ...]
    prefix: str = "otklik"
    options: Mapping[str, Any] = field(default_factory=dict)

    def producer(self) -> KafkaProducer:
        """Idempotent, acknowledged by all replicas in sync; batches for up to 5 ms."""
        return KafkaProducer(
            bootstrap_servers=list(self.servers),
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            compression_type=None,
            **self.options,
        )

    def consumer(self, group: str, batch: int, session_seconds: float) -> KafkaConsumer:
        """A member of a group that commits nothing to Kafka by itself."""
        return KafkaConsumer(
            bootstrap_servers=list(self.servers),
            group_id=f"{self.prefix}.{group}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=max(batch * 4, 500),
            session_timeout_ms=int(session_seconds * 1000),
            heartbeat_interval_ms=int(session_seconds * 1000 / 3),
            fetch_max_wait_ms=100,
            **self.options,
        )

    def admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(bootstrap_servers=list(self.servers), **self.options)

    def topic(self, stream: Stream) -> str:
        """The topic that carries a stream."""
        return f"{self.prefix}.{stream.value}"


def create_topics(clients: KafkaClients, partitions: Mapping[Stream, int], replicas: int, retention_days: int) -> None:
    """Make the topics that are not there. Raises TopicError where one is there with another number of partitions.

    A partition of the topic is the partition of the table: another number would tear the order of an appeal's events.
    """
    admin = clients.admin()
    try:
        there = set(admin.list_topics())
        wanted = {clients.topic(stream): number for stream, number in partitions.items()}
        keep = str(retention_days * 86_400_000)
        missing = [
            NewTopic(name, number, replicas, topic_configs={"retention.ms": keep})
            for name, number in wanted.items()
            if name not in there
        ]
        if missing:
            admin.create_topics(missing, wait_for_metadata=True)
        for topic in admin.describe_topics(list(wanted)):
            name, number = topic["name"], len(topic["partitions"])
            if number != wanted[name]:
                raise TopicError(f"topic {name} has {number} partitions, this database's stream has {wanted[name]}")
    finally:
        admin.close()
