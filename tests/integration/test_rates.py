"""How often one who is not signed in may come: he is told when it is too often, and nothing accepted is lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi.routing import APIRoute

from api.app import create_app
from api.security.access import Requires
from api.security.brakes import Brake, Rate, forget, give_back, sweep, take
from api.security.forms import SESSION_COOKIE
from api.security.rates import HOUR, MINUTE, Rates
from api.security.users import Role
from api.security.visitors import visit
from tests.integration.test_api_citizen import fields_of, photo
from tests.town import NOW, Hands, Town, town
from tests.web_server import client_of

RATES = Rates(Rate(4, HOUR), Rate(2, HOUR), Rate(3, HOUR), Rate(40, MINUTE))
NEVER_HELD = {"/healthz", "/readyz", "/metrics"}
"""What watchers of this server ask."""
HELD_BY_THE_APPEAL = {("POST", "/"), ("POST", "/api/v1/appeals")}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def place(database_url: str, tmp_path: Path, hands: Hands) -> Iterator[Town]:
    with town(database_url, tmp_path, now=hands) as made:
        app = create_app(replace(made.context, rates=RATES))
        yield Town(app.state.context, app, made.pack)


@pytest.fixture
def visitor(place: Town) -> Iterator[httpx.Client]:
    """Somebody behind the proxy of this machine, whose word about addresses is believed."""
    with client_of(place.app) as client:
        client.headers["x-forwarded-for"] = "198.51.100.7"
        yield client


def send(client: httpx.Client, text: str = "", photos: int = 0, **fields: str) -> httpx.Response:
    files = [("photos", (f"{number}.jpg", photo(), "image/jpeg")) for number in range(photos)]
    said = {"text": text or f"Не вывозят мусор {uuid4().hex}"} | fields
    return client.post("/", data=fields_of(client.get("/")) | said, files=files or None)


def test_an_address_that_sends_too_much_is_told_how_long_to_wait_and_keeps_its_words(
    visitor: httpx.Client, place: Town, hands: Hands
) -> None:
    for _ in range(4):
        assert send(visitor).status_code == 303
    held = send(visitor, "Во дворе яма", street="Садовая")
    assert (held.status_code, held.headers["retry-after"]) == (429, "900")
    assert "через 15 минут" in held.text
    assert "Во дворе яма</textarea>" in held.text
    assert 'value="Садовая"' in held.text
    assert 'href="tel:112"' in held.text
    assert place.rows("SELECT count(*) FROM appeals") == [(4,)]
    hands.now += timedelta(minutes=15)
    assert visitor.post("/", data=fields_of(held) | {"text": "Во дворе яма", "street": "Садовая"}).status_code == 303


def test_another_address_is_not_held_and_one_that_calls_itself_another_is(visitor: httpx.Client) -> None:
    for _ in range(4):
        send(visitor)
    assert send(visitor).status_code == 429
    visitor.headers["x-forwarded-for"] = "203.0.113.1, 198.51.100.7"  # the last is what the proxy itself saw
    assert send(visitor).status_code == 429
    visitor.headers["x-forwarded-for"] = "203.0.113.1"
    assert send(visitor).status_code == 303


def test_a_contact_is_held_from_whatever_address_it_writes(visitor: httpx.Client) -> None:
    for number, phone in enumerate(("+7 913 123-45-67", "8 (913) 123-45-67")):
        visitor.headers["x-forwarded-for"] = f"203.0.113.{number}"
        assert send(visitor, phone=phone).status_code == 303
    visitor.headers["x-forwarded-for"] = "203.0.113.9"
    held = send(visitor, phone="9131234567")
    assert held.status_code == 429
    assert "с этими телефоном или почтой" in held.text
    assert send(visitor).status_code == 303


def test_what_was_accepted_is_told_again_however_often_it_is_sent(visitor: httpx.Client, place: Town) -> None:
    fields = fields_of(visitor.get("/")) | {"text": "Яма у школы"}
    first = visitor.post("/", data=fields)
    for _ in range(4):
        send(visitor)
    assert send(visitor).status_code == 429
    again = visitor.post("/", data=fields)
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])


def test_a_program_gets_429_with_the_seconds_and_its_accepted_ids_are_answered(
    visitor: httpx.Client, place: Town
) -> None:
    sent = {"external_id": uuid4().hex, "text": "Яма"}
    assert visitor.post("/api/v1/appeals", json=sent).status_code == 201
    for _ in range(3):
        assert visitor.post("/api/v1/appeals", json=sent | {"external_id": uuid4().hex}).status_code == 201
    held = visitor.post("/api/v1/appeals", json=sent | {"external_id": uuid4().hex})
    assert (held.status_code, held.headers["retry-after"]) == (429, "900")
    assert held.headers["content-type"] == "application/problem+json"
    assert "112" in held.json()["detail"]
    assert visitor.post("/api/v1/appeals", json=sent).status_code == 200


def test_photos_are_counted_and_the_words_alone_still_get_through(visitor: httpx.Client, place: Town) -> None:
    assert send(visitor, photos=2).status_code == 303
    held = send(visitor, "Яма", photos=2)
    assert held.status_code == 429
    assert "без фотографий сейчас" in held.text
    assert "фотографии нужно выбрать снова" in held.text
    assert send(visitor, "Яма").status_code == 303
    assert place.rows("SELECT key FROM brakes WHERE let_go_at > %s", NOW + HOUR) == []


def test_a_slip_of_the_pen_uses_nothing_up(visitor: httpx.Client) -> None:
    for _ in range(6):
        assert send(visitor, " ").status_code == 422
    assert send(visitor).status_code == 303


def test_an_operator_who_writes_for_others_is_not_held(visitor: httpx.Client, place: Town) -> None:
    visitor.cookies.set(SESSION_COOKIE, place.token(place.person(Role.OPERATOR)))
    for _ in range(6):
        assert send(visitor, phone="89131234567").status_code == 303


def test_public_data_is_held_by_the_minute(visitor: httpx.Client, hands: Hands) -> None:
    for _ in range(40):
        assert visitor.get("/api/v1/topics").status_code == 200
    held = visitor.get("/api/v1/topics")
    assert held.status_code == 429
    assert int(held.headers["retry-after"]) >= 1
    page = visitor.get("/login")
    assert page.status_code == 429
    assert "Подождите 1 минуту и повторите" in page.text
    assert visitor.get("/healthz").status_code == 200
    hands.now += timedelta(seconds=2)
    assert visitor.get("/api/v1/topics").status_code == 200


def test_staff_of_one_office_are_not_held_by_its_one_address(visitor: httpx.Client, place: Town) -> None:
    for _ in range(40):
        assert visitor.get("/").status_code == 200
    assert visitor.get("/").status_code == 429
    visitor.cookies.set(SESSION_COOKIE, place.token(place.person(Role.EXECUTOR)))
    assert visitor.get("/").status_code == 200


def test_every_public_route_is_held(place: Town) -> None:
    for route in place.app.routes:
        if not isinstance(route, APIRoute) or route.path in NEVER_HELD:
            continue
        guards = [one.call for one in route.dependant.dependencies]
        if any(isinstance(guard, Requires) for guard in guards):
            continue
        methods = (route.methods or set()) - {"HEAD"}
        if not {(method, route.path) for method in methods} <= HELD_BY_THE_APPEAL:
            assert guards[0] is visit, route.path  # before anything of the request is read


def test_neither_the_table_nor_the_log_knows_who_was_held(
    visitor: httpx.Client, place: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for _ in range(6):
            send(visitor, email="anna@example.ru")
    kept = " ".join(key for (key,) in place.rows("SELECT key FROM brakes"))
    assert kept
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("otklik"))
    assert "POST / 429" in said
    for personal in ("198.51.100.7", "anna"):
        assert personal not in kept
        assert personal not in said


def test_many_at_once_get_through_as_often_as_the_rate_says(database_url: str) -> None:
    let: list[bool] = []

    def try_once() -> None:
        with psycopg.connect(database_url) as connection:
            let.append(take(connection, [Brake("one", Rate(5, HOUR)), Brake("two", Rate(50, HOUR))], NOW) is None)

    threads = [threading.Thread(target=try_once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let) == [False] * 7 + [True] * 5


def test_a_brake_lets_go_evenly_gives_back_and_is_swept(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        brake = Brake("one", Rate(2, HOUR))
        assert [take(connection, [brake], NOW) for _ in range(3)] == [None, None, timedelta(minutes=30)]
        assert take(connection, [brake], NOW + timedelta(minutes=20)) == timedelta(minutes=10)
        assert take(connection, [brake], NOW + timedelta(minutes=30)) is None
        give_back(connection, [brake])
        assert take(connection, [brake], NOW + timedelta(minutes=30)) is None
        forget(connection, "one")
        assert take(connection, [Brake("one", Rate(2, HOUR), cost=7)], NOW) is None  # more than ever goes is all
        assert take(connection, [Brake("other", Rate(2, HOUR))], NOW + 2 * HOUR) is None
        sweep(connection, NOW + 2 * HOUR)
        assert connection.execute("SELECT key FROM brakes").fetchall() == [("other",)]
        assert take(connection, [Brake("any", Rate(0, HOUR))], NOW) is None
