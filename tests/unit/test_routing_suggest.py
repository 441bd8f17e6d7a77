"""Who a problem goes to: the decision table and the suggestion made from it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.pack import load_pack
from models.places import Place, PlaceLevel
from models.topics import Topic, TopicDecision, TopicGuess
from routing import Competence, Doubt, suggest
from routing.competence import Row
from routing.executors import Body
from routing.suggest import municipality_odds, suggest_at

ROADS = "Дороги"
SNOW = Topic("05.001", "Снег", ROADS)
PITS = Topic("05.002", "Ямы", ROADS)
LIGHT = Topic("05.003", "Освещение", ROADS)
DOCTOR = Topic("07.001", "Врачи", "Здравоохранение")
CITY = Body("city", "Администрация города", municipality="Город")
DISTRICT = Body("district", "Администрация района", municipality="Район")
ROAD_MINISTRY = Body("roads", "Министерство дорог")
HEALTH_MINISTRY = Body("health", "Министерство здоровья")


def table(*rows: Row, threshold: float = 0.9) -> Competence:
    return Competence(
        rows=rows,
        bodies=(CITY, DISTRICT, ROAD_MINISTRY, HEALTH_MINISTRY),
        topics=(SNOW, PITS, LIGHT, DOCTOR),
        aliases={"Город": "Город", "город Город": "Город", "Район": "Район"},
        prior={"Город": 0.8},
        threshold=threshold,
    )


ROADS_IN_CITY = Row("05", "Город", "city", True, "группа")
SNOW_ANYWHERE = Row("05.001", "*", "own", True, "закон")
PITS_ANYWHERE = Row("05.002", "*", "roads", True, "закон")
DOCTORS = Row("07.001", "*", "health", True, "закон")


def decision(*guesses: tuple[Topic, float], decided: bool = True, group: float | None = None) -> TopicDecision:
    made = tuple(TopicGuess(topic.code, topic.name, topic.group, share) for topic, share in guesses)
    in_group = sum(guess.probability for guess in made if guess.group == made[0].group)
    return TopicDecision(made, made[0].group, in_group if group is None else group, decided)


def at(name: str, confidence: float = 1.0) -> Place:
    return Place(PlaceLevel.SETTLEMENT, municipality=name, confidence=confidence)


def test_a_row_for_the_topic_stands_above_a_row_for_its_group() -> None:
    competence = table(ROADS_IN_CITY, PITS_ANYWHERE)
    answer = competence.answer("05.002", "Город")
    assert answer is not None and answer.body == ROAD_MINISTRY


def test_a_row_for_the_municipality_stands_above_a_row_for_all() -> None:
    competence = table(Row("05.002", "Район", "district", True, ""), PITS_ANYWHERE)
    answer = competence.answer("05.002", "Район")
    assert answer is not None and answer.body == DISTRICT


def test_own_is_the_administration_of_the_place() -> None:
    assert suggest(table(SNOW_ANYWHERE), decision((SNOW, 0.97)), at("Район")).executor == DISTRICT
    assert suggest(table(SNOW_ANYWHERE), decision((SNOW, 0.97)), at("город Город")).executor == CITY


def test_topics_that_lead_to_one_body_add_up() -> None:
    competence = table(SNOW_ANYWHERE, Row("05.003", "*", "own", True, "закон"))
    suggestion = suggest(competence, decision((SNOW, 0.5), (LIGHT, 0.45)), at("Город"))
    assert suggestion.executor == CITY
    assert abs(suggestion.probability - 0.95) < 1e-9


def test_the_rest_of_the_group_is_spread_over_its_other_topics() -> None:
    competence = table(SNOW_ANYWHERE, PITS_ANYWHERE, Row("05.003", "*", "own", True, "закон"))
    suggestion = suggest(competence, decision((SNOW, 0.6), group=0.8), at("Город"))
    found = {guess.body.code: guess.probability for guess in suggestion.guesses}
    assert abs(found["city"] - 0.7) < 1e-9
    assert abs(found["roads"] - 0.1) < 1e-9


def test_an_unsure_topic_goes_to_the_operator_with_guesses_and_reasons() -> None:
    competence = table(SNOW_ANYWHERE, PITS_ANYWHERE, DOCTORS)
    topic = decision((SNOW, 0.5), (PITS, 0.3), (DOCTOR, 0.1), decided=False)
    suggestion = suggest(competence, topic, at("Город"))
    assert suggestion.executor is None and suggestion.doubt is Doubt.TOPIC
    assert [guess.body.code for guess in suggestion.guesses] == ["city", "roads", "health"]
    assert suggestion.guesses[0].reason == "тема «Снег» + Город → Администрация города (закон)"


def test_an_unknown_place_is_no_obstacle_where_one_body_answers_everywhere() -> None:
    suggestion = suggest(table(DOCTORS), decision((DOCTOR, 0.96)), Place(PlaceLevel.REGION))
    assert suggestion.executor == HEALTH_MINISTRY


def test_an_unknown_place_goes_to_the_operator_where_it_matters() -> None:
    suggestion = suggest(table(SNOW_ANYWHERE), decision((SNOW, 1.0)), Place(PlaceLevel.REGION))
    assert suggestion.executor is None and suggestion.doubt is Doubt.EXECUTOR
    assert suggestion.guesses[0].body == CITY
    assert "место не определено, чаще всего Город" in suggestion.guesses[0].reason


def test_an_unsure_place_counts_its_alternatives_in_one_municipality_together() -> None:
    place = Place(
        PlaceLevel.STREET,
        municipality="Город",
        confidence=0.6,
        alternatives=(at("Город", 0.35), at("Район", 0.05)),
    )
    assert suggest(table(SNOW_ANYWHERE), decision((SNOW, 1.0)), place).executor == CITY


def test_a_row_that_is_not_for_the_machine_is_offered_and_not_carried_out() -> None:
    competence = table(Row("05.001", "*", "own", False, "спорно"))
    suggestion = suggest(competence, decision((SNOW, 1.0)), at("Город"))
    assert suggestion.executor is None and suggestion.doubt is Doubt.TABLE
    assert suggestion.guesses[0].body == CITY


def test_nobody_in_the_table_means_no_guess() -> None:
    suggestion = suggest(table(DOCTORS), decision((SNOW, 1.0)), at("Город"))
    assert suggestion.guesses == () and suggestion.doubt is Doubt.NOBODY


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(["Город", "Район", "", "Нигде"]), st.floats(0, 1)), max_size=4),
    st.booleans(),
)
def test_probabilities_of_executors_never_pass_one(
    shares: list[float], places: list[tuple[str, float]], decided: bool
) -> None:
    total = max(sum(shares), 1.0)
    topics = (SNOW, PITS, DOCTOR)
    topic = decision(*((topics[i], share / total) for i, share in enumerate(shares)), decided=decided)
    competence = table(SNOW_ANYWHERE, PITS_ANYWHERE, DOCTORS, ROADS_IN_CITY)
    suggestion = suggest_at(competence, topic, municipality_odds(places))
    assert sum(guess.probability for guess in suggestion.guesses) <= 1.0 + 1e-9
    assert decided or suggestion.executor is None
    if suggestion.executor is not None:
        assert suggestion.probability >= competence.threshold - 1e-9


def test_every_topic_of_omsk_has_an_executor_in_every_municipality() -> None:
    competence = Competence.of_pack(load_pack("omsk"))
    for topic in competence.topics:
        for municipality in set(competence.aliases.values()):
            answer = competence.answer(topic.code, municipality)
            assert answer is not None and answer.body is not None, (topic.code, municipality)
            assert answer.row.topic != "*", topic.code


def test_a_place_of_another_region_goes_to_an_operator() -> None:
    away = Place(PlaceLevel.HOUSE, settlement="Пермь", street="улица Мира", house="8", confidence=0.6)
    suggestion = suggest(table(ROADS_IN_CITY), decision((SNOW, 1.0)), away)
    assert suggestion.executor is None
    assert suggestion.doubt is Doubt.ELSEWHERE


def test_houses_on_two_streets_may_be_two_problems_so_an_operator_looks() -> None:
    here = Place(PlaceLevel.HOUSE, "Город", "Город", "улица Мира", "8", confidence=1.0)
    there = Place(PlaceLevel.HOUSE, "Город", "Город", "улица Лесная", "1", confidence=1.0)
    beside = Place(PlaceLevel.HOUSE, "Город", "Город", "улица Мира", "10", confidence=1.0)
    assert suggest(table(ROADS_IN_CITY), decision((SNOW, 1.0)), here, [beside]).executor == CITY
    assert suggest(table(ROADS_IN_CITY), decision((SNOW, 1.0)), here, [there]).doubt is Doubt.PLACES
