"""`otklik notices` on a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from models.pack import load_pack
from otklik.commands.notices import app
from otklik.install import install_pack
from otklik.settings import settings
from sla.escalation_delivery import deliver
from sla.stage import count
from sla.timers import RegionTimers, tick
from tests.integration.problems import NOW, problem_found

Connection = psycopg.Connection[Any]


@pytest.fixture
def told(connection: Connection, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A problem nobody was assigned to: its clock to route ran out an hour ago, and the operators know."""
    pack = load_pack("omsk")
    install_pack(connection, pack)
    region = RegionTimers.of_pack(pack)
    _, found = problem_found(connection, "omsk", pack.topic_by_code["05.020"], municipality="Омск г.о.")
    count(connection, [found], lambda _: region, NOW)
    tick(connection, NOW + timedelta(hours=2), lambda _: region)
    deliver(connection, NOW + timedelta(hours=2))
    connection.commit()
    monkeypatch.setenv("OTKLIK_DATABASE_URL", database_url)
    settings.cache_clear()
    yield
    settings.cache_clear()


def asked(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).output


def test_what_was_told_is_listed_by_state_and_reader(told: None) -> None:
    (one,) = json.loads(asked("list", "--json"))
    assert (one["kind"], one["clock"], one["level"], one["state"]) == ("breached", "route", "operators", "delivered")
    assert "route" in asked("list", "--state", "delivered")
    assert asked("list", "--state", "waiting") == "There is none.\n"
    assert asked("list", "--to", "omsk-city") == "There is none.\n"


def test_mails_that_were_given_up_are_listed_without_an_address_and_tried_again(
    told: None, connection: Connection
) -> None:
    assert asked("retry") == "No e-mail was given up; nothing was done.\n"
    connection.execute(
        """INSERT INTO notice_mails (id, region_id, executor_id, state, attempts, made_at, try_at, error)
           SELECT gen_random_uuid(), 'omsk', id, 'failed', 7, now(), now(), 'SMTPDataError 554'
           FROM executors WHERE code = 'p-roads-head'"""
    )
    connection.commit()
    listed = asked("mails", "--state", "failed")
    assert "SMTPDataError 554" in listed and "p-roads-head" in listed and "@" not in listed
    assert asked("retry") == "E-mails to be tried again: 1.\n"
    assert json.loads(asked("mails", "--json"))[0]["state"] == "waiting"
