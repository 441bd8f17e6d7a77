"""What one appeal costs by part: processor time, bytes written and kept. docs/scaling.md reckons with these."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from otklik.processes import record

SIZES = """
SELECT CASE WHEN relname LIKE 'stream_%' THEN 'log' ELSE 'tables' END, sum(pg_total_relation_size(oid))::bigint
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY 1"""


class Spent:
    """Begins to count when it is made. `folder`: of the installation; `kafka_logs`: the broker's folder, if any."""

    def __init__(self, folder: Path, connection: psycopg.Connection[Any], kafka_logs: Path | None) -> None:
        self._folder, self._connection, self._kafka_logs = folder, connection, kafka_logs
        self._before = self._now()

    def since(self, appeals: int) -> dict[str, float]:
        """By part, of one appeal: milliseconds of a processor (`_ms`), bytes (`_bytes`)."""
        now = self._now()
        return {name: round((value - self._before.get(name, 0.0)) / appeals, 3) for name, value in sorted(now.items())}

    def _now(self) -> dict[str, float]:
        spent = {f"{name}_ms": 1000 * seconds for name, seconds in processor_seconds_of_parts(self._folder).items()}
        spent |= {f"{name}_bytes": float(size) for name, size in self._connection.execute(SIZES)}
        row = self._connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
        self._connection.rollback()
        spent["wal_bytes"] = float(row[0]) if row else 0.0
        if self._kafka_logs is not None:
            files = (path for path in self._kafka_logs.rglob("*.log"))
            spent["kafka_bytes"] = float(sum(path.stat().st_blocks * 512 for path in files))
        return spent


def processor_seconds_of_parts(folder: Path) -> dict[str, float]:
    """Processor time by part so far: the product's processes by their roles, the servers, and this one (accepting)."""
    roles = {part.pid: part.name for part in record.read(folder) if part.pid}
    own = psutil.Process()
    seconds = {"accept": _seconds(own)}
    for process in own.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            name = _role(process, roles)
            seconds[name] = seconds.get(name, 0.0) + _seconds(process)
    return seconds


def _role(process: psutil.Process, roles: dict[int, str]) -> str:
    if process.name() in ("postgres", "java"):
        return process.name()
    for one in (process, *process.parents()):
        if one.pid in roles:
            return roles[one.pid]
    return "other"


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
