"""An operator finds appeals: by number, by words in any form, by name and address."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from api.security.users import Role
from models.message import Author
from tests.town import Town

TEXT = "Во дворе второй месяц не горят фонари, ещё и ёлку не убрали у подъезда № 3"


@pytest.fixture
def operator(place: Town) -> dict[str, str]:
    return {"authorization": f"Bearer {place.token(place.person(Role.OPERATOR))}"}


@pytest.fixture
def told(place: Town) -> UUID:
    """One appeal among others: of Ольга Кузьмина, at улица Речная, 5."""
    others = "Не вывозят мусор с пятницы"
    place.analyse(
        place.appeal(others, author=Author(name="Пётр Яковлев")), others, place={"street": "Садовый переулок"}
    )
    appeal = place.appeal(TEXT, author=Author(name="Ольга Кузьмина"), stated={"street": "Набережная", "house": "12/1"})
    return place.analyse(appeal, TEXT)[0]


def found(client: httpx.Client, operator: dict[str, str], **asked: str) -> list[str]:
    return [one["id"] for one in client.get("/api/v1/problems", params=asked, headers=operator).json()["items"]]


@pytest.mark.parametrize(
    "typed",
    [
        "фонарь",
        "фонарём двором",
        "ёлка",
        "елку",
        "Кузьминой Ольге",
        "улица Речная 5",
        "ул. Речной, д. 5",
        "набережная 12/1",
        "подъезд 3",
        "подъез",
        "речн",
        "фонари на Речной",
        "фонари для подъезда",
        "фонарь & !",
    ],
)
def test_an_appeal_is_found_by_its_words_in_any_form(
    client: httpx.Client, operator: dict[str, str], told: UUID, typed: str
) -> None:
    assert found(client, operator, text=typed) == [str(told)]


@pytest.mark.parametrize("typed", ["Кузьмина Садовый", "фонарный завод", "он", "Ре", "%", "'", "\\"])
def test_what_is_not_in_it_does_not_find_it(
    client: httpx.Client, operator: dict[str, str], told: UUID, typed: str
) -> None:
    assert found(client, operator, text=typed) == []


def test_an_appeal_is_found_by_its_number_whole_or_in_part(
    client: httpx.Client, place: Town, operator: dict[str, str], told: UUID
) -> None:
    [(number,)] = place.rows(
        "SELECT a.number FROM appeals a JOIN problems p ON p.appeal_id = a.id WHERE p.id = %s", told
    )
    assert found(client, operator, text=number) == [str(told)]
    assert found(client, operator, text=number.lower().replace("-", " ")) == [str(told)]
    assert str(told) in found(client, operator, text=number.split("-")[2])
    assert str(told) in found(client, operator, text=number.split("-")[2].lstrip("0"))


def test_a_corrected_place_is_found_and_the_old_one_is_not(
    client: httpx.Client, place: Town, operator: dict[str, str], told: UUID
) -> None:
    moved = client.post(
        f"/api/v1/problems/{told}/place",
        json={"version": 1, "place": {"settlement": "Городок", "street": "Садовый переулок", "house": "9"}},
        headers=operator,
    )
    assert moved.status_code < 300, moved.text
    assert str(told) in found(client, operator, text="Садовый 9")
    assert found(client, operator, text="Речная") == []
    assert found(client, operator, place="Садовый 9") == [str(told)]
    assert found(client, operator, place="Набережная") == []  # said, but not the place of the problem


def test_an_appeal_without_a_problem_and_one_that_waits_are_found(
    client: httpx.Client, place: Town, operator: dict[str, str]
) -> None:
    waits, thanks = place.appeal("Яма у школы"), place.appeal("Спасибо за отремонтированную площадку")
    with place.connection() as connection:
        connection.execute(
            "UPDATE appeals SET state = 'dismissed', dismissal = 'thanks', analysed_at = now() WHERE id = %s", (thanks,)
        )
    [(number,)] = place.rows("SELECT number FROM appeals WHERE id = %s", waits)

    def appeals(typed: str) -> list[str]:
        answer = client.get("/api/v1/appeals", params={"text": typed}, headers=operator)
        return [one["id"] for one in answer.json()["items"]]

    assert appeals("площадки") == [str(thanks)]
    assert appeals(number) == [str(waits)]


def test_erased_words_are_found_no_more(
    client: httpx.Client, place: Town, operator: dict[str, str], told: UUID
) -> None:
    with place.connection() as connection:
        connection.execute("UPDATE appeals SET author = '{}', text = 'стёрто' WHERE author->>'name' LIKE 'Ольга%%'")
    assert found(client, operator, text="Кузьмина") == []
    assert found(client, operator, text="фонари") == []
