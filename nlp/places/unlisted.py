"""Streets that the gazetteer lacks: read by grammar alone, where the kind's noun stands beside a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.lemmas import parses
from nlp.places.houses import House, houses_after, houses_named
from nlp.places.kinds import EVERYDAY_KINDS, GENDERS, kinds_of
from nlp.places.mentions import StreetMention, past_city_part
from nlp.places.names import COUNTED, StreetName, is_adjective, street_name
from nlp.places.nominative import can_end_name, in_nominative
from nlp.places.settlement_mentions import SettlementMention
from nlp.places.tokens import Tokens

LONGEST_NAME = 3
SHORTEST_NOUN = 6  # letters: a shorter noun of a kind is an abbreviation, which nobody writes without a name
RELATIONAL = ("ская", "ской", "скую", "ский", "ском", "ского", "цкая", "цкой", "цкий", "цком")
# squares and embankments are called by their nouns, and lists of houses lack them
UNPROVING_KINDS = EVERYDAY_KINDS - {"площадь", "набережная"}
WATERS = {"реки": "реки", "р": "реки", "речки": "речки", "канала": "канала", "кан": "канала"}
LINKS = frozenset("по на в , ( адресу".split())
LONGEST_LINK = 5  # tokens between a street and a house named apart from it


@dataclass(slots=True)
class UnlistedStreet:
    """A street by its grammar: tokens [start, end), its name in the nominative, its houses."""

    start: int
    end: int
    name: StreetName
    houses: list[House] = field(default_factory=list)


def unlisted_streets(
    tokens: Tokens, taken: list[StreetMention], settlements: Sequence[SettlementMention]
) -> list[UnlistedStreet]:
    """Streets outside the mentions already found: «ул. Тенистая, д. 12», «Кировск, Олимпийская, 24»."""
    covered = {place for mention in taken for place in range(mention.start, mention.end)}
    found: list[UnlistedStreet] = []
    for place in tokens.kind_places:
        kinds = kinds_of(tokens.forms[place], tokens.lemmas[place])
        if place not in covered and kinds == ("линия",):
            _keep(_line(tokens, place), found, covered)
        elif place not in covered and set(kinds) - UNPROVING_KINDS:
            street = _after_noun(tokens, place, kinds[0]) or _before_noun(tokens, place, kinds[0])
            _keep(street, found, covered)
    for mention in settlements:
        _keep(_after_settlement(tokens, mention.end), found, covered)
    if any(not street.houses for street in found):
        _link_houses(tokens, found)
    return found


def _keep(street: UnlistedStreet | None, found: list[UnlistedStreet], covered: set[int]) -> None:
    if street is not None and covered.isdisjoint(range(street.start, street.end)):
        found.append(street)
        covered.update(range(street.start, street.end))


def _after_settlement(tokens: Tokens, place: int) -> UnlistedStreet | None:
    """«Кировск, Олимпийская, 24»: a settlement, a name with a capital and a house, with nothing but commas between."""
    begin = place + 1
    if begin >= len(tokens) or tokens.forms[place] != "," or not tokens.forms[begin].isalpha():
        return None
    end = begin
    while end < len(tokens) and end < begin + LONGEST_NAME and _may_be_name(tokens, end, begin):
        end += 1
    words = [_written(tokens, each) for each in range(begin, end)]
    street = _street(tokens, begin, end, words, "улица") if words and can_end_name(words[-1]) else None
    return street if street is not None and street.houses else None


def _link_houses(tokens: Tokens, streets: list[UnlistedStreet]) -> None:
    """«ул 9 Мая возле 12 дома», «в доме 14 по улице Тенистой»: a house apart belongs to the street right beside it."""
    for group in houses_named(tokens):
        for street in streets:
            after = 0 <= group[0].start - street.end <= LONGEST_LINK
            before = 0 < street.start - group[-1].end <= LONGEST_LINK
            before = before and LINKS.issuperset(tokens.forms[group[-1].end : street.start])
            if not street.houses and (after or before):
                street.houses.extend(group)
                break


def _after_noun(tokens: Tokens, place: int, kind: str) -> UnlistedStreet | None:
    begin = place + 1
    while begin < len(tokens) and begin < place + 3 and tokens.forms[begin] in '.«"“„':
        if tokens.ends_sentence(begin):
            return None
        begin += 1
    words, end = _number(tokens, begin)
    if kind == "набережная" and end + 1 < len(tokens) and tokens.forms[end] in WATERS:
        words.append(WATERS[tokens.forms[end]])  # «наб. реки Фонтанки», «наб. р. Мойки»
        end += 1 + (tokens.forms[end + 1] == ".")
    while (
        end + 1 < len(tokens) and tokens.forms[end + 1] == "." and len(tokens.forms[end]) == 1 and tokens.capital(end)
    ):
        words.append(_written(tokens, end) + ".")  # «ул. И. Франко»
        end += 2
    while end < len(tokens) and len(words) < LONGEST_NAME and _may_be_name(tokens, end, begin):
        words.append(_written(tokens, end))
        end += 1
    if words and end < len(tokens) and _noun_of(tokens, end, words[-1], kind):
        words.append(_written(tokens, end))
        end += 1
    while words and words[-1].isalpha() and not can_end_name(words[-1]):
        words.pop()
        end -= 1
    if not words or not words[-1].isalpha():
        return None
    own = kinds_of(tokens.forms[end], tokens.lemmas[end]) if end < len(tokens) else ()
    if own and own[0] != "улица" and is_adjective(words[-1], GENDERS[own[0]]):
        return _street(tokens, place, end + 1, words, own[0])  # «от улицы 7-й Мервинский проезд»
    return _street(tokens, place, end, words, kind)


def _noun_of(tokens: Tokens, place: int, adjective: str, kind: str) -> bool:
    """Whether a noun in small letters ends a name that an adjective began: «Обуховской обороны», «Обводного канала»."""
    if tokens.starts[place] - tokens.ends[place - 1] != 1 or is_adjective(adjective, GENDERS[kind]):
        return False
    own = [parse.tag for parse in parses(adjective.lower()) if parse.tag.POS == "ADJF" and "gent" in parse.tag]
    nouns = [parse.tag for parse in parses(tokens.forms[place]) if parse.tag.POS == "NOUN" and "gent" in parse.tag]
    return any(
        tag.number == noun.number and (tag.gender == noun.gender or tag.number == "plur")
        for tag in own
        for noun in nouns
    )


def _line(tokens: Tokens, place: int) -> UnlistedStreet | None:
    """«7-я линия, д. 34», «на 14 линии дом 39»: a line has no name but its number, so that a house must prove it."""
    begin = next(
        (each for each in (place - 1, place - 2, place - 3) if each >= 0 and tokens.forms[each].isdecimal()), -1
    )
    if begin < 0 or tokens.after_ordinal(begin) != place or len(tokens.forms[begin]) > 2:
        return None
    end = past_city_part(tokens, place + 1)
    houses = houses_after(tokens, end)
    name = street_name(f"{tokens.forms[begin]}-я линия")
    return UnlistedStreet(begin, end, name, houses) if houses and name is not None else None


def _number(tokens: Tokens, place: int) -> tuple[list[str], int]:
    """The number that begins a name («7-й», «9 Мая», «1905 года»), and the token after it."""
    if place >= len(tokens) or not tokens.forms[place].isdecimal():
        return [], place
    after = tokens.after_ordinal(place)
    if after > place + 1:
        return [f"{tokens.forms[place]}-й"], after
    if after < len(tokens) and tokens.forms[after] in COUNTED:
        return [tokens.forms[place], _written(tokens, after)], after + 1
    return [], place


def _before_noun(tokens: Tokens, place: int, kind: str) -> UnlistedStreet | None:
    """«на Тенистой улице», «3-й Мопровский переулок»: an adjective with a capital before the noun."""
    name = place - 1
    if name < 0 or not tokens.capital(name) or not tokens.forms[name].isalpha() or len(tokens.forms[name]) < 5:
        return None
    readings = parses(tokens.forms[name])[:4]
    plural = any({"plur", "gent"} <= set(parse.tag.grammemes) for parse in readings[:1])  # «Ударников пр. 38»
    if not (plural and houses_after(tokens, place + 1)) and not any(
        parse.tag.POS == "ADJF" and "Apro" not in parse.tag for parse in readings
    ):
        return None
    begin = next((each for each in (name - 3, name - 2) if each >= 0 and tokens.after_ordinal(each) == name
                  and tokens.forms[each].isdecimal()), name)  # fmt: skip
    opens = begin == 0 or tokens.forms[begin - 1] in ".!?"
    proper = tokens.forms[name].endswith(RELATIONAL) or len(tokens.forms[place]) < SHORTEST_NOUN
    proper = proper or bool(houses_after(tokens, place + 1))
    if begin == name and opens and not proper and all(parse.is_known for parse in readings):
        return None  # «Центральная улица», «Грязная улица» at the start of a sentence: a capital says nothing
    words = [*_number(tokens, begin)[0], _written(tokens, name)]
    return _street(tokens, begin, place + 1, words, kind)


def _street(tokens: Tokens, start: int, end: int, words: list[str], kind: str) -> UnlistedStreet | None:
    name = street_name(" ".join(in_nominative(words, kind)), kind)
    if name is None:
        return None
    return UnlistedStreet(start, end, name, houses_after(tokens, end))


def _written(tokens: Tokens, place: int) -> str:
    word = tokens.text[tokens.starts[place] : tokens.ends[place]]
    return word.capitalize() if tokens.shouted(place) else word


def _may_be_name(tokens: Tokens, place: int, begin: int) -> bool:
    """A word with a capital; each later word of the name right after the one before."""
    if not _written(tokens, place)[0].isupper() or not tokens.forms[place].isalpha() or len(tokens.forms[place]) < 3:
        return False
    if place > begin and tokens.starts[place] - tokens.ends[place - 1] > 1:
        return False
    return "\n" not in tokens.text[tokens.ends[place - 1] : tokens.starts[place]]
