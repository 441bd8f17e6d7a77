"""Which street of which settlement a mention means."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nlp.places.acceptance import everyday
from nlp.places.elsewhere import ForeignMention, foreign_cities, foreign_mentions, unlisted_villages
from nlp.places.gazetteer import Gazetteer, same_municipality
from nlp.places.kinds import EVERYDAY_KINDS, kinds_of
from nlp.places.lexicon import Lexicon
from nlp.places.mentions import StreetMention
from nlp.places.names import NameClass, plain
from nlp.places.records import Street
from nlp.places.settlement_mentions import SettlementMention, settlement_mentions
from nlp.places.tokens import Tokens

# of namesakes a street without its kind's noun is one of these
UNSAID_KINDS = frozenset({"улица", "проспект", "бульвар", "шоссе", "тракт"})
ADDRESS_REACH = 5  # tokens between a settlement and a street that still make one address
ADDRESS_LINKS = frozenset(
    "на по в во дом кв квартира корпус корп город гор село деревня поселок рп пгт адресу обл область район р-н".split()
)
LIKELY = 0.81  # likeness of a misspelt name below which it is sought in the settlement meant alone
MOST_NEAR = 6  # settlements on each side that are thought of
AFTER_COSTS = 3  # a settlement named after the street is as near as one this many tokens further before it


class Known(StrEnum):
    """How the settlement of a street was known."""

    NAMED = "named"  # in the text
    STATED = "stated"  # by the source
    CAPITAL = "capital"  # nothing said: the region's main town has the street
    ONLY = "only"  # one settlement of the region has such a street
    GUESS = "guess"  # several have


@dataclass(slots=True)
class Context:
    """What a text and its source say of the settlement."""

    mentions: list[tuple[SettlementMention, int]]
    stated: int | None
    municipality: str
    foreign: list[ForeignMention]
    used: set[int] = field(default_factory=set)
    """Settlements that belong to a street's place."""
    first: dict[int, SettlementMention] = field(default_factory=dict)
    """The first mention of each settlement."""

    def __post_init__(self) -> None:
        for mention, settlement in self.mentions:
            self.first.setdefault(settlement, mention)

    def near(self, start: int) -> list[tuple[SettlementMention, int]]:
        """The settlements named nearest to a token: so many that a long text costs no more than a short one."""
        place = bisect_left(self.mentions, start, key=lambda pair: pair[0].start)
        return self.mentions[max(0, place - MOST_NEAR) : place + MOST_NEAR]

    def near_foreign(self, start: int) -> list[ForeignMention]:
        """The same for cities of other regions."""
        place = bisect_left(self.foreign, start, key=lambda mention: mention.start)
        return self.foreign[max(0, place - MOST_NEAR) : place + MOST_NEAR]


@dataclass(frozen=True, slots=True)
class Reading:
    """A mention resolved: the street, other streets that it may be, and how the settlement was known."""

    mention: StreetMention
    street: int
    others: list[int]
    known: Known
    home: int | None = None
    """The settlement that the address itself names, where the gazetteer does not know such a street there."""
    foreign: ForeignMention | None = None
    """The settlement outside the gazetteer that the address itself names."""


