"""What past assignments say of a new problem, and how it is joined with the table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.places import Place, PlaceLevel
from models.topics import TopicDecision, TopicGuess
from routing import suggest
from routing.experience import Choice, Experience
from routing.learned import CAUTIOUS, Learned, Opinion, Weights, combined
from tests.unit.test_routing_suggest import CITY, DISTRICT, PITS, ROAD_MINISTRY, SNOW, SNOW_ANYWHERE, table

HERE = Place(PlaceLevel.SETTLEMENT, municipality="Город", confidence=1.0)
EVEN = Weights(1.0, 1.0, 1.0)


def decided(topic: str, group: str = "Дороги") -> TopicDecision:
    return TopicDecision((TopicGuess(topic, topic, group, 1.0),), group, 1.0, True)


def choices(topic: str, municipality: str, **times: int) -> list[Choice]:
    return [Choice(topic, municipality, code) for code, count in times.items() for _ in range(count)]


def opinion(*past: Choice, topic: str = PITS.code, weights: Weights = EVEN) -> Opinion:
    [found] = Learned(Experience.of(past), weights).opinions([[(topic, 1.0)]], [{"Город": 1.0}], [""])
    return found


def test_the_reason_counts_the_like_problems() -> None:
    told = opinion(*choices(PITS.code, "Город", roads=14, city=2)).reasons
    assert told["roads"] == "так решали похожие обращения: 14 из 16"


def test_where_the_table_is_silent_experience_decides() -> None:
    competence = table(SNOW_ANYWHERE)
    assert suggest(competence, decided(PITS.code), HERE).executor is None
    told = suggest(competence, decided(PITS.code), HERE, opinion=opinion(*choices(PITS.code, "Город", roads=60)))
    assert told.executor == ROAD_MINISTRY and told.guesses[0].reason == "так решали похожие обращения: 60 из 60"


def test_one_odd_choice_does_not_overrule_the_table() -> None:
    said = opinion(*choices(SNOW.code, "Город", roads=1), topic=SNOW.code, weights=CAUTIOUS)
    told = suggest(table(SNOW_ANYWHERE), decided(SNOW.code), HERE, opinion=said)
    assert told.guesses[0].body == CITY


def test_a_finer_level_stands_above_a_coarser_one_only_with_choices_of_its_own() -> None:
    experience = Experience.of([*choices(PITS.code, "Город", city=30), *choices(PITS.code, "Район", roads=30)])
    in_town, elsewhere = experience.of_one(PITS.code, "Город"), experience.of_one(PITS.code, "Посёлок")
    assert in_town["city"] > 0.9 and abs(elsewhere["city"] - elsewhere["roads"]) < 0.01


def test_an_executor_who_is_gone_is_not_suggested() -> None:
    told = suggest(table(), decided(PITS.code), HERE, opinion=opinion(*choices(PITS.code, "Город", gone=50)))
    assert told.executor is None and told.guesses == ()


def test_the_words_are_a_reason_too() -> None:
    learned = Learned(Experience(), EVEN, lambda texts: [{"district": 0.97, "city": 0.03} for _ in texts])
    [said] = learned.opinions([[(SNOW.code, 1.0)]], [{}], ["не чистят"])
    assert said.reasons == {"district": "слова как в прежних обращениях к этому исполнителю: 97 %"}
    assert suggest(table(), decided(SNOW.code), HERE, opinion=said).executor == DISTRICT


probabilities = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), max_size=6)


@given(probabilities, probabilities, probabilities)
def test_joint_probabilities_sum_to_one_and_name_whom_a_witness_named(
    by_table: dict[str, float], experience: dict[str, float], text: dict[str, float]
) -> None:
    found = combined(by_table, Opinion(experience, text, {}, EVEN))
    named = by_table.keys() | experience.keys() | text.keys()
    assert found.keys() == named
    assert not named or abs(sum(found.values()) - 1) < 1e-9


@given(probabilities)
def test_a_witness_that_says_nothing_changes_nothing(by_table: dict[str, float]) -> None:
    alone = combined(by_table, Opinion({}, {}, {}, EVEN))
    uniform = dict.fromkeys(by_table, 0.5)
    assert all(
        abs(alone[code] - found) < 1e-9 for code, found in combined(by_table, Opinion(uniform, {}, {}, EVEN)).items()
    )
