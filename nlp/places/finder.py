"""The place finder: every place that a text names, from the gazetteer, with its spans and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from models.places import Place
from nlp.places.acceptance import CROSSING_NOUNS, accept
from nlp.places.bare import bare_streets
from nlp.places.build import PlaceBuilder, span_of
from nlp.places.gazetteer import Gazetteer
from nlp.places.house_links import link_houses
from nlp.places.mentions import StreetMention, candidates
from nlp.places.misspelt import Spelling
from nlp.places.objects import NamedObject, is_station, is_stop, named_objects
from nlp.places.records import Point
from nlp.places.resolve import Context, Reading, Resolver
from nlp.places.tokens import Tokens
from nlp.places.unlisted import unlisted_streets
from nlp.words import Word, words_of

CROSSING_REACH = 3  # tokens before the first street in which «пересечение», «угол» may stand


class PlaceFinder:
    """Finds places of one gazetteer's region. Holds no state between texts."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.spelling = Spelling(gazetteer.street_names)
        self.resolver = Resolver(gazetteer)
        self.builder = PlaceBuilder(gazetteer)

    def find(self, text: str, words: Sequence[Word], stated: Mapping[str, str]) -> list[Place]:
        """All places that the text names, in text order; if it names none, the place that the source stated, if any.

        `stated` may hold settlement, municipality, community: where a street is looked for when the text names no
        settlement.
        """
        tokens = Tokens(text, words)
        context = self.resolver.context(tokens, stated)
        objects = named_objects(tokens)
        readings = _without_stops(tokens, self._readings(tokens, context), objects)
        places = self._street_places(tokens, readings, context)
        places += self._other_places(tokens, [reading.mention for reading in readings], objects, context)
        if places:
            return sorted(places, key=lambda place: place.spans[0].start)
        fallback = self.stated_place(stated)
        return [] if fallback is None else [fallback]

    def stated_place(self, stated: Mapping[str, str]) -> Place | None:
        """The place that the source stated beside the text; None when it stated nothing of the region.

        `stated` may hold settlement, municipality, community, street, house, latitude and longitude (WGS 84 degrees).
        """
        point = self._stated_point(stated)
        place = self._stated_address(stated)
        if point is None:
            return place
        return self.builder.at_point(place, point)

    def _stated_address(self, stated: Mapping[str, str]) -> Place | None:
        street = " ".join(stated.get(part, "") for part in ("street", "house")).strip()
        if stated.get("street"):
            where = {key: value for key, value in stated.items() if key in ("settlement", "municipality", "community")}
            found = self.find(street, words_of(street), where)
            if found and found[0].spans:
                return replace(found[0], spans=())
        settlement = self.resolver.stated_settlement(stated)
        if settlement is not None:
            return self.builder.settlement(settlement, ())
        municipality = self.resolver.stated_municipality(stated)
        return self.builder.municipality(municipality) if municipality else None

    def _stated_point(self, stated: Mapping[str, str]) -> Point | None:
        """The stated point, if it is one and lies in the region."""
        try:
            point = float(stated.get("latitude", "")), float(stated.get("longitude", ""))
        except ValueError:
            return None
        return point if self.gazetteer.areas.holding(point) else None

    def _readings(self, tokens: Tokens, context: Context) -> list[Reading]:
        found = (self.resolver.resolve(tokens, mention, context) for mention in self._mentions(tokens, context))
        return [reading for reading in found if reading is not None]

    def _mentions(self, tokens: Tokens, context: Context) -> list[StreetMention]:
        found = candidates(tokens, self.gazetteer.street_names)
        misspelt = self.spelling.mentions(tokens, found)
        if misspelt:
            found = sorted([*found, *misspelt], key=lambda mention: mention.start)
        villages = {place for named, _ in context.mentions if named.sure for place in range(named.start, named.end)}
        # «п. Светлый» is no Светлый переулок
        found = [each for each in found if each.kinds or villages.isdisjoint(range(each.start, each.end))]
        link_houses(tokens, found)
        return accept(tokens, found)

    def _home(self, start: int, end: int, context: Context) -> int | None:
        """The settlement that an address of no known street is in."""
        order = self.resolver.settlements_for(start, end, context)
        return order[0][1] if order else None

    def _around(self, named: NamedObject, context: Context) -> int | None:
        """The settlement that a named object is in; for a settlement, itself, if the gazetteer has it."""
        if not named.settlement:
            return self._home(named.start, named.end, context)
        own = [index for mention, index in context.near(named.start) if named.start <= mention.start < named.end]
        return own[0] if own else None

    def _street_places(self, tokens: Tokens, readings: Sequence[Reading], context: Context) -> list[Place]:
        places: list[Place] = []
        crossed = False
        for reading, following in zip_longest(readings, readings[1:]):
            if crossed:
                crossed = False
            elif following is not None and _crossing(tokens, reading.mention, following.mention):
                places.append(self.builder.crossing(tokens, reading, following, context))
                crossed = True
            else:
                places += self.builder.streets(tokens, reading, context)
        return places

    def _other_places(
        self, tokens: Tokens, streets: list[StreetMention], objects: Sequence[NamedObject], context: Context
    ) -> list[Place]:
        """Streets that the gazetteer lacks, named objects and settlements, where no street of it stands."""
        places: list[Place] = []
        covered = {place for mention in streets for place in range(mention.start, mention.end)}
        for street in unlisted_streets(tokens, streets, [mention for mention, _ in context.mentions]):
            if not street.houses and is_station(tokens, street.start):
                continue
            foreign = self.resolver.foreign(tokens, street.start, street.end, context)
            home = None if foreign else self._home(street.start, street.end, context)
            places += self.builder.unlisted(tokens, street, home, foreign, context)
            covered.update(range(street.start, street.end))
        for named in objects:
            if covered.isdisjoint(range(named.start, named.end)):
                places += self.builder.named_object(tokens, named, self._around(named, context))
                covered.update(range(named.start, named.end))
        towns = {place for mention, _ in context.mentions for place in range(mention.start, mention.end)}
        towns.update(place for named in context.foreign for place in range(named.start, named.end))
        for street in bare_streets(tokens, covered | towns):
            foreign = self.resolver.foreign(tokens, street.start, street.end, context)
            home = None if foreign else self._home(street.start, street.end, context)
            places += self.builder.unlisted(tokens, street, home, foreign, context)
        return places + self._settlement_places(tokens, covered, context, bool(streets or places))

    def _settlement_places(self, tokens: Tokens, covered: set[int], context: Context, addressed: bool) -> list[Place]:
        """Settlements that belong to no street's place. The capital beside an address only says where the region is."""
        places: list[Place] = []
        for settlement, mention in context.first.items():
            aside = addressed and settlement == self.gazetteer.capital
            if settlement not in context.used and not aside and covered.isdisjoint(range(mention.start, mention.end)):
                places.append(self.builder.settlement(settlement, (span_of(tokens, mention.start, mention.end),)))
        return places


def _without_stops(tokens: Tokens, readings: list[Reading], objects: Sequence[NamedObject]) -> list[Reading]:
    """A stop called after a street is not the street where the text names another («на Мира у остановки «Труда»»).

    A station of the underground never is, unless a house follows: such names are taken from streets far away.
    """
    readings = [each for each in readings if each.mention.houses or not is_station(tokens, each.mention.start)]
    stops = {
        place for named in objects if named.name.startswith("остановка") for place in range(named.start, named.end)
    }
    rest = [
        each
        for each in readings
        if stops.isdisjoint(range(each.mention.start, each.mention.end)) and not is_stop(tokens, each.mention.start)
    ]
    return rest or readings


def _crossing(tokens: Tokens, left: StreetMention, right: StreetMention) -> bool:
    """«на пересечении Ленина и Советской», «угол Мира и Труда»."""
    between = tokens.forms[left.end : right.start]
    if left.houses or right.houses or len(between) > 2 or not between or between[0] not in ("и", "с", "/", "-"):
        return False
    return bool(CROSSING_NOUNS & set(tokens.lemmas[max(0, left.start - CROSSING_REACH) : left.start]))
