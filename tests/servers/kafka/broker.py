"""One Apache Kafka broker of the tests' own: format, start, stop, kill, start again on its data."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

POM = Path(__file__).with_name("pom.xml")
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
min.insync.replicas=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""


class Unavailable(Exception):
    """Java, Maven or the jars are not to be had here; the message says which."""


def jars() -> Path:
    """The folder of the broker's jars, fetched once into a cache outside the repository."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
    version = hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "otklik" / f"kafka-{version}"
    if cache.is_dir():
        return cache
    fetched = cache.with_name(f"{cache.name}.{os.getpid()}")
    command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={fetched}"], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        raise Unavailable(f"Maven could not fetch the broker: {done.stdout[-300:]}")
    try:
        fetched.rename(cache)
    except OSError:  # another process was faster: its copy is as good
        shutil.rmtree(fetched)
    return cache


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Broker:
    """A broker on a free port of `host` with its data in `folder`; a context manager.

    `inside` begins the command where it shall run elsewhere than its caller, as in a network namespace.
    """

    def __init__(self, folder: Path, host: str = "127.0.0.1", inside: tuple[str, ...] = ()) -> None:
        self.host, self.port = host, free_port()
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self._inside = inside
        self._java = ["java", "-cp", f"{jars()}/*"]
        self._properties = folder / "server.properties"
        self._properties.write_text(PROPERTIES.format(host=host, port=self.port, controller=free_port(), folder=folder))
        formatting = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(self._properties)]
        subprocess.run([*self._java, *formatting], check=True, capture_output=True, timeout=60)

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def start(self, patience: float = 60.0) -> None:
        """Start the broker and wait until it takes connections. Raises TimeoutError after `patience` seconds."""
        heap = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        with (self.folder / "broker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._inside, "java", *heap, *self._java[1:], "kafka.Kafka", str(self._properties)],
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + patience
        while time.monotonic() < until:
            try:
                socket.create_connection((self.host, self.port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise TimeoutError((self.folder / "broker.log").read_text(errors="replace")[-1000:])

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
            self.process = None

    def __enter__(self) -> Broker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
