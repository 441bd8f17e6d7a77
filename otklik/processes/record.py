"""processes.json in the data folder: what `otklik run` runs, for `otklik status`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from otklik.postgres import EmbeddedServer
from otklik.processes.child import Child

NAME = "processes.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """One process as it is now. `memory` in bytes counts shared pages in parts (PSS); None where it is gone."""

    name: str
    pid: int | None
    starts: int
    memory: int | None


def write(folder: Path, children: Sequence[Child], server: EmbeddedServer | None) -> None:
    """Replace the record as a whole; where the disk is full the old one stays, which harms nobody."""
    parts = [{"name": child.name, "pid": child.pid, "starts": child.starts} for child in children]
    if server is not None:
        pid = server.process.pid if server.process else None
        parts.insert(0, {"name": "postgres", "pid": pid, "starts": server.starts})
    fresh = folder / f"{NAME}.new"
    try:
        fresh.write_text(json.dumps(parts), encoding="utf-8")
        fresh.replace(folder / NAME)
    except OSError as error:
        log.warning("%s cannot be written: %s", NAME, error.strerror)


def read(folder: Path) -> list[Running]:
    """The processes of the record with their memory now; a family (a stage's workers, the server) counts as one."""
    try:
        parts = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Running(part["name"], part["pid"], part["starts"], _memory(part["pid"])) for part in parts]


def _memory(pid: int | None) -> int | None:
    if pid is None:
        return None
    try:
        return sum(memory_of(process) for process in _family(psutil.Process(pid)))
    except psutil.NoSuchProcess:
        return None


def _family(process: psutil.Process) -> Iterator[psutil.Process]:
    yield process
    yield from process.children(recursive=True)


def memory_of(process: psutil.Process) -> int:
    """Bytes of one process, memory that it shares with others counted in part (PSS); 0 when it is gone."""
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
