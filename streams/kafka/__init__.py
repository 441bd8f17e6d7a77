"""The Kafka engine: a relay ships the log's table to topics, workers take their partitions from the broker.

Offsets stay in PostgreSQL and move with the effects (streams.contract); Kafka's own are not used.
"""

from streams.kafka.client import Client, KafkaClients
from streams.kafka.consumer import KafkaEngine
from streams.kafka.relay import Relay
from streams.kafka.topics import TopicError, create_topics

__all__ = ["Client", "KafkaClients", "KafkaEngine", "Relay", "TopicError", "create_topics"]
