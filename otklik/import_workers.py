"""The workers that an import needs: those of a running installation, otherwise its own."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import tuple_row

from otklik.commands.root import CommandError
from otklik.processes.child import Child
from otklik.processes.roles import one_thread_a_process, relay, workers
from otklik.processes.supervisor import Supervisor
from otklik.settings import Settings
from streams import Stop, lag

FINISH_SECONDS = 60
STAGES = ("nlp", "routing", "sla")


@contextmanager
def at_work(url: str, chosen: Settings) -> Iterator[Callable[[], None]]:
    """Have every stage worked on: by those who are at it already, or by processes of our own, ended afterwards.

    Gives a function that raises CommandError once our own processes have given up. The caller has no threads yet.
    """
    missing = idle_stages(url)
    if not missing:
        yield lambda: None
        return
    one_thread_a_process()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    group = Child("workers", _supervised(missing, url, chosen))
    group.start()

    def check() -> None:
        if group.ended():
            raise CommandError(
                "the workers could not start (see above). The appeals are accepted and kept: mend it and run the same "
                "command again to go on."
            )

    try:
        yield check
        _let_finish(url, check)
    finally:
        group.signal(signal.SIGTERM)
        if group.pid is not None:
            os.waitpid(group.pid, 0)
            group.pid = None


@contextmanager
def nobody(url: str, chosen: Settings) -> Iterator[Callable[[], None]]:  # noqa: ARG001 - stands in for at_work
    """Where nobody waits for the appeals, nobody needs to be at work."""
    yield lambda: None


def idle_stages(url: str) -> list[str]:
    """The stages on which nobody works in this database now."""
    with psycopg.connect(url) as connection:
        cursor = connection.cursor(row_factory=tuple_row)
        rows = cursor.execute(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
        )
        busy = {name for (name,) in rows}
    return [stage for stage in STAGES if f"otklik {stage}" not in busy]


def _let_finish(url: str, check: Callable[[], None]) -> None:
    """Let the stages that come after routing (the clocks) take what is left, so that nothing is late tomorrow."""
    until = time.monotonic() + FINISH_SECONDS
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < until and any(each.events for each in lag(connection)):
            check()
            time.sleep(0.1)


def _supervised(stages: list[str], url: str, chosen: Settings) -> Callable[[Stop, Callable[[], None]], None]:
    counts = {"nlp": max(chosen.nlp_workers, os.cpu_count() or 1), "routing": 1, "sla": 1}

    def run(stop: Stop, ready: Callable[[], None]) -> None:
        children = [child for stage in stages for child in workers(stage, counts[stage], url, chosen)]
        if chosen.kafka:
            children.append(relay(url, chosen))  # one more than there may be: relays share the work
        Supervisor(children).run(stop, ready)

    return run
