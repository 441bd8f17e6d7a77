"""The client library kafka-python: pure Python, the default."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.contract import Unreachable
from streams.kafka.client import Batch, Membership, Received, Topic, UnknownTopic

ACKNOWLEDGED_SECONDS = 30.0

BOOTSTRAP = {"bootstrap_timeout_ms": 8_000}
"""The library looks half a minute for a first broker; a stage without one shall soon work from the table."""

METADATA_SECONDS = 10.0
"""The library waits a minute for a topic that is not there; the relay makes it again."""

END_SECONDS = 2.0
"""For the thread of a producer to see that it shall end."""

REQUEST_BYTES = 512 * 1024
"""One record batch holds so much. With the library's 16 KB what a stage wrote in one transaction went to the broker,
and from there to the next stages, in five pieces, each with its own requests and transactions."""

LEAVE_MILLISECONDS = 2_000
"""A group in the middle of a rebalance does not answer who leaves; the session's end says it to the broker then."""

FETCH_MILLISECONDS = 500
"""A fetch waits so long where there is nothing: it is answered at once when something comes, so that waiting shorter
would only cost time of the processors, the broker's too."""

JOINING_SECONDS = 1.0
"""A poll lasts so long while the member joins. In kafka-python 3.0.12 a leader that joins because of new metadata loses
a join that ends between two polls (need_rejoin() is false again by then), and stays without partitions."""


@contextmanager
def reaching() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except (KafkaError, OSError) as error:
        raise Unreachable("the broker cannot be reached") from error


class PythonSender:
    """Batches for up to 5 ms."""

    def __init__(self, servers: Sequence[str], options: Mapping[str, Any]) -> None:
        with reaching():
            self._producer = KafkaProducer(
                bootstrap_servers=list(servers),
                acks="all",
                enable_idempotence=True,
                linger_ms=5,
                batch_size=REQUEST_BYTES,
                compression_type=None,
                max_block_ms=int(METADATA_SECONDS * 1000),
                **{**BOOTSTRAP, **options},
            )

    def send(self, batches: Sequence[Batch]) -> None:
        until = time.monotonic() + ACKNOWLEDGED_SECONDS
        with reaching():
            sent = [
                self._producer.send(
                    batch.topic, value=one.value, key=one.key, headers=one.headers, partition=batch.partition
                )
                for batch in batches
                for one in batch.records
            ]
            self._producer.flush(timeout=ACKNOWLEDGED_SECONDS)
            for one in sent:
                one.get(timeout=max(0.0, until - time.monotonic()))

    def close(self) -> None:
        # the library's close begins with a flush, which raises where something is not acknowledged: nothing is closed
        # then, and its thread goes on sending. Its thread drops what is left when it is told to end by force
        thread = self._producer._sender
        if thread is not None:
            thread.force_close()
            thread.join(END_SECONDS)
        with suppress(KafkaError):
            self._producer.close(timeout=0)


class PythonReceiver:
    """One member; the library sends its heartbeats in the background."""

    def __init__(self, servers: Sequence[str], options: Mapping[str, Any], membership: Membership) -> None:
        self._topic = membership.topic
        self._told = Told(membership)
        with reaching():
            self._consumer = KafkaConsumer(
                bootstrap_servers=list(servers),
                group_id=membership.group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                max_poll_records=membership.at_once,
                session_timeout_ms=int(membership.session_seconds * 1000),
                heartbeat_interval_ms=int(membership.session_seconds * 1000 / 3),
                fetch_max_wait_ms=FETCH_MILLISECONDS,
                **{**BOOTSTRAP, **options},
            )
            # in this order: the library compares what it knew of the subscribed topics when it joined with what it
            # knows later. Where it asked for them before it subscribed, the leader joined twice and lost the second
            # join (see JOINING_SECONDS); who joins without knowing the topic is given nothing until metadata are old
            self._consumer.subscribe([self._topic], listener=self._told)
            if self._topic not in self._consumer.topics():
                self.close()
                raise UnknownTopic(f"topic {self._topic} is not there")

    def poll(self, seconds: float) -> dict[int, list[Received]]:
        if self._told.joining:
            seconds = max(seconds, JOINING_SECONDS)
        with reaching():
            came = self._consumer.poll(timeout_ms=int(seconds * 1000))
        return {
            place.partition: [Received(record.offset, record.value, dict(record.headers)) for record in records]
            for place, records in came.items()
        }

    def assigned(self) -> set[int]:
        return {place.partition for place in self._consumer.assignment()}

    def seek(self, partition: int, offset: int) -> None:
        with reaching():
            self._consumer.seek(TopicPartition(self._topic, partition), offset)

    def close(self) -> None:
        with reaching():
            self._consumer.close(autocommit=False, timeout_ms=LEAVE_MILLISECONDS)


class Told(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells which partitions came and went; `joining` until the member has its share."""

    def __init__(self, membership: Membership) -> None:
        self._rebalance = membership.rebalance
        self.joining = True

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.joining = False
        self._rebalance.given([place.partition for place in assigned])

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.joining = True
        self._rebalance.taken([place.partition for place in revoked])


class PythonTopics:
    """Through the library's admin client."""

    def __init__(self, servers: Sequence[str], options: Mapping[str, Any]) -> None:
        with reaching():
            self._admin = KafkaAdminClient(bootstrap_servers=list(servers), **options)

    def describe(self, names: Sequence[str]) -> list[Topic]:
        with reaching():
            there = sorted(set(names) & set(self._admin.list_topics()))
            if not there:
                return []
            described = self._admin.describe_topics(there)
            kept = self._admin.describe_configs(
                [ConfigResource(ConfigResourceType.TOPIC, name) for name in there], config_filter="all"
            )
        return [
            Topic(
                name=topic["name"],
                partitions=len(topic["partitions"]),
                replicas=min(len(one["replica_nodes"]) for one in topic["partitions"]),
                retention=int(kept[ConfigResourceType.TOPIC.name.lower()][topic["name"]]["retention.ms"]["value"]),
            )
            for topic in described
        ]

    def create(self, topics: Sequence[Topic]) -> None:
        wanted = [NewTopic(one.name, one.partitions, one.replicas, topic_configs=one.configuration) for one in topics]
        # another process may make them at the same moment; the broker judges each topic by itself
        with reaching(), suppress(TopicAlreadyExistsError):
            self._admin.create_topics(wanted, wait_for_metadata=True)

    def close(self) -> None:
        self._admin.close()
