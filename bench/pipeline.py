"""Appeals from acceptance to routing on one machine: `python -m bench.pipeline [--engine kafka] [--workers 1 2 4]`.

Prints one JSON object for each number of workers.

A fresh database with fsync on, the processes of `otklik run` under their supervisor, and this process as the sender:
- appeals_per_second: `--appeals` appeals accepted in batches, each batch committed, until the last one is routed;
- single_p50_seconds, single_p95_seconds: one appeal alone, from the call of accept to the commit that routed it;
- appeals_per_processor_second: the same per second of processor time of all processes, the sender included; it does
  not see what else the machine does, and times the cores it is what an idle machine could give at most;
- peak_memory_mb: the largest sum over all processes but this one, shared pages counted in parts (PSS);
- cost: by part, what one appeal takes (bench.cost): it is what docs/scaling.md reckons with.

With the engine kafka an Apache Kafka broker runs on the same machine (or --kafka host:port), its memory not counted.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import select
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

import ingest
from bench.broker import broker
from bench.cost import Spent
from bench.machine import machine, memory_watched, processor_seconds, versions
from connectors.file import Options, read_file
from models.message import Channel, Message
from models.pack import RegionPack
from otklik.import_store import outcome, watch_appeals
from otklik.postgres import EmbeddedServer
from otklik.processes import record, roles
from otklik.processes.child import Child
from otklik.processes.listening import listen
from otklik.processes.supervisor import Supervisor
from otklik.settings import Settings
from otklik.wiring import file_store, pack_of, prepare
from streams import Stop, quarantined
from streams.log import channel

BATCH = 100
SINGLES = 60
WARM_UP = 200
SHORTEST_LOOK = 0.1
"""Seconds between two looks; twenty times the time of a look where that is longer, so that looking costs little."""
LONGEST_WAIT = 600.0
LONGEST_START = 120.0


@dataclass(frozen=True)
class Sender:
    """Puts appeals in and sees them routed. `listener` hears of every event of problems."""

    connection: psycopg.Connection[tuple[object, ...]]
    listener: psycopg.Connection[tuple[object, ...]]
    files: ingest.FileStore
    pack: RegionPack
    texts: Iterator[str]

    def send(self, count: int) -> list[UUID]:
        """Accept and commit `count` appeals in one transaction."""
        now = datetime.now(UTC)
        messages = [Message(self.pack.id, Channel.FORM, uuid4().hex, text, now) for text in islice(self.texts, count)]
        accepted = ingest.accept_many(self.connection, messages, now=now, files=self.files, pack=self.pack)
        self.connection.commit()
        return [one.appeal_id for one in accepted]

    def rate(self, appeals: int) -> tuple[float, float]:
        """Appeals a second from the first acceptance to the last routing, and to the last acceptance."""
        self.connection.execute("DROP TABLE IF EXISTS imported")
        started = time.perf_counter()
        sent: list[UUID] = []
        while len(sent) < appeals:
            sent += self.send(min(BATCH, appeals - len(sent)))
        accepted = time.perf_counter() - started
        watch_appeals(self.connection, sent)
        self.connection.commit()
        self._until_routed(SHORTEST_LOOK)
        return appeals / (time.perf_counter() - started), appeals / accepted

    def single(self) -> float:
        """Seconds from the call of accept to the commit that routed (or dismissed) the only appeal under way."""
        self.connection.execute("DROP TABLE IF EXISTS imported")
        self.connection.commit()
        started = time.perf_counter()
        sent = self.send(1)
        watch_appeals(self.connection, sent)
        self.connection.commit()
        self._until_routed(None)
        return time.perf_counter() - started

    def _until_routed(self, look_every: float | None) -> None:
        """Look at intervals, or (None) after every notice of an event."""
        until = time.perf_counter() + LONGEST_WAIT
        while True:
            looked_at = time.perf_counter()
            found = outcome(self.connection)
            self.connection.rollback()
            if found.quarantined:
                why = quarantined(self.connection)[0].reason
                raise SystemExit(f"{found.quarantined} appeals went to quarantine ({why}); nothing was measured")
            if not found.waiting:
                return
            if time.perf_counter() > until:
                raise SystemExit(f"{found.waiting} appeals were not routed in {LONGEST_WAIT:.0f} s")
            if look_every is None:
                list(self.listener.notifies(timeout=1.0, stop_after=1))
            else:
                time.sleep(max(look_every, 20 * (time.perf_counter() - looked_at)))


@contextmanager
def installation(folder: Path, workers: int, kafka: str) -> Iterator[tuple[str, Settings]]:
    """All processes of `otklik run` over a fresh embedded server in `folder`, ready to work."""
    prefix = f"bench-{uuid4().hex}"
    chosen = Settings(data_folder=folder, port=0, nlp_workers=workers, kafka=kafka, kafka_prefix=prefix)
    server = EmbeddedServer(folder)
    server.start()
    try:
        prepare(server.url(), chosen)
        with listen(chosen.host, 0) as listening:

            def run(stop: Stop, ready: Callable[[], None]) -> None:
                children = list(roles.everything(server.url(), listening, chosen))
                Supervisor(children, changed=lambda: record.write(folder, children, None)).run(stop, ready)

            group = Child("installation", run)
            group.start()
            try:
                _wait_ready(group)
                yield server.url(), chosen
            finally:
                group.signal(signal.SIGTERM)
                if group.pid is not None:
                    os.waitpid(group.pid, 0)
    finally:
        server.stop()


def _wait_ready(group: Child) -> None:
    assert group.ready_reader is not None
    ready, _, _ = select.select([group.ready_reader], [], [], LONGEST_START)
    if not ready or not os.read(group.ready_reader, 1):
        raise SystemExit("the installation could not start; see above")


def texts_of(file: Path, pack: RegionPack) -> list[str]:
    """The texts of a file of appeals."""
    source = read_file(file, Options(pack.id, pack.zone, datetime.now(UTC)))
    return [entry.outcome.text for entry in source.entries() if isinstance(entry.outcome, Message)]


@contextmanager
def no_broker() -> Iterator[tuple[str, Path | None]]:
    yield "", None


def measure(
    texts: Sequence[str], pack: RegionPack, appeals: int, workers: int, engine: str, kafka: str
) -> dict[str, object]:
    """The figures, on an installation of their own that is gone afterwards."""
    on = machine()
    with (
        broker(kafka) if engine == "kafka" else no_broker() as (address, logs),
        tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder,
        installation(Path(folder), workers, address) as (url, chosen),
        psycopg.connect(url) as connection,
        psycopg.connect(url, autocommit=True) as listener,
        memory_watched() as peak,
    ):
        listener.execute(f"LISTEN {channel('problems')}")
        sender = Sender(connection, listener, file_store(chosen), pack, cycle(texts))
        sender.rate(WARM_UP)
        before, spent = processor_seconds(), Spent(Path(folder), connection, logs)
        rate, accepted = sender.rate(appeals)
        worked, cost = processor_seconds() - before, spent.since(appeals)
        singles = sorted(sender.single() for _ in range(SINGLES))
        server = connection.info.parameter_status("server_version")
    return {
        "appeals_per_second": round(rate, 1),
        "single_p50_seconds": round(statistics.median(singles), 4),
        "single_p95_seconds": round(singles[int(0.95 * len(singles))], 4),
        "peak_memory_mb": round(peak.bytes / 2**20, 1),
        "appeals_per_processor_second": round(appeals / worked, 1),
        "accepted_per_second": round(accepted, 1),
        "appeals": appeals,
        "texts": len(texts),
        "nlp_workers": workers,
        "engine": engine,
        "cost": cost,
        "machine": on,
        "versions": {**versions(), "postgresql": server},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.pipeline", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--appeals", type=int, default=3_000, help="how many to send (3000)")
    parser.add_argument(
        "--workers", type=int, nargs="+", default=[os.cpu_count() or 1], help="processes of the language stage"
    )
    parser.add_argument("--engine", choices=["embedded", "kafka"], default="embedded", help="engine of streams")
    parser.add_argument("--kafka", default="", help="host:port of a broker in place of the tests' own")
    parser.add_argument("--region", default="omsk", help="region pack (omsk)")
    parser.add_argument("--file", type=Path, help="texts to send; default: the pack's samples.jsonl")
    chosen = parser.parse_args()
    roles.one_thread_a_process()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    pack = pack_of(chosen.region)
    texts = texts_of(chosen.file or pack.path("samples.jsonl"), pack)
    for workers in chosen.workers:
        result = measure(texts, pack, chosen.appeals, workers, chosen.engine, chosen.kafka)
        print(json.dumps(result, ensure_ascii=False, indent=1), flush=True)


if __name__ == "__main__":
    main()
