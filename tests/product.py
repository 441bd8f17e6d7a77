"""The product as a person runs it: `otklik run` in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from otklik.postgres import EmbeddedServer
from otklik.processes import record

COMMAND = (sys.executable, "-c", "import sys; from otklik.cli import main; sys.exit(main())")
START_SECONDS = 90
STOP_SECONDS = 40


def otklik(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=surroundings(settings),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def surroundings(settings: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTKLIK_")}
    return {**kept, "OTKLIK_PORT": "0", "COLUMNS": "300", **settings}


@dataclass
class Product:
    """A running product; `address` is that of its web server."""

    folder: Path
    arguments: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = COMMAND
    process: subprocess.Popen[str] | None = None
    address: str = ""
    said: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        log = self.folder.with_suffix(".log").open("a")
        self.process = subprocess.Popen(
            [*self.command, "run", *self.arguments],
            env=surroundings({"OTKLIK_DATA_FOLDER": str(self.folder), **self.settings}),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if "Ready" in line:
                self.address = line.split()[-1]
            if "Ctrl-C" in line:
                return
        raise AssertionError(f"it did not start: {self.said} {self.folder.with_suffix('.log').read_text()}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """As by Ctrl-C; the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self._end()

    def kill(self) -> None:
        """kill -9 of the one who started everything."""
        assert self.process is not None
        self.process.kill()
        self._end()

    def __enter__(self) -> Product:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing running, whatever the test came to."""
        if self.process is not None:
            self.stop()

    def kill_all(self) -> None:
        """kill -9 of every process at once, the database server included."""
        for process in reversed(self.family()):
            with contextlib.suppress(psutil.NoSuchProcess):  # gone with its parent
                process.kill()
        self._end()

    def _end(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        code = self.process.wait(STOP_SECONDS)
        self.said += self.process.stdout.read().splitlines()
        self.process.stdout.close()
        self.process = None
        return code

    def url(self) -> str:
        return EmbeddedServer(self.folder).url()

    def parts(self) -> dict[str, record.Running]:
        return {part.name: part for part in record.read(self.folder)}

    def family(self) -> list[psutil.Process]:
        """Every process of it, the starter first."""
        assert self.process is not None
        starter = psutil.Process(self.process.pid)
        return [starter, *starter.children(recursive=True)]

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen in {seconds} s"
        time.sleep(0.05)


def gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
