"""The client library confluent-kafka (librdkafka): an extra, for where kafka-python's speed limits.

Its options are librdkafka's names: `{"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", …}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from streams.contract import Unreachable
from streams.kafka.client import Batch, Membership, Received, Topic, UnknownTopic

ACKNOWLEDGED_SECONDS = 30.0
ANSWER_SECONDS = 10.0


@contextmanager
def reaching() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except (KafkaException, BufferError, OSError) as error:
        raise Unreachable("the broker cannot be reached") from error


def surroundings(servers: Sequence[str], options: Mapping[str, Any]) -> dict[str, Any]:
    """What every client is made with; the library's own log lines stay out of ours."""
    return {"bootstrap.servers": ",".join(servers), "log_level": 0, **options}


class ConfluentSender:
    """Batches for up to 5 ms."""

    def __init__(self, servers: Sequence[str], options: Mapping[str, Any]) -> None:
        wanted = {
            "acks": "all",
            "enable.idempotence": True,
            "linger.ms": 5,
            "message.timeout.ms": int(ACKNOWLEDGED_SECONDS * 1000),
            "queue.buffering.max.messages": 100_000,
        }
        with reaching():
            self._producer = Producer({**surroundings(servers, options), **wanted})

    def send(self, batches: Sequence[Batch]) -> None:
        failed: list[KafkaError] = []

        def told(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                failed.append(error)

        with reaching():
            for batch in batches:
                for one in batch.records:
                    self._producer.produce(
                        batch.topic,
                        value=one.value,
                        key=one.key,
                        headers=one.headers,
                        partition=batch.partition,
                        on_delivery=told,
                    )
                    self._producer.poll(0)
            left = self._producer.flush(ACKNOWLEDGED_SECONDS)
        if failed or left:
            raise Unreachable(f"{len(failed) + left} records were not acknowledged")

    def close(self) -> None:
        self._producer.purge()
        self._producer.flush(0)


class ConfluentReceiver:
    """One member; a thread of the library fetches ahead and sends the heartbeats."""

    def __init__(self, servers: Sequence[str], options: Mapping[str, Any], membership: Membership) -> None:
        self._membership = membership
        self._starting: dict[int, int] | None = None
        session = int(membership.session_seconds * 1000)
        wanted = {
            "group.id": membership.group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": session,
            "heartbeat.interval.ms": session // 3,
            "fetch.wait.max.ms": 500,
            "queued.max.messages.kbytes": 4_096,  # what waits stays with the broker
        }
        with reaching():
            self._consumer = Consumer({**surroundings(servers, options), **wanted})
            topic = self._consumer.list_topics(membership.topic, ANSWER_SECONDS).topics[membership.topic]
            if topic.error is not None:
                self._consumer.close()
                raise UnknownTopic(f"topic {membership.topic} is not there")
            self._consumer.subscribe([membership.topic], on_assign=self._given, on_revoke=self._taken)

    def poll(self, seconds: float) -> dict[int, list[Received]]:
        came: dict[int, list[Received]] = {}
        with reaching():
            for message in self._consumer.consume(self._membership.at_once, max(seconds, 0.001)):
                if (error := message.error()) is not None:
                    raise KafkaException(error)
                record = Received(message.offset() or 0, message.value() or b"", dict(message.headers() or []))
                came.setdefault(message.partition() or 0, []).append(record)
        return came

    def assigned(self) -> set[int]:
        return {place.partition for place in self._consumer.assignment()}

    def seek(self, partition: int, offset: int) -> None:
        if self._starting is not None:
            self._starting[partition] = offset
            return
        with reaching():
            self._consumer.seek(TopicPartition(self._membership.topic, partition, offset))

    def close(self) -> None:
        with reaching():
            self._consumer.close()

    def _given(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        """Begin where the listener seeks to: the library takes offsets only together with the partitions."""
        self._starting = {place.partition: place.offset for place in places}
        try:
            self._membership.rebalance.given(list(self._starting))
            consumer.assign(
                [TopicPartition(self._membership.topic, partition, at) for partition, at in self._starting.items()]
            )
        finally:
            self._starting = None

    def _taken(self, _: Consumer, places: list[TopicPartition]) -> None:
        self._membership.rebalance.taken([place.partition for place in places])


class ConfluentTopics:
    """Through the library's admin client."""

    def __init__(self, servers: Sequence[str], options: Mapping[str, Any]) -> None:
        self._admin = AdminClient(surroundings(servers, options))

    def describe(self, names: Sequence[str]) -> list[Topic]:
        with reaching():
            there = self._admin.list_topics(timeout=ANSWER_SECONDS).topics
            found = [there[name] for name in names if name in there]
            if not found:
                return []
            asked = [ConfigResource(ResourceType.TOPIC, topic.topic) for topic in found]
            kept = {resource.name: done.result() for resource, done in self._admin.describe_configs(asked).items()}
        return [
            Topic(
                name=topic.topic,
                partitions=len(topic.partitions),
                replicas=min(len(one.replicas) for one in topic.partitions.values()),
                retention=int(kept[topic.topic]["retention.ms"].value),
            )
            for topic in found
        ]

    def create(self, topics: Sequence[Topic]) -> None:
        wanted = [NewTopic(one.name, one.partitions, one.replicas, config=one.configuration) for one in topics]
        with reaching():
            for done in self._admin.create_topics(wanted).values():
                try:
                    done.result()
                except KafkaException as error:  # another process may make them at the same moment
                    if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                        raise

    def close(self) -> None: ...
