"""Near-duplicates on a real database: what the analysis stage links, for whom, and what is left after erasure."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from models.identifiers import new_id
from models.pack import load_pack
from nlp.repeats import Comparable, link_similar
from nlp.repeats.records import Locality
from otklik.install import install_pack
from tests.integration.problems import NOW

Connection = psycopg.Connection[Any]
LONG = (
    "Во дворе на улице Ленина третью неделю не вывозят мусор, баки переполнены, мешки лежат на земле. "
    "Звонили региональному оператору, обещали приехать в понедельник, но машина так и не появилась."
)
HOUSE = Locality("Омск", "улица Ленина", "5", "892141999d7ffff")


@pytest.fixture(autouse=True)
def installed(connection: Connection) -> None:
    install_pack(connection, load_pack("omsk"))
    connection.commit()


def problem(connection: Connection, text: str, **columns: Any) -> Comparable:
    """A problem that stands in the tables, as the stage hands it to the search."""
    appeal, id = new_id(), new_id()
    sent_at = columns.pop("sent_at", NOW)
    house = columns.pop("locality", HOUSE)
    email = columns.pop("email", "")
    place = {"level": "house", "settlement": house.town, "street": house.street, "house": house.house, "h3": house.cell}
    connection.execute(
        """INSERT INTO appeals (id, region_id, number, channel, external_id, text, author, sent_at, accepted_at, state)
           VALUES (%s, 'omsk', %s, 'form', %s, %s, jsonb_build_object('email', %s::text), %s, %s, 'analysed')""",
        [appeal, str(appeal), str(appeal), text, email, sent_at, NOW],
    )
    connection.execute(
        """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability,
                                 group_name, group_probability, decided, topic_guesses, place, place_level, urgency,
                                 found_at)
           VALUES (%s, 'omsk', %s, 0, 'found', jsonb_build_array(jsonb_build_array(0, %s::int)), '10.001', 0.9, 'Мусор',
                   0.9, true, '[]', %s, 'house', 2, %s)""",
        [id, appeal, len(text), psycopg.types.json.Jsonb(place), NOW],
    )
    authors = frozenset({f"email:{email}"}) if email else frozenset()
    return Comparable(id, appeal, "omsk", text, sent_at, "10.001", "Мусор", authors, (house,))


def links(connection: Connection) -> dict[tuple[UUID, UUID], str]:
    return {
        (later, earlier): kind
        for later, earlier, kind in connection.execute("SELECT problem_id, earlier_id, kind FROM similar_problems")
    }


def test_a_repeat_a_copy_and_a_common_cause_are_linked_to_what_was_there_before(connection: Connection) -> None:
    first = problem(connection, LONG, email="a@example.org")
    again = problem(connection, "Мусор всё ещё лежит у пятого дома", email="a@example.org")
    copy = problem(connection, "Перешлите! " + LONG, email="b@example.org")
    other = problem(connection, "Контейнеры полны, крысы бегают", email="c@example.org")
    for each in (first, again, copy, other):
        link_similar(connection, [each], NOW)
    found = links(connection)
    assert found[again.problem_id, first.problem_id] == "repeat"
    assert found[copy.problem_id, first.problem_id] == "copy"
    assert found[other.problem_id, first.problem_id] == "common_cause"
    assert not any(later == first.problem_id for later, _ in found)


def test_a_batch_finds_what_its_problems_one_by_one_find(connection: Connection) -> None:
    problems = [problem(connection, LONG, email=f"{number}@example.org") for number in range(4)]
    with connection.transaction(force_rollback=True):
        for each in problems:
            link_similar(connection, [each], NOW)
        alone = links(connection)
    link_similar(connection, problems, NOW)
    assert links(connection) == alone and len(alone) == 6


def test_filing_a_problem_again_adds_nothing(connection: Connection) -> None:
    problems = [problem(connection, LONG), problem(connection, LONG)]
    link_similar(connection, problems, NOW)
    before = links(connection)
    link_similar(connection, problems, NOW)
    assert links(connection) == before and len(before) == 1


def test_of_two_copies_in_two_transactions_at_once_one_sees_the_other(
    connection: Connection, database_url: str
) -> None:
    one, two = problem(connection, LONG), problem(connection, LONG)
    connection.commit()
    link_similar(connection, [one], NOW)

    def other() -> None:
        with psycopg.connect(database_url) as another:
            link_similar(another, [two], NOW)

    working = threading.Thread(target=other)
    working.start()
    connection.commit()  # before it the other waits for its turn
    working.join(30)
    assert links(connection) == {(two.problem_id, one.problem_id): "copy"}


def test_what_a_thousand_share_costs_a_bounded_search(connection: Connection) -> None:
    for start in range(0, 200, 50):
        link_similar(connection, [problem(connection, LONG) for _ in range(start, start + 50)], NOW)
    [(most,)] = connection.execute(
        "SELECT max(number) FROM (SELECT count(*) AS number FROM similar_problems GROUP BY problem_id) AS counted"
    ).fetchall()
    assert most == 5


def test_what_was_in_the_same_place_long_ago_has_another_cause(connection: Connection) -> None:
    link_similar(connection, [problem(connection, "Полны баки", sent_at=NOW - timedelta(days=60))], NOW)
    link_similar(connection, [problem(connection, "Не убран двор")], NOW)
    assert links(connection) == {}


def test_erasing_a_problem_leaves_no_key_and_no_link(connection: Connection) -> None:
    problems = [problem(connection, LONG), problem(connection, LONG)]
    link_similar(connection, problems, NOW)
    connection.execute("DELETE FROM problems WHERE id = %s", [problems[0].problem_id])
    assert links(connection) == {}
    counted = connection.execute("SELECT count(*) FROM problem_signatures").fetchone()
    assert counted == (1,)


def test_keys_and_reasons_hold_no_word_of_the_citizen(connection: Connection) -> None:
    link_similar(connection, [problem(connection, LONG, email="a@example.org") for _ in range(2)], NOW)
    told = str(connection.execute("SELECT * FROM problem_signatures").fetchall())
    told += str(connection.execute("SELECT kind, score, reason FROM similar_problems").fetchall())
    for word in ("мусор", "Ленина", "example", "баки"):
        assert word not in told
