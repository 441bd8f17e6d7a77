"""The whole product in this process under a clock of the tests, with its web server and people who sign in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from otklik import wiring
from otklik.rehearsal import Rehearsal, rehearsal
from otklik.settings import Settings
from tests.web_server import client_of

PASSWORD = "очень длинный пароль"


@dataclass
class World:
    """A running product. `client` speaks to its web server and is nobody until signed in."""

    settings: Settings
    product: Rehearsal
    client: httpx.Client

    @property
    def now(self) -> datetime:
        return self.product.now

    @property
    def url(self) -> str:
        return self.product.url

    def settle(self) -> None:
        self.product.settle()

    def later(self, span: timedelta) -> None:
        """Let time pass, by the hour."""
        self.product.until(self.now + span)

    def until(self, moment: datetime) -> None:
        self.product.until(moment)

    def person(self, role: Role, login: str, executor: str = "") -> None:
        """Somebody with this role and PASSWORD."""
        region = self.settings.region
        answers_as = derived_id(region, "executor", executor) if executor else None
        with psycopg.connect(self.url) as connection:
            users.add(connection, region, login, login.title(), hashed(PASSWORD), role, answers_as, self.now)


@contextmanager
def world(database_url: str, folder: Path, start: datetime, **chosen: Any) -> Iterator[World]:
    """The product over an empty, migrated database, at the moment `start`; closed at the end."""
    settings = Settings(data_folder=folder, database_url=database_url, **chosen)
    wiring.prepare(database_url, settings)
    with (
        rehearsal(database_url, settings, start) as product,
        wiring.web_context(database_url, settings) as context,
        client_of(create_app(dataclasses.replace(context, now=product.present))) as client,
    ):
        yield World(settings, product, client)
