"""Authors known again on a real database: one number for one person, nothing of him in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from models.analysis import SourceText
from models.identifiers import new_id
from models.pack import load_pack
from nlp.authors import Author, recognise
from nlp.store import AcceptedAppeal
from otklik.install import install_pack

Connection = psycopg.Connection[Any]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANNA = {"name": "Анна Петрова", "email": "anna@example.org", "phone": "+7 913 123-45-67"}


@pytest.fixture(autouse=True)
def installed(connection: Connection) -> None:
    install_pack(connection, load_pack("omsk"))


def appeal(
    author: Mapping[str, str], text: str = "Яма на дороге", days: int = 0, channel: str = "form"
) -> AcceptedAppeal:
    at = NOW + timedelta(days=days)
    return AcceptedAppeal(new_id(), "omsk", SourceText(text, at - timedelta(days=400), {}), at, False, channel, author)


def authors(connection: Connection, *appeals: AcceptedAppeal) -> list[Author]:
    found = recognise(connection, appeals)
    return [found[one.id] for one in appeals]


def numbers(connection: Connection, *appeals: AcceptedAppeal) -> list[UUID]:
    return [one.number for one in authors(connection, *appeals)]


def test_one_person_has_one_number_whatever_he_writes_from(connection: Connection) -> None:
    first, by_phone, other = authors(
        connection, appeal(ANNA), appeal({"phone": "89131234567", "name": "А. П."}), appeal({"email": "b@example.org"})
    )
    assert first.number == by_phone.number != other.number
    (later,) = authors(connection, appeal({"email": "ANNA@example.org"}, days=200))
    assert later.number == first.number
    assert (first.known_days, later.known_days) == (0, 200)


def test_nobody_is_counted_as_several_because_he_gives_no_address(connection: Connection) -> None:
    first, again, other = numbers(connection, appeal({}), appeal({}, "яма на дороге!"), appeal({}, "Нет света"))
    assert first == again != other
    one, two = authors(connection, appeal({"name": "Пётр Ильин"}), appeal({"name": "петр  ильин"}, "Другое"))
    assert one.number == two.number and one.known_days is None


def test_a_forged_date_of_a_letter_makes_nobody_long_known(connection: Connection) -> None:
    forged, imported = authors(
        connection,
        appeal({"email": "c@example.org"}, channel="email"),
        appeal({"email": "d@example.org"}, channel="file"),
    )
    later = authors(connection, appeal({"email": "c@example.org"}, days=1), appeal({"email": "d@example.org"}, days=1))
    assert (forged.known_days, imported.known_days) == (0, 0)
    assert [one.known_days for one in later] == [1, 401]


def test_the_staff_of_a_body_are_known_by_their_address(connection: Connection) -> None:
    body, person = new_id(), new_id()
    connection.execute(
        """INSERT INTO executors (id, region_id, code, kind, name, parent_id, email, origin) VALUES
               (%(body)s, 'omsk', 'own-body', 'body', 'Ведомство', NULL, '', 'import'),
               (%(person)s, 'omsk', 'own-person', 'person', 'Сотрудник', %(body)s, 'Staff@example.org', 'import')""",
        {"body": body, "person": person},
    )
    own, other = authors(connection, appeal({"email": "staff@example.org"}), appeal(ANNA))
    assert (own.staff, other.staff) == ("own-body", "")


def test_keys_hold_nothing_of_a_person(connection: Connection) -> None:
    authors(connection, appeal(ANNA))
    stored = str(connection.execute("SELECT * FROM author_keys").fetchall()).lower()
    assert stored and not any(piece in stored for piece in ("anna", "example", "913", "петрова"))
