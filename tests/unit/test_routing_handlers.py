"""Which unit and person inside a body does the work, and what a problem is about besides topic and municipality."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.competence import Competence, Row
from routing.executors import Absence, Body, Structure, least_loaded
from routing.handlers import handler_of
from routing.properties import Holding, Properties, Site

DAY = date(2026, 3, 2)
TOWN = Body("town", "Администрация", municipality="Город")
UNIT = Body("town-roads", "Управление дорог", kind="unit", parent="town", head="boss")
BOSS = Body("boss", "Начальников", kind="person", parent="town-roads", deputies=("ann",))
ANN = Body("ann", "Аннина", kind="person", parent="town-roads", deputies=("bob",), capacity=20)
BOB = Body("bob", "Бобров", kind="person", parent="town-roads", deputies=("ann",), capacity=10)
FEDERAL = Body("federal", "Федеральные дороги")
TO_UNIT = Row("05", "*", "town-roads", True, "положение")
BY_TOPIC = Row("05", "*", "town", True, "закон")
BY_OWNER = Row("05", "*", "federal", True, "закон", property="дорога федеральная")


def competence(*rows: Row, absences: tuple[Absence, ...] = (), bodies: tuple[Body, ...] = ()) -> Competence:
    everybody = bodies or (TOWN, UNIT, BOSS, ANN, BOB, FEDERAL)
    return Competence(rows or (BY_TOPIC, TO_UNIT), everybody, (), {"Город": "Город"}, absences=absences)


def away(person: str, deputy: str = "") -> Absence:
    return Absence(person, DAY - timedelta(days=3), DAY, deputy)


def handler(table: Competence, day: date = DAY, **loads: float) -> str:
    found = handler_of(table, TOWN, "05.001", "Город", (), loads, day)
    return found.code if found is not None else ""


def test_the_least_loaded_for_what_he_can_carry_gets_it_and_the_head_does_not() -> None:
    assert handler(competence()) == "ann"
    assert handler(competence(), ann=4) == "bob"
    assert handler(competence(), ann=4, bob=3) == "ann"


def test_who_is_away_is_passed_over_on_his_days_alone() -> None:
    table = competence(absences=(away("ann"),))
    assert handler(table) == "bob"
    assert handler(table, DAY + timedelta(days=1)) == "ann"


def test_where_only_the_head_is_there_he_gets_it() -> None:
    assert handler(competence(absences=(away("ann"), away("bob")))) == "boss"


def test_where_nobody_is_there_the_unit_gets_it() -> None:
    assert handler(competence(absences=(away("ann"), away("bob"), away("boss")))) == "town-roads"


def test_a_person_named_by_the_table_is_stood_in_for_by_the_deputy_of_his_absence_first() -> None:
    named = Row("05", "*", "boss", True, "положение")
    assert handler(competence(BY_TOPIC, named)) == "boss"
    assert handler(competence(BY_TOPIC, named, absences=(away("boss"),))) == "ann"
    assert handler(competence(BY_TOPIC, named, absences=(away("boss", "bob"),))) == "bob"


def test_deputies_who_stand_in_for_each_other_do_not_go_round_for_ever() -> None:
    structure = Structure((ANN, BOB), (away("ann"), away("bob")))
    assert structure.standing_in("ann", DAY) is None


def test_rows_of_units_do_not_compete_with_rows_of_bodies() -> None:
    answer = competence().answer("05.001", "Город")
    assert answer is not None and answer.body == TOWN


def test_a_row_with_a_property_of_the_problem_stands_above_all_without() -> None:
    table = competence(BY_TOPIC, replace(BY_TOPIC, topic="05.001", municipality="Город"), BY_OWNER)
    federal = table.answer("05.001", "Город", ("дорога федеральная",))
    assert federal is not None and federal.body == FEDERAL
    plain = table.answer("05.001", "Город")
    assert plain is not None and plain.body == TOWN


def test_rows_and_persons_hold_on_their_days_alone() -> None:
    later = replace(BY_TOPIC, body="federal", valid_from=DAY + timedelta(days=1))
    table = competence(replace(BY_TOPIC, valid_to=DAY), later, TO_UNIT)
    today, tomorrow = table.on(DAY).answer("05.001", ""), table.on(DAY + timedelta(days=1)).answer("05.001", "")
    assert today is not None and today.body == TOWN
    assert tomorrow is not None and tomorrow.body == FEDERAL
    left = tuple(replace(body, valid_to=DAY - timedelta(days=1)) if body == ANN else body for body in table.bodies)
    assert handler(replace(competence(), bodies=left).on(DAY)) == "bob"


OWNERS = Properties(
    (
        Holding("дорога федеральная", "", "", frozenset(), ("Р-254", "трасса Омск — Черлак"), "перечень"),
        Holding("УК «Пример»", "Городок", "улица Речная", frozenset({"1", "3"}), (), "реестр"),
        Holding("Левобережный округ", "Городок", "улица Речная", frozenset(), (), "карта"),
    )
)


def test_properties_go_from_the_number_of_a_school_to_its_kind() -> None:
    site = Site("Городок", "улица Речная", "3", ("школа № 25",), "Яма на трассе Р-254 у школы")
    assert OWNERS.of(site) == ("школа № 25", "УК «Пример»", "дорога федеральная", "Левобережный округ", "школа")


def test_a_street_of_another_settlement_and_a_part_of_a_word_are_no_property() -> None:
    assert OWNERS.of(Site("Деревня", "улица Речная", "3", (), "участок АР-2541")) == ()


def test_names_are_found_whatever_their_dashes_and_case() -> None:
    assert OWNERS.of(Site(text="ТРАССА ОМСК-ЧЕРЛАК вся в ямах")) == ("дорога федеральная",)


loads = st.dictionaries(st.sampled_from(["ann", "bob"]), st.floats(0, 1000))


@given(loads)
def test_the_choice_among_equals_depends_on_nothing_but_the_loads(carried: dict[str, float]) -> None:
    assert least_loaded([ANN, BOB], carried) == least_loaded([BOB, ANN], carried)
