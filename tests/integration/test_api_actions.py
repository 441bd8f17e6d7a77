"""Operators act on problems: the row, the action with what stood before, and the event move together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from tests.town import Town, executor_id
from tests.web_server import client_of

TEXT = "Яма на Речной. Фонарь не горит у школы"


@pytest.fixture
def operator(place: Town) -> Iterator[httpx.Client]:
    with client_of(place.app) as client:
        client.headers["authorization"] = f"Bearer {place.token(place.person(Role.OPERATOR, 'oper'))}"
        yield client


@pytest.fixture
def problem(place: Town) -> UUID:
    return place.analyse(place.appeal(TEXT), TEXT)[0]


def act(client: httpx.Client, problem: UUID, action: str, version: int, **body: Any) -> httpx.Response:
    return client.post(f"/api/v1/problems/{problem}/{action}", json={"version": version} | body)


def events(place: Town) -> list[tuple[str, dict[str, Any]]]:
    """Types and data of all events about problems, oldest first."""
    rows = place.rows(
        "SELECT event->>'type', event->'data' FROM stream_events WHERE stream = 'problems' ORDER BY partition, position"
    )
    return [(row[0], row[1]) for row in rows]


def open_executors(place: Town) -> list[UUID]:
    return [row[0] for row in place.rows("SELECT executor_id FROM assignments WHERE ended_at IS NULL")]


def test_accepting_gives_the_problem_to_the_first_guess(operator: httpx.Client, place: Town, problem: UUID) -> None:
    answer = act(operator, problem, "accept", 1)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["version"]) == ("assigned", 2)
    assert open_executors(place) == [executor_id("roads")]
    assert events(place) == [("problem.assigned", {"problem_id": str(problem), "executor": "roads", "by": "oper"})]
    kind, login, before, after = place.rows("SELECT kind, login, before, after FROM actions")[0]
    assert (kind, login, before["state"], after["state"]) == ("accept", "oper", "queued", "assigned")


@pytest.mark.parametrize("action", ["accept", "dismiss"])
def test_what_is_decided_shows_no_clock_to_route_even_before_the_sla_stage_has_stopped_it(
    operator: httpx.Client, place: Town, problem: UUID, action: str
) -> None:
    place.clock(problem, "route", timedelta(minutes=-5))
    assert operator.get(f"/api/v1/problems/{problem}").json()["clock_kind"] == "route"
    assert operator.get("/api/v1/queue").json()["overdue"] == 1
    decided = act(operator, problem, action, 1).json()
    assert (decided["clock_kind"], decided["deadline_at"], decided["overdue"]) == (None, None, False)
    assert operator.get("/api/v1/queue").json()["overdue"] == 0
    session = {"cookie": f"{SESSION_COOKIE}={place.token('oper')}"}
    (appeal,) = place.rows("SELECT appeal_id FROM problems")[0]
    for path in ("/queue?state=", f"/appeals/{appeal}"):
        page = operator.get(path, headers=session)
        assert "Ямы на дорогах" in page.text
        assert "передать исполнителю" not in page.text


def test_the_history_names_the_person_who_did_it(operator: httpx.Client, place: Town, problem: UUID) -> None:
    act(operator, problem, "accept", 1)
    (appeal,) = place.rows("SELECT appeal_id FROM problems")[0]
    page = operator.get(f"/appeals/{appeal}", headers={"cookie": f"{SESSION_COOKIE}={place.token('oper')}"})
    assert "<small>Анна Петрова, " in page.text
    assert "передано: Анна Петрова" in page.text


def test_an_old_version_is_answered_with_409_and_nothing_moves(
    operator: httpx.Client, place: Town, problem: UUID
) -> None:
    act(operator, problem, "accept", 1)
    late = act(operator, problem, "dismiss", 1, reason="показалось")
    assert late.status_code == 409
    assert "изменил кто-то другой" in late.json()["detail"]
    assert place.rows("SELECT state, version FROM problems") == [("assigned", 2)]
    assert len(events(place)) == 1
    assert place.rows("SELECT count(*) FROM actions") == [(1,)]


def test_reassigning_ends_the_first_assignment(operator: httpx.Client, place: Town, problem: UUID) -> None:
    act(operator, problem, "accept", 1)
    answer = act(operator, problem, "assign", 2, executor_id=str(executor_id("light")), reason="это освещение")
    assert answer.json()["executor_name"] == "Горсвет"
    assert open_executors(place) == [executor_id("light")]
    assert place.rows("SELECT end_reason FROM assignments WHERE ended_at IS NOT NULL") == [("reassigned",)]


def test_correcting_the_topic_guesses_the_executors_anew(operator: httpx.Client, place: Town, problem: UUID) -> None:
    with place.connection() as connection:
        connection.execute("UPDATE problems SET doubt = 'topic_unsure'")
    answer = act(operator, problem, "topic", 1, topic_code="03.001").json()
    assert (answer["topic_name"], answer["topic_probability"], answer["decided"]) == ("Не горят фонари", 1.0, True)
    assert [guess["code"] for guess in answer["executor_guesses"]] == ["light"]
    assert answer["doubt"] == "table_asks_operator"
    assert events(place)[0][0] == "problem.corrected"
    assert events(place)[0][1]["topic"] == "03.001"


def test_correcting_the_place_finds_its_point_and_municipality(
    operator: httpx.Client, place: Town, problem: UUID
) -> None:
    where = {"settlement": "Городок", "street": "Садовый переулок", "house": "9"}
    answer = act(operator, problem, "place", 1, place=where).json()
    assert answer["municipality"] == "Город г.о."
    assert (answer["latitude"], answer["longitude"]) == (55.02, 73.42)
    assert answer["place"]["level"] == "house"
    assert answer["place"]["house_known"] is False
    assert len(answer["h3"]) == 15


def test_splitting_makes_a_problem_that_routing_takes(operator: httpx.Client, place: Town, problem: UUID) -> None:
    start = TEXT.index("Фонарь")
    answer = act(operator, problem, "split", 1, start=start, end=len(TEXT), topic_code="03.001")
    made = answer.json()
    assert made["text"] == "Фонарь не горит у школы"
    assert (made["state"], made["ordinal"], made["municipality"]) == ("found", 1, "Город г.о.")
    assert place.rows("SELECT spans FROM problems WHERE id = %s", problem) == [([[0, start]],)]
    kind, data = events(place)[0]
    assert (kind, data["problem_id"], data["topic"]) == ("problem.found", made["id"], "03.001")


def test_a_split_of_everything_is_refused(operator: httpx.Client, place: Town, problem: UUID) -> None:
    answer = act(operator, problem, "split", 1, start=0, end=len(TEXT), topic_code="03.001")
    assert answer.status_code == 409
    assert place.rows("SELECT count(*) FROM problems") == [(1,)]


def test_merging_and_undoing_brings_the_problem_back_to_its_executor(
    operator: httpx.Client, place: Town, problem: UUID
) -> None:
    other = place.analyse(place.appeal("Огромная яма на Речной"), "Огромная яма на Речной")[0]
    act(operator, problem, "accept", 1)
    merged = act(operator, problem, "merge", 2, into=str(other)).json()
    assert (merged["state"], merged["merged_into"]) == ("merged", str(other))
    assert open_executors(place) == []
    back = act(operator, problem, "undo", 3).json()
    assert (back["state"], back["merged_into"]) == ("assigned", None)
    assert open_executors(place) == [executor_id("roads")]
    kinds = [kind for kind, _ in events(place)]
    assert sorted(kinds) == ["problem.assigned", "problem.assigned", "problem.merged", "problem.restored"]


def test_a_problem_cannot_be_merged_with_itself(operator: httpx.Client, problem: UUID) -> None:
    assert act(operator, problem, "merge", 1, into=str(problem)).status_code == 409


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("accept", {}),
        ("assign", {"executor_id": str(executor_id("waste"))}),
        ("topic", {"topic_code": "02.001"}),
        ("place", {"place": {"settlement": "Городок"}}),
        ("dismiss", {"reason": "нет проблемы"}),
        ("split", {"start": 0, "end": 5, "topic_code": "02.001"}),
    ],
)
def test_every_action_can_be_undone(
    operator: httpx.Client, place: Town, problem: UUID, action: str, body: dict[str, Any]
) -> None:
    names = "state, spans, topic_code, topic_probability, group_name, decided, place->>'street', municipality, latitude"
    query = f"SELECT {names} FROM problems WHERE id = %s"
    before = place.rows(query, problem)
    assert act(operator, problem, action, 1, **body).status_code == 200
    assert place.rows(query, problem) != before
    assert act(operator, problem, "undo", 2).status_code == 200
    assert place.rows(query, problem) == before
    assert open_executors(place) == []
    assert place.rows("SELECT count(*) FROM problems WHERE state NOT IN ('merged', 'dismissed')") == [(1,)]
    assert place.rows("SELECT count(*) FROM actions WHERE undone_at IS NULL") == [(0,)]


def test_actions_are_undone_one_after_another_the_last_first(
    operator: httpx.Client, place: Town, problem: UUID
) -> None:
    act(operator, problem, "topic", 1, topic_code="02.001")
    act(operator, problem, "accept", 2)
    assert act(operator, problem, "undo", 3).json()["state"] == "queued"
    assert act(operator, problem, "undo", 4).json()["topic_code"] == "01.001"
    nothing = act(operator, problem, "undo", 5)
    assert nothing.status_code == 409
    assert "Отменять нечего" in nothing.json()["detail"]


def test_an_operator_restores_a_dismissed_appeal_once(operator: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Спасибо за горку, но она сломана")
    with place.connection() as connection:
        connection.execute("UPDATE appeals SET state = 'dismissed', dismissal = 'thanks' WHERE id = %s", (appeal,))
    assert operator.post(f"/api/v1/appeals/{appeal}/restore").status_code == 204
    assert place.rows("SELECT state, dismissal FROM appeals") == [("accepted", "thanks")]
    told = place.rows("SELECT event->>'type' FROM stream_events WHERE stream = 'appeals' ORDER BY partition, position")
    assert told[-1] == ("appeal.restored",)
    assert operator.post(f"/api/v1/appeals/{appeal}/restore").status_code == 409


def test_another_regions_problem_does_not_exist_for_the_operator(
    operator: httpx.Client, place: Town, problem: UUID
) -> None:
    with place.connection() as connection:
        connection.execute("INSERT INTO regions VALUES ('sosed', 'Соседняя область', 'Asia/Omsk', now())")
        connection.execute("UPDATE problems SET region_id = 'sosed'")
    assert operator.get(f"/api/v1/problems/{problem}").status_code == 404
    assert act(operator, problem, "dismiss", 1, reason="нет").status_code == 404
