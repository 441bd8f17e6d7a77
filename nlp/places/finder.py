"""The place finder: every place that a text names, from the gazetteer, with its spans and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from models.places import Place, PlaceLevel
from models.text import Span
from nlp.places.acceptance import accept
from nlp.places.areas import cell_of
from nlp.places.confidence import street_confidence
from nlp.places.gazetteer import Gazetteer, same_municipality
from nlp.places.houses import House
from nlp.places.kinds import DISTRICT_KINDS, EVERYDAY_KINDS
from nlp.places.house_links import link_houses
from nlp.places.mentions import StreetMention, candidates
from nlp.places.records import Point, Street
from nlp.places.settlement_mentions import SettlementMention, settlement_mentions
from nlp.places.tokens import Tokens
from nlp.words import Word

MOST_ALTERNATIVES = 3
UNSAID_KINDS = frozenset({"улица", "проспект", "бульвар", "шоссе", "тракт"})
CROSSING_WORDS = frozenset(
    "пересечение пересечении пересечения пересечению перекресток перекрестке перекрестка угол углу".split()
)


@dataclass(slots=True)
class _Context:
    """What is known of the settlement before the streets are read."""

    mentions: list[tuple[SettlementMention, int]]
    stated: int | None
    municipality: str
    used: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Reading:
    """One mention resolved: the street, other streets it may be, and how the settlement was known."""

    mention: StreetMention
    street: int
    others: list[int]
    how: str


class PlaceFinder:
    """Finds places of one gazetteer's region. Holds no state between texts."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def find(self, text: str, words: Sequence[Word], stated: Mapping[str, str]) -> list[Place]:
        """All places that the text names, in text order; if it names none, the place that the source stated, if any.

        `stated` may hold settlement, municipality, community, street, house, latitude, longitude.
        """
        tokens = Tokens(text, words)
        context = self._context(tokens, stated)
        readings = [
            reading
            for mention in self._mentions(tokens)
            if (reading := self._resolve(tokens, mention, context)) is not None
        ]
        places = self._street_places(tokens, readings, context)
        places += self._settlement_places(tokens, readings, context)
        places.sort(key=lambda place: place.spans[0].start)
        if places:
            return places
        fallback = self.stated_place(stated)
        return [] if fallback is None else [fallback]

    def _mentions(self, tokens: Tokens) -> list[StreetMention]:
        found = candidates(tokens, self.gazetteer.street_names)
        link_houses(tokens, found)
        return accept(tokens, found)

    def stated_place(self, stated: Mapping[str, str]) -> Place | None:
        """The place that the source stated beside the text; None when it stated nothing of the region."""
        settlement = self._stated_settlement(stated)
        if settlement is not None:
            return self._settlement_place(settlement, ())
        municipality = self._stated_municipality(stated)
        if not municipality:
            return None
        return self._located(
            Place(PlaceLevel.MUNICIPALITY, municipality=municipality, confidence=0.9),
            self.gazetteer.areas.centre(municipality),
        )

    def _context(self, tokens: Tokens, stated: Mapping[str, str]) -> _Context:
        municipality = self._stated_municipality(stated)
        mentions = []
        for mention in settlement_mentions(tokens, self.gazetteer.settlement_names):
            mentions.append((mention, self._pick_settlement(mention.entry.ids, municipality)))
        return _Context(mentions, self._stated_settlement(stated), municipality)

    def _stated_municipality(self, stated: Mapping[str, str]) -> str:
        name = stated.get("municipality") or self.gazetteer.communities.get(stated.get("community", ""), "")
        known = self.gazetteer.areas.names
        return next((each for each in known if same_municipality(each, name)), "") if name else ""

    def _stated_settlement(self, stated: Mapping[str, str]) -> int | None:
        name = stated.get("settlement", "")
        ids = self.gazetteer.settlement_ids(name, self._stated_municipality(stated)) if name else []
        return ids[0] if ids else None

    def _pick_settlement(self, ids: list[int], municipality: str) -> int:
        settlements = self.gazetteer.settlements
        return max(ids, key=lambda index: (same_municipality(settlements[index].municipality, municipality),
                                           settlements[index].population))  # fmt: skip

    def _resolve(self, tokens: Tokens, mention: StreetMention, context: _Context) -> _Reading | None:
        """The street that is meant: of the settlement named nearest, else stated, else of the capital, else the only one."""
        for how, settlement in self._settlements_for(mention, context):
            streets = self._fitting(mention, settlement)
            if streets:
                return _Reading(mention, streets[0], streets[1:], how)
        supported = mention.kinds or mention.houses or mention.words > 1
        if not supported and self.gazetteer.capital is not None:
            return None
        elsewhere = [
            index
            for settlement in {**mention.entry.full, **mention.entry.short}
            for index in self._fitting(mention, settlement)[:1]
        ]
        if not elsewhere:
            return None
        inside = [index for index in elsewhere if self._in_municipality(index, context.municipality)]
        elsewhere = sorted(inside or elsewhere, key=lambda index: self._preference(mention, index), reverse=True)
        return _Reading(mention, elsewhere[0], elsewhere[1:], "only" if len(elsewhere) == 1 else "guess")

    def _settlements_for(self, mention: StreetMention, context: _Context) -> list[tuple[str, int]]:
        before = [(mention.start - named.end, each) for named, each in context.mentions if named.end <= mention.start]
        after = [
            (named.start - mention.end + 3, each) for named, each in context.mentions if named.start >= mention.end
        ]
        order = [("named", each) for _, each in sorted(before + after)]
        if context.stated is not None:
            order.append(("stated", context.stated))
        elif context.municipality:
            order += [("stated", index) for index in self._towns(context.municipality)]
        if self.gazetteer.capital is not None:
            order.append(("capital", self.gazetteer.capital))
        return order

    def _towns(self, municipality: str) -> list[int]:
        """The largest settlement of the municipality."""
        inside = [i for i, place in enumerate(self.gazetteer.settlements) if place.municipality == municipality]
        return inside[:1]

    def _in_municipality(self, street: int, municipality: str) -> bool:
        place = self.gazetteer.settlements[self.gazetteer.streets[street].settlement]
        return same_municipality(place.municipality, municipality)

    def _fitting(self, mention: StreetMention, settlement: int) -> list[int]:
        """Streets of the settlement that the mention may mean, best first."""
        streets = mention.entry.full.get(settlement) or mention.entry.short.get(settlement) or []
        if not mention.kinds and not mention.houses and mention.grammar != "strong":
            # pieces of a settlement want their kind's noun, a house, or a preposition
            streets = [index for index in streets if self._kind(index) not in EVERYDAY_KINDS]
        elif mention.kinds and set(mention.kinds) <= EVERYDAY_KINDS:
            streets = [index for index in streets if self._kind(index) in mention.kinds]
        return sorted(streets, key=lambda index: self._preference(mention, index), reverse=True)

    def _kind(self, street: int) -> str:
        return self.gazetteer.streets[street].name.kind

    def _preference(self, mention: StreetMention, index: int) -> tuple[bool, bool, bool, int]:
        """Of namesakes: the kind that is said, then a kind that people leave unsaid, then the one that has the house."""
        street = self.gazetteer.streets[index]
        has_house = any(known_house(street, house.number) for house in mention.houses)
        return street.name.kind in mention.kinds, street.name.kind in UNSAID_KINDS, has_house, street.size

    def _street_places(self, tokens: Tokens, readings: list[_Reading], context: _Context) -> list[Place]:
        places: list[Place] = []
        skip = False
        for reading, following in zip_longest(readings, readings[1:]):
            if skip:
                skip = False
                continue
            if following is not None and _crossing(tokens, reading.mention, following.mention):
                places.append(self._crossing_place(tokens, reading, following, context))
                skip = True
                continue
            houses: Sequence[House | None] = reading.mention.houses or [None]
            places += [self._street_place(tokens, reading, house, context) for house in houses]
        return places

    def _street_place(self, tokens: Tokens, reading: _Reading, house: House | None, context: _Context) -> Place:
        spans = [_span(tokens, reading.mention.start, reading.mention.end)]
        if house is not None:
            own = _span(tokens, house.start, house.end)
            gap = tokens.text[spans[0].end : own.start] if own.start > spans[0].end else "x" * 9
            spans = [Span(spans[0].start, own.end)] if len(gap) < 8 else sorted([spans[0], own])
        settlement = self.gazetteer.streets[reading.street].settlement
        spans += self._context_spans(tokens, settlement, context)
        place = self._of_street(reading, reading.street, house)
        alternatives = tuple(self._of_street(reading, other, house) for other in reading.others[:MOST_ALTERNATIVES])
        return replace(place, spans=tuple(spans), alternatives=alternatives)

    def _of_street(self, reading: _Reading, index: int, house: House | None) -> Place:
        street = self.gazetteer.streets[index]
        settlement = self.gazetteer.settlements[street.settlement]
        number = house.number if house else ""
        known = known_house(street, number) if number else ""
        level = PlaceLevel.HOUSE if number else PlaceLevel.STREET
        if not number and street.name.kind in DISTRICT_KINDS:
            level = PlaceLevel.DISTRICT
        place = Place(
            level,
            settlement=settlement.name,
            municipality=settlement.municipality,
            street=street.name.official,
            house=known or number,
            house_known=bool(known),
            confidence=street_confidence(reading.mention, reading.how, bool(known), index != reading.street),
        )
        point = street.houses.get(known) if known else None
        return self._located(place, point or street.point or settlement.point)

    def _crossing_place(self, tokens: Tokens, first: _Reading, second: _Reading, context: _Context) -> Place:
        left = self._street_place(tokens, first, None, context)
        right = self._street_place(tokens, second, None, context)
        span = Span(left.spans[0].start, right.spans[0].end)
        return replace(
            left,
            level=PlaceLevel.CROSSING,
            street=f"{left.street} / {right.street}",
            confidence=min(left.confidence, right.confidence),
            spans=(span, *left.spans[1:]),
            alternatives=(),
        )

    def _context_spans(self, tokens: Tokens, settlement: int, context: _Context) -> list[Span]:
        """The nearest mention of the settlement belongs to the place; it is no place of its own then."""
        named = [mention for mention, index in context.mentions if index == settlement]
        context.used.update(mention.start for mention in named)
        return [_span(tokens, named[0].start, named[0].end)] if named else []

    def _settlement_places(self, tokens: Tokens, readings: list[_Reading], context: _Context) -> list[Place]:
        places: list[Place] = []
        seen: set[int] = set()
        taken = [(reading.mention.start, reading.mention.end) for reading in readings]
        for mention, settlement in context.mentions:
            overlaps = any(start < mention.end and mention.start < end for start, end in taken)
            if mention.start in context.used or settlement in seen or overlaps:
                continue
            if readings and settlement == self.gazetteer.capital:
                continue
            seen.add(settlement)
            places.append(self._settlement_place(settlement, (_span(tokens, mention.start, mention.end),)))
        return places

    def _settlement_place(self, index: int, spans: tuple[Span, ...]) -> Place:
        settlement = self.gazetteer.settlements[index]
        level = PlaceLevel.DISTRICT if settlement.part_of else PlaceLevel.SETTLEMENT
        place = Place(level, settlement=settlement.part_of or settlement.name, municipality=settlement.municipality,
                      street=settlement.name if settlement.part_of else "", confidence=0.9, spans=spans)  # fmt: skip
        return self._located(place, settlement.point)

    def _located(self, place: Place, point: Point | None) -> Place:
        """The place with coordinates, its H3 cell, and the municipality that holds the point."""
        point = point or self.gazetteer.areas.centre(place.municipality)
        if point is None:
            return place
        return replace(place, latitude=point[0], longitude=point[1], h3=cell_of(point))


def _span(tokens: Tokens, start: int, end: int) -> Span:
    return Span(tokens.starts[start], tokens.ends[end - 1])


def _crossing(tokens: Tokens, left: StreetMention, right: StreetMention) -> bool:
    """«на пересечении Ленина и Советской», «угол Мира и Труда»."""
    if left.houses or right.houses or not 0 < right.start - left.end <= 2:
        return False
    if tokens.forms[left.end] not in ("и", "с", "/", "-", "–", "—"):
        return False
    return bool(CROSSING_WORDS & set(tokens.forms[max(0, left.start - 3) : left.start]))


def known_house(street: Street, number: str) -> str:
    """The gazetteer's own form of the house number («20/2» may be its «20к2»); empty when it has no such house."""
    houses = street.houses
    if number in houses:
        return number
    for left, right in (("/", "к"), ("к", "/")):
        other = number.replace(left, right)
        if other in houses:
            return other
    return ""
