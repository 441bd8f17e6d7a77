"""Names of streets in a text with what supports them: the kind's noun, a house number, the grammar around."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlp.lemmas import parses
from nlp.places.houses import House, houses_after, houses_named
from nlp.places.kinds import EVERYDAY_KINDS, kinds_of
from nlp.places.lexicon import Lexicon, Match
from nlp.places.records import StreetEntry
from nlp.places.tokens import Tokens

QUOTES = frozenset("«»\"“”„'.:")
# prepositions that do not govern the genitive: a genitive after them can only be a name («на Ленина», «по Мира»)
PLACE_PREPOSITIONS = frozenset({"на", "по", "к"})
OTHER_PREPOSITIONS = frozenset(
    "с со от до у около возле вдоль за через между напротив в и угол перекресток пересечение улиц".split()
)
ORGANISATION_WORDS = frozenset("ук ооо оао зао ао тсж тсн тк мкд жск жк тц трк тд ип гк пао бу муп дк тэц".split())
LONGEST_LINK = 12  # tokens between a street and a house named apart from it
LINKS = frozenset("по на в у улице улица улицы ул адресу адрес , . : № проспекту проспект пр это и".split())
SENTENCE_ENDS = frozenset("!?…\n")


@dataclass(slots=True)
class StreetMention:
    """A street's name at tokens [start, end) (its kind's noun included) with its support."""

    match: Match
    start: int
    end: int
    kinds: tuple[str, ...] = ()
    houses: list[House] = field(default_factory=list)
    grammar: str = ""
    """«strong» or «weak»: how surely the words around say that this is a place; empty for not at all."""

    @property
    def entry(self) -> StreetEntry:
        entry: StreetEntry = self.match.entry
        return entry

    @property
    def words(self) -> int:
        return self.match.end - self.match.start


def street_mentions(tokens: Tokens, names: Lexicon) -> list[StreetMention]:
    """Accepted mentions in text order; they do not overlap. Houses named apart («дом 5 по Мира») are joined to them."""
    found = _candidates(tokens, names)
    _join_lists(tokens, found)
    starts = frozenset(mention.start for mention in found)
    for mention in found:
        mention.houses = houses_after(tokens, mention.end, starts)
    _join_houses(tokens, found)
    return [mention for mention in found if accepted(tokens, mention)]


def _candidates(tokens: Tokens, names: Lexicon) -> list[StreetMention]:
    found: list[StreetMention] = []
    place = 0
    vocabulary, root = names.vocabulary, names.root.children
    for start, form in enumerate(tokens.forms):
        if start < place or not (form in vocabulary or form in root or "~" + form in root):
            continue
        matches = names.matches(tokens, start)
        if not matches:
            continue
        for match in _best(tokens, matches):
            mention = _with_kind(tokens, match)
            found.append(mention)
            place = max(place, mention.end)
    return found


def _best(tokens: Tokens, matches: list[Match]) -> list[Match]:
    """The longest match; but in «Амурская 21» the number is a house where the street without it exists."""
    longest = matches[0]
    last = longest.end - 1
    if tokens.forms[last].isdecimal() and not longest.ordinal and len(matches) > 1:
        shorter = next((match for match in matches if match.end < longest.end), None)
        if shorter is not None:
            return [shorter]
    return [longest]


def _with_kind(tokens: Tokens, match: Match) -> StreetMention:
    start, end = match.start, match.end
    before = tokens.before(start)
    if before >= 0 and tokens.forms[before] in ("имени", "им"):
        before = tokens.before(before)
    if match.kind_inside:
        return StreetMention(match, start, end, match.kind_inside)
    if before >= 0:
        kinds = kinds_of(tokens.forms[before], tokens.lemmas[before])
        if kinds:
            return StreetMention(match, before, _close_quote(tokens, end), kinds)
    after = _close_quote(tokens, end)
    if after < len(tokens):
        kinds = kinds_of(tokens.forms[after], tokens.lemmas[after])
        if kinds:
            dotted = after + 1 < len(tokens) and tokens.forms[after + 1] == "." and len(tokens.forms[after]) < 5
            return StreetMention(match, start, after + 1 + dotted, kinds)
    return StreetMention(match, start, end)


def _close_quote(tokens: Tokens, end: int) -> int:
    return end + 1 if end < len(tokens) and tokens.forms[end] in "»\"”'" else end


def _join_lists(tokens: Tokens, found: list[StreetMention]) -> None:
    """«улицы Ленина, Мира и Труда», «Ленина и Мира улицы»: the kind's noun is said once for the whole list."""
    for left, right in zip(found, found[1:], strict=False):
        joined = right.start - left.end == 1 and tokens.forms[left.end] in (",", "и", "-", "–", "—", "/")
        if joined and left.kinds and not right.kinds and tokens.lemmas[left.start] == "улица":
            right.kinds = left.kinds


