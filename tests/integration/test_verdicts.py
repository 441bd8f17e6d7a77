"""A citizen judges what was done: by the link of the reply, on his page, over the phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.events import EventType
from tests.event_contract import check_events
from tests.integration.test_api_citizen import fields_of, photo
from tests.solved import Solved, judge, told
from tests.town import NOW, REGION, Town, executor_id, town
from tests.web_server import client_of


class Present:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
def place(database_url: str, tmp_path: Path, present: Present) -> Iterator[Town]:
    with town(database_url, tmp_path, now=present) as made:
        yield made
        with made.connection() as connection:
            check_events(connection)


@pytest.fixture
def client(place: Town) -> Iterator[httpx.Client]:
    with client_of(place.app) as client:
        yield client


def test_by_the_link_one_judges_without_an_account(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    page = client.get(solved.link)
    assert page.status_code == 200
    assert "Решена ли проблема?" in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "olga@" not in page.text
    taken = judge(client, solved.link, solved.problems[0], score="4", words="Хорошо, но долго")
    assert taken.status_code == 303
    assert "Спасибо, ваша оценка принята" in client.get(taken.headers["location"]).text
    assert place.rows("SELECT stage, score, solved, words, via FROM verdicts") == [
        (0, 4, True, "Хорошо, но долго", "link")
    ]
    assert solved.states() == ["solved"]
    [verdict] = told(place)
    assert {key: verdict.data[key] for key in ("score", "solved", "stage", "via", "earlier")} == {
        "score": 4,
        "solved": True,
        "stage": 0,
        "via": "link",
        "earlier": 0,
    }


def test_not_solved_opens_the_problem_again_for_the_same_executor(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    judge(client, solved.link, solved.problems[0], solved="no", score="1", words="Яма на месте")
    assert solved.states() == ["assigned"]
    assert place.rows("SELECT executor_id FROM assignments WHERE ended_at IS NULL") == [(executor_id("roads"),)]
    assert place.rows("SELECT version FROM problems") == [(2,)]
    assert [(one.type, one.data.get("by")) for one in told(place)] == [
        (EventType.VERDICT_GIVEN, None),
        (EventType.PROBLEM_REOPENED, "citizen"),
    ]
    assert "вернули проблему тому же исполнителю" in client.get(solved.link).text


def test_who_comes_back_judges_the_next_stage_once_it_is_answered(
    client: httpx.Client, place: Town, present: Present
) -> None:
    solved = Solved(place)
    [problem] = solved.problems
    judge(client, solved.link, problem, solved="no", score="1")
    with place.connection() as connection:
        connection.execute("UPDATE problems SET state = 'solved'")
    present.at += timedelta(days=3)
    untold = judge(client, solved.link, problem)
    assert untold.status_code == 409
    assert "ещё готовится" in untold.text
    solved.send(uuid4(), "final", present.at)
    assert judge(client, solved.link, problem, score="3").status_code == 303
    assert place.rows("SELECT stage, solved FROM verdicts ORDER BY stage") == [(0, False), (1, True)]
    assert [one.data["earlier"] for one in told(place) if one.type is EventType.VERDICT_GIVEN] == [0, 1]


def test_an_answer_that_waits_to_be_sent_is_taken_back_at_once_when_its_author_says_not_solved(
    client: httpx.Client, place: Town
) -> None:
    solved = Solved(place)
    solved.send(waits := uuid4(), "final", NOW)
    with place.connection() as connection:
        connection.execute("UPDATE replies SET state = 'approved', try_at = drafted_at WHERE id = %s", [waits])
    judge(client, solved.link, solved.problems[0], solved="no", score="1")
    assert place.rows("SELECT state, cancelled_by FROM replies WHERE id = %s", waits) == [("cancelled", "machine")]
    cancelled = place.rows(
        "SELECT event->'data'->>'reply_id' FROM stream_events WHERE event->>'type' = 'reply.cancelled'"
    )
    assert cancelled == [(str(waits),)]


def merged(place: Town) -> tuple[Solved, Solved]:
    """Two solved appeals of two authors; the problem of the second one was merged into that of the first."""
    first, second = Solved(place), Solved(place, "Яма на Речной улице")
    with place.connection() as connection:
        connection.execute(
            "UPDATE problems SET state = 'merged', merged_into = %s WHERE id = %s", (*first.problems, *second.problems)
        )
        connection.execute("UPDATE assignments SET ended_at = %s WHERE problem_id = %s", (NOW, *second.problems))
    return first, second


def state_of(place: Town, problem: UUID) -> str:
    return str(place.rows("SELECT state FROM problems WHERE id = %s", problem)[0][0])


def test_who_wrote_of_the_same_judges_too_and_opens_it_again_for_both(
    client: httpx.Client, place: Town, present: Present
) -> None:
    first, second = merged(place)
    assert "Отправить оценку" in client.get(second.link).text
    assert judge(client, second.link, second.problems[0], solved="no", score="1", words="Яма цела").status_code == 303
    assert (state_of(place, first.problems[0]), state_of(place, second.problems[0])) == ("assigned", "merged")
    reopened, verdict = sorted(told(place), key=lambda one: one.type)
    assert (verdict.key, verdict.data["problem_id"]) == (second.appeal, str(second.problems[0]))
    assert reopened.key == first.appeal
    assert reopened.data == {
        "problem_id": str(first.problems[0]),
        "by": "citizen",
        "said_by": str(second.problems[0]),
    }
    late = judge(client, first.link, first.problems[0])
    assert (late.status_code, "снова в работе" in late.text) == (409, True)
    [listed] = place.rows("SELECT stage, solved FROM verdicts")
    assert listed == (0, False)
    present.at += timedelta(days=3)
    with place.connection() as connection:
        connection.execute("UPDATE problems SET state = 'solved' WHERE id = %s", first.problems)
    for each in (first, second):
        each.send(uuid4(), "final", present.at)
        assert judge(client, each.link, each.problems[0], score="5").status_code == 303
    assert place.rows("SELECT stage, score FROM verdicts ORDER BY given_at, id") == [(0, 1), (1, 5), (1, 5)]


def test_who_wrote_of_the_same_reads_what_was_done_and_nothing_of_the_other_author(
    client: httpx.Client, place: Town
) -> None:
    first, second = merged(place)
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO proofs (id, region_id, problem_id, executor_id, state, words, submitted_by, submitted_at)
               VALUES (%s, %s, %s, %s, 'accepted', 'Засыпали, сказали об этом 8 913 123-45-67', 'roads', %s)""",
            (uuid4(), REGION, *first.problems, executor_id("roads"), NOW),
        )
    assert "8 913 123-45-67" in client.get(first.link).text
    page = client.get(second.link).text
    assert "Засыпали" in page and "123-45-67" not in page


