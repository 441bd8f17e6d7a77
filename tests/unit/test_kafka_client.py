"""The choice of the Kafka client library."""

from __future__ import annotations

import sys

import pytest

from streams import StreamError
from streams.kafka import Client, KafkaClients


def test_a_client_that_is_not_installed_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "streams.kafka.confluent", raising=False)
    monkeypatch.delattr("streams.kafka.confluent", raising=False)
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    clients = KafkaClients(("127.0.0.1:1",), client=Client.CONFLUENT)
    with pytest.raises(StreamError, match=r"pip install otklik\[confluent\]"):
        clients.sender()
