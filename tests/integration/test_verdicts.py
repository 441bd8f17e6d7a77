"""A citizen judges what was done: by the link of the reply, on his page, over the phone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from psycopg.types.json import Jsonb

from api.links import link_path, verdict_path
from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.events import Event, EventType, Stream
from models.message import Author
from tests.event_contract import check_events
from tests.integration.problems import events_of
from tests.integration.test_api_citizen import fields_of, photo
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


class Solved:
    """An appeal with problems that were solved and a final reply about them that was sent."""

    def __init__(self, place: Town, *texts: str, kind: str = "final") -> None:
        self.place = place
        text = ". ".join(texts or ("Яма на Речной",))
        self.appeal = place.appeal(text, author=Author(email="olga@example.org"))
        self.problems = place.analyse(self.appeal, *(texts or ("Яма на Речной",)), state="solved")
        self.reply = uuid4()
        with place.connection() as connection:
            for problem in self.problems:
                connection.execute(
                    """INSERT INTO assignments
                           (id, region_id, problem_id, executor_id, assigned_at, assigned_by, reason)
                       VALUES (%s, %s, %s, %s, %s, 'machine', 'тема')""",
                    (uuid4(), REGION, problem, executor_id("roads"), NOW),
                )
        self.send(self.reply, kind, NOW)
        self.number = place.rows("SELECT number FROM appeals WHERE id = %s", self.appeal)[0][0]

    def send(self, reply: UUID, kind: str, at: datetime) -> None:
        with self.place.connection() as connection:
            connection.execute(
                """INSERT INTO replies (id, region_id, appeal_id, kind, state, subject, text, template, cause, flags,
                       drafted_at, sent_at)
                   VALUES (%s, %s, %s, %s, 'sent', 'Ответ на Ваше обращение', 'Яму засыпали. Оцените: {ссылка}', 'x',
                       %s, %s, %s, %s)""",
                (reply, REGION, self.appeal, kind, uuid4(), Jsonb([]), at, at),
            )
            for problem in self.problems:
                connection.execute("INSERT INTO reply_problems VALUES (%s, %s, %s)", (reply, problem, REGION))

    @property
    def link(self) -> str:
        return verdict_path(self.place.context.secret, self.reply)

    @property
    def page(self) -> str:
        return quote(link_path(self.place.context.secret, self.number, self.appeal))

    def states(self) -> list[str]:
        return [row[0] for row in self.place.rows("SELECT state FROM problems ORDER BY ordinal")]


def told(place: Town) -> list[Event]:
    with place.connection() as connection:
        return [
            one
            for one in events_of(connection, Stream.PROBLEMS)
            if one.type in (EventType.VERDICT_GIVEN, EventType.PROBLEM_REOPENED)
        ]


def judge(client: httpx.Client, path: str, problem: UUID, **given: str) -> httpx.Response:
    fields = {"solved": "yes", "score": "5", "words": ""} | given
    token = fields_of(client.get("/"))["form_token"]  # a visitor's token holds for every form he sees
    return client.post(path, data=fields | {"problem_id": str(problem), "form_token": token})


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
    present.at = NOW + timedelta(days=15)
    assert client.get(solved.link).status_code == 200
    page_before = judge(client, solved.link, uuid4())
    assert page_before.status_code == 404  # a problem of somebody else
    present.at += timedelta(seconds=1)
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


def test_the_status_page_shows_the_reply_with_its_link_and_takes_the_verdict(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    page = unescape(client.get(solved.page).text)
    assert "Яму засыпали. Оцените:" in page
    assert solved.link in page
    assert "{ссылка}" not in page
    assert judge(client, f"{solved.page}/verdict", solved.problems[0], score="2").status_code == 303
    assert place.rows("SELECT score, via FROM verdicts") == [(2, "page")]
    assert "2 из 5" in client.get(solved.page).text


def test_nobody_judges_by_the_page_of_another(client: httpx.Client, place: Town) -> None:
    mine, other = Solved(place), Solved(place, "Чужая яма")
    assert judge(client, f"{mine.page}/verdict", other.problems[0]).status_code == 404
    assert place.rows("SELECT count(*) FROM verdicts") == [(0,)]


def planned(place: Town, problem: UUID, variant: str, **columns: object) -> UUID:
    plan = uuid4()
    row = {"due_on": None, "words": "", "ground": "", "planned_at": NOW, "agreed": None} | columns
    with place.connection() as connection:
        connection.execute("UPDATE problems SET state = 'planned' WHERE id = %s", (problem,))
        connection.execute(
            """INSERT INTO plans (id, region_id, problem_id, executor_id, variant, due_on, words, ground, planned_by,
                   planned_at, agreed) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'executor', %s, %s)""",
            (plan, REGION, problem, executor_id("roads"), variant, *row.values()),
        )
    return plan


def test_the_author_answers_the_executors_question_once_and_the_clocks_go_on(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Яма на Речной")
    [problem] = place.analyse(appeal, "Яма на Речной")
    number = place.rows("SELECT number FROM appeals")[0][0]
    page = quote(link_path(place.context.secret, number, appeal))
    plan = planned(place, problem, "more_info", ground="У какого дома яма?")
    shown = client.get(page)
    assert "У какого дома яма?" in shown.text
    fields = {"problem_id": str(problem), "plan_id": str(plan), "form_token": fields_of(shown)["form_token"]}
    empty = client.post(f"{page}/answer", data=fields | {"words": " "})
    assert (empty.status_code, "Напишите ответ" in empty.text) == (409, True)
    assert client.post(f"{page}/answer", data=fields | {"words": "У дома 5"}).status_code == 303
    assert place.rows("SELECT plan_id, words FROM clarifications") == [(plan, "У дома 5")]
    again = client.post(f"{page}/answer", data=fields | {"words": "У дома 7"})
    assert "уже ответили" in again.text
    assert "У дома 5" in client.get(page).text
    with place.connection() as connection:
        resumed = [one for one in events_of(connection, Stream.PROBLEMS) if one.type is EventType.PROBLEM_RESUMED]
    assert [one.data["by"] for one in resumed] == ["citizen"]


def test_an_explanation_is_shown_to_the_author_once_an_operator_agreed(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Яма на Речной")
    [problem] = place.analyse(appeal, "Яма на Речной")
    page = quote(link_path(place.context.secret, place.rows("SELECT number FROM appeals")[0][0], appeal))
    plan = planned(place, problem, "refused", ground="ГОСТ Р 50597-2017, п. 8.1", words="Яма мельче нормы")
    assert "ГОСТ" not in client.get(page).text
    with place.connection() as connection:
        connection.execute("UPDATE plans SET agreed = true WHERE id = %s", (plan,))
    shown = client.get(page).text
    assert "Исполнитель отказал: ГОСТ Р 50597-2017, п. 8.1." in shown
    assert "Яма мельче нормы" in shown


def proved(place: Town, problem: UUID, *, public: bool) -> UUID:
    """An accepted proof with a photo «after»; its id. The copy for citizens is there or not."""
    proof, file = uuid4(), uuid4()
    original, copy = place.context.files.put(photo()), place.context.files.put(photo("PNG"))
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO proofs (id, region_id, problem_id, executor_id, state, words, done_on, submitted_by,
                   submitted_at) VALUES (%s, %s, %s, %s, 'accepted', 'Засыпали щебнем', %s, 'executor', %s)""",
            (proof, REGION, problem, executor_id("roads"), NOW.date(), NOW),
        )
        connection.execute(
            """INSERT INTO proof_files (id, region_id, proof_id, ordinal, role, name, media_type, size, sha256,
                   public_sha256) VALUES (%s, %s, %s, 0, 'after', 'после.jpg', 'image/jpeg', 1, %s, %s)""",
            (file, REGION, proof, original, copy if public else ""),
        )
    return file


