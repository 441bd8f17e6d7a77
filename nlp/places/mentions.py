"""Names of streets in a text with what stands beside them: the kind's noun and house numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlp.lemmas import parses
from nlp.places.gazetteer import RANKS
from nlp.places.houses import House
from nlp.places.kinds import DISTRICT_KINDS, EVERYDAY_KINDS, kinds_of
from nlp.places.lexicon import ORDINAL_WORDS, Lexicon, Match
from nlp.places.names import NameClass
from nlp.places.records import StreetEntry
from nlp.places.tokens import Tokens

CLOSING_QUOTES = frozenset("»\"”'")
# which part of a city a street is in, said behind its name: «Большой пр. П.С.», «7-я линия ВО»
CITY_PARTS = (("в", "о"), ("п", "с"), ("во",), ("пс",))
CITY_PART_NAMES = frozenset({("васильевский", "остров"), ("петроградский", "сторона")})
# «мкр. Солнечный» is no Солнечная улица, «площадь Победы» no улица Победы
OTHER_THINGS = DISTRICT_KINDS | {"площадь"}
OTHER_SHORES = frozenset({"площадь", "набережная"})
LIST_JOINTS = frozenset({",", "и", "-", "/", "да", "до"})


@dataclass(slots=True)
class StreetMention:
    """A street's name at tokens [start, end) (its kind's noun included) with its support."""

    match: Match
    start: int
    end: int
    word: str
    """The first word of the name as it stands in the text, in lower case."""
    kinds: tuple[str, ...] = ()
    houses: list[House] = field(default_factory=list)
    grammar: str = ""
    """«strong» or «weak»: how surely the words around say that this is a place; empty for not at all."""
    contradicted: bool = False
    """Whether a noun before the name says that it names something else: «мкр. Солнечный»."""
    guessed: float = 1.0
    """Likeness of a misspelt name to the one it was taken for; 1 where it is spelt right."""

    @property
    def entry(self) -> StreetEntry:
        entry: StreetEntry = self.match.entry
        return entry

    @property
    def words(self) -> int:
        return self.match.end - self.match.start


def candidates(tokens: Tokens, names: Lexicon) -> list[StreetMention]:
    """Every place where a street's name stands, meant or not, in text order; they do not overlap."""
    found: list[StreetMention] = []
    place = 0
    openings = names.openings
    for start, (form, lemma) in enumerate(zip(tokens.forms, tokens.lemmas, strict=True)):
        if start < place or (form not in openings and lemma not in ORDINAL_WORDS):
            continue
        matches = names.matches(tokens, start)
        if matches:
            mention = with_kind(tokens, _best(tokens, matches))
            found.append(mention)
            place = mention.end
    return found


def _best(tokens: Tokens, matches: list[Match]) -> Match:
    """The longest match; but in «Амурская 21» the number is a house where the street without it exists."""
    longest = matches[0]
    if tokens.forms[longest.end - 1].isdecimal() and not longest.ordinal:
        return next((match for match in matches if match.end < longest.end), longest)
    return longest


def with_kind(tokens: Tokens, match: Match) -> StreetMention:
    """The name with its kind's noun before or after it («ул. Ленина», «Омская ул.», «улица Иртышская набережная»)."""
    mention = _with_noun(tokens, match)
    mention.contradicted = mention.contradicted or _other_ordinal(tokens, match)
    mention.end = past_city_part(tokens, mention.end)
    return mention


def _other_ordinal(tokens: Tokens, match: Match) -> bool:
    """Whether an ordinal stands before the name that is none of it: «5-я Красноармейская» where a list has no fifth."""
    place = match.start - 1
    if place < 1 or match.entry.name_class is not NameClass.ADJECTIVE or tokens.forms[match.start].isdecimal():
        return False
    begin = next((each for each in (place - 1, place - 2) if each >= 0 and tokens.forms[each].isdecimal()), -1)
    ordinal = begin >= 0 and tokens.after_ordinal(begin) == match.start and match.start > begin + 1
    return ordinal and agree(tokens.forms[place], tokens.forms[match.start])


def agree(ending: str, form: str) -> bool:
    """Whether the ending of an ordinal fits an adjective: «5-я Красноармейская», «на 5-й Красноармейской»."""
    return form.endswith(ending) or (ending == "й" and form.endswith(("ой", "ей", "ый", "ий")))


