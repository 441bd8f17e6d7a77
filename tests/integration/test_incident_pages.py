"""Incidents in the browser and in the API: who sees what, and what an operator can do there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.identifiers import new_id
from routing.incidents import actions
from tests.town import NOW, REGION, Town
from tests.web_server import client_of

TEXT = "На Речной яма. Звоните 8 900 123-45-67"


@pytest.fixture
def incident(place: Town) -> UUID:
    problems = [place.analyse(place.appeal(TEXT), TEXT, privacy=["8 900 123-45-67"])[0] for _ in range(3)]
    with place.connection() as connection:
        return actions.open_by_hand(connection, REGION, problems, "Яма у моста", by="oper", now=NOW)


@pytest.fixture
def browser(place: Town) -> Iterator[Any]:
    with client_of(place.app) as client:

        def sign_in(role: Role) -> httpx.Client:
            client.headers["cookie"] = f"{SESSION_COOKIE}={place.token(place.person(role))}"
            return client

        yield sign_in


def send(client: httpx.Client, path: str, page: str, **fields: Any) -> httpx.Response:
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert token is not None
    data = {"form_token": token[1], "version": version[1] if version else ""} | fields
    return client.post(path, data=data, follow_redirects=False)


def test_the_operator_sees_the_incident_with_its_problems_on_the_map(browser: Any, incident: UUID) -> None:
    client = browser(Role.OPERATOR)
    assert "Яма у моста" in client.get("/incidents").text
    page = client.get(f"/incidents/{incident}").text
    assert "3 проблемы" in page and "8 900 123-45-67" in page
    assert page.count("55.0123") >= 3
    appeal = re.findall(r'href="(/appeals/[^"#]+)', page)[0]
    assert f'href="/incidents/{incident}"' in client.get(appeal).text


def test_the_governor_sees_it_without_personal_data_and_without_buttons(browser: Any, incident: UUID) -> None:
    page = browser(Role.GOVERNOR).get(f"/incidents/{incident}").text
    assert "Яма у моста" in page
    assert "123-45-67" not in page and "Исключить" not in page


def test_the_operator_takes_a_problem_out_and_back(browser: Any, place: Town, incident: UUID) -> None:
    client, path = browser(Role.OPERATOR), f"/incidents/{incident}"
    page = client.get(path).text
    chosen = re.findall(r'name="problem" value="([^"]+)"', page)[0]
    assert send(client, f"{path}/take-out", page, problem=chosen).status_code == 303
    page = client.get(path).text
    assert "2 проблемы" in page
    assert send(client, f"{path}/undo", page).status_code == 303
    assert "3 проблемы" in client.get(path).text


def test_a_page_that_is_out_of_date_changes_nothing_and_says_so(browser: Any, incident: UUID) -> None:
    client, path = browser(Role.OPERATOR), f"/incidents/{incident}"
    page = client.get(path).text
    send(client, f"{path}/name", page, name="Первое имя")
    answer = send(client, f"{path}/name", page, name="Второе имя")
    assert answer.status_code == 409 and "изменил кто-то другой" in answer.text
    assert "Первое имя" in answer.text


def test_a_suggestion_is_shown_and_answered(browser: Any, place: Town, incident: UUID) -> None:
    problem = place.analyse(place.appeal("Яма"), "Яма")[0]
    with place.connection() as connection:
        connection.execute(
            "INSERT INTO incident_suggestions (problem_id, region_id, incident_id, score, reason, suggested_at) "
            "VALUES (%s, %s, %s, 0.5, 'Ямы: в 40 м', %s)",
            [problem, REGION, incident, NOW],
        )
    client = browser(Role.OPERATOR)
    page = client.get("/incidents").text
    assert "Похоже на инцидент" in page and "в 40 м" in page
    assert send(client, f"/suggestions/{problem}/yes", page).status_code == 303
    assert "4 проблемы" in client.get(f"/incidents/{incident}").text
    assert "Похоже на инцидент" not in client.get("/incidents").text


def test_an_incident_is_made_of_numbers_and_grows_by_one(browser: Any, place: Town) -> None:
    numbers = []
    for _ in range(3):
        appeal = place.appeal("Яма")
        place.analyse(appeal, "Яма")
        numbers.append(place.rows("SELECT number FROM appeals WHERE id = %s", appeal)[0][0])
    client = browser(Role.OPERATOR)
    page = client.get("/incidents").text
    assert send(client, "/incidents", page, numbers=numbers[0]).status_code == 409
    made = send(client, "/incidents", page, numbers=f"{numbers[0]}, {numbers[1].lower()}", name="Ямы на Речной")
    assert made.status_code == 303
    path = made.headers["location"]
    assert "2 проблемы" in client.get(path).text
    assert send(client, f"{path}/add", client.get(path).text, number=numbers[2]).status_code == 303
    assert "3 проблемы" in client.get(path).text
    again = send(client, f"{path}/add", client.get(path).text, number=numbers[2])
    assert again.status_code == 409 and "уже входит" in again.text
    unknown = send(client, f"{path}/add", client.get(path).text, number="ОМ-2026-9999999")
    assert unknown.status_code == 409 and "Обращения с таким номером нет" in unknown.text
    many = send(client, "/incidents", page, numbers=",".join([numbers[0]] * 51))
    assert many.status_code == 409 and "не больше 50" in many.text


def test_a_burst_stands_on_the_pages_of_operator_and_governor(browser: Any, place: Town) -> None:
    with place.connection() as connection:
        connection.execute(
            "INSERT INTO bursts (id, region_id, group_name, place, municipality, hours, reached_at, problems, expected,"
            " probability, detected_at) VALUES (%s, %s, 'Дороги', 'Город г.о.', 'Город г.о.', 2, %s, 9, 0.4, 1e-9, %s)",
            [new_id(), REGION, NOW - timedelta(hours=1), NOW],
        )
    words = "Дороги, Город г.о.: 9 проблем за 2 ч, обычно 0,4"
    assert f">{words}</a>" in browser(Role.OPERATOR).get("/queue").text
    page = browser(Role.GOVERNOR).get("/overview").text
    assert words in page and 'href="/queue' not in page  # the queue is not open to him


def test_the_api_gives_the_same(client: httpx.Client, place: Town, incident: UUID) -> None:
    client.headers["authorization"] = f"Bearer {place.token(place.person(Role.GOVERNOR))}"
    [listed] = client.get("/api/v1/incidents?state=open").json()["items"]
    assert (listed["title"], listed["problems"], listed["waiting"]) == ("Яма у моста", 3, 3)
    whole = client.get(f"/api/v1/incidents/{incident}").json()
    assert len(whole["members"]) == 3 and "text" not in whole["members"][0]
    assert client.get("/api/v1/bursts").json() == []