def test_the_author_sees_the_copies_of_photos_made_for_citizens_and_no_other_file(
    client: httpx.Client, place: Town
) -> None:
    solved, other = Solved(place), Solved(place, "Чужая яма")
    shown, hidden = proved(place, solved.problems[0], public=True), proved(place, other.problems[0], public=False)
    for page in (solved.link, solved.page):
        text = client.get(page).text
        assert "Сделано 2 марта: Департамент транспорта." in text
        [src] = re.findall(r'<img src="([^"]+)"', text)
        assert src == f"{page}/photos/{shown}"
        content = client.get(src).content
        assert content == photo("PNG")
        for missing in (hidden, uuid4()):
            assert client.get(f"{page}/photos/{missing}").status_code == 404
    assert client.get(f"{other.link}/photos/{hidden}").status_code == 404
    assert client.get(f"{other.link}/photos/{shown}").status_code == 404


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


def test_failed_sendings_are_listed_and_sent_again_by_an_operator(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    with place.connection() as connection:
        connection.execute(
            "UPDATE replies SET state = 'failed', error = 'почтовый сервер отказал адресату: 550', attempts = 6"
        )
    operator = {"authorization": f"Bearer {place.token(place.person(Role.OPERATOR))}"}
    [failed] = client.get("/api/v1/sending", headers=operator).json()
    assert (failed["id"], failed["error"]) == (str(solved.reply), "почтовый сервер отказал адресату: 550")
    assert client.post(f"/api/v1/sending/{solved.reply}/resend", headers=operator).json() == {"again": True}
    assert place.rows("SELECT state, attempts FROM replies") == [("approved", 0)]
    assert client.get("/api/v1/sending", headers=operator).json() == []


def test_an_operator_writes_a_call_down_on_the_page_and_the_executors_list_marks_the_problem(
    client: httpx.Client, place: Town
) -> None:
    solved = Solved(place, "Яма на Речной", "Не горит фонарь")
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.OPERATOR)))
    fields = {"score": "2", "solved": "no", "words": "Звонил"}
    fields |= {"form_token": fields_of(client.get("/verdicts"))["form_token"]}
    vague = client.post("/verdicts", data=fields | {"number": solved.number})
    assert (vague.status_code, "Такой проблемы нет" in vague.text) == (409, True)
    assert 'value="Звонил"' in vague.text
    assert client.post("/verdicts", data=fields | {"number": f"{solved.number}/2"}).status_code == 303
    assert solved.states() == ["solved", "assigned"]
    assert "Звонил" in client.get("/verdicts?unsolved=true").text
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.EXECUTOR, executor="roads")))
    assert "автор: не решено" in client.get("/assignments").text