class Resolver:
    """Resolves mentions against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._towns: dict[str, int] = {}
        for index, settlement in enumerate(gazetteer.settlements):
            self._towns.setdefault(settlement.municipality, index)
        self._districts = Lexicon()
        for name in gazetteer.areas.names:
            if name.endswith(" район"):
                words = plain(name.split()[0]).split("-")
                self._districts.add([*words, "район"], NameClass.NOMINATIVE, name)
                for ending in ("н", "не", "на", "ну", "он", "оне", "она", "ону"):
                    self._districts.add([*words, "р", ending], NameClass.NOMINATIVE, name)
        self._cities = foreign_cities(settlement.name for settlement in gazetteer.settlements)

    def context(self, tokens: Tokens, stated: Mapping[str, str]) -> Context:
        """The settlements that the text names and the one that the source states."""
        municipality = self.stated_municipality(stated) or self._named_municipality(tokens)
        mentions = [
            (mention, self._pick(mention.entry.ids, municipality))
            for mention in settlement_mentions(tokens, self.gazetteer.settlement_names)
        ]
        known = {place for mention, _ in mentions for place in range(mention.start, mention.end)}
        foreign = foreign_mentions(tokens, self._cities) + unlisted_villages(tokens, known)
        foreign.sort(key=lambda mention: mention.start)
        return Context(mentions, self.stated_settlement(stated), municipality, foreign)

    def _named_municipality(self, tokens: Tokens) -> str:
        """The district that the text names («в Тарском районе»); empty when it names none or several."""
        named = {
            match.entry
            for start, form in enumerate(tokens.forms)
            if form in self._districts.vocabulary
            for match in self._districts.matches(tokens, start)[:1]
        }
        return next(iter(named)) if len(named) == 1 else ""

    def stated_municipality(self, stated: Mapping[str, str]) -> str:
        """The municipality that the source states itself or by its community; empty when it is none of the region's."""
        name = stated.get("municipality") or self.gazetteer.communities.get(stated.get("community", ""), "")
        known = self.gazetteer.areas.names
        return next((each for each in known if same_municipality(each, name)), "") if name else ""

    def stated_settlement(self, stated: Mapping[str, str]) -> int | None:
        """The settlement that the source states, if the gazetteer has it."""
        name = stated.get("settlement", "")
        ids = self.gazetteer.settlement_ids(name, self.stated_municipality(stated)) if name else []
        return ids[0] if ids else None

    def _pick(self, ids: list[int], municipality: str) -> int:
        settlements = self.gazetteer.settlements
        return max(
            ids,
            key=lambda index: (
                same_municipality(settlements[index].municipality, municipality),
                settlements[index].population,
            ),
        )

    def resolve(self, tokens: Tokens, mention: StreetMention, context: Context) -> Reading | None:
        """The street of the settlement named nearest, else stated, else of the capital, else the only one so named."""
        city = self.foreign(tokens, mention.start, mention.end, context)
        home = self.home(tokens, mention.start, mention.end, context)
        for known, settlement in self.settlements_for(mention.start, mention.end, context):
            streets = [] if city else self._fitting(mention, settlement)
            if streets and home is not None and settlement != home and known is not Known.NAMED:
                return Reading(mention, streets[0], [], Known.NAMED, home=home)
            if streets:
                return Reading(mention, streets[0], streets[1:], known)
        elsewhere = [
            index
            for settlement in {**mention.entry.full, **mention.entry.short}
            for index in self._fitting(mention, settlement)[:1]
            if not mention.kinds or self._kind(index) in mention.kinds or home is not None or city
        ]
        inside = [index for index in elsewhere if self._lies_in(index, context.municipality)]
        if not inside and self._another_district(context):
            home = self._towns.get(context.municipality) if home is None else home
        elsewhere = inside or elsewhere
        if not elsewhere or not self._may_be_elsewhere(mention, len(elsewhere)):
            return None
        if city or home is not None:
            return Reading(mention, elsewhere[0], [], Known.NAMED, home=home, foreign=city)
        elsewhere.sort(key=lambda index: self._preference(mention, index), reverse=True)
        return Reading(mention, elsewhere[0], elsewhere[1:], Known.ONLY if len(elsewhere) == 1 else Known.GUESS)

    def foreign(self, tokens: Tokens, start: int, end: int, context: Context) -> ForeignMention | None:
        """The settlement outside the gazetteer that an address at tokens [start, end) names, if it names one."""
        if any(_one_address(tokens, named, start, end) for named, _ in context.near(start)):
            return None
        near = [each for each in context.near_foreign(start) if _one_address(tokens, each, start, end)]
        if not near and not context.mentions:
            near = [each for each in context.near_foreign(start) if each.apart]
        return near[0] if near else None

    def home(self, tokens: Tokens, start: int, end: int, context: Context) -> int | None:
        """The settlement that an address at tokens [start, end) itself names; None for the capital or for none."""
        near = [(_gap(named, start, end), each) for named, each in context.near(start)
                if _one_address(tokens, named, start, end)]  # fmt: skip
        settlement = min(near)[1] if near else self.gazetteer.capital
        if settlement is None or settlement == self.gazetteer.capital or self.gazetteer.settlements[settlement].part_of:
            return None
        return settlement

    def _may_be_elsewhere(self, mention: StreetMention, count: int) -> bool:
        """Whether the mention may mean a street of a settlement that nobody named."""
        if mention.guessed < LIKELY:
            return False
        if self.gazetteer.capital is not None and mention.kinds and set(mention.kinds) <= EVERYDAY_KINDS:
            return False  # «площадь Ленина»: the lists lack squares and bridges, so that another town's proves nothing
        if mention.kinds or mention.houses or mention.words > 1 or self.gazetteer.capital is None:
            return True
        return count == 1 and not everyday(mention.word)

    def settlements_for(self, start: int, end: int, context: Context) -> list[tuple[Known, int]]:
        """Settlements to look in, in order, for an address at tokens [start, end)."""
        around = context.near(start)
        near = [(start - named.end, each) for named, each in around if named.end <= start]
        near += [(named.start - end + AFTER_COSTS, each) for named, each in around if named.start >= end]
        order = [(Known.NAMED, each) for _, each in sorted(near)]
        if context.stated is not None:
            order.append((Known.STATED, context.stated))
        elif context.municipality in self._towns:
            order.append((Known.STATED, self._towns[context.municipality]))
        if self.gazetteer.capital is not None and not self._another_district(context):
            order.append((Known.CAPITAL, self.gazetteer.capital))
        return order

    def _another_district(self, context: Context) -> bool:
        """Whether the text or its source names a municipality that is not the capital's."""
        capital = self.gazetteer.capital
        if capital is None or not context.municipality:
            return False
        return not same_municipality(self.gazetteer.settlements[capital].municipality, context.municipality)

    def _lies_in(self, street: int, municipality: str) -> bool:
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
        """Of namesakes: the kind that is said, then a kind that people leave unsaid, then who has the house."""
        street = self.gazetteer.streets[index]
        has_house = any(known_house(street, house.number) for house in mention.houses)
        return street.name.kind in mention.kinds, street.name.kind in UNSAID_KINDS, has_house, street.size


def _gap(named: SettlementMention | ForeignMention, start: int, end: int) -> int:
    return start - named.end if named.end <= start else named.start - end


def _one_address(tokens: Tokens, named: SettlementMention | ForeignMention, start: int, end: int) -> bool:
    """Whether nothing but signs, prepositions, kinds and numbers stands between a settlement and a street."""
    if not 0 <= _gap(named, start, end) <= ADDRESS_REACH:
        return False
    between = range(named.end, start) if named.end <= start else range(end, named.start)
    return all(
        not tokens.forms[place].isalpha()
        or tokens.forms[place] in ADDRESS_LINKS
        or tokens.lemmas[place] in ADDRESS_LINKS
        or len(tokens.forms[place]) == 1
        or tokens.lemmas[place].endswith("ский")  # «Омская область», «Тарский район»
        or kinds_of(tokens.forms[place], tokens.lemmas[place])
        for place in between
    )


def known_house(street: Street, number: str) -> str:
    """The gazetteer's own form of the house number («20/2» may be its «20к2»); empty when it has no such house."""
    houses = street.houses
    for form in (number, number.replace("/", "к"), number.replace("к", "/")):
        if form in houses:
            return form
    return ""
