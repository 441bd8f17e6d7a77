"""Replies from the outside: read, approved, edited, returned; the executor's preview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.events import EventType
from models.resolution import Variant
from tests.integration.reply_cases import GOOD, Case
from tests.town import Town, executor_id

Client = Callable[..., httpx.Response]
EMPTY = "Ваше обращение рассмотрено, меры приняты в рабочем порядке."


@pytest.fixture
def operator(place: Town, client: httpx.Client) -> Client:
    headers = {"authorization": f"Bearer {place.token(place.person(Role.OPERATOR))}"}

    def call(method: str, path: str, **body: Any) -> httpx.Response:
        return client.request(method, f"/api/v1{path}", headers=headers, json=body or None)

    return call


def drafts(operator: Client, **asked: Any) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return list(operator("GET", f"/replies?{query}").json()["items"])


def solved(place: Town, words: str, regime: str = "fz59", later: int = 0) -> Case:
    case = Case(place, regime=regime, pieces=("На Речной яма у дома 5",))
    case.now += timedelta(minutes=later)
    case.handle(case.solve(0, words))
    return case


def test_a_draft_waits_with_its_reasons_and_goes_when_it_is_approved(place: Town, operator: Client) -> None:
    case = solved(place, EMPTY, regime="portal")
    [draft] = drafts(operator)
    assert [flag["code"] for flag in draft["flags"]] == ["stock", "no_fact"]
    assert "меры приняты" in draft["flags"][0]["reason"]
    done = operator("POST", f"/replies/{draft['id']}/approve", seen=draft["seen"]).json()
    assert (done["state"], done["approved_by"].startswith("operator-")) == ("approved", True)
    assert drafts(operator) == []
    assert operator("POST", f"/replies/{draft['id']}/approve", seen=draft["seen"]).status_code == 409
    assert case.told() == ["drafted", "approved"]
    assert place.rows("SELECT try_at IS NOT NULL FROM replies") == [(True,)]


def test_the_machines_text_is_kept_beside_a_persons(place: Town, operator: Client) -> None:
    solved(place, GOOD)
    [draft] = drafts(operator)
    path = f"/replies/{draft['id']}/text"
    edited = operator("PUT", path, seen=draft["seen"], text="Уважаемая Анна Ивановна!\n\nЯма засыпана. {ссылка}").json()
    assert (edited["text"].endswith("{ссылка}"), edited["drafted_text"]) == (True, draft["text"])
    stale = operator("POST", f"/replies/{draft['id']}/approve", seen=draft["seen"])
    assert (stale.status_code, "изменился" in stale.json()["detail"]) == (409, True)
    assert operator("PUT", path, seen=edited["seen"], text="{{ 7 }}").status_code == 409
    assert operator("PUT", path, seen=edited["seen"], text=" ").status_code == 409


def test_a_returned_answer_opens_its_problem_again(place: Town, operator: Client) -> None:
    case = solved(place, EMPTY)
    [draft] = drafts(operator)
    assert operator("POST", f"/replies/{draft['id']}/return", seen=draft["seen"], reason=" ").status_code == 409
    done = operator("POST", f"/replies/{draft['id']}/return", seen=draft["seen"], reason="Чем засыпали?").json()
    assert (done["state"], done["reason"]) == ("cancelled", "Чем засыпали?")
    assert place.rows("SELECT state FROM problems") == [("assigned",)]
    told = place.rows(
        "SELECT event->'data'->>'by' FROM stream_events WHERE event->>'type' = 'problem.reopened'",
    )
    assert told[0][0].startswith("operator-")
    case.handle(case.solve(0, GOOD))
    assert [draft["state"] for draft in case.replies()] == ["cancelled", "drafted"]


def test_an_answer_about_a_merged_problem_that_is_returned_opens_the_one_that_goes_on(
    place: Town, operator: Client
) -> None:
    case, other = (Case(place, regime="fz59", pieces=("На Речной яма у дома 5",)) for _ in range(2))
    other.put(0, "merged", case.problems[0])
    case.handle(case.solve(0))
    [draft] = [one for one in drafts(operator) if one["id"] == str(other.replies()[0]["id"])]
    operator("POST", f"/replies/{draft['id']}/return", seen=draft["seen"], reason="Чем засыпали?")
    assert place.rows("SELECT state FROM problems WHERE id = %s", case.problems[0]) == [("assigned",)]
    assert [one["state"] for one in case.replies()] == ["cancelled"]  # at once, not when the stage comes to it
    case.handle(case.event(EventType.PROBLEM_REOPENED, case.problems[0], by="oper"), case.solve(0, GOOD))
    assert [[one["state"] for one in each.replies()] for each in (case, other)] == [["cancelled", "drafted"]] * 2


def test_a_question_that_is_returned_gives_the_plan_back_and_lets_the_clocks_go_on(
    place: Town, operator: Client
) -> None:
    case = Case(place, regime="fz59", pieces=("На Речной яма у дома 5",))
    case.handle(case.plan(0, Variant.MORE_INFO, "", ground="Где яма?"))
    [draft] = drafts(operator)
    assert draft["kind"] == "question"
    operator("POST", f"/replies/{draft['id']}/return", seen=draft["seen"], reason="Это есть в обращении")
    assert place.rows("SELECT state FROM problems") == [("assigned",)]
    assert place.rows("SELECT agreed, decision FROM plans") == [(False, "Это есть в обращении")]
    told = place.rows(
        "SELECT event->>'type' FROM stream_events WHERE stream = 'problems' ORDER BY position DESC LIMIT 2"
    )
    assert [row[0] for row in told] == ["problem.resumed", "plan.returned"]


def test_an_interim_reply_of_an_outdated_plan_is_returned_alone(place: Town, operator: Client) -> None:
    case = Case(place, regime="fz59", pieces=("На Речной яма у дома 5",))
    case.handle(case.plan(0, Variant.BY_DATE, due=date(2026, 3, 20)))
    [draft] = drafts(operator)
    case.put(0, "reported")
    operator("POST", f"/replies/{draft['id']}/return", seen=draft["seen"], reason="Назовите, кто сделает")
    assert place.rows("SELECT state FROM problems") == [("reported",)]


def test_an_answer_is_not_approved_once_its_problem_is_open_again(place: Town, operator: Client) -> None:
    case = solved(place, GOOD)
    [draft] = drafts(operator)
    case.put(0, "assigned")
    refused = operator("POST", f"/replies/{draft['id']}/approve", seen=draft["seen"])
    assert refused.status_code == 409 and "снова в работе" in refused.json()["detail"]
    wish = [{"id": draft["id"], "seen": draft["seen"]}]
    assert operator("POST", "/replies/approve", replies=wish).json()["approved"] == []


def test_many_are_approved_at_once_but_flagged_and_changed_ones_are_left(place: Town, operator: Client) -> None:
    for later, words in enumerate((GOOD, EMPTY, f"{GOOD}, знак убрали")):
        solved(place, words, later=later)
    found = drafts(operator)
    wish = [{"id": each["id"], "seen": each["seen"]} for each in found]
    wish[2]["seen"] = "0" * 16
    done = operator("POST", "/replies/approve", replies=wish).json()
    assert done["approved"] == [found[0]["id"]]
    assert [each["id"] for each in drafts(operator, flagged="true")] == [found[1]["id"]]


def test_a_promise_of_who_had_the_problem_before_is_not_sent(place: Town, operator: Client) -> None:
    case = Case(place, regime="fz59", pieces=("На Речной яма у дома 5",))
    case.handle(case.plan(0, Variant.BY_DATE, due=date(2026, 3, 20)))
    [draft] = drafts(operator)
    case.change("UPDATE assignments SET executor_id = %s", executor_id("waste"))
    refused = operator("POST", f"/replies/{draft['id']}/approve", seen=draft["seen"])
    assert refused.status_code == 409 and "больше не действует" in refused.json()["detail"]
    case.change("UPDATE assignments SET executor_id = %s", executor_id("roads"))
    assert operator("POST", f"/replies/{draft['id']}/approve", seen=draft["seen"]).is_success


def test_replies_of_another_region_are_not_there(place: Town, operator: Client) -> None:
    path = f"/replies/{uuid4()}"
    for answer in (operator("GET", path), operator("POST", f"{path}/approve", seen="0" * 16)):
        assert answer.status_code == 404


def test_an_executor_sees_the_reply_that_his_words_would_become(place: Town, client: httpx.Client) -> None:
    case = Case(place)
    mine, other = (place.token(place.person(Role.EXECUTOR, executor=code)) for code in ("roads", "waste"))
    path, wish = f"/api/v1/problems/{case.problems[0]}/reply-preview", {"variant": "done", "words": EMPTY}
    refused = client.post(path, json=wish, headers={"authorization": f"Bearer {other}"})
    assert refused.status_code == 404
    shown = client.post(path, json=wish, headers={"authorization": f"Bearer {mine}"}).json()
    assert (shown["kind"], shown["waits"]) == ("final", True)
    assert "Работу выполнил Департамент транспорта." in shown["text"]
    assert [flag["code"] for flag in shown["flags"]] == ["stock", "no_fact"]
    good = wish | {"variant": "by_date", "words": GOOD, "day": "2026-03-20"}
    shown = client.post(path, json=good, headers={"authorization": f"Bearer {mine}"}).json()
    assert (shown["kind"], shown["waits"], shown["flags"]) == ("interim", False, [])
    assert "до 20 марта 2026 года" in shown["text"]
    assert shown["text"].startswith("Здравствуйте!")  # who the author is, an executor need not know
    governor = place.token(place.person(Role.GOVERNOR))
    shown = client.post(path, json=good, headers={"authorization": f"Bearer {governor}"}).json()
    assert shown["text"].startswith("Здравствуйте!")  # nor the governor
    assert place.rows("SELECT count(*) FROM replies") == place.rows("SELECT count(*) FROM reply_wordings") == [(0,)]


def test_an_executor_reads_why_a_reply_came_back(place: Town, client: httpx.Client, operator: Client) -> None:
    case = solved(place, EMPTY)
    [draft] = drafts(operator)
    operator("POST", f"/replies/{draft['id']}/return", seen=draft["seen"], reason="Чем и когда засыпали?")
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.EXECUTOR, executor="roads")))
    page = client.get(f"/assignments/{case.problems[0]}").text
    assert "Чем и когда засыпали?" in page
    token, version = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("form_token", "version"))
    form = {"form_token": token, "version": version, "variant": "by_date", "words_by_date": GOOD}
    form["due_on"] = "2026-03-20"
    shown = client.post(f"/assignments/{case.problems[0]}/preview", data=form)
    assert (shown.status_code, "Вопрос будет решён до 20 марта 2026 года" in shown.text) == (200, True)
    report = {"form_token": token, "words": EMPTY, "done_on": "2026-03-02"}
    shown = client.post(f"/assignments/{case.problems[0]}/preview", data=report)
    assert "Общие слова («меры приняты»)" in shown.text
    assert client.post(f"/assignments/{case.problems[0]}/preview", data=form | {"variant": "?"}).status_code == 422


def test_the_page_shows_drafts_as_their_authors_will_read_them(place: Town, client: httpx.Client) -> None:
    solved(place, EMPTY)
    solved(place, GOOD)
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.OPERATOR)))
    page = client.get("/replies").text
    assert "ждут согласования: 2" in page
    assert "[личная ссылка автора]" in page
    assert "Общие слова («меры приняты»): не говорит, какие меры и когда." in page
    token = page.split('name="form_token" value="')[1].split('"')[0]
    ticked = page.split('name="reply" value="')[1].split('"')[0]
    assert client.post("/replies/approve", data={"form_token": token, "reply": ticked}).status_code == 303
    assert "ждут согласования: 1" in client.get("/replies").text
    [[left]] = place.rows("SELECT id FROM replies WHERE state = 'drafted'")
    one = client.get(f"/replies/{left}").text
    seen = one.split('name="seen" value="')[1].split('"')[0]
    form = {"form_token": token, "seen": seen}
    refused = client.post(f"/replies/{left}/return", data=form)
    assert (refused.status_code, "что исправить" in refused.text) == (409, True)
    assert client.post(f"/replies/{left}/text", data=form | {"text": "Яма засыпана"}).status_code == 303
    assert "Что написала программа" in client.get(f"/replies/{left}").text
