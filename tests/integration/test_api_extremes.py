"""Days at the ends of the calendar, signs that no column holds: the one who asks is told so, nothing breaks."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from tests.solved import Solved, judge
from tests.town import Town

ENDS = (
    "/map?first=0001-01-01&last=0001-01-02",
    "/map?last=0001-01-01",
    "/heat/cells.json?first=9999-12-01&last=9999-12-31",
    "/reports/0001-01-01",
    "/reports/9999-12-31/letter.pdf",
    "/reports/contractors?until=0001-01-01",
    "/reports/contractors/roads/evidence.pdf?until=0001-01-01",
    "/api/v1/heat?first=0001-01-01&last=0001-01-02",
    "/api/v1/heat/areas?first=9999-12-01&last=9999-12-31",
    "/api/v1/failing-executors?until=0001-01-01",
    "/api/v1/letters/9999-12-31",
    "/api/v1/ratings?last=9999-12-31",
)


@pytest.fixture
def governor(place: Town, client: httpx.Client) -> httpx.Client:
    token = place.token(place.person(Role.GOVERNOR))
    client.headers["authorization"] = f"Bearer {token}"
    client.cookies.set(SESSION_COOKIE, token)
    return client


@pytest.mark.parametrize("path", ENDS)
def test_days_at_the_ends_of_the_calendar_are_refused(governor: httpx.Client, path: str) -> None:
    assert governor.get(path).status_code == 422


def test_the_ratings_page_takes_such_days_for_none(governor: httpx.Client) -> None:
    assert governor.get("/ratings?first=0001-01-01&last=9999-12-31").status_code == 200


@pytest.mark.parametrize("path", ["/a/%00/x", "/reports/contractors/%00/evidence.pdf"])
def test_a_sign_that_no_text_holds_is_refused(governor: httpx.Client, path: str) -> None:
    assert governor.get(path).status_code == 422


def test_a_verdict_with_such_a_sign_is_refused_and_nothing_of_it_is_kept(place: Town, client: httpx.Client) -> None:
    solved = Solved(place)
    sent = judge(client, solved.link, solved.problems[0], words="Яма\x00 цела")
    assert (sent.status_code, "Ничего не записано" in sent.text) == (422, True)
    assert place.rows("SELECT count(*) FROM verdicts") == [(0,)]


@pytest.mark.parametrize("code", ["дороги", 'a"; x="\r\nSet-Cookie: q=1'])
def test_an_executors_code_in_any_letters_names_the_file_of_evidence(
    governor: httpx.Client, place: Town, code: str
) -> None:
    with place.connection() as connection:
        connection.execute("UPDATE executors SET code = %s WHERE code = 'roads'", [code])
    given = governor.get(f"/reports/contractors/{quote(code, safe='')}/evidence.pdf")
    assert (given.status_code, given.headers["content-type"]) == (200, "application/pdf")
    assert f"evidence-{quote(code, safe='')}-" in given.headers["content-disposition"]
    assert "set-cookie" not in given.headers
