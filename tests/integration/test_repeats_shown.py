"""What operators are shown of repeats, copies and common causes, and that others are not."""

from __future__ import annotations

from uuid import UUID

import httpx

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from tests.town import NOW, Town

REASON = "другой автор, текст совпадает на 93 %, в те же сутки"


def linked(place: Town) -> tuple[UUID, UUID, UUID, UUID]:
    """Two appeals with a problem each, the second a copy of the first: (appeal, problem) of both."""
    first, second = place.appeal("Яма на Речной"), place.appeal("Яма на Речной!")
    one, two = place.analyse(first, "Яма на Речной")[0], place.analyse(second, "Яма на Речной")[0]
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO similar_problems (problem_id, earlier_id, region_id, kind, score, reason, linked_at)
               VALUES (%s, %s, 'gorod', 'copy', 0.93, %s, %s)""",
            (two, one, REASON, NOW),
        )
    return first, one, second, two


def test_the_page_of_each_appeal_leads_to_the_other_with_the_reason(client: httpx.Client, place: Town) -> None:
    first, one, second, two = linked(place)
    cookie = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.OPERATOR))}"}
    for shown, other, problem, said in (
        (second, first, one, "тот же текст был раньше"),
        (first, second, two, "тот же текст пришёл снова"),
    ):
        page = client.get(f"/appeals/{shown}", headers=cookie).text
        [(number,)] = place.rows("SELECT number FROM appeals WHERE id = %s", other)
        assert "Похожие обращения" in page and REASON in page and said in page
        assert f'href="/appeals/{other}#problem-{problem}">{number}</a>' in page


def test_an_appeal_like_no_other_has_no_such_list(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Яма на Речной")
    place.analyse(appeal, "Яма на Речной")
    cookie = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.OPERATOR))}"}
    assert "Похожие обращения" not in client.get(f"/appeals/{appeal}", headers=cookie).text


def test_the_api_tells_operators_and_nobody_else(client: httpx.Client, place: Town) -> None:
    first, one, _, two = linked(place)

    def similar(role: Role) -> list[dict[str, object]]:
        token = place.token(place.person(role))
        answer = client.get(f"/api/v1/problems/{two}", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["similar"])

    [other] = similar(Role.OPERATOR)
    assert (other["problem_id"], other["appeal_id"]) == (str(one), str(first))
    assert (other["kind"], other["score"], other["reason"]) == ("copy", 0.93, REASON)
    assert other["is_earlier"] is True
    assert similar(Role.GOVERNOR) == []


def test_of_a_text_posted_a_hundred_times_ten_are_listed_and_all_counted(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Яма на Речной")
    problem = place.analyse(appeal, "Яма на Речной")[0]
    for number in range(12):
        later = place.analyse(place.appeal(f"Яма на Речной {number}"), "Яма на Речной")[0]
        with place.connection() as connection:
            connection.execute(
                """INSERT INTO similar_problems (problem_id, earlier_id, region_id, kind, score, reason, linked_at)
                   VALUES (%s, %s, 'gorod', 'copy', 0.93, %s, %s)""",
                (later, problem, REASON, NOW),
            )
    cookie = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.OPERATOR))}"}
    page = client.get(f"/appeals/{appeal}", headers=cookie).text
    assert page.count(REASON) == 10 and "и ещё 2" in page
