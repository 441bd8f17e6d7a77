"""The suggestion of an executor: probabilities of topics and of places combined through the decision table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from models.places import Place
from models.topics import Topic, TopicDecision
from routing.competence import ANY, Answer, Competence
from routing.executors import Body
from routing.learned import Opinion, combined

GUESSES = 3
LEAST = 0.01
"""A guess below one in a hundred is noise to an operator."""

OUTSIDE = "outside the region"
"""Stands for a municipality where the place is a settlement of another region."""


class Doubt(StrEnum):
    """Why the machine does not assign by itself. The code goes into events, the words before an operator."""

    TOPIC = "topic_unsure"  # the group of topics is not sure enough
    EXECUTOR = "executor_unsure"  # likely executors differ
    TABLE = "table_asks_operator"  # the row of the table is not for the machine alone
    NOBODY = "no_executor"  # the table names nobody for it
    PLACES = "several_addresses"  # houses of different streets in one problem: it may be two
    ELSEWHERE = "outside_region"  # the text names a place of another region
    REFUSED = "refused"  # the executor says that it is not his (routing.actions.refusing)


DOUBTS: Mapping[Doubt, str] = {
    Doubt.TOPIC: "тема определена неуверенно",
    Doubt.EXECUTOR: "исполнитель определён неуверенно",
    Doubt.TABLE: "по этой теме исполнителя подтверждает оператор",
    Doubt.NOBODY: "в таблице компетенций нет исполнителя",
    Doubt.PLACES: "названы дома на разных улицах: проверьте, одна ли это проблема",
    Doubt.ELSEWHERE: "назван адрес в другом регионе: переслать по принадлежности",
    Doubt.REFUSED: "исполнитель отказался",
}


@dataclass(frozen=True, slots=True)
class ExecutorGuess:
    """One possible executor, how probable, and why (in Russian, for an operator)."""

    body: Body
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Three best guesses; `executor` is set where the machine may assign by itself, otherwise `doubt` says why not."""

    executor: Body | None
    probability: float
    guesses: tuple[ExecutorGuess, ...]
    doubt: Doubt | None


@dataclass(slots=True)
class _Weight:
    """What speaks for one body: probability in all, the part the machine may act on, the strongest reason, topics."""

    body: Body
    total: float = 0.0
    machine: float = 0.0
    best: float = 0.0
    reason: str = ""
    topics: set[str] = field(default_factory=set)

    def weighed_anew(self, total: float) -> None:
        """Put another probability in place of the table's; the part for the machine keeps its share."""
        self.machine = self.machine / self.total * total if self.total else 0.0
        self.total = total


def municipality_of(settlement: str, municipality: str) -> str:
    """The municipality that a place speaks for. A settlement without one is not the region's (nlp.places)."""
    return OUTSIDE if settlement and not municipality else municipality


