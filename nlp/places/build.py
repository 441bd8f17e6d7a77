"""Places out of what was read: official names, coordinates, H3 cell, confidence, spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.places import Place, PlaceLevel
from models.text import Span
from nlp.places import confidence
from nlp.places.areas import cell_of
from nlp.places.elsewhere import ForeignMention
from nlp.places.gazetteer import Gazetteer
from nlp.places.houses import House
from nlp.places.kinds import DISTRICT_KINDS
from nlp.places.names import StreetName, of_kind
from nlp.places.objects import NamedObject
from nlp.places.records import Point
from nlp.places.resolve import Context, Reading, known_house
from nlp.places.tokens import Tokens
from nlp.places.unlisted import UnlistedStreet

MOST_ALTERNATIVES = 3
CLOSE = 8  # characters between a street and its house that one span may bridge


class PlaceBuilder:
    """Makes places for one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def streets(self, tokens: Tokens, reading: Reading, context: Context) -> list[Place]:
        """The place of each house of a street, or of the street itself."""
        houses: Sequence[House | None] = reading.mention.houses or [None]
        if reading.foreign or reading.home is not None:
            name, kinds = self.gazetteer.streets[reading.street].name, reading.mention.kinds
            name = of_kind(name, kinds[0]) if kinds and name.kind not in kinds else name
            own = span_of(tokens, reading.mention.start, reading.mention.end)
            return self._outside(tokens, own, name, houses, reading.home, reading.foreign, context)
        settlement = self.gazetteer.streets[reading.street].settlement
        around = context_spans(tokens, settlement, context)
        return [self._street(tokens, reading, house, around) for house in houses]

    def crossing(self, tokens: Tokens, first: Reading, second: Reading, context: Context) -> Place:
        """The crossing of two streets, where the first one is drawn."""
        left, right = self.streets(tokens, first, context)[0], self.streets(tokens, second, context)[0]
        span = Span(left.spans[0].start, right.spans[0].end)
        return replace(
            left,
            level=PlaceLevel.CROSSING,
            street=f"{left.street} / {right.street}",
            confidence=min(left.confidence, right.confidence),
            spans=(span, *left.spans[1:]),
            alternatives=(),
        )

    def unlisted(
        self, tokens: Tokens, street: UnlistedStreet, home: int | None, foreign: ForeignMention | None, context: Context
    ) -> list[Place]:
        """Places of a street that the gazetteer lacks: in its settlement, or in another region's city."""
        own = span_of(tokens, street.start, street.end)
        houses: Sequence[House | None] = street.houses or [None]
        return self._outside(tokens, own, street.name, houses, home, foreign, context)

    def _outside(
        self,
        tokens: Tokens,
        own: Span,
        name: StreetName,
        houses: Sequence[House | None],
        home: int | None,
        foreign: ForeignMention | None,
        context: Context,
    ) -> list[Place]:
        """Places of a street that the gazetteer does not know in that settlement, or of another region's city."""
        around = [] if home is None else context_spans(tokens, home, context)
        if foreign is not None:
            around = [span_of(tokens, foreign.start, foreign.end)]
        places = []
        for house in houses:
            place = self._bare(name, house)
            if home is not None:
                place = self._inside(place, home)
            elif foreign is not None:
                place = replace(place, settlement=foreign.name)
                # a village is looked for in the district that is named or stated, a city is anywhere
                place = self._in_district(place, context.municipality) if foreign.village else place
            spans = (*address_spans(tokens, own, house), *around)
            places.append(replace(place, confidence=confidence.UNLISTED, spans=spans))
        return places

    def _in_district(self, place: Place, municipality: str) -> Place:
        return self._located(replace(place, municipality=municipality), None) if municipality else place

    def named_object(self, tokens: Tokens, named: NamedObject, settlement: int | None) -> list[Place]:
        """A stop, a microdistrict, a garden society, a milepost: a part of its settlement."""
        own = span_of(tokens, named.start, named.end)
        places = []
        houses: Sequence[House | None] = named.houses or (None,)
        for house in houses:
            place = Place(
                PlaceLevel.HOUSE if house else PlaceLevel.DISTRICT,
                settlement=named.name if named.settlement else "",
                street="" if named.settlement and not self._part_of(settlement) else named.name,
                house=house.number if house else "",
                confidence=confidence.OBJECT,
                spans=tuple(address_spans(tokens, own, house)),
            )
            places.append(place if settlement is None else self._inside(place, settlement))
        return places

    def _part_of(self, settlement: int | None) -> str:
        return "" if settlement is None else self.gazetteer.settlements[settlement].part_of

    def settlement(self, index: int, spans: tuple[Span, ...], value: float = confidence.SETTLEMENT) -> Place:
        """A settlement as a place; a part of a town as a district of it."""
        settlement = self.gazetteer.settlements[index]
        place = Place(
            PlaceLevel.DISTRICT if settlement.part_of else PlaceLevel.SETTLEMENT,
            settlement=settlement.part_of or settlement.name,
            municipality=settlement.municipality,
            street=settlement.name if settlement.part_of else "",
            confidence=value,
            spans=spans,
        )
        return self._located(place, settlement.point)

    def municipality(self, name: str) -> Place:
        """A municipality as a place, shown at a point inside it."""
        return self._located(Place(PlaceLevel.MUNICIPALITY, municipality=name, confidence=confidence.STATED), None)

    def at_point(self, place: Place | None, point: Point) -> Place:
        """A stated place put on its stated point; without an address, a spot of the municipality that holds it."""
        municipality = self.gazetteer.areas.holding(point)
        if place is None or place.level in (PlaceLevel.MUNICIPALITY, PlaceLevel.REGION):
            place = Place(PlaceLevel.DISTRICT, municipality=municipality, confidence=confidence.STATED)
        elif place.municipality != municipality:
            return place  # the point contradicts the address; people mistake points more often than addresses
        return replace(place, latitude=point[0], longitude=point[1], h3=cell_of(point))

    def _street(self, tokens: Tokens, reading: Reading, house: House | None, around: list[Span]) -> Place:
        own = span_of(tokens, reading.mention.start, reading.mention.end)
        alternatives = [self._of_street(reading, other, house) for other in reading.others[:MOST_ALTERNATIVES]]
        return replace(
            self._of_street(reading, reading.street, house),
            spans=(*address_spans(tokens, own, house), *around),
            alternatives=tuple(alternatives),
        )

    def _of_street(self, reading: Reading, index: int, house: House | None) -> Place:
        street = self.gazetteer.streets[index]
        known = known_house(street, house.number) if house else ""
        place = self._in_settlement(street.settlement, street.name, house)
        value = confidence.of_street(reading, bool(known))
        place = replace(
            place,
            house=known or place.house,
            house_known=bool(known),
            confidence=value if index == reading.street else round((1 - value) / len(reading.others), 2),
        )
        point = (street.houses.get(known) if known else None) or street.point
        return self._located(place, point) if point else place

    def _in_settlement(self, settlement: int, name: StreetName, house: House | None) -> Place:
        return self._inside(self._bare(name, house), settlement)

    def _bare(self, name: StreetName, house: House | None) -> Place:
        level = PlaceLevel.DISTRICT if name.kind in DISTRICT_KINDS else PlaceLevel.STREET
        return Place(PlaceLevel.HOUSE if house else level, street=name.official, house=house.number if house else "")

    def _inside(self, place: Place, settlement: int) -> Place:
        town = self.gazetteer.settlements[settlement]
        place = replace(place, settlement=town.part_of or town.name, municipality=town.municipality)
        return self._located(place, town.point)

    def _located(self, place: Place, point: Point | None) -> Place:
        """The place with coordinates and H3 cell; a point of its own may also tell the municipality."""
        point = point or self.gazetteer.areas.centre(place.municipality)
        if point is None:
            return place
        municipality = place.municipality or self.gazetteer.areas.holding(point)
        return replace(place, latitude=point[0], longitude=point[1], h3=cell_of(point), municipality=municipality)


def span_of(tokens: Tokens, start: int, end: int) -> Span:
    """The characters of tokens [start, end)."""
    return Span(tokens.starts[start], tokens.ends[end - 1])


def address_spans(tokens: Tokens, own: Span, house: House | None) -> list[Span]:
    """One span for «ул. Мира, 5», two where the house stands apart from the street."""
    if house is None:
        return [own]
    number = span_of(tokens, house.start, house.end)
    between = tokens.text[own.end : number.start]
    if own.end <= number.start and len(between) < CLOSE and not any(sign.isdigit() for sign in between):
        return [Span(own.start, number.end)]
    return sorted([own, number])


def context_spans(tokens: Tokens, settlement: int, context: Context) -> list[Span]:
    """The first mention of the settlement belongs to the place; none of its mentions is a place of its own then."""
    mention = context.first.get(settlement)
    if mention is None:
        return []
    context.used.add(settlement)
    return [span_of(tokens, mention.start, mention.end)]