def test_the_executor_and_operators_read_what_the_other_author_said(client: httpx.Client, place: Town) -> None:
    first, second = merged(place)
    said = "Яма цела, звоните 8 913 123-45-67"
    judge(client, second.link, second.problems[0], solved="no", score="1", words=said)
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.EXECUTOR, executor="roads")))
    page = client.get(f"/assignments/{first.problems[0]}").text
    assert "Яма цела" in page and "автор другого обращения о том же" in page
    assert "123-45-67" not in page
    token = place.token(place.person(Role.OPERATOR))
    [shown] = client.get("/api/v1/verdicts", headers={"authorization": f"Bearer {token}"}).json()["items"]
    assert (shown["number"], shown["executor_code"]) == (second.number, "roads")


def test_the_same_said_twice_in_one_appeal_is_judged_once(client: httpx.Client, place: Town) -> None:
    solved = Solved(place, "Яма на Речной", "Яма у дома 5")
    with place.connection() as connection:
        connection.execute(
            "UPDATE problems SET state = 'merged', merged_into = %s WHERE id = %s",
            (solved.problems[0], solved.problems[1]),
        )
    refused = judge(client, solved.link, solved.problems[1])
    assert (refused.status_code, "оцените решение там" in refused.text) == (409, True)
    assert judge(client, solved.link, solved.problems[0]).status_code == 303


