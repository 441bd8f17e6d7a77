"""Every route of the application: who may call it, and what its errors look like."""

from __future__ import annotations

import re
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute

from api.security.access import EXECUTORS, GIVERS, OPERATORS, READERS, STAFF, Requires
from api.security.forms import SESSION_COOKIE, posted
from api.security.users import Role
from tests.town import REGION, Town

PUBLIC = {
    ("GET", "/"),
    ("POST", "/"),
    ("GET", "/a/{number}/{token}"),
    ("POST", "/a/{number}/{token}/verdict"),
    ("POST", "/a/{number}/{token}/answer"),
    ("GET", "/a/{number}/{token}/photos/{file_id}"),
    ("GET", "/verdicts/{token}"),
    ("GET", "/api/v1/verdicts/{token}"),
    ("POST", "/api/v1/verdicts/{token}"),
    ("POST", "/verdicts/{token}"),
    ("GET", "/verdicts/{token}/photos/{file_id}"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("POST", "/logout"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),  # looks at the peer and the role itself; test_api_trouble holds it
    ("GET", "/map/{region}/municipalities.geojson"),
    ("GET", "/map/{region}/labels.json"),
    ("GET", "/map/{region}/houses.json"),
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/appeals"),
    ("GET", "/api/v1/topics"),
    ("GET", "/heat/public"),
    ("GET", "/api/v1/heat/public"),  # whole months that are over, no cell with fewer people than the floor
}
ALLOWED: dict[tuple[str, str], Requires] = {
    ("DELETE", "/api/v1/sessions/current"): STAFF,
    ("GET", "/api/v1/appeals"): OPERATORS,
    ("GET", "/api/v1/appeals/{appeal_id}"): OPERATORS,
    ("POST", "/api/v1/appeals/{appeal_id}/restore"): OPERATORS,
    ("GET", "/api/v1/problems"): STAFF,
    ("GET", "/api/v1/problems/{problem_id}"): STAFF,
    ("GET", "/api/v1/queue"): READERS,
    ("GET", "/api/v1/assignments"): STAFF,
    ("GET", "/api/v1/executors"): STAFF,
    ("GET", "/api/v1/refusal-reasons"): STAFF,
    ("POST", "/api/v1/problems/{problem_id}/refuse"): EXECUTORS,
    ("POST", "/api/v1/problems/{problem_id}/co"): OPERATORS,
    ("POST", "/api/v1/problems/{problem_id}/co/{part_id}/end"): OPERATORS,
    ("POST", "/api/v1/problems/{problem_id}/co/{part_id}/answer"): EXECUTORS,
    ("GET", "/api/v1/problems/{problem_id}/resolution"): STAFF,
    ("POST", "/api/v1/problems/{problem_id}/plan"): EXECUTORS,
    ("POST", "/api/v1/problems/{problem_id}/report"): EXECUTORS,
    ("POST", "/api/v1/problems/{problem_id}/plan/agree"): OPERATORS,
    ("POST", "/api/v1/problems/{problem_id}/plan/return"): OPERATORS,
    ("GET", "/api/v1/plans/waiting"): READERS,
    ("GET", "/api/v1/proofs/waiting"): READERS,
    ("POST", "/api/v1/proofs/{proof_id}/accept"): OPERATORS,
    ("POST", "/api/v1/proofs/{proof_id}/return"): OPERATORS,
    ("GET", "/api/v1/proofs/{proof_id}/files/{file_id}"): STAFF,
    ("GET", "/api/v1/instruction-terms"): STAFF,
    ("GET", "/api/v1/instructions"): STAFF,
    ("GET", "/api/v1/instructions/{instruction_id}"): STAFF,
    ("POST", "/api/v1/instructions"): GIVERS,
    ("POST", "/api/v1/instructions/{instruction_id}/deeds"): GIVERS,
    ("POST", "/api/v1/instructions/{instruction_id}/move"): GIVERS,
    ("POST", "/api/v1/instructions/{instruction_id}/points/{point_id}/done"): EXECUTORS,
    ("GET", "/instructions"): STAFF,
    ("POST", "/instructions"): GIVERS,
    ("GET", "/instructions/{instruction_id}"): STAFF,
    ("POST", "/instructions/{instruction_id}/{action}"): GIVERS,
    ("GET", "/assignments/{problem_id}"): EXECUTORS,
    ("POST", "/assignments/{problem_id}/refuse"): EXECUTORS,
    ("GET", "/assignments/{problem_id}/photos/{photo_id}"): EXECUTORS,
    ("POST", "/assignments/{problem_id}/plan"): EXECUTORS,
    ("POST", "/assignments/{problem_id}/report"): EXECUTORS,
    ("GET", "/proofs"): OPERATORS,
    ("GET", "/proofs/{proof_id}/files/{file_id}"): STAFF,
    ("POST", "/proofs/{proof_id}/{action}"): OPERATORS,
    ("POST", "/plans/{problem_id}/{action}"): OPERATORS,
    ("POST", "/assignments/{problem_id}/answer/{part_id}"): EXECUTORS,
    **{
        ("POST", f"/api/v1/problems/{{problem_id}}/{action}"): OPERATORS
        for action in ("accept", "assign", "topic", "place", "split", "merge", "dismiss", "undo")
    },
    ("GET", "/api/v1/verdicts"): READERS,
    ("POST", "/api/v1/problems/{problem_id}/verdict"): OPERATORS,
    ("GET", "/api/v1/replies"): OPERATORS,
    ("GET", "/api/v1/replies/{reply_id}"): OPERATORS,
    ("POST", "/api/v1/replies/approve"): OPERATORS,
    ("POST", "/api/v1/replies/{reply_id}/approve"): OPERATORS,
    ("PUT", "/api/v1/replies/{reply_id}/text"): OPERATORS,
    ("POST", "/api/v1/replies/{reply_id}/return"): OPERATORS,
    ("POST", "/api/v1/problems/{problem_id}/reply-preview"): STAFF,
    ("GET", "/replies"): OPERATORS,
    ("GET", "/replies/{reply_id}"): OPERATORS,
    ("POST", "/replies/approve"): OPERATORS,
    ("POST", "/replies/{reply_id}/approve"): OPERATORS,
    ("POST", "/replies/{reply_id}/text"): OPERATORS,
    ("POST", "/replies/{reply_id}/return"): OPERATORS,
    ("POST", "/assignments/{problem_id}/preview"): EXECUTORS,
    ("GET", "/api/v1/sending"): OPERATORS,
    ("POST", "/api/v1/sending/{reply_id}/resend"): OPERATORS,
    ("GET", "/verdicts"): READERS,
    ("POST", "/verdicts"): OPERATORS,
    ("GET", "/verdicts/{verdict_id}/photo"): STAFF,
    ("GET", "/sending"): OPERATORS,
    ("POST", "/sending/{reply_id}/resend"): OPERATORS,
    ("GET", "/api/v1/incidents"): READERS,
    ("GET", "/api/v1/incidents/{incident_id}"): READERS,
    ("GET", "/api/v1/bursts"): READERS,
    ("GET", "/incidents"): READERS,
    ("POST", "/incidents"): OPERATORS,
    ("GET", "/incidents/{incident_id}"): READERS,
    ("POST", "/incidents/{incident_id}/{action}"): OPERATORS,
    ("POST", "/suggestions/{problem_id}/{answer}"): OPERATORS,
    ("GET", "/api/v1/notices"): STAFF,
    ("POST", "/api/v1/notices/read"): STAFF,
    ("GET", "/notices"): STAFF,
    ("POST", "/notices/read"): STAFF,
    ("GET", "/queue"): OPERATORS,
    ("GET", "/dismissed"): OPERATORS,
    ("GET", "/assignments"): EXECUTORS,
    ("GET", "/overview"): READERS,
    ("GET", "/forecast"): READERS,
    ("GET", "/reports"): READERS,
    ("GET", "/reports/contractors"): READERS,
    ("GET", "/reports/contractors/{code}/evidence.pdf"): READERS,
    ("GET", "/reports/{week}"): READERS,
    ("GET", "/reports/{week}/letter.pdf"): READERS,
    ("GET", "/api/v1/letters"): READERS,
    ("GET", "/api/v1/letters/{week}"): READERS,
    ("GET", "/api/v1/failing-executors"): READERS,
    ("GET", "/ratings"): STAFF,
    ("GET", "/ratings/{code}"): STAFF,
    ("GET", "/ratings/{code}/problems"): STAFF,
    ("GET", "/api/v1/ratings"): STAFF,
    ("GET", "/api/v1/ratings/{code}"): STAFF,
    ("GET", "/api/v1/ratings/{code}/problems"): STAFF,
    ("GET", "/api/v1/heat"): READERS,
    ("GET", "/api/v1/heat/areas"): READERS,
    ("GET", "/api/v1/heat/problems"): READERS,
    ("GET", "/api/v1/hotspots"): READERS,
    ("GET", "/map"): READERS,
    ("GET", "/heat/cells.json"): READERS,
    ("GET", "/heat/areas.json"): READERS,
    ("GET", "/heat/problems"): READERS,
    ("GET", "/heat/hotspots/{spot_id}"): READERS,
    ("GET", "/api/v1/forecast"): READERS,
    ("GET", "/api/v1/forecast/history"): READERS,
    ("GET", "/appeals/{appeal_id}"): OPERATORS,
    ("GET", "/appeals/{appeal_id}/attachments/{attachment_id}"): OPERATORS,
    ("POST", "/appeals/{appeal_id}/restore"): OPERATORS,
    ("POST", "/problems/{problem_id}/{action}"): OPERATORS,
}


def routes(place: Town) -> list[tuple[str, APIRoute]]:
    found = [route for route in place.app.routes if isinstance(route, APIRoute)]
    return [(method, route) for route in found for method in sorted((route.methods or set()) - {"HEAD"})]


def filled(path: str) -> str:
    """A path with parameters that name nothing that is there."""
    path = path.replace("{region}", REGION).replace("{number}", "ГО-2026-0000009").replace("{token}", "x" * 20)
    path = path.replace("/incidents/{incident_id}/{action}", "/incidents/{incident_id}/close").replace(
        "{answer}", "yes"
    )
    path = path.replace("{action}", "dismiss").replace("{week}", "2026-02-23").replace("{code}", "roads")
    return re.sub(r"{\w+_id}", str(UUID(int=7)), path)


def required(route: APIRoute) -> Requires | None:
    guards = [one.call for one in route.dependant.dependencies if isinstance(one.call, Requires)]
    assert len(guards) <= 1
    return guards[0] if guards else None


def test_every_route_is_in_the_table_of_roles_or_public(place: Town) -> None:
    guards = {(method, route.path): required(route) for method, route in routes(place)}
    assert {key for key, guard in guards.items() if guard is None} == PUBLIC
    assert {key: guard for key, guard in guards.items() if guard is not None} == ALLOWED


def test_head_is_answered_wherever_get_is_a_page_and_guarded_like_it(client: httpx.Client, place: Town) -> None:
    for method, route in routes(place):
        if method == "GET" and not route.path.startswith("/api/"):
            asked, got = client.head(filled(route.path)), client.get(filled(route.path))
            assert asked.status_code == got.status_code, route.path
            assert asked.content == b""


def test_nobody_gets_into_a_guarded_route_without_signing_in(client: httpx.Client, place: Town) -> None:
    for method, route in routes(place):
        if (method, route.path) in PUBLIC:
            continue
        answer = client.request(method, filled(route.path))
        if route.path.startswith("/api/"):
            assert answer.status_code == 401, route.path
        else:
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login"), route.path


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_where_the_table_lets_it_and_nowhere_else(client: httpx.Client, place: Town, role: Role) -> None:
    login = place.person(role, executor="roads" if role is Role.EXECUTOR else "")
    for method, route in routes(place):
        guard = ALLOWED.get((method, route.path))
        if guard is None:
            continue
        token = place.token(login)
        if route.path.startswith("/api/"):
            answer = client.request(method, filled(route.path), headers={"authorization": f"Bearer {token}"})
        else:
            answer = client.request(method, filled(route.path), headers={"cookie": f"{SESSION_COOKIE}={token}"})
        assert answer.status_code != 401, route.path
        if role in guard.roles:
            form_without_token = method == "POST" and not route.path.startswith("/api/")
            assert (answer.status_code == 403) == form_without_token, (role, route.path)
        else:
            assert answer.status_code == 403, (role, route.path)


def test_a_cookie_does_not_open_the_json_api_nor_a_bearer_token_a_page(client: httpx.Client, place: Town) -> None:
    token = place.token(place.person(Role.ADMIN))
    assert client.get("/api/v1/problems", headers={"cookie": f"{SESSION_COOKIE}={token}"}).status_code == 401
    assert client.get("/queue", headers={"authorization": f"Bearer {token}"}).status_code == 303


def test_every_form_of_a_page_needs_its_token(place: Town) -> None:
    forms = [route for method, route in routes(place) if method == "POST" and not route.path.startswith("/api/")]
    assert len(forms) >= 5
    for route in forms:
        assert posted in [one.call for one in route.dependant.dependencies], route.path


def assert_is_problem(answer: httpx.Response) -> None:
    """RFC 9457: the media type and the members that every error has."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == answer.status_code
    assert body["title"]
    assert re.search("[а-яё]", body["detail"])


def test_every_endpoint_of_the_json_api_answers_errors_in_one_shape(client: httpx.Client, place: Town) -> None:
    login = place.person(Role.ADMIN)
    seen: set[int] = set()
    for method, route in routes(place):
        if not route.path.startswith("/api/"):
            continue
        path = filled(route.path)
        admin = {"authorization": f"Bearer {place.token(login)}"}
        wrong = [
            client.request(method, path),  # 401, or 422 where anybody may call
            client.request(method, path, headers=admin),  # nothing is there
            client.request(method, path, headers=admin, content=b"{", params={"limit": "many"}),
            client.request(method, route.path.replace("{", "").replace("}", ""), headers=admin),
            client.request("PATCH", path, headers=admin),
        ]
        for answer in wrong:
            if answer.status_code >= 400:
                seen.add(answer.status_code)
                assert_is_problem(answer)
    assert {401, 404, 405, 422} <= seen


def test_an_unknown_address_a_forbidden_one_and_a_broken_endpoint_have_the_same_shape(
    client: httpx.Client, place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = {"authorization": f"Bearer {place.token(place.person(Role.EXECUTOR))}"}
    admin = {"authorization": f"Bearer {place.token(place.person(Role.ADMIN))}"}

    def explode(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Иванов, +79001112233")

    monkeypatch.setattr("api.reading.directory.executors", explode)
    answers = {
        404: client.get("/api/v1/nothing"),
        403: client.get("/api/v1/queue", headers=executor),
        500: client.get("/api/v1/executors", headers=admin),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert_is_problem(answer)
    assert "Иванов" not in answers[500].text
    assert "Traceback" not in answers[500].text


def test_wrong_fields_are_named_and_what_was_sent_is_not_repeated(client: httpx.Client) -> None:
    answer = client.post("/api/v1/appeals", json={"text": "яма", "external_id": "1", "phone": "+79001112233"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"body.external_id", "body.phone"}
    assert "79001112233" not in answer.text


def test_errors_of_pages_are_russian_pages(client: httpx.Client) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Не найдено" in answer.text


def test_openapi_describes_every_endpoint_and_its_errors(client: httpx.Client, place: Town) -> None:
    described = client.get("/api/v1/openapi.json").json()
    operations = {
        (method.upper(), path): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    expected = {(method, route.path) for method, route in routes(place) if route.path.startswith("/api/")}
    assert set(operations) == expected
    for operation in operations.values():
        assert operation["description"]
        errors = {status: one for status, one in operation["responses"].items() if status >= "400"}
        assert errors
        for error in errors.values():
            assert list(error["content"]) == ["application/problem+json"]


def test_every_answer_carries_the_headers_of_protection(client: httpx.Client) -> None:
    for path in ("/", "/login", "/api/v1/topics", "/static/otklik.css", "/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
