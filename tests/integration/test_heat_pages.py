"""The map's pages and API: who sees what, that numbers are right, and that the public sees nobody alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import h3
import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from indicators import heat
from indicators.hotspots import HotSpot, store
from indicators.hotspots.records import Found
from models.identifiers import new_id
from tests.town import NOW, REGION, Town
from tests.web_server import client_of

CELL = h3.latlng_to_cell(55.0123, 73.4123, 9)
LONELY = h3.latlng_to_cell(55.09, 73.55, 9)
TEXT = "Яма на Речной. Звоните 8 900 123-45-67"
FEBRUARY = date(2026, 2, 10)
TODAY = date(2026, 3, 2)


def problem(place: Town, cell: str, day: date, topic: str = "01.001", state: str = "assigned") -> UUID:
    """A problem with its fact, in a region whose counts are brought up to date by `counted`."""
    appeal = place.appeal(TEXT)
    made = place.analyse(appeal, TEXT, privacy=["8 900 123-45-67"], topic_code=topic)[0]
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO problem_facts (problem_id, region_id, appeal_id, state, topic, group_name, municipality,
                   cell, urgency, regime, accepted_at, day, found_at, way, seen, changed_at)
               VALUES (%s, %s, %s, %s, %s, %s, 'Город г.о.', %s, 2, 'portal', %s, %s, %s, '{}', '', %s)""",
            [made, REGION, appeal, state, topic, place.pack.topic_by_code[topic].group, cell, NOW, day, NOW, NOW],
        )
    return made


def counted(place: Town) -> Town:
    with place.connection() as connection:
        heat.rebuild(connection, place.pack)
    return place


@pytest.fixture
def city(place: Town) -> Town:
    """Five problems at the bridge and a lonely one in February, two of March."""
    for number in range(5):
        problem(place, CELL, FEBRUARY, state="solved" if number > 2 else "assigned")
    problem(place, LONELY, FEBRUARY, topic="02.001")
    for _ in range(2):
        problem(place, CELL, TODAY)
    return counted(place)


@pytest.fixture
def browser(place: Town) -> Iterator[Any]:
    with client_of(place.app) as client:

        def sign_in(role: Role) -> httpx.Client:
            client.headers["cookie"] = f"{SESSION_COOKIE}={place.token(place.person(role))}"
            client.headers["authorization"] = f"Bearer {place.token(place.person(role))}"
            return client

        yield sign_in


MONTH = {"first": "2026-02-01", "last": "2026-02-28"}


def test_cells_have_their_problems_for_any_days(browser: Any, city: Town) -> None:
    client = browser(Role.GOVERNOR)
    found = client.get("/api/v1/heat", params={**MONTH, "zoom": 14}).json()
    assert (found["resolution"], found["problems"]) == (9, 6)
    assert {cell["cell"]: cell["problems"] for cell in found["cells"]} == {CELL: 5, LONELY: 1}
    assert len(found["cells"][0]["boundary"]) == 6
    days = {"first": "2026-02-10", "last": "2026-03-02", "zoom": 14}
    assert client.get("/api/v1/heat", params=days).json()["cells"][0]["problems"] == 7


@pytest.mark.parametrize(
    ("chosen", "problems"),
    [({"group": "Мусор"}, 1), ({"topic": "01.001"}, 5), ({"state": "solved"}, 2), ({"state": "open"}, 4)],
)
def test_the_map_shows_what_was_chosen(browser: Any, city: Town, chosen: dict[str, str], problems: int) -> None:
    found = browser(Role.GOVERNOR).get("/api/v1/heat", params={**MONTH, **chosen}).json()
    assert sum(cell["problems"] for cell in found["cells"]) == found["problems"] == problems


def test_a_box_leaves_out_what_lies_far_from_it(browser: Any, city: Town) -> None:
    box = {"bbox": "54.0,70.0,54.1,70.1", "zoom": 14}
    assert browser(Role.GOVERNOR).get("/api/v1/heat", params={**MONTH, **box}).json()["cells"] == []


@pytest.mark.parametrize(
    "wrong",
    [{"bbox": "1,2,3"}, {"bbox": "5,5,1,1"}, {"bbox": "a,b,c,d"}, {"last": "2025-01-01"}, {"first": "1990-01-01"}],
)
def test_a_wrong_question_is_told_in_russian(browser: Any, city: Town, wrong: dict[str, str]) -> None:
    answer = browser(Role.GOVERNOR).get("/api/v1/heat", params={**MONTH, **wrong})
    assert answer.status_code == 422 and re.search("[а-я]", answer.json()["detail"])


def test_municipalities_are_per_thousand_where_the_pack_says_how_many_live_there(browser: Any, city: Town) -> None:
    (city.pack.folder / "population.csv").write_text(
        "municipality,inhabitants,as_of,source\nГород г.о.,12000,2026-01-01,перепись\n", encoding="utf-8"
    )
    [row] = browser(Role.GOVERNOR).get("/api/v1/heat/areas", params=MONTH).json()
    assert row == {"municipality": "Город г.о.", "problems": 6, "inhabitants": 12000, "per_thousand": 0.5}
    assert "0,5" in browser(Role.GOVERNOR).get("/map", params=MONTH).text