def test_a_verdict_is_final(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    judge(client, solved.link, solved.problems[0])
    again = judge(client, solved.link, solved.problems[0], solved="no", score="1")
    assert again.status_code == 409
    assert "Оценка уже поставлена" in again.text
    assert place.rows("SELECT score FROM verdicts") == [(5,)]


def test_each_problem_of_a_reply_is_judged_by_itself(client: httpx.Client, place: Town) -> None:
    solved = Solved(place, "Яма на Речной", "Не горит фонарь")
    judge(client, solved.link, solved.problems[1], solved="no", score="2")
    assert solved.states() == ["solved", "assigned"]
    page = client.get(solved.link).text
    assert page.count("Отправить оценку") == 1
    assert page.count("Спасибо, ваша оценка принята") == 1


def test_a_link_that_ran_out_says_so_kindly_and_shows_nothing(
    client: httpx.Client, place: Town, present: Present
) -> None:
    solved = Solved(place)
    last_day = NOW.astimezone(place.pack.zone).date() + timedelta(days=15)
    present.at = datetime.combine(last_day, time(23, 59), place.pack.zone)  # the letter says «включительно»
    assert client.get(solved.link).status_code == 200
    page_before = judge(client, solved.link, uuid4())
    assert page_before.status_code == 404  # a problem of somebody else
    present.at += timedelta(minutes=1)
    over = client.get(solved.link)
    assert over.status_code == 410
    assert "напишите новое обращение" in over.text
    assert "Яма" not in over.text
    assert place.rows("SELECT count(*) FROM verdicts") == [(0,)]


def test_a_forged_link_and_one_of_an_interim_reply_open_nothing(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    for wrong in (solved.link[:-1] + ("A" if solved.link[-1] != "A" else "B"), "/verdicts/" + "A" * 42):
        assert client.get(wrong).status_code == 404
    interim = Solved(place, "Другая яма", kind="interim")
    assert client.get(interim.link).status_code == 404


def test_a_half_filled_form_comes_back_with_a_word(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    for missing in ({"score": ""}, {"solved": ""}, {"score": "9"}):
        answer = judge(client, solved.link, solved.problems[0], **missing)
        assert answer.status_code == 409
        assert "поставьте оценку" in answer.text
    assert place.rows("SELECT count(*) FROM verdicts") == [(0,)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_without_what_the_camera_wrote_into_it(client: httpx.Client, place: Town, kind: str) -> None:
    solved = Solved(place)
    token = fields_of(client.get(solved.link))["form_token"]
    fields = {"problem_id": str(solved.problems[0]), "solved": "no", "score": "1", "form_token": token}
    sent = client.post(solved.link, data=fields, files=[("photo", ("яма", photo(kind), "image/jpeg"))])
    assert sent.status_code == 303
    [(digest, media_type)] = place.rows("SELECT photo_sha256, photo_media_type FROM verdicts")
    assert media_type == f"image/{kind.lower()}"
    content = place.context.files.read(digest)
    assert b"telephone" not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == kind


def test_what_is_no_photo_is_refused_and_the_verdict_with_it(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    token = fields_of(client.get(solved.link))["form_token"]
    fields = {"problem_id": str(solved.problems[0]), "solved": "no", "score": "1", "form_token": token}
    sent = client.post(solved.link, data=fields, files=[("photo", ("яма.jpg", b"MZ a program", "image/jpeg"))])
    assert sent.status_code == 409
    assert "не похож на фотографию" in sent.text
    assert place.rows("SELECT count(*) FROM verdicts") == [(0,)]
    assert solved.states() == ["solved"]


def test_a_photo_of_a_verdict_that_is_not_taken_is_not_kept(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    token = fields_of(client.get(solved.link))["form_token"]
    assert judge(client, solved.link, solved.problems[0]).status_code == 303
    kept = sorted(place.context.files.folder.rglob("*"))
    fields = {"problem_id": str(solved.problems[0]), "solved": "no", "score": "1", "form_token": token}
    again = client.post(solved.link, data=fields, files=[("photo", ("яма", photo(), "image/jpeg"))])
    assert (again.status_code, "Оценка уже поставлена" in again.text) == (409, True)
    assert sorted(place.context.files.folder.rglob("*")) == kept


def test_an_operator_writes_down_what_came_by_phone_also_after_the_days(
    client: httpx.Client, place: Town, present: Present
) -> None:
    solved = Solved(place)
    present.at = NOW + timedelta(days=20)
    login = place.person(Role.OPERATOR)
    operator = {"authorization": f"Bearer {place.token(login)}"}
    path = f"/api/v1/problems/{solved.problems[0]}/verdict"
    done = client.post(path, json={"score": 1, "solved": False, "words": "Звонил, яма на месте"}, headers=operator)
    assert done.json() == {"reopened": True}
    assert solved.states() == ["assigned"]
    assert told(place)[1].data["by"] == login
    listed = client.get("/api/v1/verdicts", params={"solved": "false"}, headers=operator).json()["items"]
    assert [(one["via"], one["given_by"], one["executor_code"]) for one in listed] == [("operator", login, "roads")]
    again = client.post(path, json={"score": 5, "solved": True}, headers=operator)
    assert again.status_code == 409


def test_another_program_judges_by_the_link_for_the_author(client: httpx.Client, place: Town, present: Present) -> None:
    solved = Solved(place, "Яма на Речной", "Не горит фонарь")
    path = f"/api/v1{solved.link}"
    shown = client.get(path).json()
    assert (shown["number"], [one["open"] for one in shown["problems"]]) == (solved.number, [True, True])
    wish = {"problem_id": str(solved.problems[0]), "score": 1, "solved": False}
    assert client.post(path, json=wish).json() == {"reopened": True}
    assert client.post(path, json=wish).status_code == 409
    assert client.post(path, json=wish | {"problem_id": str(uuid4())}).status_code == 404
    assert client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    by_id = {one["problem_id"]: one for one in client.get(path).json()["problems"]}
    assert "снова в работе" in by_id[str(solved.problems[0])]["why_not"]
    present.at += timedelta(days=16)
    assert client.get(path).status_code == 409
    assert solved.states() == ["assigned", "solved"]


def test_a_governor_reads_verdicts_without_names_and_phones(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    with place.context.transaction() as connection:
        connection.execute("UPDATE appeals SET author = %s::jsonb", ['{"name": "Пётр Синицын"}'])
    words = "Яма цела. Синицын, +7 913 000-11-22"
    assert judge(client, solved.link, solved.problems[0], solved="no", score="1", words=words).status_code == 303
    for role, whole in ((Role.OPERATOR, True), (Role.GOVERNOR, False)):
        token = place.token(place.person(role))
        [shown] = client.get("/api/v1/verdicts", headers={"authorization": f"Bearer {token}"}).json()["items"]
        client.cookies.set(SESSION_COOKIE, token)
        page = client.get("/verdicts").text
        for text in (shown["words"], page):
            assert "Яма цела." in text
            assert ("Синицын" in text, "000-11-22" in text) == (whole, whole)
