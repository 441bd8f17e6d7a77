"""Lists of problems, appeals and assignments: filters, pages, and what each role is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.security.users import Role
from models.message import Author
from tests.town import NOW, Town, executor_id


def bearer(place: Town, role: Role, executor: str = "") -> dict[str, str]:
    return {"authorization": f"Bearer {place.token(place.person(role, executor=executor))}"}


def problem(where: Town, text: str, **columns: Any) -> UUID:
    return where.analyse(where.appeal(text), text, **columns)[0]


def assign(place: Town, problem_id: UUID, code: str) -> None:
    with place.connection() as connection:
        connection.execute("UPDATE problems SET state = 'assigned' WHERE id = %s", (problem_id,))
        connection.execute(
            """
            INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
            VALUES (gen_random_uuid(), 'gorod', %s, %s, 'machine', 'тема и место', %s)
            """,
            (problem_id, executor_id(code), NOW),
        )


def ids(client: httpx.Client, headers: dict[str, str], **parameters: Any) -> list[str]:
    answer = client.get("/api/v1/problems", params=parameters, headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def walk(client: httpx.Client, headers: dict[str, str], **parameters: Any) -> list[str]:
    """The ids of all pages, one after another."""
    found: list[str] = []
    cursor = None
    while True:
        page = client.get("/api/v1/problems", params={**parameters, "cursor": cursor or ""}, headers=headers).json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_each_filter_leaves_what_it_names(client: httpx.Client, place: Town) -> None:
    road = problem(place, "Яма на Речной")
    waste = problem(
        place,
        "Баки полны",
        topic_code="02.001",
        group_name="Мусор",
        decided=True,
        urgency=4,
        municipality="Соседний район",
        place={"level": "street", "settlement": "Посёлок", "street": "улица Лесная", "house": ""},
        state="dismissed",
    )
    place.clock(road, "route", timedelta(minutes=-5))
    operator = bearer(place, Role.OPERATOR)
    for parameters, expected in (
        ({}, {road, waste}),
        ({"state": "queued"}, {road}),
        ({"topic": "02.001"}, {waste}),
        ({"group": "Дороги"}, {road}),
        ({"municipality": "Соседний район"}, {waste}),
        ({"urgency": 3}, {waste}),
        ({"place": "лесн"}, {waste}),
        ({"text": "баки"}, {waste}),
        ({"text": "100%"}, set()),
        ({"decided": True}, {waste}),
        ({"overdue": True}, {road}),
        ({"overdue": False}, {waste}),
    ):
        assert set(ids(client, operator, **parameters)) == {str(one) for one in expected}, parameters


@pytest.mark.parametrize("order", ["newest", "queue"])
def test_walking_the_pages_shows_every_problem_once(client: httpx.Client, place: Town, order: str) -> None:
    made = []
    for number in range(11):
        found_at = NOW - timedelta(minutes=number % 4)
        made.append(problem(place, f"Яма {number}", urgency=number % 5 + 1, found_at=found_at))
        if number % 3 == 0:
            place.clock(made[-1], "route", timedelta(minutes=-number - 1))
    operator = bearer(place, Role.OPERATOR)
    whole = ids(client, operator, order=order)
    assert sorted(whole) == sorted(str(one) for one in made)
    for limit in (1, 2, 3, 7):
        assert walk(client, operator, order=order, limit=limit) == whole


def test_the_queue_puts_overdue_first_then_urgent_then_old(client: httpx.Client, place: Town) -> None:
    old = problem(place, "Старая яма", urgency=2, found_at=NOW - timedelta(hours=5))
    new = problem(place, "Новая яма", urgency=2, found_at=NOW)
    danger = problem(place, "Искрит провод", urgency=5, found_at=NOW)
    overdue = problem(place, "Лежит давно", urgency=1, found_at=NOW)
    place.clock(overdue, "route", timedelta(minutes=-1))
    found = ids(client, bearer(place, Role.OPERATOR), order="queue")
    assert found == [str(one) for one in (overdue, danger, old, new)]


def test_a_cursor_of_somebody_elses_making_is_refused(client: httpx.Client, place: Town) -> None:
    operator = bearer(place, Role.OPERATOR)
    for cursor in ("abc", "W10", "WyIyMDI2Il0", "ж" * 20):
        answer = client.get("/api/v1/problems", params={"cursor": cursor}, headers=operator)
        assert answer.status_code == 422, cursor


def test_an_executor_sees_his_own_problems_and_no_personal_data(client: httpx.Client, place: Town) -> None:
    text = "Яма во дворе, звоните 89001112233"
    mine = place.analyse(place.appeal(text, author=Author(name="Ольга")), text, privacy=["89001112233"])[0]
    with place.connection() as connection:
        fact = '[{"kind": "phone", "span": [22, 33], "text": "89001112233", "value": "+79001112233"}]'
        connection.execute("UPDATE problems SET facts = %s WHERE id = %s", (fact, mine))
    others = problem(place, "Фонарь не горит")
    assign(place, mine, "roads")
    assign(place, others, "light")
    executor = bearer(place, Role.EXECUTOR, "roads")
    assert ids(client, executor) == [str(mine)]
    answer = client.get(f"/api/v1/problems/{mine}", headers=executor)
    assert "●●●" in answer.json()["text"]
    assert "9001112233" not in answer.text
    assert client.get(f"/api/v1/problems/{others}", headers=executor).status_code == 404
    assert len(client.get("/api/v1/assignments", headers=executor).json()["items"]) == 1
    stolen = client.get("/api/v1/assignments", params={"executor_id": str(executor_id("light"))}, headers=executor)
    assert [one["problem_id"] for one in stolen.json()["items"]] == [str(mine)]


def test_an_executor_without_a_body_sees_nothing(client: httpx.Client, place: Town) -> None:
    assign(place, problem(place, "Яма"), "roads")
    executor = bearer(place, Role.EXECUTOR)
    assert ids(client, executor) == []
    assert client.get("/api/v1/assignments", headers=executor).json()["items"] == []


def test_a_governor_cannot_search_in_what_is_masked(client: httpx.Client, place: Town) -> None:
    text = "Яма, мой телефон 89001112233"
    place.analyse(place.appeal(text), text, privacy=["89001112233"])
    governor = bearer(place, Role.GOVERNOR)
    assert ids(client, governor, text="89001112233") == ids(client, governor, text="нет таких слов")
    assert "89001112233" not in client.get("/api/v1/problems", headers=governor).text


def test_an_operator_reads_the_appeal_word_for_word(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Яма, звоните 89001112233", author=Author(name="Ольга"))
    operator = bearer(place, Role.OPERATOR)
    found = client.get(f"/api/v1/appeals/{appeal}", headers=operator).json()
    assert found["text"] == "Яма, звоните 89001112233"
    assert found["author"]["name"] == "Ольга"
    listed = client.get("/api/v1/appeals", params={"state": "accepted", "text": "яма"}, headers=operator).json()
    assert [one["id"] for one in listed["items"]] == [str(appeal)]
    assert listed["next_cursor"] is None


def test_counts_topics_and_executors(client: httpx.Client, place: Town) -> None:
    danger = problem(place, "Искрит провод", urgency=5)
    place.clock(danger, "route", timedelta(minutes=-1))
    assign(place, problem(place, "Яма"), "roads")
    operator = bearer(place, Role.OPERATOR)
    counts = client.get("/api/v1/queue", headers=operator).json()
    assert (counts["queued"], counts["assigned"], counts["overdue"], counts["danger"]) == (1, 1, 1, 1)
    executors = client.get("/api/v1/executors", headers=operator).json()
    assert {one["code"]: one["open_assignments"] for one in executors} == {"roads": 1, "waste": 0, "light": 0}
    assert [one["code"] for one in client.get("/api/v1/topics").json()] == ["01.001", "02.001", "03.001"]


def test_an_appeal_sent_twice_by_a_program_is_one(client: httpx.Client, place: Town) -> None:
    body = {"external_id": "program-1-77", "text": "Яма", "place": {"street": "Речная", "latitude": 55.0}}
    first, second = client.post("/api/v1/appeals", json=body), client.post("/api/v1/appeals", json=body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert client.get(first.json()["status_path"]).status_code == 200
    changed = client.post("/api/v1/appeals", json=body | {"text": "Другая яма"})
    assert changed.status_code == 409
    assert place.rows("SELECT count(*) FROM appeals") == [(1,)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": "  "}, "пуст"),
        ({"text": "я" * 100_001}, "слишком длинный"),
        ({"text": "a\x00b"}, "нельзя прочитать"),
        ({"region": "atlantis"}, "Такого региона"),
        ({"sent_at": "2031-01-01T00:00:00+00:00"}, "не наступила"),
    ],
)
def test_bad_appeals_are_refused_in_words(client: httpx.Client, place: Town, wrong: dict[str, str], said: str) -> None:
    answer = client.post("/api/v1/appeals", json={"external_id": "program-1-78", "text": "Яма"} | wrong)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert place.rows("SELECT count(*) FROM appeals") == [(0,)]
