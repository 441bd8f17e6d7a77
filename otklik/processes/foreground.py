"""What a process started at a terminal or by a container engine does first: its logs and its signals."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from otklik.processes.child import Child
from otklik.processes.roles import one_thread_a_process
from otklik.processes.supervisor import Supervisor
from otklik.settings import Settings
from otklik.wiring import database
from streams import Stop


def start_logs() -> None:
    """One line an event on standard error, without personal data (streams.faults.reason_of for exceptions)."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(process)d %(message)s")
    for ours in ("otklik", "streams"):
        logging.getLogger(ours).setLevel(logging.INFO)
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # a lost connection is told by who lost it
    logging.getLogger("kafka").setLevel(logging.ERROR)


def stop_on_signals(stop: Stop) -> None:
    """Let SIGTERM, Ctrl-C and, unless it is ignored as under nohup, SIGHUP set `stop`."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())


@contextmanager
def part(chosen: Settings) -> Iterator[str]:
    """For a command that runs one part of an installation: logs, threads, and the address of the database."""
    one_thread_a_process()
    start_logs()
    with database(chosen) as url:
        yield url


def supervise(children: Sequence[Child]) -> int:
    """Run the children in the foreground until a signal; the exit code."""
    with Stop() as stop:
        stop_on_signals(stop)
        return Supervisor(children).run(stop)
