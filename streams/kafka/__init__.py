"""The Kafka engine: a relay ships the log's table to topics, workers take their partitions from the broker.

Offsets stay in PostgreSQL and move with the effects (streams.contract); Kafka's own are a hint for lag tools.
"""

from streams.kafka.client import KafkaClients, TopicError, create_topics
from streams.kafka.consumer import KafkaEngine
from streams.kafka.relay import Relay

__all__ = ["KafkaClients", "KafkaEngine", "Relay", "TopicError", "create_topics"]
