"""What an author answered to an executor's question, as those who work may read it."""

from __future__ import annotations

from uuid import uuid4

import httpx

from api.security.users import Role
from models.resolution import Variant
from tests.integration.reply_cases import Case
from tests.town import NOW, Town


def test_a_governor_reads_the_authors_answer_without_name_and_phones(place: Town, client: httpx.Client) -> None:
    case = Case(place, name="Синицын Пётр")
    case.plan(0, Variant.MORE_INFO, "", ground="Какой номер дома?")
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO clarifications (id, region_id, problem_id, plan_id, words, given_at)
               SELECT %s, region_id, problem_id, id, %s, %s FROM plans""",
            [uuid4(), "Дом 5. Синицын Петр, 8 (3812) 45-67-89, +7 913 000-11-22", NOW],
        )
    path = f"/api/v1/problems/{case.problems[0]}/resolution"
    for role, whole in ((Role.EXECUTOR, True), (Role.GOVERNOR, False)):
        token = place.token(place.person(role, executor="roads" if whole else ""))
        shown = client.get(path, headers={"authorization": f"Bearer {token}"}).json()["plans"][0]["answer"]
        assert shown.startswith("Дом 5. ")
        assert [each in shown for each in ("Синицын", "Петр", "45-67-89", "000-11-22")] == [whole] * 4
