"""What `otklik run --demo` adds: users whose passwords everybody knows, and the region's sample appeals."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import psycopg

from models.identifiers import derived_id
from models.message import Message
from models.pack import RegionPack, load_pack
from otklik import wiring
from otklik.processes.child import Child
from otklik.settings import Settings
from streams import Stop

BATCH = 50
PAST = "past-"
"""How the ids of made-up appeals of the past begin."""
SPARSE, APART = 7, timedelta(minutes=11)
"""A morning's appeals of a region that has a past: every seventh sample, so many minutes apart."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DemoUser:
    role: str
    login: str
    password: str
    name: str


DEMO_USERS = (
    DemoUser("operator", "operator", "operator-demo", "Ольга Операторова"),
    DemoUser("executor", "executor", "executor-demo", "Игорь Исполнителев"),
    DemoUser("governor", "governor", "governor-demo", "Галина Губернская"),
    DemoUser("admin", "admin", "admin-demo-1", "Антон Администраторов"),
)


def busiest_body(pack: RegionPack) -> str:
    """The code of the body to which the machine may give most topics: the one that samples reach for certain."""
    bodies = {row["code"] for row in pack.rows("bodies.csv")}
    rows = (row for row in pack.rows("competence.csv") if row["body"] in bodies and row["machine"] == "yes")
    return Counter(row["body"] for row in rows).most_common(1)[0][0]


def make_users(url: str, region: str) -> list[DemoUser]:
    """Make the demo users that are not there yet; returns all of them."""
    from api.security import users
    from api.security.passwords import hashed

    body = derived_id(region, "executor", busiest_body(load_pack(region)))
    with psycopg.connect(url) as connection:
        for user in DEMO_USERS:
            if users.by_login(connection, user.login) is None:
                role = users.Role(user.role)
                now = datetime.now(UTC)
                answers_as = body if role is users.Role.EXECUTOR else None
                users.add(connection, region, user.login, user.name, hashed(user.password), role, answers_as, now)
    return list(DEMO_USERS)


def has_past(connection: psycopg.Connection[Any], region: str) -> bool:
    """Whether `otklik demo-past` was here."""
    mark = f"{PAST}%"
    found = connection.execute(
        "SELECT FROM appeals WHERE region_id = %s AND channel = 'form' AND external_id LIKE %s LIMIT 1", (region, mark)
    )
    return found.fetchone() is not None


def of_today(messages: Iterable[Message], now: datetime) -> Iterator[Message]:
    """One of `SPARSE` samples, sent one after the other in the last hours."""
    chosen = [message for number, message in enumerate(messages) if number % SPARSE == 0]
    for ago, message in enumerate(reversed(chosen), 1):
        yield replace(message, sent_at=now - ago * APART)


def importer(url: str, pack: RegionPack, chosen: Settings) -> Child:
    """The process that takes the sample appeals in. Done again, it adds nothing.

    Where the region has lived through a past, which is made of the same samples, it is a few of them, as of this day.
    """

    def take_in(stop: Stop, _: Callable[[], None]) -> None:
        import ingest
        from connectors.file import Options, read_file

        source = read_file(pack.path("samples.jsonl"), Options(pack.id, pack.zone, datetime.now(UTC)))
        messages: Iterator[Message] = (
            entry.outcome for entry in source.entries() if isinstance(entry.outcome, Message)
        )
        files, limits = wiring.file_store(chosen), wiring.limits(chosen)
        created = 0
        with psycopg.connect(url) as connection:
            if has_past(connection, pack.id):
                messages = of_today(messages, datetime.now(UTC))
            while not stop.is_set() and (batch := list(islice(messages, BATCH))):
                now = datetime.now(UTC)
                taken = ingest.accept_many(connection, batch, now=now, files=files, pack=pack, limits=limits)
                connection.commit()
                created += sum(one.created for one in taken)
        log.info("took in %d sample appeals of %s", created, pack.id)

    return Child("samples", take_in, once=True)
