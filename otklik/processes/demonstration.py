"""What `otklik run --demo` adds: users whose passwords everybody knows, and the region's sample appeals."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import psycopg

from models.identifiers import derived_id
from models.pack import RegionPack, load_pack
from otklik import wiring
from otklik.processes.child import Child
from otklik.settings import Settings
from streams import Stop

BATCH = 50

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


def importer(url: str, pack: RegionPack, chosen: Settings) -> Child:
    """The process that takes the sample appeals in. Done again, it adds nothing."""

    def take_in(stop: Stop, _: Callable[[], None]) -> None:
        import ingest
        from connectors.file import Options, read_file
        from models.message import Message

        source = read_file(pack.path("samples.jsonl"), Options(pack.id, pack.zone, datetime.now(UTC)))
        messages = (entry.outcome for entry in source.entries() if isinstance(entry.outcome, Message))
        files, limits = wiring.file_store(chosen), wiring.limits(chosen)
        created = 0
        with psycopg.connect(url) as connection:
            while not stop.is_set() and (batch := list(islice(messages, BATCH))):
                now = datetime.now(UTC)
                taken = ingest.accept_many(connection, batch, now=now, files=files, pack=pack, limits=limits)
                connection.commit()
                created += sum(one.created for one in taken)
        log.info("took in %d sample appeals of %s", created, pack.id)

    return Child("samples", take_in, once=True)
