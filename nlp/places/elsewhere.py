"""Settlements that the gazetteer lacks: their addresses are never given to a street that it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nlp.lemmas import parses
from nlp.places.lexicon import Lexicon
from nlp.places.names import plain
from nlp.places.settlement_names import settlement_class
from nlp.places.tokens import Tokens

VILLAGES = frozenset({"деревня", "село", "поселок", "аул", "хутор"})
SHORT_VILLAGES = frozenset({"д", "дер", "с", "пос", "п"})
ALL_VILLAGES = VILLAGES | SHORT_VILLAGES
CITIES = Path(__file__).with_name("cities.txt")


@dataclass(frozen=True, slots=True)
class ForeignMention:
    """A settlement that the gazetteer lacks at tokens [start, end): a city of another region, a village of this one."""

    name: str
    start: int
    end: int
    apart: bool
    """Whether it stands by itself between commas: «…, Сургут»: it says where everything else is."""
    village: bool = False


def foreign_cities(own: Iterable[str]) -> Lexicon:
    """Names of the country's larger cities without those that the region itself uses for a place."""
    known = {plain(name) for name in own}
    lexicon = Lexicon()
    for line in CITIES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#") and plain(line) not in known:
            words = [part for word in plain(line).split() for part in word.split("-")]
            lexicon.add(words, settlement_class(words), line)
    return lexicon


def foreign_mentions(tokens: Tokens, cities: Lexicon) -> list[ForeignMention]:
    """Foreign cities named with a capital letter, or in small letters after «г.», «город»."""
    found: list[ForeignMention] = []
    for start, form in enumerate(tokens.forms):
        if form not in cities.vocabulary or (found and start < found[-1].end):
            continue
        match = next(iter(cities.matches(tokens, start)), None)
        if match is None:
            continue
        before = tokens.before(start)
        town = before >= 0 and (tokens.forms[before] == "г" or tokens.lemmas[before] == "город")
        if town or (tokens.capital(start) and not _somebody(form)):
            begin = before if town else start
            apart = _edge(tokens, begin - 1) and _edge(tokens, match.end)
            found.append(ForeignMention(match.entry, begin, match.end, apart))
    return found


def unlisted_villages(tokens: Tokens, known: set[int]) -> list[ForeignMention]:
    """Villages that the gazetteer lacks: «д. Приветная», «пос. Армейский»; `known` are tokens of those that it has."""
    found = []
    for place in [place for place, form in enumerate(tokens.forms) if form in ALL_VILLAGES]:
        form = tokens.forms[place]
        dotted = place + 2 < len(tokens) and tokens.forms[place + 1] == "."
        begin = place + 2 if dotted else place + 1
        if begin >= len(tokens) or begin in known or not (form in VILLAGES or (dotted and form in SHORT_VILLAGES)):
            continue
        if tokens.capital(begin) and tokens.forms[begin].isalpha() and len(tokens.forms[begin]) > 3:
            found.append(
                ForeignMention(tokens.text[tokens.starts[begin] : tokens.ends[begin]], place, begin + 1, False, True)
            )
    return found


def _somebody(form: str) -> bool:
    """Whether the form may be a person's or a plain word as well: «Королёва», «Владимира», «Орла»."""
    return any({"Surn", "Name"} & set(parse.tag.grammemes) or (not parse.tag.grammemes & {"Geox"} and parse.is_known)
               for parse in parses(form) if parse.score > 0.1)  # fmt: skip


def _edge(tokens: Tokens, place: int) -> bool:
    return not 0 <= place < len(tokens) or tokens.forms[place] in ",.!?;()"
