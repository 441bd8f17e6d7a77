"""How much speaks for one cause of two problems: place, time, topic, and what the language engine found alike.

The score is an order with a threshold chosen on planted incidents (docs/incidents.md), not a probability.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from models.repeats import SimilarityKind
from routing.incidents.causes import Cause, Causes
from routing.incidents.records import Likeness, Link, Spot, Trace

EARTH = 6_371_000.0
"""Mean radius, metres."""

HOUSE, OBJECT, VILLAGE, STREET = 1.0, 0.95, 0.85, 0.8
OTHER_TOPIC = 0.9
UNDECIDED = 0.5
"""Where the machine does not trust the topic of one of the two, it can be no more than a suggestion."""

SAME_WORDS = 0.95


def distance(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Metres between two (latitude, longitude) in degrees, by the haversine formula."""
    south, west, north, east = map(radians, (*one, *two))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def cause_of(trace: Trace, causes: Causes) -> Cause | None:
    """The cause that explains the problem's topic."""
    return causes.by_topic.get(trace.topic)


def likeness(new: Trace, old: Trace, cause: Cause, causes: Causes, link: Link | None = None) -> Likeness | None:
    """What speaks for `cause` behind both; None where nothing does, or place or time rule it out."""
    apart = abs(new.sent_at - old.sent_at)
    if new.appeal_id == old.appeal_id or old.topic not in cause.topics or apart > cause.window:
        return None
    near = nearness(new, old, cause, causes)
    if near is None:
        return None
    score, reason = near
    if link is not None and link.kind is not SimilarityKind.COMMON_CAUSE and score < SAME_WORDS:
        score, reason = SAME_WORDS, "те же слова"
    if score == 0:
        return None
    score *= 1 - 0.5 * (apart / cause.window)
    score *= 1.0 if new.topic == old.topic else OTHER_TOPIC
    score *= 0.7 + 0.3 * min(certainty(new, cause), certainty(old, cause))
    score *= 1.0 if new.decided and old.decided else UNDECIDED
    hours = round(apart.total_seconds() / 3600)
    when = "в тот же час" if hours == 0 else f"с разницей {hours} ч"
    voice = link is None or link.kind is not SimilarityKind.REPEAT
    return Likeness(round(score, 4), f"{cause.name}: {reason}, {when}", voice)


def certainty(trace: Trace, cause: Cause) -> float:
    """The probability that the topic is one of the cause's."""
    return min(1.0, sum(probability for code, probability in trace.topics if code in cause.topics))


def nearness(new: Trace, old: Trace, cause: Cause, causes: Causes) -> tuple[float, str] | None:
    """(0 to 1, why) of two places; (0, "") where they say nothing of each other, None where they rule it out."""
    one, two = new.spot, old.spot
    if cause.route and new.objects and old.objects:
        return (OBJECT, "тот же маршрут или учреждение") if new.objects & old.objects else None
    if one.settlement and two.settlement and one.settlement != two.settlement:
        return None
    if one.street and one.house and same_street(one, two) and one.house == two.house:
        return HOUSE * _sure_of(one, two), "тот же дом"
    if one.point is not None and two.point is not None:
        metres = distance(one.point, two.point)
        if metres > cause.radius:
            return None
        return (1 - 0.5 * metres / cause.radius) * _sure_of(one, two), f"в {round(metres)} м"
    if same_street(one, two):
        return (STREET * _sure_of(one, two), "та же улица") if cause.street else (0.0, "")
    if cause.village and in_one_village(one, two, causes):
        return VILLAGE * _sure_of(one, two), f"тот же населённый пункт ({one.settlement})"
    return None if one.street and two.street else (0.0, "")


def same_street(one: Spot, two: Spot) -> bool:
    return bool(one.street) and one.street == two.street and one.settlement == two.settlement


def in_one_village(one: Spot, two: Spot, causes: Causes) -> bool:
    here = (one.municipality, one.settlement)
    return bool(one.settlement) and here == (two.municipality, two.settlement) and here not in causes.towns


def _sure_of(one: Spot, two: Spot) -> float:
    """How sure the engine is of the less sure of the two places."""
    return min(one.confidence, two.confidence)
