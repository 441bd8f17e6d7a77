"""Named places that are no streets: stops, stations, microdistricts by number, garden societies, mileposts."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.places.houses import House, houses_after
from nlp.places.kinds import ABBREVIATIONS, kinds_of
from nlp.places.tokens import Tokens

STOP_LEMMAS = frozenset({"остановка", "остановочный"})
STOP_ABBREVIATIONS = frozenset({"ост"})
METRO = frozenset({"метро", "м"})
# before these «м.» is the underground, elsewhere it is metres, a ministry, a shop
BEFORE_METRO = frozenset("у от до к ст станции станция станцией возле около рядом с ( ,".split())
NUMBERED = {"микрорайон": "{}-й микрорайон", "квартал": "{}-й квартал"}
VILLAGE_WORDS = frozenset({"пос", "п", "с", "дер", "поселок", "село", "деревня"})
GARDENS = frozenset({"снт", "сдт", "сот", "днт"})
MILESTONES = frozenset({"км", "километр", "километре"})
TRIGGERS = (
    STOP_LEMMAS
    | STOP_ABBREVIATIONS
    | METRO
    | VILLAGE_WORDS
    | GARDENS
    | MILESTONES
    | {form for form, kinds in ABBREVIATIONS.items() if kinds[0] in NUMBERED}
    | set(NUMBERED)
)
LEAST_MILEPOST = 3  # digits: «1380 км» of a railway or a road is a place, «20 км» is a distance
LONGEST_NAME = 3
QUOTES = {"«": "»", '"': '"', "“": "”", "„": "“"}


@dataclass(frozen=True, slots=True)
class NamedObject:
    """A piece of a settlement: tokens [start, end), its name as it is to be shown, houses in it."""

    start: int
    end: int
    name: str
    houses: tuple[House, ...] = ()
    settlement: bool = False
    """Whether it is a settlement that the gazetteer lacks («пос. Титан, дом 8»)."""


def named_objects(tokens: Tokens) -> list[NamedObject]:
    """Objects in text order; they do not overlap."""
    found: list[NamedObject] = []
    pairs = enumerate(zip(tokens.forms, tokens.lemmas, strict=True))
    for place in [place for place, (form, lemma) in pairs if form in TRIGGERS or lemma in TRIGGERS]:
        form = tokens.forms[place]
        if found and place < found[-1].end:
            continue
        if tokens.lemmas[place] in STOP_LEMMAS or form in STOP_ABBREVIATIONS:
            named = _quoted_or_capital(tokens, place, "остановка")
        elif form in METRO:
            named = _station(tokens, place)
        elif form in GARDENS:
            named = _quoted_or_capital(tokens, place, form.upper())
        elif form in VILLAGE_WORDS or tokens.lemmas[place] in VILLAGE_WORDS:
            named = _village(tokens, place)
        elif form in MILESTONES:
            named = _milepost(tokens, place)
        else:
            named = _numbered(tokens, place, form)
        if named is not None and not (found and named.start < found[-1].end):
            found.append(named)
    return found


def is_stop(tokens: Tokens, start: int) -> bool:
    """Whether the name that begins at the token is a stop's: «остановка 7-я Северная», «ост. Мира»."""
    before = tokens.before(start)
    return before >= 0 and (tokens.lemmas[before] in STOP_LEMMAS or tokens.forms[before] in STOP_ABBREVIATIONS)


def is_station(tokens: Tokens, start: int) -> bool:
    """Whether the name that begins at the token is a station's: «метро Проспект Ветеранов», «у м. Невский проспект»."""
    before = tokens.before(start)
    return before >= 0 and _says_metro(tokens, before)


def _says_metro(tokens: Tokens, place: int) -> bool:
    """«метро», or «м.» between «у», «от», «ст.» and a capital letter."""
    if tokens.forms[place] == "метро":
        return True
    dotted = tokens.forms[place : place + 2] == ["м", "."] and place + 2 < len(tokens)
    before = tokens.forms[place - 1] if place else "("
    before = tokens.forms[place - 2] if before == "." and place > 1 else before
    return dotted and tokens.capital(place + 2) and before in BEFORE_METRO


