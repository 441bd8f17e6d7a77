"""The process that makes what comes every week and every night, and sends its e-mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from indicators import hotspots
from indicators.reports.due import anything_to_make, anything_to_send
from indicators.reports.schedule import schedule_of
from models.pack import region_ids
from models.present import Now, present
from otklik import wiring
from otklik.processes.child import Child
from otklik.processes.repeating import repeat
from otklik.settings import Settings
from streams import Stop

TICK_SECONDS = 60.0
"""How late a letter may be."""


def reports(url: str, chosen: Settings, now: Now = present) -> Child:
    """Forecasts, letters and their e-mails, hot spots of the night; several such processes do nothing twice."""

    def watch(stop: Stop, ready: Callable[[], None]) -> None:
        ready()

        def step(connection: psycopg.Connection[Any]) -> bool:
            tick(connection, chosen, now)
            return False  # it looks once a minute, however much there was to do

        repeat("reports", url, stop, step, TICK_SECONDS)

    return Child("reports", watch)


def tick(connection: psycopg.Connection[Any], chosen: Settings, now: Now = present) -> int:
    """Make and send what is due, each in a transaction of its own; returns how much that was.

    What makes and draws is loaded when there is something to do, once a week: it takes 100 MB.
    """
    done = 0
    for region in region_ids():
        pack = wiring.pack_of(region)
        due = anything_to_make(connection, region, pack.zone, schedule_of(pack), now())
        connection.commit()
        if due:
            from otklik.letters import make_due

            done += make_due(connection, pack, now())
            connection.commit()
        day = hotspots.due(connection, pack, now())
        if day is not None:
            from indicators.hotspots.keeping import run

            done += len(run(connection, pack, day, now()))
        connection.commit()
    return done + (_send(connection, chosen, now) if chosen.smtp else 0)


def _send(connection: psycopg.Connection[Any], chosen: Settings, now: Now) -> int:
    """Send the e-mails that are due."""
    due = anything_to_send(connection, now())
    connection.commit()
    if not due:
        return 0
    from indicators.reports.mails import send_next
    from otklik.smtp import Smtp

    sender, sent = Smtp.of_address(chosen.smtp, chosen.smtp_from), 0
    while send_next(connection, now(), sender, chosen.public_url, lambda region: wiring.pack_of(region).zone):
        sent += 1
    return sent
