"""The analysis stage on a real database: what it writes, what it tells, and that a second time changes nothing."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

import psycopg
import pytest

from models.events import Event, EventType, Stream, event
from models.identifiers import new_id
from models.pack import load_pack
from nlp.pipeline import Engine
from nlp.stage import nlp_stage
from otklik.install import install_pack
from routing.actions.service import restore_appeal
from tests.integration.problems import NOW, events_of

Connection = psycopg.Connection[Any]


@cache
def engine(region: str) -> Engine:
    return Engine.of_pack(load_pack(region))


@pytest.fixture(autouse=True)
def installed(connection: Connection) -> None:
    install_pack(connection, load_pack("omsk"))


def accepted(connection: Connection, text: str) -> Event:
    """An accepted appeal and the event that says so."""
    appeal = new_id()
    connection.execute(
        """INSERT INTO appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state)
           VALUES (%s, 'omsk', %s, 'form', %s, %s, %s, %s, 'accepted')""",
        [appeal, str(appeal), str(appeal), text, NOW, NOW],
    )
    return event(EventType.APPEAL_ACCEPTED, "omsk", appeal, NOW, channel="form", sent_at=NOW.isoformat())


def handle(connection: Connection, *events: Event) -> None:
    nlp_stage(engine).handle(connection, events)


def rows(connection: Connection, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    return connection.execute(query, parameters).fetchall()


def state(connection: Connection, appeal: UUID) -> tuple[Any, ...]:
    return rows(connection, "SELECT state, dismissal FROM appeals WHERE id = %s", appeal)[0]


def test_a_problem_is_written_with_its_words_facts_place_and_urgency(connection: Connection) -> None:
    text = "На улице Ленина, дом 5 третий день нет горячей воды. Телефон 8-913-123-45-67, кв. 15."
    told = accepted(connection, text)
    handle(connection, told)
    assert state(connection, told.key) == ("analysed", None)
    [problem] = rows(
        connection,
        "SELECT spans, facts, place, place_level, municipality, urgency, topic_code, topic_guesses FROM problems",
    )
    spans, facts, place, level, municipality, urgency, topic, guesses = problem
    assert spans[0][0] == 0 and spans[-1][1] <= len(text)
    assert all(text[slice(*fact["span"])] == fact["text"] for fact in facts)
    assert {"kind": "phone", "span": [61, 76], "text": "8-913-123-45-67", "value": "+79131234567"} in facts
    assert (level, municipality, place["street"], place["house"]) == ("house", "Омск г.о.", "улица Ленина", "5")
    assert urgency >= 3
    assert topic == guesses[0]["code"] and topic in load_pack("omsk").topic_by_code
    [(privacy,)] = rows(connection, "SELECT privacy FROM appeals")
    assert [mark["kind"] for mark in privacy] == ["phone", "flat"]


def test_every_problem_is_told_without_a_word_of_the_citizen(connection: Connection) -> None:
    told = accepted(connection, "На улице Ленина 5 нет воды, звоните Ивановой Марии Петровне.")
    handle(connection, told)
    [found] = events_of(connection, Stream.PROBLEMS)
    [(problem, topic)] = rows(connection, "SELECT id, topic_code FROM problems")
    assert (found.type, found.key) == (EventType.PROBLEM_FOUND, told.key)
    assert found.data["problem_id"] == str(problem) and found.data["topic"] == topic
    said = "problem_id topic decided municipality cell urgency accepted_at sent_at regime earlier author identity"
    assert set(found.data) == set(said.split())


def test_delivered_again_the_event_changes_nothing(connection: Connection) -> None:
    told = accepted(connection, "На улице Мира не чистят снег. Кроме того, у дома 7 не горит фонарь.")
    handle(connection, told, told)
    before = rows(connection, "SELECT * FROM problems ORDER BY ordinal"), events_of(connection, Stream.PROBLEMS)
    handle(connection, told)
    assert (
        rows(connection, "SELECT * FROM problems ORDER BY ordinal"),
        events_of(connection, Stream.PROBLEMS),
    ) == before
    assert len(before[0]) == len(before[1]) > 0


def test_thanks_are_dismissed_and_can_be_restored(connection: Connection) -> None:
    told = accepted(connection, "Спасибо большое за работу!")
    handle(connection, told)
    assert state(connection, told.key) == ("dismissed", "thanks")
    assert [each.type for each in events_of(connection, Stream.PROBLEMS)] == [EventType.APPEAL_DISMISSED]

    restore_appeal(connection, "omsk", told.key, by="operator", now=NOW)
    [restored] = events_of(connection, Stream.APPEALS)
    handle(connection, told, restored)
    assert state(connection, told.key) == ("analysed", None)
    assert len(rows(connection, "SELECT FROM problems")) == 1
    handle(connection, told, restored)
    assert len(rows(connection, "SELECT FROM problems")) == 1


def test_a_batch_is_analysed_as_its_appeals_one_by_one(connection: Connection) -> None:
    texts = ["Нет света на Ленина 5", "Спасибо!", "Автобус 73 не ходит", ""]
    handle(connection, *[accepted(connection, text) for text in texts])
    together = rows(connection, "SELECT topic_code, spans FROM problems ORDER BY found_at, appeal_id")
    connection.execute("DELETE FROM problems")
    for text in texts:
        handle(connection, accepted(connection, text))
    alone = rows(connection, "SELECT topic_code, spans FROM problems ORDER BY found_at, appeal_id")
    assert alone == together and len(together) == 2
