"""What a body, its units and its persons see of the problems given to them, through the JSON API and on pages."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import httpx
import pytest

from api.security.users import Role
from otklik.executor_import import import_executors
from tests.integration.test_api_lists import assign, bearer, ids, problem
from tests.town import NOW, REGION, Town, executor_id


@pytest.fixture
def department(place: Town) -> Town:
    """The town with a unit of the roads department, two persons in it and one in the department itself."""
    people = (
        ("repair", "unit", "Отдел ремонта", "roads"),
        ("ann", "person", "Аннина Проба Примеровна", "repair"),
        ("bob", "person", "Бобров Тест Примерович", "repair"),
        ("chief", "person", "Главнов Макет Примерович", "roads"),
    )
    with place.connection() as connection:
        for code, kind, name, parent in people:
            connection.execute(
                "INSERT INTO executors (id, region_id, code, kind, name, parent_id) VALUES (%s, %s, %s, %s, %s, %s)",
                (executor_id(code), REGION, code, kind, name, executor_id(parent)),
            )
    return place


def given(place: Town, text: str, handler: str) -> UUID:
    """A problem of the roads department that this unit or person of it does."""
    made = problem(place, text)
    assign(place, made, "roads")
    with place.connection() as connection:
        connection.execute("UPDATE assignments SET handler_id = %s WHERE problem_id = %s", (executor_id(handler), made))
    return made


def test_each_sees_what_is_his_and_those_above_see_it_too(client: httpx.Client, department: Town) -> None:
    hers, his = given(department, "Яма на Речной", "ann"), given(department, "Яма у школы", "bob")
    elsewhere = problem(department, "Баки полны")
    assign(department, elsewhere, "waste")
    seen = {
        code: set(ids(client, bearer(department, Role.EXECUTOR, code)))
        for code in ("ann", "bob", "repair", "roads", "chief", "waste")
    }
    assert seen == {
        "ann": {str(hers)},
        "bob": {str(his)},
        "repair": {str(hers), str(his)},
        "roads": {str(hers), str(his)},
        "chief": set(),
        "waste": {str(elsewhere)},
    }


def test_one_problem_opens_for_those_who_have_it_and_for_nobody_else(client: httpx.Client, department: Town) -> None:
    hers = given(department, "Яма на Речной", "ann")
    for code, status in (("ann", 200), ("repair", 200), ("roads", 200), ("bob", 404), ("waste", 404)):
        answer = client.get(f"/api/v1/problems/{hers}", headers=bearer(department, Role.EXECUTOR, code))
        assert answer.status_code == status, code
    shown = client.get(f"/api/v1/problems/{hers}", headers=bearer(department, Role.OPERATOR)).json()
    assert (shown["executor_name"], shown["handler_name"]) == ("Департамент транспорта", "Аннина Проба Примеровна")


def test_undo_gives_a_problem_back_to_the_person_who_did_it(client: httpx.Client, department: Town) -> None:
    hers = given(department, "Яма на Речной", "ann")
    path, operator = f"/api/v1/problems/{hers}", bearer(department, Role.OPERATOR)
    version = client.get(path, headers=operator).json()["version"]
    wish = {"version": version, "executor_id": str(executor_id("waste"))}
    assert client.post(f"{path}/assign", json=wish, headers=operator).status_code == 200
    assert client.get(path, headers=bearer(department, Role.EXECUTOR, "ann")).status_code == 404
    back = client.post(f"{path}/undo", json={"version": version + 1}, headers=operator)
    assert (back.status_code, back.json()["handler_name"]) == (200, "Аннина Проба Примеровна")
    assert client.get(path, headers=bearer(department, Role.EXECUTOR, "ann")).status_code == 200
    told = "SELECT event->'data'->>'handler' FROM stream_events WHERE event->>'type' = 'problem.assigned'"
    assert department.rows(told + " ORDER BY position DESC LIMIT 1") == [("ann",)]


def test_assignments_name_who_does_the_work(client: httpx.Client, department: Town) -> None:
    given(department, "Яма на Речной", "ann")
    listed = client.get("/api/v1/assignments", headers=bearer(department, Role.EXECUTOR, "ann")).json()["items"]
    assert [one["handler_name"] for one in listed] == ["Аннина Проба Примеровна"]
    assert client.get("/api/v1/assignments", headers=bearer(department, Role.EXECUTOR, "bob")).json()["items"] == []


def test_what_is_open_counts_for_the_body_and_for_the_person(client: httpx.Client, department: Town) -> None:
    given(department, "Яма на Речной", "ann")
    told = client.get("/api/v1/executors", headers=bearer(department, Role.OPERATOR)).json()
    counts = {one["code"]: one["open_assignments"] for one in told}
    assert (counts["roads"], counts["ann"], counts["bob"]) == (1, 1, 0)


def test_a_correction_guesses_by_the_table_that_was_imported(client: httpx.Client, place: Town, tmp_path: Path) -> None:
    made = problem(place, "Яма на Речной")
    table = tmp_path / "competence.csv"
    table.write_text(
        "topic,municipality,body,machine,basis\n*,*,light,yes,решение думы\n01.001,*,waste,yes,решение думы\n",
        encoding="utf-8",
    )
    with place.connection() as connection:
        assert import_executors(connection, place.pack, table, NOW).findings == ()
    wish = {"version": 1, "topic_code": "02.001"}
    headers = bearer(place, Role.OPERATOR)
    answer = client.post(f"/api/v1/problems/{made}/topic", json=wish, headers=headers)
    assert answer.status_code == 200, answer.text
    assert [guess["code"] for guess in answer.json()["executor_guesses"]] == ["light"]
