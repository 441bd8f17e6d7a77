"""Rules of near-duplicates: what is a repeat, a copy, a common cause, and what is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.repeats import SimilarityKind
from nlp.repeats import Comparable, identities
from nlp.repeats.keys import keys_of
from nlp.repeats.nearness import Nearness, nearness
from nlp.repeats.records import Likeness, Locality
from nlp.repeats.rules import likeness
from nlp.repeats.search import MOST_LINKS, links_of
from nlp.repeats.wording import Text, wording

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG = (
    "Во дворе третью неделю не вывозят мусор, баки переполнены, мешки лежат прямо на земле. "
    "Звонили региональному оператору, обещали приехать в понедельник, но машина так и не появилась."
)
OTHER = "Контейнерная площадка завалена, крысы бегают, дети боятся выходить гулять"
HOUSE = Locality("Омск", "улица Ленина", "5", "892141999d7ffff")
NEXT = Locality("Омск", "улица Мира", "12", "892141999d7ffff")
FAR = Locality("Омск", "улица Мира", "90", "892141d6e0bffff")
STREET = Locality("Омск", "улица Ленина")
TOWN = Locality("Омск")


def problem(text: str, where: Locality = TOWN, author: str = "", **other: object) -> Comparable:
    authors = frozenset({f"email:{author}"}) if author else frozenset()
    made = Comparable(uuid4(), uuid4(), "omsk", text, NOW, "10.001", "Мусор", authors, (where,))
    return replace(made, **other)  # type: ignore[arg-type]


def between(new: Comparable, earlier: Comparable) -> Likeness | None:
    return likeness(new, earlier, wording(Text.of(new.text), Text.of(earlier.text)))


def kind(new: Comparable, earlier: Comparable) -> SimilarityKind | None:
    found = between(new, earlier)
    return None if found is None else found.kind


def test_the_same_words_by_the_same_person_are_a_repeat() -> None:
    found = between(problem(LONG, author="a@example.org"), problem(LONG, author="a@example.org"))
    assert found == Likeness(SimilarityKind.REPEAT, 1.0, "тот же автор, текст совпадает на 100 %, в те же сутки")


def test_the_same_person_on_the_same_topic_and_house_repeats_himself_in_any_words() -> None:
    assert kind(problem(OTHER, HOUSE, "a"), problem(LONG, HOUSE, "a")) is SimilarityKind.REPEAT
    assert kind(problem(OTHER, HOUSE, "a", topic="10.002"), problem(LONG, HOUSE, "a")) is None
    assert kind(problem(OTHER, HOUSE, "a", sent_at=NOW + timedelta(days=200)), problem(LONG, HOUSE, "a")) is None


@pytest.mark.parametrize(
    "spoilt",
    [
        "Перешлите! " + LONG,
        LONG.replace("мусор", "мусар").replace("баки", "бакки"),
        LONG[: len(LONG) * 2 // 3],
        " ".join(reversed(LONG.split(". "))),
        LONG.upper(),
    ],
)
def test_a_copy_is_known_with_a_greeting_typos_cut_turned_about_or_in_capitals(spoilt: str) -> None:
    assert kind(problem(spoilt, author="b"), problem(LONG, author="a")) is SimilarityKind.COPY


def test_one_form_filled_in_for_two_places_is_no_copy() -> None:
    one, two = f"{LONG} Участок 14.", f"{LONG} Участок 27."
    assert kind(problem(one), problem(two)) is None
    assert kind(problem(LONG, HOUSE), problem(LONG, FAR)) is None


def test_few_words_that_everybody_writes_are_no_copy() -> None:
    assert kind(problem("Нет воды второй день"), problem("Нет воды второй день")) is None


@pytest.mark.parametrize(
    ("where", "days", "topic", "expected"),
    [
        (HOUSE, 0, "10.001", SimilarityKind.COMMON_CAUSE),
        (HOUSE, 13, "10.001", SimilarityKind.COMMON_CAUSE),
        (HOUSE, 2, "10.002", SimilarityKind.COMMON_CAUSE),
        (NEXT, 5, "10.001", SimilarityKind.COMMON_CAUSE),
        (NEXT, 0, "10.002", None),
        (STREET, 1, "10.001", SimilarityKind.COMMON_CAUSE),
        (TOWN, 0, "10.001", None),
        (FAR, 0, "10.001", None),
        (HOUSE, 15, "10.001", None),
    ],
)
def test_a_common_cause_needs_place_topic_and_time(
    where: Locality, days: int, topic: str, expected: SimilarityKind | None
) -> None:
    later = problem(OTHER, where, "b", sent_at=NOW + timedelta(days=days), topic=topic)
    assert kind(later, problem("Баки полны", HOUSE, "a")) is expected


def test_the_nearer_in_place_topic_and_time_the_higher_the_score() -> None:
    def score(where: Locality, days: int) -> float:
        found = between(problem(OTHER, where, sent_at=NOW + timedelta(days=days)), problem("Баки полны", HOUSE))
        assert found is not None
        return found.score

    assert score(HOUSE, 0) > score(HOUSE, 7) > score(NEXT, 1) > score(NEXT, 5)


def test_one_route_is_one_thing_and_two_routes_are_two() -> None:
    late, early = (problem(text, objects=frozenset({"автобус 73"})) for text in (OTHER, "Опять не пришёл"))
    assert nearness(late, early) is Nearness.OBJECT
    assert kind(late, early) is SimilarityKind.COMMON_CAUSE
    assert kind(replace(late, objects=frozenset({"автобус 77"})), early) is None


def test_problems_of_one_appeal_and_of_two_regions_are_not_compared() -> None:
    one = problem(LONG, HOUSE)
    assert kind(replace(problem(LONG, HOUSE), appeal_id=one.appeal_id), one) is None
    assert kind(replace(problem(LONG, HOUSE), region="murmansk"), one) is None


def test_of_many_copies_a_few_best_are_linked_the_first_found_first() -> None:
    earlier = [problem(LONG, author=f"a{number}") for number in range(20)]
    found = links_of(problem(LONG, author="b"), earlier)
    assert [link.earlier_id for link in found] == [each.problem_id for each in earlier[:MOST_LINKS]]


def test_people_are_known_by_what_namesakes_do_not_share() -> None:
    one = identities("vk", {"name": "Иван Иванов", "phone": "8 (913) 123-45-67", "external_id": "77"})
    assert one == {"phone:9131234567", "vk:77"}
    assert identities("form", {"phone": "+7 913 1234567"}) & one
    assert identities("telegram", {"name": "Иван Иванов", "external_id": "77"}).isdisjoint(one)


def test_keys_are_the_same_in_every_process() -> None:
    known = problem("Во дворе не вывозят мусор", HOUSE, "a@example.org")
    assert keys_of(known).filed[0] == -592190424994714966
    assert keys_of(known) == keys_of(replace(known, problem_id=UUID(int=1), sent_at=NOW + timedelta(days=1)))
    assert set(keys_of(known).filed).isdisjoint(keys_of(replace(known, region="murmansk")).filed)


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_any_two_texts_can_be_compared(one: str, two: str) -> None:
    found = wording(Text.of(one), Text.of(two))
    assert 0 <= found.score <= 1
    keys = keys_of(problem(one, HOUSE))
    assert all(-(2**63) <= key < 2**63 for key in keys.filed)
    assert len(set(keys.filed)) == len(keys.filed)
