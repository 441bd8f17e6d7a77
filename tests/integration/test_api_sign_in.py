"""Signing in: sessions, brakes on guessing, and what another site cannot do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role, disable
from tests.town import NOW, PASSWORD, Hands, Town, town


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def place(database_url: str, tmp_path: Path, hands: Hands) -> Iterator[Town]:
    with town(database_url, tmp_path, now=hands) as made:
        yield made


def sign_in(client: httpx.Client, login: str, password: str = PASSWORD, next: str = "") -> httpx.Response:
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/login").text)
    assert token is not None
    fields = {"form_token": token[1], "login": login, "password": password, "next": next}
    return client.post("/login", data=fields)


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.OPERATOR, "/queue"),
        (Role.ADMIN, "/queue"),
        (Role.EXECUTOR, "/assignments"),
        (Role.GOVERNOR, "/overview"),
    ],
)
def test_each_role_comes_to_its_own_page(client: httpx.Client, place: Town, role: Role, home: str) -> None:
    answer = sign_in(client, place.person(role))
    assert (answer.status_code, answer.headers["location"]) == (303, home)
    page = client.get(home)
    assert page.status_code == 200
    assert "Анна Петрова" in page.text


def test_the_cookie_is_out_of_reach_of_scripts_and_the_table_keeps_only_a_digest(
    client: httpx.Client, place: Town
) -> None:
    answer = sign_in(client, place.person(Role.OPERATOR))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = client.cookies[SESSION_COOKIE]
    kept = place.rows("SELECT token_sha256 FROM sessions")
    assert len(kept) == 1
    assert token not in kept[0][0]


def test_signing_out_ends_the_session(client: httpx.Client, place: Town) -> None:
    sign_in(client, place.person(Role.OPERATOR))
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/queue").text)
    assert token is not None
    session = client.cookies[SESSION_COOKIE]
    client.post("/logout", data={"form_token": token[1]})
    assert client.get("/queue", headers={"cookie": f"{SESSION_COOKIE}={session}"}).status_code == 303


def test_a_session_ends_with_the_working_day(client: httpx.Client, place: Town, hands: Hands) -> None:
    sign_in(client, place.person(Role.OPERATOR))
    hands.now += timedelta(hours=11)
    assert client.get("/queue").status_code == 200
    hands.now += timedelta(hours=2)
    assert client.get("/queue").status_code == 303


def test_a_disabled_person_is_out_at_once(client: httpx.Client, place: Town) -> None:
    login = place.person(Role.OPERATOR)
    sign_in(client, login)
    with place.connection() as connection:
        assert disable(connection, login, NOW)
    assert client.get("/queue").status_code == 303
    assert sign_in(client, login).status_code == 401


def test_a_wrong_password_and_an_unknown_login_are_told_the_same(client: httpx.Client, place: Town) -> None:
    wrong = sign_in(client, place.person(Role.OPERATOR, "anna"), "не тот пароль")
    unknown = sign_in(client, "nobody", "не тот пароль")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "Неверный логин или пароль" in wrong.text
    assert wrong.text.replace("anna", "nobody") == unknown.text


def test_after_five_failures_the_login_waits_even_with_the_right_password(
    client: httpx.Client, place: Town, hands: Hands
) -> None:
    login = place.person(Role.OPERATOR)
    for _ in range(5):
        assert sign_in(client, login, "не тот пароль").status_code == 401
    waiting = sign_in(client, login)
    assert waiting.status_code == 429
    # one more try each three minutes, five after a quarter of an hour
    assert "Попробуйте через 3 минуты" in waiting.text
    assert int(waiting.headers["retry-after"]) == 180
    assert sign_in(client, place.person(Role.OPERATOR)).status_code == 303
    client.cookies.clear()
    hands.now += timedelta(minutes=16)
    assert sign_in(client, login).status_code == 303


def test_the_login_form_needs_its_token(client: httpx.Client, place: Town) -> None:
    login = place.person(Role.OPERATOR)
    client.get("/login")
    for token in ({}, {"form_token": ""}, {"form_token": "придумано"}):
        assert client.post("/login", data={"login": login, "password": PASSWORD} | token).status_code == 403


def test_a_token_of_one_visitor_is_no_use_to_another(client: httpx.Client, place: Town) -> None:
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/").text)
    assert token is not None
    client.cookies.clear()
    client.get("/")
    assert client.post("/", data={"form_token": token[1], "text": "Яма", "client_id": "1"}).status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client: httpx.Client, place: Town, target: str) -> None:
    answer = sign_in(client, place.person(Role.OPERATOR), next=target)
    assert answer.headers["location"] == "/queue"


def test_signing_in_leads_back_to_where_one_was_going(client: httpx.Client, place: Town) -> None:
    sent = client.get("/dismissed").headers["location"]
    assert sent == "/login?next=/dismissed"
    assert sign_in(client, place.person(Role.OPERATOR), next="/dismissed").headers["location"] == "/dismissed"


def test_the_api_signs_in_and_out_by_a_bearer_token(client: httpx.Client, place: Town) -> None:
    login = place.person(Role.GOVERNOR)
    assert client.post("/api/v1/sessions", json={"login": login, "password": "нет"}).status_code == 401
    made = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
    assert (made.status_code, made.json()["role"]) == (201, "governor")
    headers = {"authorization": f"Bearer {made.json()['token']}"}
    assert client.get("/api/v1/queue", headers=headers).status_code == 200
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
    assert client.get("/api/v1/queue", headers=headers).status_code == 401