def past_city_part(tokens: Tokens, place: int) -> int:
    """The token after «В.О.», «П.С.», «Васильевского острова» at `place`; `place` itself when no such mark is there."""
    forms = tokens.forms[place : place + 4]
    for mark in CITY_PARTS:
        letters = [form for form in forms if form != "."][: len(mark)]
        if letters == list(mark) and (len(mark) == 1 or forms[1:2] == ["."]):
            dotted = len(mark) == 2
            if dotted or tokens.text[tokens.starts[place] : tokens.ends[place]].isupper():
                end = place + (3 if dotted else 1)
                return end + (end < len(tokens) and tokens.forms[end] == ".")
    if tuple(tokens.lemmas[place : place + 2]) in CITY_PART_NAMES:
        return place + 2
    return place


def _with_noun(tokens: Tokens, match: Match) -> StreetMention:
    start, end, word = _with_given_names(tokens, match), match.end, tokens.forms[match.start]
    own = kinds_of(tokens.forms[end - 1], tokens.lemmas[end - 1]) if end - start > 1 else ()
    if match.kind_inside or own:
        return StreetMention(match, _with_noun_before(tokens, start)[0], end, word, match.kind_inside or own)
    begin, before = _with_noun_before(tokens, start)
    finish, after = _with_noun_after(tokens, end)
    known: set[str] = match.entry.kinds
    contradicted = bool(set(before) & OTHER_THINGS) and not known & set(before)
    before = _proving(before, known)
    after = _proving(after, known)
    if contradicted and not after:
        return StreetMention(match, begin, end, word, contradicted=True)
    if not OTHER_SHORES.isdisjoint(after) and known.isdisjoint(after):
        return StreetMention(match, begin, end, word, contradicted=True)
    if not known & set(after):
        after = ()  # «п. Новоомский ул. Хуторская»: the noun belongs to what follows it
    if before and (not after or after == ("улица",)):
        return StreetMention(match, begin, _past_quote(tokens, end), word, before)
    if after:
        return StreetMention(match, begin if before else start, finish, word, after)
    return StreetMention(match, start, end, word)


def _with_given_names(tokens: Tokens, match: Match) -> int:
    """Where the name begins with what the list leaves out: «Ивана Франко», «И. Франко» for «улица Франко»."""
    start = match.start
    if match.end - start > 1 or not tokens.capital(start) or parses(tokens.forms[start])[0].tag.POS == "ADJF":
        return start
    for _ in range(2):
        before = start - 1 - (start > 1 and tokens.forms[start - 1] == ".")
        if before < 0 or not tokens.capital(before) or not _is_given(tokens.forms[before], dotted=before < start - 1):
            break
        start = before
    return start


def _is_given(form: str, dotted: bool) -> bool:
    """Whether the word is a first name in the genitive, a rank, or an initial with its dot."""
    if len(form) == 1:
        return dotted and form.isalpha()
    if dotted:
        return False
    return form in RANKS or any({"Name", "gent"} <= set(parse.tag.grammemes) for parse in parses(form)[:3])


def _proving(kinds: tuple[str, ...], known: set[str]) -> tuple[str, ...]:
    """Everyday words («дорога», «проезд») prove only a street that is officially of that kind."""
    return kinds if not set(kinds) <= EVERYDAY_KINDS or known & set(kinds) else ()


def _with_noun_before(tokens: Tokens, start: int) -> tuple[int, tuple[str, ...]]:
    before = tokens.before(start)
    if before >= 0 and tokens.forms[before] in ("имени", "им"):
        before = tokens.before(before)
    if before < 0 or tokens.ends_sentence(before + 1):
        return start, ()
    kinds = kinds_of(tokens.forms[before], tokens.lemmas[before], tokens.forms[before + 1] == ".")
    return (before, kinds) if kinds else (start, ())


def _with_noun_after(tokens: Tokens, end: int) -> tuple[int, tuple[str, ...]]:
    after = _past_quote(tokens, end)
    if after >= len(tokens):
        return end, ()
    dotted = after + 1 < len(tokens) and tokens.forms[after + 1] == "." and len(tokens.forms[after]) < 5
    kinds = kinds_of(tokens.forms[after], tokens.lemmas[after], dotted)
    # «Ленина ул. Мира»: the noun belongs to what follows it
    return (after + 1 + dotted, kinds) if kinds else (end, ())


def _past_quote(tokens: Tokens, end: int) -> int:
    return end + 1 if end < len(tokens) and tokens.forms[end] in CLOSING_QUOTES else end


def joined(tokens: Tokens, left: StreetMention, right: StreetMention) -> str:
    """The sign or word that joins two neighbours into a list («Мира и Труда», «Мира/Труда»); empty when none does."""
    between = tokens.forms[left.end : right.start]
    if not between and tokens.text[tokens.ends[left.end - 1] : tokens.starts[right.start]] == "-":
        return "-"  # «Южная-Революционная»: the hyphen is no token of its own
    if between and len(between) <= 2 and all(form in LIST_JOINTS for form in between):
        return between[-1]
    return ""