def test_where_nobody_knows_how_many_live_there_the_numbers_are_absolute_and_the_page_says_so(
    browser: Any, city: Town
) -> None:
    client = browser(Role.GOVERNOR)
    assert client.get("/api/v1/heat/areas", params=MONTH).json()[0]["per_thousand"] is None
    assert "Числа абсолютные" in client.get("/map").text


def test_the_operator_reads_the_problems_of_a_cell_and_the_governor_without_personal_data(
    browser: Any, city: Town
) -> None:
    asked = {**MONTH, "cell": CELL}
    for role, sees in ((Role.OPERATOR, True), (Role.GOVERNOR, False)):
        client = browser(role)
        items = client.get("/api/v1/heat/problems", params=asked).json()["items"]
        assert len(items) == 5 and all("Яма на Речной" in item["text"] for item in items)
        assert all(("123-45-67" in item["text"]) == sees for item in items)
        page = client.get("/heat/problems", params=asked).text
        assert ("123-45-67" in page) == sees and page.count("Ямы на дорогах") == 5


def test_a_page_of_problems_goes_on_where_the_last_one_ended(browser: Any, city: Town) -> None:
    client, seen, cursor = browser(Role.OPERATOR), [], None
    for _ in range(3):
        asked = {**MONTH, "cell": CELL, "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = client.get("/api/v1/heat/problems", params=asked).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert len(set(seen)) == len(seen) == 5 and cursor is None


def test_the_page_shows_the_same_as_tables_without_scripts(browser: Any, city: Town) -> None:
    page = browser(Role.GOVERNOR).get("/map").text
    assert "Городок" in page and "Город г.о." in page and "8 проблем" in page
    assert 'href="/heat/problems?cell=' in page
    table = browser(Role.GOVERNOR).get("/map", params={"format": "csv"}).text
    assert "Город г.о." in table and ";8" in table


def test_an_executor_does_not_see_the_map(browser: Any, place: Town) -> None:
    with client_of(place.app) as client:
        cookie = f"{SESSION_COOKIE}={place.token(place.person(Role.EXECUTOR, executor='roads'))}"
        assert client.get("/map", headers={"cookie": cookie}).status_code == 403


def test_the_public_sees_the_crowd_and_not_the_lonely_one(client: httpx.Client, city: Town) -> None:
    found = client.get("/api/v1/heat/public", params={"zoom": 14}).json()
    assert (found["month"], found["months"], found["floor"]) == ("2026-02-01", ["2026-02-01"], 3)
    assert all(cell["people"] >= 3 and cell["people"] % 3 == 0 for cell in found["cells"])
    assert LONELY not in {cell["cell"] for cell in found["cells"]}
    assert "123-45-67" not in client.get("/heat/public").text


def test_the_public_gets_neither_the_running_month_nor_a_state_of_few(client: httpx.Client, city: Town) -> None:
    assert client.get("/api/v1/heat/public", params={"month": "2026-03-01"}).status_code == 404
    assert client.get("/heat/public", params={"month": "2026-03-01"}).status_code == 404
    closed = client.get("/api/v1/heat/public", params={"state": "closed", "zoom": 14}).json()
    assert closed["cells"] == []


def test_an_unchanged_map_is_not_sent_again(client: httpx.Client, city: Town) -> None:
    first = client.get("/api/v1/heat/public")
    asked = {"if-none-match": first.headers["etag"]}
    again = client.get("/api/v1/heat/public", headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/heat/public", params={"state": "open"}, headers=asked).status_code == 200
    problem(city, LONELY, FEBRUARY)
    counted(city)
    assert client.get("/api/v1/heat/public", headers=asked).status_code == 304  # a tag tells of nobody under the floor
    problem(city, LONELY, FEBRUARY)
    problem(city, CELL, FEBRUARY, state="solved")
    counted(city)
    assert client.get("/api/v1/heat/public", headers=asked).status_code == 200  # three and three: shown now


@pytest.mark.parametrize("address", ["ratings", "hotspots", "heat", "heat/areas", "heat/problems", "forecast"])
def test_the_map_is_the_only_number_that_everybody_may_see(client: httpx.Client, city: Town, address: str) -> None:
    assert client.get(f"/api/v1/{address}").status_code == 401


@pytest.fixture
def spot(city: Town) -> HotSpot:
    cells = (int(h3.cell_to_parent(CELL, 8), 16),)
    found = Found("Дороги", "scan", cells, FEBRUARY, TODAY - timedelta(days=1), 5, 0.4, 0.001)
    with city.connection() as connection:
        key = store.put(connection, REGION, None, found, "Город г.о.", TODAY - timedelta(days=1))
        made = store.one(connection, REGION, key)
    assert made is not None
    return made


def test_a_hot_spot_stands_beside_the_map_with_its_problems(browser: Any, spot: HotSpot) -> None:
    client = browser(Role.GOVERNOR)
    assert "5 обращений за 20 дней" in client.get("/map").text.replace("\u00a0", " ")
    page = client.get(f"/heat/hotspots/{spot.id}").text
    assert "Ямы на дорогах" in page and page.count("card-quote") == 5 and "123-45-67" not in page
    [shown] = client.get("/api/v1/hotspots").json()
    assert (shown["id"], shown["appeals"], shown["cells"]) == (str(spot.id), 5, [h3.cell_to_parent(CELL, 8)])


def test_a_hot_spot_of_another_region_is_not_there(browser: Any, city: Town) -> None:
    assert browser(Role.GOVERNOR).get(f"/heat/hotspots/{new_id()}").status_code == 404
