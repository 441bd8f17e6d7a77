"""One step of a process again and again over a connection of its own, through any failure of the database."""

from __future__ import annotations

import logging
import select
from collections.abc import Callable
from typing import Any

import psycopg

from streams import Stop

log = logging.getLogger(__name__)

Step = Callable[[psycopg.Connection[Any]], bool]
"""Does something, in transactions of its own; False where nothing was to be done now."""


def repeat(name: str, url: str, stop: Stop, step: Step, rest: float) -> None:
    """Until `stop` is set; `rest`: seconds of sleep where nothing was to be done."""
    while not stop.is_set():
        try:
            with psycopg.connect(url, application_name=f"otklik {name}") as connection:
                while not stop.is_set():
                    if not step(connection):
                        select.select([stop.fileno()], [], [], rest)
        except psycopg.OperationalError as error:
            log.warning("%s: the database cannot be reached (%s)", name, type(error).__name__)
            select.select([stop.fileno()], [], [], 1.0)