def _join_houses(tokens: Tokens, found: list[StreetMention]) -> None:
    free = [mention for mention in found if not mention.houses]
    if not free:
        return
    taken = {house.start for mention in found for house in mention.houses}
    for house in houses_named(tokens):
        if house.start in taken or any(_inside(house, mention) for mention in found):
            continue
        mention = _nearest(tokens, house, free)
        if mention is not None:
            mention.houses.append(house)


def _inside(house: House, mention: StreetMention) -> bool:
    return any(house.start < own.end and own.start < house.end for own in mention.houses) or (
        mention.start < house.end and house.start < mention.end
    )


def _nearest(tokens: Tokens, house: House, mentions: list[StreetMention]) -> StreetMention | None:
    best, best_gap = None, LONGEST_LINK + 1
    for mention in mentions:
        if mention.start >= house.end:
            between = tokens.forms[house.end : mention.start]
            gap = len(between) if all(form in LINKS for form in between) else len(between) * 3
        elif mention.end <= house.start:
            between = tokens.forms[mention.end : house.start]
            gap = len(between) + 1
        else:
            continue
        if not SENTENCE_ENDS & set(between) and gap < best_gap:
            best, best_gap = mention, gap
    return best


def accepted(tokens: Tokens, mention: StreetMention) -> bool:
    """Whether the mention is a place and not a word of plain prose; sets its grammar."""
    mention.grammar = _grammar(tokens, mention)
    start, match = mention.match.start, mention.match
    before = tokens.before(start)
    if before >= 0 and tokens.forms[before] in ORGANISATION_WORDS and not mention.kinds:
        return False
    if mention.kinds and not (set(mention.kinds) <= EVERYDAY_KINDS):
        return True
    if mention.kinds:
        return bool(mention.houses or mention.grammar)
    several = mention.words > 1
    if mention.houses:
        opens = before < 0 or not tokens.forms[before].isalnum() or "\n" in _gap(tokens, before, start)
        return (
            several or tokens.capital(start) or bool(mention.grammar) or (opens and not _everyday(tokens.forms[start]))
        )
    if several and (tokens.capital(start) or match.ordinal or mention.grammar):
        return not _modifies(tokens, match)
    return mention.grammar == "strong"


def _gap(tokens: Tokens, left: int, right: int) -> str:
    return tokens.text[tokens.ends[left] : tokens.starts[right]] if left >= 0 else "\n"


def _grammar(tokens: Tokens, mention: StreetMention) -> str:
    """What the words around an undressed name say of it."""
    start, end = mention.match.start, mention.match.end
    before = tokens.before(start)
    preposition = tokens.forms[before] if before >= 0 else ""
    if preposition not in PLACE_PREPOSITIONS and preposition not in OTHER_PREPOSITIONS:
        return ""
    if _modifies(tokens, mention.match):
        return ""
    form, capital = tokens.forms[end - 1], tokens.capital(start)
    tags = [parse.tag for parse in parses(form)]
    adjective = any(tag.POS in ("ADJF", "PRTF") for tag in tags) or form.endswith(("ской", "скую", "ском", "ской"))
    if adjective and not any("Surn" in tag for tag in tags):
        if preposition in PLACE_PREPOSITIONS | {"с", "от", "до", "вдоль", "в"} and (
            capital or form.endswith(("ской", "ском"))
        ):
            return "strong" if capital or preposition in ("на", "по") else "weak"
        return "weak" if capital else ""
    if _everyday(form):
        governed = any(tag.case in ("accs", "datv", "loct") for tag in tags)
        return "strong" if capital and preposition in ("на", "по") and not governed else "weak" if capital else ""
    if preposition in ("на", "по"):
        return "strong"
    return ("strong" if preposition in ("с", "от", "до", "вдоль", "угол") else "weak") if capital else ""


def _modifies(tokens: Tokens, match: Match) -> bool:
    """Whether an adjective's own noun follows: «на Омской земле», «в Центральной больнице»."""
    if match.end >= len(tokens) or not tokens.forms[match.end].isalpha():
        return False
    form = tokens.forms[match.end - 1]
    if not form.endswith(("ой", "ая", "ую", "ом", "ый", "ий", "ого", "ей", "ое")):
        return False
    own = {(tag.gender, tag.case) for tag in (parse.tag for parse in parses(form)) if tag.POS == "ADJF"}
    following = parses(tokens.forms[match.end])[0].tag
    return following.POS == "NOUN" and (following.gender, following.case) in own


def _everyday(form: str) -> bool:
    """Whether the word is an everyday noun or adjective rather than a name of a person or a place."""
    best = parses(form)[0]
    return best.is_known and not {"Surn", "Name", "Geox", "Patr"} & set(best.tag.grammemes)
