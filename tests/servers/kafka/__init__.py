"""Apache Kafka in KRaft mode, one node as broker and controller, from the jars of Maven Central."""

from tests.servers.kafka.broker import Broker, Unavailable, jars

__all__ = ["Broker", "Unavailable", "jars"]
