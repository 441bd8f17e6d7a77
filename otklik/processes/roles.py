"""What each process of an installation does, as children for a supervisor."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import psycopg

from models.pack import PackError
from models.present import Now, present
from otklik import wiring
from otklik.processes.child import Child, Hopeless
from otklik.processes.repeating import repeat
from otklik.processes.reports import reports
from otklik.processes.supervisor import Supervisor
from otklik.settings import Settings, SettingsError
from streams import Stop, work

TICK_SECONDS = 0.25
"""How long timers sleep where nothing was due: a step is late by half of it on average."""
GRACE_SECONDS = 10
"""How long the web server may answer what it has begun."""

PATIENT = frozenset({"proofs", "photos", "replies", "indicators", "punctuality"})
"""Stages that leave the processor to the others and let events gather: photos, letters and ratings can wait a second,
a citizen at the form cannot."""
GATHER_SECONDS = 0.5


def one_thread_a_process() -> None:
    """Numerical libraries take one thread each: processes are what we scale by. Call it before they are imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def web_server(url: str, listening: socket.socket, chosen: Settings) -> Child:
    """The web server on a socket that already listens: requests wait in it while the process starts again."""

    def serve(stop: Stop, ready: Callable[[], None]) -> None:
        import uvicorn

        from api.app import create_app

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                ready()

        with wiring.web_context(url, chosen) as context:
            config = uvicorn.Config(
                create_app(context),
                log_config=None,
                access_log=False,  # addresses and secret links of citizens stand in it
                server_header=False,
                forwarded_allow_ips=chosen.trusted_proxies,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
            if not stop.is_set():
                Server(config).run(sockets=[listening])

    return Child("api", serve)


def workers(name: str, count: int, url: str, chosen: Settings) -> list[Child]:
    """`count` workers of a stage. Several are forked by one that has loaded the stage, so that they share memory."""
    if count == 0:
        return []
    if count == 1:
        return [Child(name, lambda stop, ready: _work(name, url, chosen, stop, ready))]

    def family(stop: Stop, ready: Callable[[], None]) -> None:
        _load(name, chosen)
        members = [
            Child(f"{name}-{number}", lambda stop, ready: _work(name, url, chosen, stop, ready))
            for number in range(1, count + 1)
        ]
        Supervisor(members).run(stop, ready)

    return [Child(name, family)]


def _load(name: str, chosen: Settings) -> None:
    try:
        wiring.stage(name, chosen)
    except (PackError, FileNotFoundError) as error:  # a pack without its model, for one
        raise Hopeless(str(error)) from error


def _work(name: str, url: str, chosen: Settings, stop: Stop, ready: Callable[[], None]) -> None:
    _load(name, chosen)
    if name in PATIENT and hasattr(os, "nice"):  # Windows has none
        os.nice(15)
    consumer = wiring.streams_engine(url, chosen).consumer(wiring.stage(name, chosen))
    ready()
    work(consumer, stop, GATHER_SECONDS if name in PATIENT else 0.0)


def relay(url: str, chosen: Settings) -> Child:
    """The process that ships the log to Kafka."""

    def carry(stop: Stop, ready: Callable[[], None]) -> None:
        from streams.kafka import Relay

        ready()
        relay = Relay(url, wiring.kafka_clients(chosen), chosen.kafka_replicas, chosen.kafka_retention_days)
        work(relay, stop)

    return Child("relay", carry)


Tick = Callable[[psycopg.Connection[Any], datetime], int]
"""Does what is due by a moment, in the caller's transaction; returns how much that was."""


def timer_ticks(chosen: Settings) -> tuple[list[Tick], list[Tick]]:
    """What becomes due by time alone: steps of clocks and terms of tasks; and what goes before and after them.

    The second takes a little at a time and need not be called again at once: it leaves the processor to the others.
    """
    from routing import tasks
    from sla import ahead, task_notices, timers
    from sla.escalation_delivery import deliver
    from sla.foresight import Foresight

    region_of = cache(lambda region: timers.RegionTimers.of_pack(wiring.pack_of(region)))
    foresight = Foresight()
    return [
        lambda connection, now: timers.tick(connection, now, region_of),
        lambda connection, now: tasks.tick(
            connection, now, lambda there, passed, at: task_notices.tell(there, passed, at, region_of)
        ),
    ], [
        lambda connection, now: deliver(connection, now, mails=bool(chosen.smtp)),
        ahead.note_told,
        lambda connection, now: foresight.prepare(connection, now, region_of),
    ]


def timers(url: str, chosen: Settings) -> Child:
    """The process that takes the steps of clocks when their time comes, and delivers what they tell."""

    def watch(stop: Stop, ready: Callable[[], None]) -> None:
        steps, around = timer_ticks(chosen)
        ready()

        def done(connection: psycopg.Connection[Any], ticks: Sequence[Tick]) -> int:
            moved = 0
            for tick in ticks:
                moved += tick(connection, datetime.now(UTC))
                connection.commit()
            return moved

        def step(connection: psycopg.Connection[Any]) -> bool:
            if done(connection, steps):
                return True
            done(connection, around)
            return False

        repeat("timers", url, stop, step, TICK_SECONDS)

    return Child("timers", watch)


def mail(url: str, chosen: Settings) -> list[Child]:
    """The process that sends e-mails with notices, where a server for them is set; a slow one holds up no timer."""
    if not chosen.smtp:
        return []

    def send(stop: Stop, ready: Callable[[], None]) -> None:
        from otklik.smtp import Smtp
        from sla.escalation_mail import send_next

        sender = Smtp.of_address(chosen.smtp, chosen.smtp_from)
        ready()

        def step(connection: psycopg.Connection[Any]) -> bool:
            return send_next(
                connection, datetime.now(UTC), sender, chosen.public_url, lambda region: wiring.pack_of(region).zone
            )

        repeat("mail", url, stop, step, 1.0)

    return [Child("mail", send)]


def sender(url: str, chosen: Settings, now: Now = present) -> Child:
    """The process that sends replies to citizens; what a slow server holds up is the replies alone."""

    def send(stop: Stop, ready: Callable[[], None]) -> None:
        from otklik.sending import post
        from resolution.sending import send_next

        try:
            ways = post(chosen)
        except SettingsError as error:
            raise Hopeless(str(error)) from error
        ready()
        repeat("sender", url, stop, lambda connection: send_next(connection, now, ways), TICK_SECONDS)

    return Child("sender", send)


def everything(url: str, listening: socket.socket, chosen: Settings) -> Sequence[Child]:
    """All processes of one machine."""
    return [
        web_server(url, listening, chosen),
        *workers("nlp", chosen.nlp_workers, url, chosen),
        *workers("routing", chosen.routing_workers, url, chosen),
        *workers("sla", 1, url, chosen),
        *workers("proofs", 1, url, chosen),
        *workers("photos", 1, url, chosen),
        *workers("replies", 1, url, chosen),
        *workers("indicators", 1, url, chosen),
        *workers("punctuality", 1, url, chosen),
        timers(url, chosen),
        *mail(url, chosen),
        sender(url, chosen),
        reports(url, chosen),
        *([relay(url, chosen)] if chosen.kafka else []),
    ]