def _station(tokens: Tokens, place: int) -> NamedObject | None:
    """A station with the kind's noun that its name may have («Проспект Большевиков», «Гражданский проспект»)."""
    if not _says_metro(tokens, place):
        return None
    named = _quoted_or_capital(tokens, place, "метро")
    if named is None or named.end >= len(tokens) or tokens.lemmas[named.end] != "проспект":
        return named
    return NamedObject(place, named.end + 1, f"{named.name[:-1]} проспект»")


def _quoted_or_capital(tokens: Tokens, place: int, noun: str) -> NamedObject | None:
    begin = place + 1
    while begin < len(tokens) and tokens.forms[begin] in ".:":
        if tokens.ends_sentence(begin):
            return None
        begin += 1
    if begin >= len(tokens):
        return None
    closing = QUOTES.get(tokens.forms[begin])
    if closing is not None:
        end = next((i for i in range(begin + 1, min(begin + 8, len(tokens))) if tokens.forms[i] == closing), -1)
        if end < begin + 2:
            return None
        return NamedObject(place, end + 1, f"{noun} «{_text(tokens, begin + 1, end)}»")
    end = begin
    while end < len(tokens) and end < begin + LONGEST_NAME and _in_name(tokens, end, begin):
        end += 1
    return NamedObject(place, end, f"{noun} «{_text(tokens, begin, end)}»") if end > begin else None


def _in_name(tokens: Tokens, place: int, begin: int) -> bool:
    if tokens.forms[place].isdecimal():
        return place == begin and place + 1 < len(tokens) and tokens.capital(place + 1)
    return tokens.forms[place].isalpha() and tokens.capital(place)


def _text(tokens: Tokens, start: int, end: int) -> str:
    return tokens.text[tokens.starts[start] : tokens.ends[end - 1]]


def _village(tokens: Tokens, place: int) -> NamedObject | None:
    """«пос. Титан, дом 8»: a village that the gazetteer may lack; its name as it is written."""
    begin = place + 1
    if begin < len(tokens) and tokens.forms[begin] == ".":
        begin += 1
    abbreviated = len(tokens.forms[place]) < 4
    if begin >= len(tokens) or (abbreviated and begin == place + 1):
        return None
    named = _quoted_or_capital(tokens, begin - 1, "")
    if named is None or len(tokens.forms[begin]) < 3:
        return None
    houses = tuple(houses_after(tokens, named.end))
    return NamedObject(place, named.end, named.name.strip(" «»"), houses, True) if houses else None


def _milepost(tokens: Tokens, place: int) -> NamedObject | None:
    number = tokens.forms[place - 1] if place else ""
    if (
        not number.isdecimal()
        or len(number) < LEAST_MILEPOST
        or (len(number) == LEAST_MILEPOST and not _on(tokens, place))
    ):
        return None
    return NamedObject(place - 1, place + 1, f"{number}-й километр")


def _on(tokens: Tokens, place: int) -> bool:
    return place >= 2 and tokens.forms[place - 2] in ("на", "пункт", "пункта", "оп")


def _numbered(tokens: Tokens, place: int, form: str) -> NamedObject | None:
    """«11 микрорайон», «мкр-н 11», «14-й квартал, дом 3»."""
    kinds = kinds_of(form, tokens.lemmas[place])
    pattern = NUMBERED.get(kinds[0]) if kinds else None
    if pattern is None:
        return None
    before = place - 1
    while before >= 0 and before > place - 3 and tokens.forms[before] in ("-", "й", "го", "м", "ом"):
        before -= 1
    if before >= 0 and tokens.forms[before].isdecimal() and len(tokens.forms[before]) < 3:
        return NamedObject(
            before, place + 1, pattern.format(tokens.forms[before]), tuple(houses_after(tokens, place + 1))
        )
    after = place + 1
    while after < len(tokens) and tokens.forms[after] in (".", "№"):
        after += 1
    if after < len(tokens) and tokens.forms[after].isdecimal() and len(tokens.forms[after]) < 3:
        end = tokens.after_ordinal(after)
        return NamedObject(place, end, pattern.format(tokens.forms[after]), tuple(houses_after(tokens, end)))
    return None
