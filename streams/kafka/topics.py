"""The topics that the streams need: made where they are missing, checked where they are there."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence

from models.events import Stream
from streams.contract import Unreachable
from streams.kafka.client import KafkaClients, Topic, Topics
from streams.log import StreamError

MILLISECONDS_A_DAY = 86_400_000

KNOWN_SECONDS = 10.0
"""Until every broker knows a topic that was made."""

log = logging.getLogger(__name__)


class TopicError(StreamError):
    """A topic on the broker does not fit the streams of this database; the message says which and why."""


def create_topics(clients: KafkaClients, partitions: Mapping[Stream, int], replicas: int, retention_days: int) -> None:
    """Make the topics that are not there. Raises TopicError where one is there with another number of partitions.

    A partition of the topic is the partition of the table: the relay ships each to its like. Nothing that is there is
    altered (docs/decisions): other replicas or another retention than the settings ask for are told in the log.
    """
    keep = retention_days * MILLISECONDS_A_DAY
    wanted = [Topic(clients.topic(stream), number, replicas, keep) for stream, number in partitions.items()]
    topics = clients.topics()
    try:
        there = {topic.name: topic for topic in topics.describe([topic.name for topic in wanted])}
        for topic in wanted:
            if topic.name in there:
                check(topic, there[topic.name])
        if missing := [topic for topic in wanted if topic.name not in there]:
            topics.create(missing)
            await_shown(topics, missing)
    finally:
        topics.close()


def await_shown(topics: Topics, made: Sequence[Topic]) -> None:
    """Return when the brokers show the topics, by whomever they were made; check those that another process made."""
    until = time.monotonic() + KNOWN_SECONDS
    while len(shown := {topic.name: topic for topic in topics.describe([topic.name for topic in made])}) < len(made):
        if time.monotonic() > until:
            raise Unreachable("the brokers do not show the topics that were made")
        time.sleep(0.05)
    for topic in made:
        check(topic, shown[topic.name])


def check(wanted: Topic, found: Topic) -> None:
    """Compare a topic with what the settings and the database ask for."""
    if found.partitions != wanted.partitions:
        raise TopicError(
            f"topic {found.name} has {found.partitions} partitions, this database's stream has {wanted.partitions}; "
            "nothing was changed. It is another installation's, or was made by hand: set another OTKLIK_KAFKA_PREFIX, "
            "or delete the topic where nobody else uses it, and run `otklik migrate` again."
        )
    if found.replicas < wanted.replicas:
        log.warning(
            "topic %s has %d replicas, OTKLIK_KAFKA_REPLICAS asks for %d: kafka-reassign-partitions.sh adds them",
            found.name,
            found.replicas,
            wanted.replicas,
        )
    if found.retention is not None and found.retention != wanted.retention:
        log.warning(
            "topic %s keeps events for %s, OTKLIK_KAFKA_RETENTION_DAYS asks for %s: "
            "kafka-configs.sh --alter --add-config retention.ms=%s changes it",
            found.name,
            kept(found.retention),
            kept(wanted.retention),
            wanted.retention,
        )


def kept(milliseconds: int | None) -> str:
    """A retention in words; Kafka writes -1 for ever."""
    if milliseconds is None or milliseconds < 0:
        return "ever"
    return f"{milliseconds / MILLISECONDS_A_DAY:g} days"
