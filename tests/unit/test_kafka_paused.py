"""What comes of a partition that must be retried is not gathered: a minute of a backlog would fill the memory."""

from __future__ import annotations

import time
from itertools import count

from models.events import EventType, Stream
from streams.contract import Stage
from streams.embedded import Pause
from streams.kafka import KafkaClients, KafkaEngine
from streams.kafka.client import Received
from streams.kafka.consumer import KafkaStageConsumer
from streams.stop import Stop


class Backlog:
    """A member whose two partitions never end."""

    def __init__(self) -> None:
        self._numbers = count()

    def poll(self, _: float) -> dict[int, list[Received]]:
        at = next(self._numbers)
        record = Received(at, b"{}", {"otklik_position": b"%d" % at})
        return {0: [record]} if at < 50 else {0: [record], 1: [record]}

    def assigned(self) -> set[int]:
        return {0, 1}

    def seek(self, partition: int, offset: int) -> None: ...

    def close(self) -> None: ...


def test_a_partition_that_waits_for_another_try_gathers_nothing_and_is_sought_afterwards() -> None:
    stage = Stage("group", Stream.PROBLEMS, frozenset({EventType.PROBLEM_FOUND}), lambda *_: None)
    worker = KafkaStageConsumer("", stage, engine=KafkaEngine("", KafkaClients(("nowhere:1",))))
    worker._receiver = Backlog()
    worker._pauses[0] = Pause(time.monotonic() + 3600, 3600)
    worker._next[0] = 7
    with Stop() as stop:
        worker.wait(3600, stop)
    assert {partition: len(rows) for partition, rows in worker._buffers.items()} == {1: 1}
    assert worker._next == {1: 51}, "who stands at no position is sought where the group stands"
