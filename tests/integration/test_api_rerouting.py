"""Refusals and co-executors from the outside: who may, what is written, told and shown, and what undo puts back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from routing import tasks
from tests.town import NOW, Town, executor_id

TEXT = "Яма на Речной. Фонарь не горит у школы"
Client = Callable[..., httpx.Response]


@pytest.fixture
def problem(place: Town) -> UUID:
    return place.analyse(place.appeal(TEXT), TEXT)[0]


@pytest.fixture
def as_person(place: Town, client: httpx.Client) -> Callable[[str], Client]:
    """Calls of the JSON API by a person of this login."""

    def person(login: str) -> Client:
        headers = {"authorization": f"Bearer {place.token(login)}"}

        def call(method: str, path: str, **body: Any) -> httpx.Response:
            return client.request(method, f"/api/v1{path}", headers=headers, json=body or None)

        return call

    return person


@pytest.fixture
def operator(place: Town, as_person: Callable[[str], Client]) -> Client:
    return as_person(place.person(Role.OPERATOR, "oper"))


@pytest.fixture
def roadman(place: Town, as_person: Callable[[str], Client]) -> Client:
    return as_person(place.person(Role.EXECUTOR, "roadman", executor="roads"))


def refuse(client: Client, problem: UUID, version: int, **body: Any) -> httpx.Response:
    wish = {"reason": "not_ours", "executor_id": str(executor_id("waste"))} | body
    return client("POST", f"/problems/{problem}/refuse", version=version, **wish)


def types(place: Town) -> list[str]:
    rows = place.rows("SELECT event->>'type' FROM stream_events WHERE stream = 'problems' ORDER BY partition, position")
    return [row[0] for row in rows]


def test_a_refusal_goes_to_the_operator_with_the_named_one_first_and_the_chain_is_shown(
    place: Town, problem: UUID, operator: Client, roadman: Client
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    assert refuse(roadman, problem, 2).status_code == 200
    shown = operator("GET", f"/problems/{problem}").json()
    assert (shown["state"], shown["doubt"], shown["version"]) == ("queued", "refused", 3)
    assert [guess["code"] for guess in shown["executor_guesses"]] == ["waste", "light"]
    (hop,) = shown["hops"]
    assert (hop["executor_name"], hop["reason"], hop["named_name"]) == (
        "Департамент транспорта", "Не наша компетенция", "Региональный оператор",
    )  # fmt: skip
    assert (hop["forwarded_name"], hop["wrong"]) == (None, None)
    assert types(place) == ["problem.assigned", "problem.refused"]
    assert place.rows("SELECT kind, login, reason FROM actions ORDER BY done_at, id")[-1][:2] == ("refuse", "roadman")
    assert place.rows("SELECT end_reason FROM assignments") == [("refused",)]


def test_undo_gives_it_back_and_the_same_executor_may_not_refuse_again(
    problem: UUID, operator: Client, roadman: Client
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    refuse(roadman, problem, 2)
    back = operator("POST", f"/problems/{problem}/undo", version=3).json()
    assert (back["state"], back["executor_name"], back["doubt"]) == ("assigned", "Департамент транспорта", "")
    assert [guess["code"] for guess in back["executor_guesses"]] == ["roads", "waste", "light"]
    again = refuse(roadman, problem, 4)
    assert again.status_code == 409
    assert "один раз" in again.json()["detail"]


def test_a_problem_of_another_is_not_there_for_who_does_not_have_it(
    place: Town, problem: UUID, operator: Client, roadman: Client, as_person: Callable[[str], Client]
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    stranger = as_person(place.person(Role.EXECUTOR, executor="waste"))
    nobody = as_person(place.person(Role.EXECUTOR))
    for client in (stranger, nobody):
        assert refuse(client, problem, 2).status_code == 404
        assert client("GET", f"/problems/{problem}").status_code == 404
    assert refuse(roadman, problem, 1).status_code == 409
    assert place.rows("SELECT count(*) FROM hops") == [(0,)]


def test_the_machine_forwards_where_it_was_torn_between_the_two(place: Town, operator: Client, roadman: Client) -> None:
    guesses = [
        {"executor_id": str(executor_id(code)), "code": code, "name": code, "probability": share, "reason": "тема"}
        for code, share in (("roads", 0.5), ("waste", 0.48))
    ]
    problem = place.analyse(place.appeal(TEXT), TEXT, executor_guesses=guesses)[0]
    operator("POST", f"/problems/{problem}/accept", version=1)
    assert refuse(roadman, problem, 2).json()["forwarded_name"] == "Региональный оператор"
    assert types(place) == ["problem.assigned", "problem.refused", "problem.assigned"]
    assert place.rows("SELECT assigned_by FROM assignments WHERE ended_at IS NULL") == [("machine",)]


def test_a_co_executor_sees_the_problem_answers_once_and_undo_takes_him_off(
    place: Town, problem: UUID, operator: Client, as_person: Callable[[str], Client]
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    place.clock(problem, "solve", timedelta(days=10))
    asked = {"executor_id": str(executor_id("light")), "task": "Проверить опору"}
    (part,) = operator("POST", f"/problems/{problem}/co", version=2, **asked).json()
    assert (part["role"], part["deadline_at"]) == ("co", (NOW + timedelta(days=7)).isoformat().replace("+00:00", "Z"))
    light = as_person(place.person(Role.EXECUTOR, executor="light"))
    assert [one["id"] for one in light("GET", "/problems").json()["items"]] == [str(problem)]
    assert light("GET", f"/problems/{problem}").json()["executor_name"] == "Департамент транспорта"
    answered = light("POST", f"/problems/{problem}/co/{part['id']}/answer", answer="Опора цела")
    assert answered.json()["answer"] == "Опора цела"
    assert light("POST", f"/problems/{problem}/co/{part['id']}/answer", answer="Ещё раз").status_code == 409
    operator("POST", f"/problems/{problem}/undo", version=3)
    assert light("GET", f"/problems/{problem}").status_code == 404
    assert types(place)[1:] == ["co.assigned", "co.answered", "co.ended"]


def test_a_co_executor_who_becomes_the_lead_is_one_no_more_and_undo_makes_him_one_again(
    place: Town, problem: UUID, operator: Client
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    light = str(executor_id("light"))
    operator("POST", f"/problems/{problem}/co", version=2, executor_id=light, task="Проверить опору")
    again = operator("POST", f"/problems/{problem}/co", version=3, executor_id=light, task="Ещё раз")
    assert again.status_code == 409
    operator("POST", f"/problems/{problem}/assign", version=3, executor_id=light)
    ended = "SELECT ended_at IS NOT NULL FROM co_assignments"
    assert place.rows(ended) == [(True,)]
    operator("POST", f"/problems/{problem}/undo", version=4)
    assert place.rows(ended) == [(False,)]
    assert types(place)[2:] == ["problem.assigned", "co.ended", "problem.assigned", "co.assigned"]


def test_nobody_is_asked_to_help_before_there_is_a_lead(problem: UUID, operator: Client) -> None:
    refused = operator("POST", f"/problems/{problem}/co", version=1, executor_id=str(executor_id("light")), task="…")
    assert refused.status_code == 409
    assert "ответственному" in refused.json()["detail"]


def test_the_clock_of_a_part_warns_and_breaches_once_and_a_problem_put_away_stops_it(
    place: Town, problem: UUID, operator: Client
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    place.clock(problem, "solve", timedelta(days=10))
    for version, code in ((2, "light"), (3, "waste")):
        asked = {"executor_id": str(executor_id(code)), "task": "Проверить", "role": "co" if version == 2 else "copy"}
        assert operator("POST", f"/problems/{problem}/co", version=version, **asked).status_code == 200

    def ticked(days: float) -> int:
        with place.connection() as connection:
            return tasks.tick(connection, NOW + timedelta(days=days))

    told = (
        "SELECT event->>'type', event->'data'->>'executor' FROM stream_events WHERE stream = 'clocks' ORDER BY 1 DESC"
    )
    assert [ticked(5.2), ticked(6), ticked(5.5)] == [0, 1, 0]
    assert [ticked(7.1), ticked(7.2)] == [1, 0]
    assert place.rows(told) == [("task.warned", "light"), ("task.breached", "light")]
    operator("POST", f"/problems/{problem}/dismiss", version=4, reason="Не проблема")
    assert [ticked(11), ticked(12)] == [1, 0]
    assert len(place.rows(told)) == 2
    # the problem comes back, and its part is asked for again
    operator("POST", f"/problems/{problem}/undo", version=5)
    assert [ticked(12), ticked(13)] == [1, 0]
    assert place.rows(told)[-1] == ("task.breached", "waste")


def test_the_pages_of_the_executor_show_the_problem_and_take_the_refusal(
    place: Town, client: httpx.Client, problem: UUID, operator: Client
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    cookie = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.EXECUTOR, executor='roads'))}"}
    page = client.get(f"/assignments/{problem}", headers=cookie).text
    assert "Не наша компетенция" in page
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    form = {"form_token": token[1], "version": "2", "reason": "not_ours", "executor_id": ""}
    incomplete = client.post(f"/assignments/{problem}/refuse", data=form, headers=cookie)
    assert (incomplete.status_code, "чья это компетенция" in incomplete.text) == (409, True)
    whole = form | {"executor_id": str(executor_id("waste"))}
    assert client.post(f"/assignments/{problem}/refuse", data=whole, headers=cookie).status_code == 303
    assert client.get(f"/assignments/{problem}", headers=cookie).status_code == 404


def test_an_answer_that_has_just_room_on_the_page_keeps_its_last_words(
    place: Town, client: httpx.Client, problem: UUID, operator: Client
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    asked = {"executor_id": str(executor_id("light")), "task": "Проверить опору"}
    (part,) = operator("POST", f"/problems/{problem}/co", version=2, **asked).json()
    cookie = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.EXECUTOR, executor='light'))}"}
    token = re.search(r'name="form_token" value="([^"]+)"', client.get(f"/assignments/{problem}", headers=cookie).text)
    assert token is not None
    said = "Опора цела\n" * 454 + "Готов."
    assert len(said) == 5000
    form = {"form_token": token[1], "answer": said.replace("\n", "\r\n")}  # as browsers send it
    path = f"/assignments/{problem}/answer/{part['id']}"
    assert client.post(path, data=form, headers=cookie).status_code == 303
    assert place.rows("SELECT answer FROM co_assignments") == [(said,)]


def test_the_page_of_the_operator_shows_hops_and_helpers_and_takes_its_forms(
    place: Town, client: httpx.Client, problem: UUID, operator: Client, roadman: Client
) -> None:
    operator("POST", f"/problems/{problem}/accept", version=1)
    refuse(roadman, problem, 2, comment="Это двор")
    appeal = operator("GET", f"/problems/{problem}").json()["appeal_id"]
    cookie = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.OPERATOR))}"}
    page = client.get(f"/appeals/{appeal}", headers=cookie).text
    assert "не наша компетенция — Это двор" in page
    operator("POST", f"/problems/{problem}/assign", version=3, executor_id=str(executor_id("waste")))
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    form = {"form_token": token[1], "version": "4", "executor_id": str(executor_id("light")), "task": "Осмотреть"}
    assert client.post(f"/problems/{problem}/co", data=form | {"role": "co"}, headers=cookie).status_code == 303
    assert "Больше не привлекать" in client.get(f"/appeals/{appeal}", headers=cookie).text
