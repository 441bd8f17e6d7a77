"""Ratings from the outside: who sees what, and that every number can be recomputed from what stands beside it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from indicators.rows import Region
from indicators.stage import count_terms, project
from tests.lives import Life
from tests.ratings import work
from tests.town import REGION, Town, executor_id

DOCS = Path(__file__).resolve().parents[2] / "docs" / "ratings.md"
PERIOD = {"first": "2026-09-01", "last": "2026-11-30"}
Get = Callable[..., httpx.Response]


def project_lives(place: Town, lives: list[Life]) -> None:
    with place.connection() as connection:
        problems = [each for life in lives for each in life.problems]
        project(connection, problems, lambda _: Region(place.pack))
        count_terms(connection, [each for life in lives for each in life.clocks], lambda _: Region(place.pack))


@pytest.fixture
def rated(place: Town) -> Town:
    """Ten executors of two topics: «roads» does worst, «waste» best, «light» had almost nothing."""
    chance = random.Random(5)
    lives = [*work("roads", 30, 0.6, chance=chance), *work("waste", 30, 0.05, chance=chance)]
    lives += work("light", 3, 0.3, topic="03.001", chance=chance)
    for number in range(8):
        lives += work(f"body-{number}", 25, 0.3, topic=("01.001", "02.001")[number % 2], chance=chance)
    project_lives(place, lives)
    with place.connection() as connection:
        for number in range(8):
            connection.execute(
                "INSERT INTO executors (id, region_id, code, kind, name) VALUES (%s, %s, %s, 'body', %s)",
                (executor_id(f"body-{number}"), REGION, f"body-{number}", f"Участок {number}"),
            )
    return place


@pytest.fixture
def get(rated: Town, client: httpx.Client) -> Callable[..., Get]:
    def person(role: Role, executor: str = "") -> Get:
        token = rated.token(rated.person(role, executor=executor))

        def call(path: str, **parameters: Any) -> httpx.Response:
            headers = {"authorization": f"Bearer {token}"} if path.startswith("/api/") else {}
            cookies = {} if path.startswith("/api/") else {"cookie": f"{SESSION_COOKIE}={token}"}
            return client.get(path, params=PERIOD | parameters, headers=headers | cookies)

        return call

    return person


def test_who_does_better_stands_higher_and_who_did_little_has_no_place(get: Callable[..., Get]) -> None:
    items = get(Role.GOVERNOR)("/api/v1/ratings").json()["items"]
    places = {item["code"]: item["place"] for item in items}
    scores = {item["code"]: item["score"] for item in items}
    assert places["waste"] == 1 and places["roads"] == 10 and places["light"] is None
    assert scores["waste"] > 60 and scores["roads"] < 40
    for item in items:
        assert item["low"] <= item["score"] <= item["high"]
        if item["place"]:
            assert item["first_place"] <= item["place"] <= item["last_place"]


def test_the_program_of_the_docs_recomputes_every_score_from_the_json(get: Callable[..., Get]) -> None:
    governor = get(Role.GOVERNOR)
    [code] = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    program: dict[str, Any] = {}
    exec(compile(code, str(DOCS), "exec"), program)
    for level in ("bodies", "municipalities"):
        listing = governor("/api/v1/ratings", level=level).json()
        assert listing["items"]
        for item in listing["items"] if level == "bodies" else ():
            card = governor(f"/api/v1/ratings/{item['code']}").json()
            assert program["score"](listing, card) == pytest.approx(item["score"], abs=1e-6)
            for component in card["components"].values():
                if component["cases"] and component["strength"] is not None:
                    told = (component["total"] + component["strength"] * component["expected"]) / (
                        component["cases"] + component["strength"]
                    )
                    assert told == pytest.approx(component["value"])
        if level == "bodies":
            strength = listing["items"][0]["components"]["solve"]["strength"]
            assert program["strength"](listing, "solve") == pytest.approx(strength)


def test_praise_of_made_up_people_counts_less_and_the_page_says_so(rated: Town, get: Callable[..., Get]) -> None:
    governor = get(Role.GOVERNOR)
    before = governor("/api/v1/ratings/body-0").json()
    assert before["newcomers"]["pools"]["works"]["weight"] == 1
    project_lives(rated, list(work("body-0", 60, 0.0, chance=random.Random(2), new=1000)))
    after = governor("/api/v1/ratings/body-0").json()
    pool, solve = after["newcomers"]["pools"]["works"], after["components"]["solve"]
    assert pool["fresh"] > pool["allowed"] and pool["weight"] == pytest.approx(pool["allowed"] / pool["fresh"])
    assert solve["cases"] == pytest.approx(solve["whole_cases"] - (1 - pool["weight"]) * solve["fresh_cases"])
    assert solve["total"] == solve["whole_total"] and solve["whole_cases"] == 85
    listing = governor("/api/v1/ratings").json()
    program: dict[str, Any] = {}
    [code] = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    exec(compile(code, str(DOCS), "exec"), program)
    assert program["weight"](listing, after, "works") == pytest.approx(pool["weight"])
    assert program["score"](listing, after) == pytest.approx(after["score"], abs=1e-6)
    page = governor("/ratings/body-0").text
    assert f"{pool['weight']:.2f}".replace(".", ",") in page and "выдуманных людей" in page


def test_an_executor_sees_himself_and_his_people_only(get: Callable[..., Get]) -> None:
    roads = get(Role.EXECUTOR, "roads")
    assert [item["code"] for item in roads("/api/v1/ratings").json()["items"]] == ["roads"]
    assert roads("/api/v1/ratings/waste").status_code == 404
    assert roads("/api/v1/ratings/waste/problems", component="solve").status_code == 404
    assert roads("/api/v1/ratings", level="municipalities").json()["items"] == []
    assert roads("/ratings/roads").status_code == 200


def test_a_rating_moves_with_the_next_event(rated: Town, get: Callable[..., Get]) -> None:
    governor = get(Role.GOVERNOR)
    before = governor("/api/v1/ratings/roads").json()
    late = next(iter(work("roads", 1, 1.0, chance=random.Random(1))))
    project_lives(rated, [late])
    after = governor("/api/v1/ratings/roads").json()
    assert after["components"]["solve"]["whole_cases"] == before["components"]["solve"]["whole_cases"] + 1
    assert after["components"]["solve"]["whole_total"] == before["components"]["solve"]["whole_total"] + 1
    fresh = governor("/api/v1/ratings/roads", last="2026-12-31").json()  # another period: nothing is kept of it
    assert after["score"] == pytest.approx(fresh["score"], abs=1e-9)


def test_days_in_the_edges_count_as_whole_months_do(get: Callable[..., Get]) -> None:
    governor = get(Role.GOVERNOR)
    whole = governor("/api/v1/ratings/roads").json()["components"]["solve"]["whole_cases"]
    parts = [
        governor("/api/v1/ratings/roads", first=first, last=last).json()["components"]["solve"]["whole_cases"]
        for first, last in (("2026-09-01", "2026-09-14"), ("2026-09-15", "2026-11-02"), ("2026-11-03", "2026-11-30"))
    ]
    assert sum(parts) == whole == 30


def test_the_problems_behind_a_number_are_listed_the_bad_ones_first(get: Callable[..., Get]) -> None:
    governor = get(Role.GOVERNOR)
    counted = governor("/api/v1/ratings/roads").json()["components"]["solve"]
    behind = governor("/api/v1/ratings/roads/problems", component="solve").json()
    assert behind["total"] == counted["whole_cases"]
    assert sum(item["count"] for item in behind["items"]) == counted["whole_total"]
    assert [item["count"] for item in behind["items"]] == sorted((i["count"] for i in behind["items"]), reverse=True)


def test_pages_say_it_in_words(get: Callable[..., Get]) -> None:
    governor = get(Role.GOVERNOR)
    listed = governor("/ratings").text
    assert "мало данных" in listed and "Региональный оператор" in listed and "<svg" in listed
    card = governor("/ratings/roads").text
    assert "хуже равных" in card and "Из чего сложился балл" in card and "Ямы на дорогах" in card
    assert "Решения не в срок" in governor("/ratings/roads/problems", component="solve").text
    assert governor("/ratings", format="csv").text.count("\n") >= 11
    assert governor("/ratings/nobody").status_code == 404
    assert governor("/ratings", first="2026-12-01", last="2026-11-01").status_code == 422
