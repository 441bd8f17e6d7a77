"""From the answers of the steps to problems: whose place, whose facts, and back to the offsets of the received text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.analysis import ProblemDraft, Urgency
from models.facts import Fact, FactKind
from models.places import Place, PlaceLevel
from models.text import Span
from models.topics import TopicDecision
from nlp.clean import Cleaned

Spans = tuple[Span, ...]

LEVELS = {level: order for order, level in enumerate(PlaceLevel)}
"""Finest first, as declared."""
FINE = frozenset({PlaceLevel.HOUSE, PlaceLevel.CROSSING, PlaceLevel.STREET, PlaceLevel.DISTRICT})
ADDRESSES = frozenset({PlaceLevel.HOUSE, PlaceLevel.CROSSING, PlaceLevel.STREET})
# how to reach the author and which account is meant holds for every problem of the appeal
SHARED = frozenset({FactKind.PHONE, FactKind.EMAIL, FactKind.ACCOUNT})
BETWEEN = 6
"""Characters between a house and its street that still make one address: « по ул. », « на »."""
NOWHERE = Place(PlaceLevel.REGION)


def problem_drafts(
    cleaned: Cleaned,
    problems: Sequence[Spans],
    topics: Sequence[TopicDecision],
    urgencies: Sequence[Urgency],
    facts: Sequence[Fact],
    places: Sequence[Place],
    received: str,
) -> tuple[ProblemDraft, ...]:
    """One draft a problem. Spans given are of the cleaned text, spans of the drafts of the `received` one."""
    drafts = []
    for spans, topic, urgency in zip(problems, topics, urgencies, strict=True):
        main, more = places_of(spans, places)
        own = [fact for fact in [*facts, *addresses(places, cleaned.text)] if belongs(fact, spans)]
        own.sort(key=lambda fact: (fact.span, fact.kind))
        drafts.append(
            ProblemDraft(
                spans=tuple(cleaned.back(span) for span in spans),
                topic=topic,
                place=place_back(cleaned, main),
                urgency=urgency,
                facts=tuple(fact_back(cleaned, fact, received) for fact in own),
                more_places=tuple(place_back(cleaned, place) for place in more),
            )
        )
    return tuple(drafts)


def within(span: Span, spans: Spans) -> bool:
    return any(each.start <= span.start < each.end for each in spans)


def belongs(fact: Fact, spans: Spans) -> bool:
    return fact.kind in SHARED or within(fact.span, spans)


def places_of(spans: Spans, places: Sequence[Place]) -> tuple[Place, list[Place]]:
    """The main place of a problem and the further ones («у дома 5 и у дома 7»).

    Its own place first, the finest it names; otherwise the last fine one named before it, since people give the
    address and then tell; otherwise any the appeal names («Наш адрес: …» at the end), or what the source stated.
    """
    own = [place for place in places if place.spans and within(place.spans[0], spans)]
    before = places_before(spans, places)
    if own:
        main = min(own, key=lambda place: LEVELS[place.level])
        more = [place for place in own if place is not main and place.level in FINE and not same(place, main)]
        return (main, distinct(more)) if main.level in FINE else (finer_in(main, before), [])
    context = before or [place for place in places if place.level in FINE] or list(places)
    return (context[0] if context else NOWHERE), []


def places_before(spans: Spans, places: Sequence[Place]) -> list[Place]:
    """Fine places named before the problem, nearest first."""
    before = [
        place
        for place in places
        if place.level in FINE
        and place.spans
        and place.spans[0].start < spans[0].start
        and not within(place.spans[0], spans)
    ]
    return before[::-1]


def finer_in(main: Place, context: Sequence[Place]) -> Place:
    """A problem that names its settlement alone keeps it, unless the context's address lies in that settlement."""
    return next((place for place in context if place.settlement == main.settlement), main)


def same(one: Place, two: Place) -> bool:
    return (one.level, one.settlement, one.street, one.house) == (two.level, two.settlement, two.street, two.house)


def distinct(places: Sequence[Place]) -> list[Place]:
    """Each place once: the first mention of it."""
    first = {(place.level, place.settlement, place.street, place.house): place for place in reversed(places)}
    return list(reversed(first.values()))


def addresses(places: Sequence[Place], text: str) -> list[Fact]:
    """ADDRESS facts of the places that name a street."""
    found = []
    for place in places:
        if place.level in ADDRESSES and place.spans:
            span = joined(place.spans)
            found.append(Fact(FactKind.ADDRESS, span, span.of(text), envelope(place)))
    return found


def joined(spans: Spans) -> Span:
    """The first span with the next where hardly anything stands between: «дома 7 по ул. Мира»."""
    first = spans[0]
    if len(spans) > 1 and 0 <= spans[1].start - first.end <= BETWEEN:
        return Span(first.start, spans[1].end)
    return first


def envelope(place: Place) -> str:
    """The address as a person would write it on an envelope: «Омск, улица Ленина, дом 12»."""
    house = f"дом {place.house}" if place.house else ""
    return ", ".join(part for part in (place.settlement, place.street, house) if part)


def fact_back(cleaned: Cleaned, fact: Fact, received: str) -> Fact:
    """The fact with the span and the words of the received text."""
    if cleaned.alignment is None and received is cleaned.text:
        return fact
    span = cleaned.back(fact.span)
    return replace(fact, span=span, text=span.of(received))


def place_back(cleaned: Cleaned, place: Place) -> Place:
    if cleaned.alignment is None:
        return place
    return replace(
        place,
        spans=tuple(cleaned.back(span) for span in place.spans),
        alternatives=tuple(place_back(cleaned, other) for other in place.alternatives),
    )
