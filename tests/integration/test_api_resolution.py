"""Plans and reports from the outside: who may, what is written and told, what closes a problem and what does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

import streams
from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.events import Stream
from models.resolution import CheckResult
from resolution import ResolutionPolicy, author_answered, checked
from tests.integration.problems import events_of
from tests.proof_files import HEIC, PDF, VIDEO, picture, write_policy
from tests.town import NOW, REGION, Town, executor_id

TEXT = "Яма на Речной. Фонарь не горит у школы"
Client = Callable[..., httpx.Response]


@pytest.fixture
def place(place: Town) -> Town:
    write_policy(place.pack.folder)
    return place


@pytest.fixture
def as_person(place: Town, client: httpx.Client) -> Callable[[str], Client]:
    """Calls of the JSON API by a person of this login; with `files`, a multipart form."""

    def person(login: str) -> Client:
        headers = {"authorization": f"Bearer {place.token(login)}"}

        def call(method: str, path: str, *, files: Any = None, **body: Any) -> httpx.Response:
            sent = {"data": body, "files": files} if files is not None else {"json": body or None}
            return client.request(method, f"/api/v1{path}", headers=headers, **sent)

        return call

    return person


@pytest.fixture
def operator(place: Town, as_person: Callable[[str], Client]) -> Client:
    return as_person(place.person(Role.OPERATOR, "oper"))


@pytest.fixture
def roadman(place: Town, as_person: Callable[[str], Client]) -> Client:
    return as_person(place.person(Role.EXECUTOR, "roadman", executor="roads"))


@pytest.fixture
def stranger(place: Town, as_person: Callable[[str], Client]) -> Client:
    return as_person(place.person(Role.EXECUTOR, "stranger", executor="waste"))


@pytest.fixture
def problem(place: Town, operator: Client) -> UUID:
    """A problem of the roads, given to them: its version is 2."""
    return given(place, operator)


def given(place: Town, operator: Client, **columns: Any) -> UUID:
    [made] = place.analyse(place.appeal(TEXT), "Яма на Речной", **columns)
    answer = operator("POST", f"/problems/{made}/assign", version=1, executor_id=str(executor_id("roads")))
    assert answer.is_success, answer.text
    return made


def plan(client: Client, problem: UUID, version: int, **wish: Any) -> httpx.Response:
    wish = {"variant": "by_date", "words": "Засыплем яму", "due_on": "2026-03-09"} | wish
    return client("POST", f"/problems/{problem}/plan", version=version, **wish)


def report(client: Client, problem: UUID, version: int, *files: tuple[str, str, bytes], **fields: Any) -> Any:
    parts = [(role, (name, content)) for role, name, content in files or [("after", "1.jpg", picture())]]
    return client(
        "POST", f"/problems/{problem}/report", files=parts, version=version, **({"words": "Яму засыпали"} | fields)
    )


def look(place: Town, proof: str, *flags: str) -> None:
    """What the stage of proofs does: the checks are written, and what follows from them happens."""
    with place.connection() as connection:
        for code in flags:
            connection.execute(
                """INSERT INTO proof_checks (id, region_id, proof_id, code, result, reason, checked_at)
                   VALUES (%s, %s, %s, %s, %s, 'снято далеко от места', %s)""",
                [uuid4(), REGION, proof, code, CheckResult.FLAGGED, NOW],
            )
        policy = ResolutionPolicy.of_pack(place.pack)
        streams.append(connection, Stream.PROBLEMS, checked(connection, UUID(proof), flags, now=NOW, policy=policy))


def told(place: Town) -> list[str]:
    with place.connection() as connection:
        return [each.type.value for each in events_of(connection, Stream.PROBLEMS)]


def test_a_plan_is_kept_and_told_with_its_day_and_another_one_replaces_it(
    place: Town, problem: UUID, roadman: Client
) -> None:
    shown = plan(roadman, problem, 2).json()
    assert (shown["state"], shown["version"], shown["awaits"]) == ("planned", 3, "executor")
    assert shown["latest_due_on"] == "2026-03-12" and shown["needs_photo_after"]
    again = plan(roadman, problem, 3, due_on="2026-03-10", words="Засыплем и заасфальтируем").json()
    assert [one["words"] for one in again["plans"]] == ["Засыплем яму", "Засыплем и заасфальтируем"]
    with place.connection() as connection:
        last = events_of(connection, Stream.PROBLEMS)[-1]
    assert {**last.data, "plan_id": ""} == {
        "problem_id": str(problem), "plan_id": "", "variant": "by_date", "executor": "roads", "due": "2026-03-10",
        "by": "roadman",
    }  # fmt: skip


def test_a_plan_goes_no_further_than_its_topic_lets_it(problem: UUID, roadman: Client) -> None:
    answer = plan(roadman, problem, 2, due_on="2026-04-01")
    assert answer.status_code == 409
    assert "не дальше чем на 10 дней, до 12 марта 2026 года: яма не ждёт" in answer.json()["detail"]
    assert plan(roadman, problem, 2, variant="programme", due_on="2032-12-31", ground="Дороги").status_code == 409


def test_a_stale_page_plans_and_reports_nothing(problem: UUID, roadman: Client) -> None:
    assert plan(roadman, problem, 1).status_code == 409
    assert report(roadman, problem, 1).status_code == 409
    assert roadman("GET", f"/problems/{problem}/resolution").json()["plans"] == []


def test_who_does_not_have_the_problem_sees_and_does_nothing(
    place: Town, problem: UUID, roadman: Client, stranger: Client, operator: Client
) -> None:
    assert plan(stranger, problem, 2).status_code == 404
    assert report(stranger, problem, 2).status_code == 404
    assert stranger("GET", f"/problems/{problem}/resolution").status_code == 404
    made = report(roadman, problem, 2).json()["proofs"][0]
    path = f"/proofs/{made['id']}/files/{made['files'][0]['id']}"
    assert stranger("GET", path).status_code == 404
    for person in (roadman, operator):
        answer = person("GET", path)
        assert (answer.content, answer.headers["content-type"]) == (picture(), "image/jpeg")
    assert roadman("POST", f"/proofs/{made['id']}/accept", version=3).status_code == 403


def test_a_report_without_flags_solves_the_problem_by_the_machine(place: Town, problem: UUID, roadman: Client) -> None:
    answer = report(roadman, problem, 2, ("after", "1.jpg", picture()), ("document", "акт.pdf", PDF))
    shown = answer.json()
    assert (shown["state"], shown["awaits"]) == ("reported", "checks")
    assert [(one["role"], one["media_type"]) for one in shown["proofs"][0]["files"]] == [
        ("after", "image/jpeg"), ("document", "application/pdf"),
    ]  # fmt: skip
    look(place, shown["proofs"][0]["id"])
    look(place, shown["proofs"][0]["id"])  # told twice, done once
    solved = roadman("GET", f"/problems/{problem}/resolution").json()
    assert (solved["state"], solved["proofs"][0]["state"]) == ("solved", "accepted")
    assert solved["proofs"][0]["decided_by"] == "machine"
    assert told(place)[-3:] == ["solution.planned", "proof.submitted", "problem.solved"]


def test_a_topic_that_needs_a_photo_is_not_reported_without_one(problem: UUID, roadman: Client) -> None:
    for files in ([("document", "акт.pdf", PDF)], [("before", "0.jpg", picture())], [("video", "1.mp4", VIDEO)]):
        answer = report(roadman, problem, 2, *files)
        assert answer.status_code == 409 and "снимок «после»" in answer.json()["detail"]


def test_files_are_what_their_content_says_not_their_name(problem: UUID, roadman: Client) -> None:
    for name, content in (("1.jpg", b"MZ program"), ("1.jpg", HEIC), ("1.jpg", VIDEO), ("1.jpg", b"")):
        assert report(roadman, problem, 2, ("after", name, content)).status_code == 409
    kept = report(roadman, problem, 2, ("after", "photo.exe", picture("PNG"))).json()["proofs"][0]["files"]
    assert kept[0]["media_type"] == "image/png"


def test_flags_go_to_an_operator_who_confirms_them_or_not(
    place: Town, problem: UUID, roadman: Client, operator: Client
) -> None:
    proof = report(roadman, problem, 2).json()["proofs"][0]["id"]
    early = operator("POST", f"/proofs/{proof}/accept", version=4)
    assert early.status_code == 409 and "ещё проверяются" in early.json()["detail"]
    look(place, proof, "far", "dark")
    [waiting] = operator("GET", "/proofs/waiting").json()
    assert {one["code"]: one["result"] for one in waiting["proof"]["checks"]} == {"far": "flagged", "dark": "flagged"}
    assert operator("POST", f"/proofs/{proof}/accept", version=4).status_code == 409  # it was checked meanwhile
    done = operator("POST", f"/proofs/{proof}/accept", version=waiting["version"], confirmed=["far", "made-up"])
    assert done.json()["state"] == "solved" and done.json()["proofs"][0]["confirmed_flags"] == ["far"]
    with place.connection() as connection:
        last = events_of(connection, Stream.PROBLEMS)[-1]
    assert (last.data["by"], last.data["flags"], last.data["executor"]) == ("oper", ["far"], "roads")
    assert operator("GET", "/proofs/waiting").json() == []


def test_a_returned_report_says_why_and_the_executor_reports_anew(
    place: Town, problem: UUID, roadman: Client, operator: Client
) -> None:
    first = report(roadman, problem, 2).json()["proofs"][0]["id"]
    look(place, first, "far")
    version = operator("GET", "/proofs/waiting").json()[0]["version"]
    assert operator("POST", f"/proofs/{first}/return", version=version, reason=" ").status_code == 409
    back = operator("POST", f"/proofs/{first}/return", version=version, reason="Снято не то место").json()
    assert (back["state"], back["awaits"]) == ("planned", "executor")
    again = report(roadman, problem, back["version"]).json()
    assert [one["state"] for one in again["proofs"]] == ["returned", "submitted"]
    assert again["proofs"][0]["decision"] == "Снято не то место"
    look(place, again["proofs"][1]["id"])
    assert roadman("GET", f"/problems/{problem}/resolution").json()["state"] == "solved"
    assert told(place)[-4:] == ["proof.checked", "proof.returned", "proof.submitted", "problem.solved"]


def test_no_door_closes_a_problem_that_needs_a_photo_without_one(
    place: Town, roadman: Client, operator: Client
) -> None:
    light = given(place, operator, topic_code="03.001", group_name="Освещение")
    proof = report(roadman, light, 2, ("document", "акт.pdf", PDF)).json()["proofs"][0]["id"]
    corrected = operator("POST", f"/problems/{light}/topic", version=4, topic_code="01.001")
    assert corrected.is_success, corrected.text
    look(place, proof)  # the machine has nothing against the file, and does not solve the problem by it
    [waiting] = operator("GET", "/proofs/waiting").json()
    refused = operator("POST", f"/proofs/{proof}/accept", version=waiting["version"])
    assert refused.status_code == 409 and "без снимка «после»" in refused.json()["detail"]
    assert "problem.solved" not in told(place)


def test_an_explanation_closes_the_problem_only_when_an_operator_agrees(
    place: Town, problem: UUID, roadman: Client, operator: Client
) -> None:
    assert plan(roadman, problem, 2, variant="refused", ground="нет денег").status_code == 409
    shown = plan(roadman, problem, 2, variant="refused", ground="Жилищный кодекс РФ, ст. 36").json()
    assert (shown["state"], shown["awaits"], shown["plans"][0]["due_on"]) == ("planned", "operator", None)
    [waiting] = operator("GET", "/plans/waiting").json()
    back = operator("POST", f"/problems/{problem}/plan/return", version=waiting["version"], reason="Дорога ваша")
    assert (back.json()["state"], back.json()["plans"][0]["agreed"]) == ("assigned", False)
    plan(roadman, problem, back.json()["version"], variant="programme", due_on="2027-12-31", ground="Дороги, 2027")
    version = operator("GET", "/plans/waiting").json()[0]["version"]
    done = operator("POST", f"/problems/{problem}/plan/agree", version=version).json()
    assert (done["state"], done["awaits"], done["plans"][1]["agreed"]) == ("answered", "", True)
    with place.connection() as connection:
        last = events_of(connection, Stream.PROBLEMS)[-1]
    assert (last.type, last.data["variant"], last.data["by"]) == ("problem.answered", "programme", "oper")
    again = operator("POST", f"/problems/{problem}/plan/agree", version=done["version"])
    assert again.status_code == 409


def test_not_ours_names_a_body_outside_the_region_and_one_inside_gets_the_problem(
    place: Town, problem: UUID, roadman: Client
) -> None:
    inside = plan(roadman, problem, 2, variant="not_ours", ground="горсвет")
    assert inside.status_code == 409 and "«Горсвет» — исполнитель региона" in inside.json()["detail"]
    handed = plan(roadman, problem, 2, variant="not_ours", executor_id=str(executor_id("waste")))
    assert handed.json()["state"] == "queued"
    assert told(place)[-1] == "problem.refused"


def test_clocks_stand_while_the_author_is_asked_and_go_on_when_he_is_asked_no_more(
    place: Town, problem: UUID, roadman: Client
) -> None:
    shown = plan(roadman, problem, 2, variant="more_info", words="", ground="Какой номер дома?").json()
    assert shown["awaits"] == "author"
    assert told(place)[-2:] == ["solution.planned", "problem.paused"]
    plan(roadman, problem, shown["version"])
    assert told(place)[-2:] == ["solution.planned", "problem.resumed"]


def test_one_report_is_of_the_whole_incident_and_every_problem_has_its_own_proof(
    place: Town, roadman: Client, operator: Client
) -> None:
    mine = [given(place, operator) for _ in range(3)]
    other = given(place, operator)
    operator("POST", f"/problems/{other}/assign", version=2, executor_id=str(executor_id("waste")))
    incident(place, [*mine, other])
    assert roadman("GET", f"/problems/{mine[0]}/resolution").json()["fellows"] == 2
    assert plan(roadman, mine[0], 2).status_code == 200
    assert plan(roadman, mine[1], 3, whole_incident=False, due_on="2026-03-11").status_code == 200
    proof = report(roadman, mine[0], 3).json()["proofs"][0]
    assert proof["problems"] == 3
    rows = place.rows("SELECT id, problem_id, report_id FROM proofs ORDER BY problem_id")
    assert [row[1] for row in rows] == sorted(mine) and len({row[2] for row in rows}) == 1
    assert place.rows("SELECT count(DISTINCT sha256), count(*) FROM proof_files") == [(1, 3)]
    assert place.rows("SELECT count(*) FROM plans WHERE problem_id = %s", other) == [(0,)]
    for row in rows:
        look(place, str(row[0]), "far")
    [waiting] = operator("GET", "/proofs/waiting").json()
    shown = operator("POST", f"/proofs/{waiting['proof']['id']}/accept", version=waiting["version"])
    assert shown.is_success, shown.text
    assert place.rows("SELECT count(*) FROM problems WHERE state = 'solved'") == [(3,)]


def incident(place: Town, problems: list[UUID]) -> None:
    """One incident of these problems."""
    with place.connection() as connection:
        made = uuid4()
        connection.execute(
            """INSERT INTO incidents (id, region_id, number, cause, state, first_at, last_at, opened_by, opened_at)
               VALUES (%s, %s, 1, '', 'open', %s, %s, 'oper', %s)""",
            [made, REGION, NOW, NOW, NOW],
        )
        for problem in problems:
            connection.execute(
                """INSERT INTO incident_problems
                       (id, region_id, incident_id, problem_id, joined_by, reason, joined_at)
                   VALUES (%s, %s, %s, %s, 'oper', '', %s)""",
                [uuid4(), REGION, made, problem, NOW],
            )


def test_a_problem_that_is_given_over_keeps_its_plans_and_the_new_executor_plans_his_own(
    place: Town, problem: UUID, roadman: Client, stranger: Client, operator: Client
) -> None:
    proof = report(roadman, problem, 2).json()["proofs"][0]["id"]
    given_over = operator("POST", f"/problems/{problem}/assign", version=4, executor_id=str(executor_id("waste")))
    assert given_over.json()["state"] == "assigned"
    look(place, proof)  # checked too late: nobody answers for it any more
    assert roadman("GET", f"/problems/{problem}/resolution").status_code == 404
    shown = stranger("GET", f"/problems/{problem}/resolution").json()
    assert (shown["state"], shown["awaits"], len(shown["plans"])) == ("assigned", "executor", 1)
    planned = plan(stranger, problem, shown["version"]).json()
    assert [one["executor_name"] for one in planned["plans"]] == ["Департамент транспорта", "Региональный оператор"]
    assert operator("GET", "/proofs/waiting").json() == []


def test_a_proof_of_who_had_the_problem_before_solves_it_no_more(
    place: Town, roadman: Client, stranger: Client, operator: Client
) -> None:
    kept, moved = given(place, operator), given(place, operator)
    incident(place, [kept, moved])
    report(roadman, kept, 2)
    old = {row[0]: row[1] for row in place.rows("SELECT problem_id, id FROM proofs")}
    for proof in old.values():
        look(place, str(proof), "far")
    operator("POST", f"/problems/{moved}/assign", version=5, executor_id=str(executor_id("waste")))
    report(stranger, moved, 6)
    refused = operator("POST", f"/proofs/{old[moved]}/accept", version=8)
    assert refused.status_code == 409 and "отчёт новее" in refused.json()["detail"]
    done = operator("POST", f"/proofs/{old[kept]}/accept", version=5)
    assert done.is_success, done.text
    assert dict(place.rows("SELECT id, state FROM problems")) == {kept: "solved", moved: "reported"}


def test_the_answer_of_the_author_lets_the_clocks_go_on_once(place: Town, problem: UUID, roadman: Client) -> None:
    plan(roadman, problem, 2, variant="more_info", words="", ground="Какой номер дома?")
    with place.connection() as connection:
        streams.append(connection, Stream.PROBLEMS, author_answered(connection, REGION, problem, now=NOW))
        connection.execute(
            """INSERT INTO clarifications (id, region_id, problem_id, plan_id, words, given_at)
               SELECT %s, region_id, problem_id, id, 'Дом 5', %s FROM plans""",
            [uuid4(), NOW],
        )
        assert author_answered(connection, REGION, problem, now=NOW) == []
    assert told(place)[-1] == "problem.resumed"
    shown = roadman("GET", f"/problems/{problem}/resolution").json()
    assert (shown["awaits"], shown["plans"][0]["answer"]) == ("executor", "Дом 5")


def test_of_two_operators_who_decide_at_once_one_does(
    place: Town, problem: UUID, roadman: Client, operator: Client
) -> None:
    proof = report(roadman, problem, 2).json()["proofs"][0]["id"]
    look(place, proof, "far")
    version = operator("GET", "/proofs/waiting").json()[0]["version"]

    def decide(action: str) -> int:
        more = {"reason": "Не то место"} if action == "return" else {}
        return operator("POST", f"/proofs/{proof}/{action}", version=version, **more).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(decide, ["return", "accept", "return", "accept"]))
    assert sorted(answers) == [200, 409, 409, 409]
    assert len([one for one in told(place) if one in ("problem.solved", "proof.returned")]) == 1


def test_the_executors_list_says_whose_turn_it_is(
    place: Town, client: httpx.Client, roadman: Client, operator: Client
) -> None:
    problems = [given(place, operator) for _ in range(4)]
    place.clock(problems[1], "plan", timedelta(hours=2))
    place.clock(problems[0], "plan", timedelta(hours=5))
    plan(roadman, problems[2], 2, variant="more_info", words="", ground="Какой дом?")
    look(place, report(roadman, problems[3], 2).json()["proofs"][0]["id"])
    client.cookies.set(SESSION_COOKIE, place.token("roadman"))

    def listed(turn: str) -> list[str]:
        page = client.get("/assignments", params={"turn": turn}).text
        return re.findall(r'href="/assignments/([0-9a-f-]{36})"', page)

    assert listed("todo") == [str(problems[1]), str(problems[0])]  # what runs out first
    assert listed("waiting") == [str(problems[2])]
    assert listed("done") == [str(problems[3])]


def test_a_report_with_wrong_fields_says_which(problem: UUID, roadman: Client) -> None:
    answer = report(roadman, problem, 2, done_on="вчера", colour="red")
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"body.done_on", "body.colour"}
    assert report(roadman, problem, 2, words="").json()["errors"][0]["field"] == "body.words"