def municipality_odds(places: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Probabilities of municipalities from (municipality, confidence) of a place and its alternatives.

    Alternatives in one municipality add up. What is left to 1 is «not known».
    """
    odds: dict[str, float] = {}
    for name, confidence in places:
        if name and confidence > 0:
            odds[name] = odds.get(name, 0.0) + confidence
    total = sum(odds.values())
    return {name: weight / total for name, weight in odds.items()} if total > 1 else odds


def known_municipalities(competence: Competence, odds: Mapping[str, float]) -> dict[str, float]:
    """The same probabilities by canonical names, without what the region does not know."""
    known: dict[str, float] = {}
    for name, probability in odds.items():
        canonical = competence.municipality(name)
        if canonical:
            known[canonical] = known.get(canonical, 0.0) + probability
    return known


def suggest(
    competence: Competence,
    topic: TopicDecision,
    place: Place,
    more_places: Sequence[Place] = (),
    properties: Sequence[str] = (),
    opinion: Opinion | None = None,
) -> Suggestion:
    """Who should get a problem of this topic at this place (and at more places, where it names several)."""
    places = [
        (municipality_of(each.settlement, each.municipality), each.confidence) for each in (place, *place.alternatives)
    ]
    streets = streets_with_houses((each.street, each.house) for each in (place, *more_places))
    return suggest_at(competence, topic, municipality_odds(places), streets, properties, opinion)


def streets_with_houses(addresses: Iterable[tuple[str, str]]) -> int:
    """How many streets the (street, house) pairs name a house of."""
    return len({street for street, house in addresses if street and house})


def suggest_at(
    competence: Competence,
    topic: TopicDecision,
    odds: Mapping[str, float],
    streets: int = 1,
    properties: Sequence[str] = (),
    opinion: Opinion | None = None,
) -> Suggestion:
    """The same from probabilities of municipalities and the number of streets on which houses are named.

    `properties` are those of the place and the text (routing.properties), `opinion` is what past assignments say.
    """
    weights = _by_table(competence, topic, odds, properties)
    if opinion is not None:
        _join(weights, competence, opinion)
    ranked = sorted(weights.values(), key=lambda weight: (-weight.total, weight.body.code))
    guesses = tuple(
        ExecutorGuess(weight.body, min(weight.total, 1.0), _with_others(weight))
        for weight in ranked[:GUESSES]
        if weight.total >= LEAST
    )
    outside = odds.get(OUTSIDE, 0.0) >= 0.5
    doubt = Doubt.ELSEWHERE if outside else _doubt(competence, topic, ranked)
    if doubt is None and streets > 1:
        doubt = Doubt.PLACES
    executor = ranked[0].body if doubt is None else None
    return Suggestion(executor, guesses[0].probability if guesses else 0.0, guesses, doubt)


def _by_table(
    competence: Competence, topic: TopicDecision, odds: Mapping[str, float], properties: Sequence[str]
) -> dict[str, _Weight]:
    """What the decision table gives each body, by code."""
    weights: dict[str, _Weight] = {}
    where = list(_municipalities(competence, odds))
    for each, topic_probability in topics_of(competence, topic):
        for municipality, known, place_probability in where:
            answer = competence.answer(each.code, municipality, properties)
            if answer is not None and answer.body is not None:
                _add(weights, answer, topic_probability * place_probability, each, (municipality, known))
    return weights


def _join(weights: dict[str, _Weight], competence: Competence, opinion: Opinion) -> None:
    """Put the joint probability of table and experience in place of the table's alone.

    The machine may act where people of this region chose so in like cases, even where the table asks an operator.
    """
    by_table = {code: weight.total for code, weight in weights.items()}
    by_past = combined({}, opinion)
    for code, probability in combined(by_table, opinion).items():
        body = competence.body_by_code.get(code)
        if body is None:
            continue
        weight = weights.setdefault(code, _Weight(body))
        weight.weighed_anew(probability)
        if by_past.get(code, 0.0) >= competence.threshold:
            weight.machine = probability
        told = opinion.reasons.get(code, "")
        if told:
            weight.reason = f"{weight.reason}; {told}" if weight.reason else told


def topics_of(competence: Competence, decision: TopicDecision) -> Iterator[tuple[Topic, float]]:
    """Topics with probabilities: the guesses, then what is left of the group spread evenly over its other topics."""
    guessed = set()
    left = decision.group_probability
    for guess in decision.guesses:
        guessed.add(guess.code)
        left -= guess.probability if guess.group == decision.group else 0.0
        known = competence.topic_by_code.get(guess.code)
        yield known or Topic(guess.code, guess.name, guess.group), guess.probability
    others = [topic for topic in competence.group_of.get(decision.group, ()) if topic.code not in guessed]
    if left > LEAST:
        for topic in others:
            yield topic, left / len(others)


def _municipalities(competence: Competence, odds: Mapping[str, float]) -> Iterator[tuple[str, bool, float]]:
    """Municipalities as (canonical name, whether the place says so, probability); the unknown rest by the prior."""
    unknown = 1.0
    for name, probability in odds.items():
        if name == OUTSIDE:
            unknown -= probability
            continue
        canonical = competence.municipality(name)
        if canonical:
            unknown -= probability
            yield canonical, True, probability
    if unknown <= 0:
        return
    for name, share in competence.prior.items():
        yield name, False, unknown * share
    yield "", False, unknown * (1 - sum(competence.prior.values()))


def _add(
    weights: dict[str, _Weight], answer: Answer, probability: float, topic: Topic, where: tuple[str, bool]
) -> None:
    assert answer.body is not None
    weight = weights.setdefault(answer.body.code, _Weight(answer.body))
    weight.total += probability
    weight.machine += probability if answer.row.machine else 0.0
    if probability >= LEAST:
        weight.topics.add(topic.code)
    if probability > weight.best:
        weight.best, weight.reason = probability, _reason(topic, *where, answer)


def _doubt(competence: Competence, topic: TopicDecision, ranked: list[_Weight]) -> Doubt | None:
    if not ranked:
        return Doubt.NOBODY
    if not topic.decided:
        return Doubt.TOPIC
    if ranked[0].total < competence.threshold:
        return Doubt.EXECUTOR
    if ranked[0].machine < competence.threshold:
        return Doubt.TABLE
    return None


def _reason(topic: Topic, municipality: str, known: bool, answer: Answer) -> str:
    assert answer.body is not None
    if known:
        where = f" + {municipality}"
    elif municipality:
        where = f" + место не определено, чаще всего {municipality}"
    else:
        where = " + место не определено"
    having = f" + {answer.row.property}" if answer.row.property != ANY else ""
    return f"тема «{topic.name}»{where}{having} → {answer.body.name} ({answer.row.basis})"


def _with_others(weight: _Weight) -> str:
    others = len(weight.topics) - 1
    return f"{weight.reason}; других вероятных тем с тем же исполнителем: {others}" if others > 0 else weight.reason
