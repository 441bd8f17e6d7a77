"""Streets that the gazetteer lacks: read by grammar alone, where the kind's noun stands beside a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.lemmas import parses
from nlp.places.houses import House, houses_after, houses_named
from nlp.places.kinds import EVERYDAY_KINDS, GENDERS, kinds_of
from nlp.places.mentions import StreetMention
from nlp.places.names import COUNTED, StreetName, street_name
from nlp.places.settlement_mentions import SettlementMention
from nlp.places.tokens import Tokens

NOMINATIVE = {"f": {"ой": "ая", "ую": "ая", "ей": "яя", "юю": "яя"},
              "m": {"ого": "ый", "ому": "ый", "ом": "ый", "ым": "ый", "его": "ий", "ему": "ий", "ем": "ий", "им": "ий"},
              "n": {"ого": "ое", "ому": "ое", "ом": "ое", "ым": "ое"}}  # fmt: skip
GRAMMEMES = {"f": "femn", "m": "masc", "n": "neut"}
VELARS = frozenset("гкх")
LONGEST_NAME = 3
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
    for place, form in enumerate(tokens.forms):
        kinds = kinds_of(form, tokens.lemmas[place])
        if place not in covered and set(kinds) - EVERYDAY_KINDS:
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
    words = [tokens.text[tokens.starts[each] : tokens.ends[each]] for each in range(begin, end)]
    street = _street(tokens, begin, end, words, "улица") if words and _fits(words[-1]) else None
    return street if street is not None and street.houses else None


def _link_houses(tokens: Tokens, streets: list[UnlistedStreet]) -> None:
    """«ул 9 Мая возле 12 дома»: a house apart belongs to the street right before it."""
    for group in houses_named(tokens):
        for street in streets:
            if not street.houses and 0 <= group[0].start - street.end <= LONGEST_LINK:
                street.houses.extend(group)
                break


def _after_noun(tokens: Tokens, place: int, kind: str) -> UnlistedStreet | None:
    begin = place + 1
    while begin < len(tokens) and begin < place + 3 and tokens.forms[begin] in '.«"“„':
        if tokens.ends_sentence(begin):
            return None
        begin += 1
    end, words = begin, []
    if end < len(tokens) and tokens.forms[end].isdecimal() and tokens.after_ordinal(end) > end + 1:
        words.append(f"{tokens.forms[end]}-й")
        end = tokens.after_ordinal(end)
    elif end + 1 < len(tokens) and tokens.forms[end].isdecimal() and tokens.forms[end + 1] in COUNTED:
        words += [tokens.forms[end], tokens.text[tokens.starts[end + 1] : tokens.ends[end + 1]]]  # «9 Мая», «1905 года»
        end += 2
    while end < len(tokens) and len(words) < LONGEST_NAME and _may_be_name(tokens, end, begin):
        words.append(_nominative(tokens.text[tokens.starts[end] : tokens.ends[end]], kind))
        end += 1
    while words and not _fits(words[-1]):
        words.pop()
        end -= 1
    return _street(tokens, place, end, words, kind) if words and not words[-1][0].isdigit() else None


def _before_noun(tokens: Tokens, place: int, kind: str) -> UnlistedStreet | None:
    """«на Тенистой улице»: an adjective with a capital before the noun."""
    begin = place - 1
    if begin < 0 or not tokens.capital(begin) or not tokens.forms[begin].isalpha() or len(tokens.forms[begin]) < 5:
        return None
    readings = parses(tokens.forms[begin])[:4]
    if not any(parse.tag.POS == "ADJF" and "Apro" not in parse.tag for parse in readings):
        return None
    opens = begin == 0 or tokens.forms[begin - 1] in ".!?"
    if opens and all(parse.is_known for parse in readings):
        return None  # «Центральная улица», «Грязная улица» at the start of a sentence: a capital says nothing
    return _street(
        tokens, begin, place + 1, [_nominative(tokens.text[tokens.starts[begin] : tokens.ends[begin]], kind)], kind
    )


def _street(tokens: Tokens, start: int, end: int, words: list[str], kind: str) -> UnlistedStreet | None:
    name = street_name(" ".join(words), kind)
    if name is None:
        return None
    return UnlistedStreet(start, end, name, houses_after(tokens, end))


def _may_be_name(tokens: Tokens, place: int, begin: int) -> bool:
    """A word with a capital; each later word of the name right after the one before."""
    if not tokens.forms[place].isalpha() or not tokens.capital(place) or len(tokens.forms[place]) < 3:
        return False
    if place > begin and tokens.starts[place] - tokens.ends[place - 1] > 1:
        return False
    return "\n" not in tokens.text[tokens.ends[place - 1] : tokens.starts[place]]


def _fits(word: str) -> bool:
    """Whether the word can end a street's name: an adjective or a genitive, not a verb or a plain subject."""
    form = word.lower().replace("ё", "е")
    readings = [parse for parse in parses(form) if parse.score > 0.05] or [parses(form)[0]]
    if not readings[0].is_known and readings[0].tag.number != "plur":
        return True
    return any(
        parse.tag.case == "gent" or "Fixd" in parse.tag or (parse.tag.POS == "ADJF" and parse.tag.number == "sing")
        for parse in readings
    )


def _nominative(word: str, kind: str) -> str:
    """«Тенистой» of a street as «Тенистая»; a genitive name («Бархатовой») stays."""
    form, gender = word.lower().replace("ё", "е"), GENDERS[kind]
    for ending, nominative in NOMINATIVE[gender].items():
        if form.endswith(ending) and len(form) > len(ending) + 2:
            readings = parses(form)
            adjective = readings[0].tag.POS == "ADJF" and GRAMMEMES[gender] in readings[0].tag
            if not adjective or any("Surn" in parse.tag and parse.score > 0.2 for parse in readings):
                return word
            stem = word[: len(word) - len(ending)]
            if nominative == "ый" and stem[-1].lower() in VELARS:
                nominative = "ий"
            return stem + nominative
    return word
