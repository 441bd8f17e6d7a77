"""The whole product in this process under a clock of the tests: every stage and every timer, no process of its own.

The clock stands still while the stages work and moves only when a test moves it; then whatever becomes due on the way
(warnings, breaches, e-mails, replies to send) becomes due at its hour, as it would for people.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg

from api.app import create_app
from api.security import users
from api.security.passwords import hashed
from api.security.users import Role
from models.identifiers import derived_id
from otklik import sending, wiring
from otklik.processes import roles
from otklik.settings import Settings
from resolution.sending import Post, send_due
from streams import EmbeddedEngine
from streams.contract import Consumer
from tests.web_server import client_of

PASSWORD = "очень длинный пароль"
HOUR = timedelta(hours=1)


@dataclass
class World:
    """A running product. `now` is its present; `client` speaks to its web server and is nobody until signed in."""

    url: str
    settings: Settings
    start: datetime
    client: httpx.Client = field(init=False)
    now: datetime = field(init=False)
    consumers: list[Consumer] = field(init=False)
    ticks: list[roles.Tick] = field(init=False)
    post: Post = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.start

    def present(self) -> datetime:
        return self.now

    def settle(self) -> None:
        """Let the stages work until nothing waits for any of them."""
        moved = True
        while moved:
            moved = False
            for consumer in self.consumers:
                while consumer.step():
                    moved = True
            with psycopg.connect(self.url) as connection:
                for tick in self.ticks:
                    while tick(connection, self.now):
                        connection.commit()
                        moved = True
                    connection.commit()
                moved |= send_due(connection, self.present, self.post) > 0

    def later(self, span: timedelta) -> None:
        """Let time pass, by the hour."""
        end = self.now + span
        while self.now < end:
            self.now = min(end, self.now + HOUR)
            self.settle()

    def until(self, moment: datetime) -> None:
        self.later(moment - self.now)

    def person(self, role: Role, login: str, executor: str = "") -> dict[str, str]:
        """Somebody with this role; the header by which the API knows him."""
        region = self.settings.region
        answers_as = derived_id(region, "executor", executor) if executor else None
        with psycopg.connect(self.url) as connection:
            users.add(connection, region, login, login.title(), hashed(PASSWORD), role, answers_as, self.now)
        answer = self.client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        assert answer.is_success, answer.text
        return {"authorization": f"Bearer {answer.json()['token']}"}

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), values).fetchall()


@contextmanager
def world(database_url: str, folder: Path, start: datetime, **chosen: Any) -> Iterator[World]:
    """The product over an empty, migrated database, at the moment `start`; closed at the end."""
    settings = Settings(data_folder=folder, database_url=database_url, **chosen)
    wiring.prepare(database_url, settings)
    made = World(database_url, settings, start)
    engine = EmbeddedEngine(database_url)
    made.consumers = [engine.consumer(wiring.stage(name, settings, made.present)) for name in wiring.STAGES]
    made.ticks = roles.timer_ticks(settings)
    made.post = sending.post(settings)
    try:
        with wiring.web_context(database_url, settings) as context:
            app = create_app(dataclasses.replace(context, now=made.present))
            with client_of(app) as made.client:
                yield made
    finally:
        for consumer in made.consumers:
            consumer.close()
