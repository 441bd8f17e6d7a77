"""What a citizen reads of the solution on his page and answers there; what staff read of his verdict."""

from __future__ import annotations

import io
import re
from html import unescape
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from api.links import link_path
from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.events import EventType, Stream
from tests.integration.problems import events_of
from tests.integration.test_api_citizen import fields_of, photo
from tests.solved import Solved, judge
from tests.town import NOW, REGION, Town, executor_id


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
