"""A Kafka broker to measure on: one that is given, or Apache Kafka started as the tests start it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def broker(given: str) -> Iterator[tuple[str, Path | None]]:
    """host:port, and the folder of its log where it is our own. Ends the program with one line where there is none."""
    if given:
        yield given, None
        return
    from tests.servers.kafka import Broker, Unavailable

    with tempfile.TemporaryDirectory(prefix="otklik-kafka-", ignore_cleanup_errors=True) as folder:
        try:
            own = Broker(Path(folder))
        except Unavailable as missing:
            raise SystemExit(f"nothing was measured with Kafka: {missing}; or give --kafka host:port") from missing
        with own:
            yield own.address, Path(folder) / "data"