@pytest.mark.parametrize("by_page", [True, False])
def test_a_photo_of_a_telephone_passes_and_one_without_end_does_not(
    client: httpx.Client, place: Town, by_page: bool
) -> None:
    solved = Solved(place)
    path = f"{solved.page}/verdict" if by_page else solved.link
    noise = Image.effect_noise((2000, 2000), 100).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    assert 3_000_000 < len(out.getvalue()) < 20_000_000
    fields = {"problem_id": str(solved.problems[0]), "solved": "yes", "score": "5"}
    fields["form_token"] = fields_of(client.get("/"))["form_token"]
    huge = client.post(path, data=fields, files=[("photo", ("яма.jpg", b"x" * 21_500_000, "image/jpeg"))])
    assert huge.status_code == 413
    sent = client.post(path, data=fields, files=[("photo", ("яма.jpg", out.getvalue(), "image/jpeg"))])
    assert sent.status_code == 303


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


def test_the_executor_sees_the_authors_photo_of_his_own_problem_alone(client: httpx.Client, place: Town) -> None:
    solved = Solved(place)
    fields = {"problem_id": str(solved.problems[0]), "solved": "no", "score": "1"}
    fields["form_token"] = fields_of(client.get("/"))["form_token"]
    client.post(solved.link, data=fields, files=[("photo", ("яма.jpg", photo(), "image/jpeg"))])
    [(verdict,)] = place.rows("SELECT id FROM verdicts")
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.EXECUTOR, executor="roads")))
    assert f'src="/verdicts/{verdict}/photo"' in client.get(f"/assignments/{solved.problems[0]}").text
    shown = client.get(f"/verdicts/{verdict}/photo")
    assert shown.headers["content-type"] == "image/jpeg"
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.EXECUTOR, executor="waste")))
    assert client.get(f"/verdicts/{verdict}/photo").status_code == 404
