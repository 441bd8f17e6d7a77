"""Schools, kindergartens, clinics and the like by number: «школа № 25», «10-я поликлиника», «детсад 122»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.facts import Fact, FactKind
from nlp.facts.numerals import begins_with_noun, counts
from nlp.facts.reading import Reading
from nlp.lemmas import parses

NAMES = (
    ("мбдоу", "детский сад"), ("мадоу", "детский сад"), ("бдоу", "детский сад"),
    ("школ", "школа"), ("сош", "школа"), ("гимнази", "гимназия"), ("лице", "лицей"), ("детск", "детский сад"),
    ("детсад", "детский сад"), ("садик", "детский сад"), ("сад", "детский сад"), ("д/с", "детский сад"),
    ("поликлиник", "поликлиника"), ("больниц", "больница"), ("роддом", "роддом"), ("библиотек", "библиотека"),
    ("аптек", "аптека"),
)  # fmt: skip
NOUN = (
    r"(?P<noun>мбдоу|мадоу|бдоу|школ(?:а|ы|е|у|ой|ам|ах)?|сош|гимнази(?:я|и|ю|ей|й)|лице(?:й|я|ю|ем|е|и|ев)"
    r"|детск[а-я]{2,3}\s{1,2}сад(?:а|у|ом|е|ик|ика|ике|ику|ы|ов)?|детсад(?:а|у|ом|е|ик|ика|ике|ику)?"
    r"|сад(?:ик|ика|ику|ике|иком|у|а|е|ом)?|д/с|поликлиник(?:а|и|у|е|ой)?|больниц(?:а|ы|у|е|ей)?"
    r"|роддом(?:а|у|е|ом)?|библиотек(?:а|и|у|е|ой)|аптек(?:а|и|у|е|ой))"
)
NUMBERS = r"(?P<numbers>\d{1,3}(?:(?:\s?,\s?|\s{1,2}и\s{1,2})(?:№\s?)?\d{1,3}){0,5})(?![\w.:/-]\d|\w)"
AFTER = re.compile(rf"\b{NOUN}\s{{0,2}}(?P<sign>(?:номер|№|n)\s{{0,2}})?{NUMBERS}")
BEFORE = re.compile(
    rf"(?<![\d.,:/-])(?P<numbers>\d{{1,3}})(?P<ending>-?(?:й|ой|ая|я|ую|ю|го|му|м))?\s{{1,2}}(?:городск[а-я]{{2,3}}\s{{1,2}})?{NOUN}\b"
)
NUMBER = re.compile(r"\d{1,3}")
ORDINAL_BEFORE = frozenset("у возле около из от до напротив рядом в во к ко за мимо".split())
HOUSE_BEFORE = frozenset("дом дома доме домом д корпус корп кв квартира подъезд".split())


def find(reading: Reading) -> Iterator[Fact]:
    folded = reading.folded
    if not reading.has_digits:
        return
    for match in AFTER.finditer(folded):
        if match["sign"] or not counts_what_follows(reading, match.end()):
            yield from institutions(reading, match)
    for match in BEFORE.finditer(folded):
        before = reading.word_before(match.start())
        if before in HOUSE_BEFORE or (
            match["noun"].startswith("сад")
            and not match["ending"]
            and match["noun"] not in ("саду", "садик", "садике", "сад")
        ):
            continue
        if match["ending"] or is_number(match, before):
            yield from institutions(reading, match)


def is_number(match: re.Match[str], before: str) -> bool:
    """False where the number counts: «4 школы», «5 больниц»; «у 4 школы» is one school."""
    number = int(match["numbers"])
    if not counts(number, match["noun"].split()[-1]):
        return True
    if number % 10 == 1:
        return number > 20
    return number % 10 in (2, 3, 4) and before in ORDINAL_BEFORE


def counts_what_follows(reading: Reading, position: int) -> bool:
    """«в школе 5 классов», «садику 40 лет»: the number belongs to the next noun."""
    after = reading.word_after(position)
    if not after or after == "г" or reading.folded[position : position + 1] not in (" ", "\n"):
        return False
    tag = parses(after)[0].tag
    return tag.POS in ("NOUN", "ADJF") and tag.case == "gent" and "Apro" not in tag


def institutions(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    """One fact a number; the one next to the noun covers the noun too."""
    name = next(name for stem, name in NAMES if match["noun"].startswith(stem))
    found = list(NUMBER.finditer(reading.folded, *match.span("numbers")))
    noun_first = match.start("noun") < match.start("numbers")
    for index, number in enumerate(found):
        start = match.start() if noun_first and index == 0 else number.start()
        end = match.end() if not noun_first else number.end()
        if noun_first and index and begins_with_noun(reading.word_after(number.end())):
            continue
        if int(number[0]):
            yield reading.fact(FactKind.INSTITUTION, start, end, f"{name} № {int(number[0])}")
