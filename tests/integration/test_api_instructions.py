"""Instructions from the outside: given once, taken, handed on, reported, judged; clocks, log and pages agree."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.pack import load_pack
from otklik import verify_instructions
from routing import tasks
from tests.town import NOW, Town, executor_id

Client = Callable[..., httpx.Response]
TEXT = "Яма на Речной, телефон 89131234567"


@pytest.fixture(autouse=True)
def calendar(place: Town) -> None:
    """The days by which terms are counted: those of a real pack."""
    for name in ("calendar.csv", "policy.json"):
        shutil.copy(load_pack("omsk").folder / name, place.pack.folder / name)


@pytest.fixture
def as_person(place: Town, client: httpx.Client) -> Callable[..., Client]:
    """Calls of the JSON API by a new person of this role."""

    def person(role: Role, executor: str = "") -> Client:
        headers = {"authorization": f"Bearer {place.token(place.person(role, executor=executor))}"}

        def call(method: str, path: str, **body: Any) -> httpx.Response:
            return client.request(method, f"/api/v1{path}", headers=headers, json=body or None)

        return call

    return person


@pytest.fixture
def governor(as_person: Callable[..., Client]) -> Client:
    return as_person(Role.GOVERNOR)


@pytest.fixture
def roadman(as_person: Callable[..., Client]) -> Client:
    return as_person(Role.EXECUTOR, "roads")


def wish(executor: str = "roads", **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "text": "Проверить мосты",
        "executor_id": str(executor_id(executor)),
        "day": "2026-03-20",
    } | changes


def give(client: Client, **changes: Any) -> dict[str, Any]:
    answer = client("POST", "/instructions", **wish(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def do(client: Client, one: dict[str, Any], deed: str, note: str = "") -> httpx.Response:
    return client("POST", f"/instructions/{one['id']}/deeds", version=one["version"], deed=deed, note=note)


def test_an_instruction_goes_from_the_head_to_the_executor_and_back(
    place: Town, governor: Client, roadman: Client
) -> None:
    one = give(governor, points=[{"name": "Осмотр", "day": "2026-03-10"}, {"name": "Отчёт", "day": "2026-03-20"}])
    assert (one["state"], one["deadline_at"], one["basis"]) == (
        "given", "2026-03-20T12:00:00Z", "срок назначил руководитель",
    )  # fmt: skip
    assert [point["deadline_at"] for point in one["control_points"]] == ["2026-03-10T12:00:00Z", one["deadline_at"]]
    for deed, note in (("accept", ""), ("start", "")):
        one = do(roadman, one, deed, note).json()
    reached = f"/instructions/{one['id']}/points/{one['control_points'][0]['id']}/done"
    assert roadman("POST", reached, note="Осмотрели").json()["points_done"] == 1
    one = do(roadman, one, "report", "Мосты целы").json()
    assert (one["state"], one["report"]) == ("reported", "Мосты целы")
    one = do(governor, one, "return", "Нет фотографий").json()
    one = do(roadman, one, "report", "Мосты целы, фото приложены").json()
    one = do(governor, one, "close").json()
    assert one["state"] == "closed"
    one = do(governor, one, "reopen").json()
    assert one["state"] == "returned"
    told = place.rows("SELECT event->>'type' FROM stream_events WHERE stream = 'instructions' ORDER BY position")
    assert [row[0].removeprefix("instruction.") for row in told] == [
        "given", "accepted", "started", "point.done", "reported", "returned", "reported", "closed", "reopened",
    ]  # fmt: skip
    assert [step["kind"] for step in one["steps"]] == [row[0] for row in told]
    with place.connection() as connection:
        assert list(verify_instructions.compare(connection)) == []


def test_the_same_instruction_sent_again_is_given_once(place: Town, governor: Client) -> None:
    asked = wish()
    first, again = (governor("POST", "/instructions", **asked) for _ in range(2))
    assert first.json()["number"] == again.json()["number"]
    assert place.rows("SELECT count(*) FROM stream_events WHERE stream = 'instructions'") == [(1,)]


def test_a_term_of_the_list_is_counted_in_the_calendar(governor: Client) -> None:
    codes = {term["code"] for term in governor("GET", "/instruction-terms").json()}
    assert codes == {"usual", "prompt", "urgent"}
    # Monday the 2nd; the 5th is the third day; the tenth, the 12th; a day off goes to the working day before
    assert give(governor, day=None, term="urgent")["deadline_at"] == "2026-03-05T12:00:00Z"
    assert give(governor, day=None, term="prompt")["deadline_at"] == "2026-03-12T12:00:00Z"
    assert give(governor, day=None, term="usual")["deadline_at"] == "2026-04-01T12:00:00Z"
    assert governor("POST", "/instructions", **wish(day=None)).status_code == 422
    assert governor("POST", "/instructions", **wish(day="2026-02-27")).status_code == 409


def test_a_part_never_shows_an_executor_a_problem_that_he_was_not_given(
    place: Town, governor: Client, roadman: Client
) -> None:
    others = place.analyse(place.appeal(TEXT), TEXT)[0]
    whole = do(roadman, give(governor), "accept").json()
    part = wish("waste", parent_id=whole["id"], day="2026-03-12", problem_id=str(others))
    refused = roadman("POST", "/instructions", **part)
    assert (refused.status_code, "о котором всё поручение" in refused.json()["detail"]) == (409, True)
    whole = do(roadman, give(governor, problem_id=str(others)), "accept").json()
    part["parent_id"] = whole["id"]
    assert roadman("POST", "/instructions", **part).status_code == 201


def test_a_part_is_the_business_of_who_handed_it_on(
    governor: Client, roadman: Client, as_person: Callable[..., Client]
) -> None:
    waste = as_person(Role.EXECUTOR, "waste")
    whole = do(roadman, give(governor), "accept").json()
    part = give(roadman, executor="waste", parent_id=whole["id"], day="2026-03-12")
    assert part["root_id"] == whole["id"]
    assert part["basis"] == "срок назначил исполнитель всего поручения"
    assert do(roadman, whole, "report", "Готово").status_code == 409
    early = governor("POST", f"/instructions/{whole['id']}/move", version=whole["version"], day="2026-03-11")
    assert (early.status_code, "У частей" in early.json()["detail"]) == (409, True)
    assert waste("GET", f"/instructions/{whole['id']}").status_code == 404
    assert [one["id"] for one in waste("GET", "/instructions").json()["items"]] == [part["id"]]
    assert do(governor, part, "close", "Не нужно").status_code == 409
    part = do(waste, part, "accept").json()
    part = do(waste, part, "report", "Вывезли").json()
    part = do(roadman, part, "close").json()
    assert do(roadman, whole, "report", "Готово").status_code == 200
    assert do(roadman, part, "reopen").status_code == 409


def test_who_has_no_part_in_it_neither_sees_nor_moves_it(
    governor: Client, roadman: Client, as_person: Callable[..., Client]
) -> None:
    one = give(governor)
    stranger, nobody = as_person(Role.EXECUTOR, "waste"), as_person(Role.EXECUTOR)
    for client in (stranger, nobody):
        assert client("GET", f"/instructions/{one['id']}").status_code == 404
        assert do(client, one, "accept").status_code == 404
        assert client("GET", "/instructions").json()["items"] == []
    assert as_person(Role.OPERATOR)("GET", f"/instructions/{one['id']}").status_code == 200
    assert do(governor, one, "accept").status_code == 409
    assert do(roadman, one, "close", "Не хочу").status_code == 409
    assert roadman("POST", "/instructions", **wish("waste")).status_code == 409
    assert do(roadman, one | {"version": 7}, "accept").json()["detail"].startswith("Пока вы смотрели")


def test_the_clock_warns_breaches_moves_with_the_day_and_stands_while_a_report_waits(
    place: Town, governor: Client, roadman: Client
) -> None:
    one = give(governor, points=[{"name": "Осмотр", "day": "2026-03-20"}])

    def ticked(days: float) -> list[str]:
        with place.connection() as connection:
            tasks.tick(connection, NOW + timedelta(days=days))
        rows = place.rows(
            "SELECT event->>'type' FROM stream_events WHERE stream = 'clocks'"
            " AND event->'data'->>'kind' = 'instruction' ORDER BY position"
        )
        return [row[0] for row in rows]

    assert ticked(10) == []
    assert ticked(14) == ["task.warned"]
    moved = governor("POST", f"/instructions/{one['id']}/move", version=1, day="2026-03-30", note="Паводок").json()
    assert moved["deadline_at"] == "2026-03-30T12:00:00Z"
    assert ticked(19) == ["task.warned"]
    sooner = governor("POST", f"/instructions/{one['id']}/move", version=2, day="2026-03-06").json()
    assert [point["deadline_at"] for point in sooner["control_points"]] == ["2026-03-06T12:00:00Z"]
    moved = governor("POST", f"/instructions/{one['id']}/move", version=3, day="2026-03-30").json()
    one = do(roadman, do(roadman, moved, "accept").json(), "report", "Готово").json()
    assert ticked(40) == ["task.warned"]
    do(governor, one, "return", "Переделать")
    assert ticked(40) == ["task.warned", "task.breached"]
    assert ticked(41) == ["task.warned", "task.breached"]


def test_an_instruction_about_a_problem_shows_it_without_personal_data(
    place: Town, client: httpx.Client, governor: Client
) -> None:
    appeal = place.appeal(TEXT)
    problem = place.analyse(appeal, TEXT, privacy=["89131234567"])[0]
    one = give(governor, problem_id=str(problem))
    cookie = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.EXECUTOR, executor='roads'))}"}
    page = client.get(f"/instructions/{one['id']}", headers=cookie).text
    assert "Яма на Речной" in page
    assert "89131234567" not in page
    operator = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.OPERATOR))}"}
    assert f"/instructions/{one['id']}" in client.get(f"/appeals/{appeal}", headers=operator).text
    assert governor("POST", "/instructions", **wish(problem_id=str(UUID(int=5)))).status_code == 409


def test_the_pages_give_take_and_close(place: Town, client: httpx.Client) -> None:
    def signed_in(role: Role, executor: str = "") -> dict[str, str]:
        return {"cookie": f"{SESSION_COOKIE}={place.token(place.person(role, executor=executor))}"}

    def form(page: str, **fields: str) -> dict[str, str]:
        found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("form_token", "id", "version")}
        return {name: value[1] for name, value in found.items() if value} | fields

    head, hand = signed_in(Role.GOVERNOR), signed_in(Role.EXECUTOR, "roads")
    asked = {"text": "Проверить мосты", "executor_id": str(executor_id("roads")), "term": "prompt"}
    empty = client.get("/instructions", headers=head).text
    assert client.post("/instructions", data=form(empty), headers=head).status_code == 409
    unknown = client.post("/instructions", data=form(empty, **asked, about="ГО-2026-0000077"), headers=head)
    assert (unknown.status_code, "Обращения с таким номером нет" in unknown.text) == (409, True)
    assert "Проверить мосты</textarea>" in unknown.text  # nothing is typed twice
    given = client.post(
        "/instructions", data=form(empty, **asked, **{"point-0": "Осмотр", "point-day-0": "2026-03-10"}), headers=head
    )
    assert given.status_code == 303
    path = given.headers["location"]
    assert "Осмотр" in client.get(path, headers=hand).text
    for person, action, note in (
        (hand, "accept", ""),
        (hand, "report", "Мосты целы"),
        (head, "return", "Нет фото"),
        (hand, "report", "Мосты целы, фото есть"),
        (head, "close", ""),
    ):
        page = client.get(path, headers=person).text
        done = client.post(f"{path}/{action}", data=form(page, note=note), headers=person)
        assert (done.status_code, action) == (303, action)
    closed = client.get(path, headers=head).text
    assert "снято с контроля" in closed
    assert client.post(f"{path}/close", data=form(closed, note="Ещё раз"), headers=head).status_code == 409
    assert client.post(f"{path}/paint", data=form(closed), headers=head).status_code == 404


@pytest.mark.parametrize("seed", range(2))
def test_after_any_deeds_the_log_tells_the_same_as_the_tables(
    place: Town, governor: Client, roadman: Client, as_person: Callable[..., Client], seed: int
) -> None:
    chance = random.Random(seed)
    waste = as_person(Role.EXECUTOR, "waste")
    wholes = [give(governor, points=[{"name": "Осмотр", "day": "2026-03-10"}]) for _ in range(2)]
    done = 0
    for _ in range(100):
        seen = governor("GET", "/instructions").json()["items"]
        executors_deeds = ["accept", "start", "report", "part", "point"]
        deeds = {deed: [roadman, roadman, waste] for deed in executors_deeds}
        deeds |= {deed: [governor, governor, roadman] for deed in ("return", "close", "reopen", "move")}
        one, deed = chance.choice(seen), chance.choice(sorted(deeds))
        person = chance.choice(deeds[deed])
        if deed == "move":
            day = f"2026-03-{chance.randint(18, 28)}"
            answer = person("POST", f"/instructions/{one['id']}/move", version=one["version"], day=day)
        elif deed == "part":
            answer = person("POST", "/instructions", **wish("waste", parent_id=one["id"], day="2026-03-09"))
        elif deed == "point":
            points = governor("GET", f"/instructions/{wholes[0]['id']}").json()["control_points"]
            answer = person("POST", f"/instructions/{wholes[0]['id']}/points/{points[0]['id']}/done", note="Да")
        else:
            answer = do(person, one, deed, "сказано")
        assert answer.status_code in (200, 201, 403, 404, 409), answer.text
        done += answer.status_code in (200, 201)
    with place.connection() as connection:
        assert list(verify_instructions.compare(connection)) == []
    assert done > 5
