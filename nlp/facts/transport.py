"""Routes of public transport («автобус 73», «73-й автобус», «троллейбусы 4 и 17») and state number plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.facts import Fact, FactKind
from nlp.facts.numerals import begins_with_noun, counts
from nlp.facts.reading import Reading

VEHICLES = (
    ("автобус", "автобус"), ("электробус", "электробус"), ("троллейбус", "троллейбус"), ("трамва", "трамвай"),
    ("маршрутк", "маршрутка"), ("маршрутн", "маршрутка"), ("газел", "маршрутка"), ("маршрут", "маршрут"),
)  # fmt: skip
NOUN = (
    r"(?P<noun>(?:авто|электро|троллей)бус(?:а|у|ом|е|ы|ов|ам|ами|ах)?|трамва(?:й|я|ю|ем|е|и|ев|ям|ями|ях)|маршрутк(?:а|и|у|е|ой|ам|ах|ами)"
    r"|маршруток|маршрутн[а-я]{2,3}\sтакси|газел(?:ь|и|ью|ей|ям|ях)|маршрут(?:а|у|ом|е|ы|ов|ам|ами|ах)?)"
)
NUMBER = r"\d{1,3}\s?[мкэтн]?(?![\w.,:/-]\d|\w)"
SIGN = r"(?:(?:номер|№|n)\s{0,2})?"
AFTER = re.compile(
    rf"\b{NOUN}\s{{0,2}}(?:маршрут[а-я]{{0,2}}\s{{0,2}})?(?P<sign>{SIGN})(?P<numbers>{NUMBER}(?:(?:\s?,\s?|\s{{1,2}}и\s{{1,2}}|\s?,\s?и\s){SIGN}{NUMBER}){{0,9}})"
)
BEFORE = re.compile(
    rf"(?<![\d.,:/№-])(?P<numbers>{NUMBER}(?:(?:\s?,\s?|\s{{1,2}}и\s{{1,2}}){NUMBER}){{0,9}})(?P<ending>-?(?:й|ый|го|му|м|ом|ая|ой|ую))?\s{{1,2}}{NOUN}\b"
)
EACH = re.compile(r"\d{1,3}\s?[мкэтн]?(?!\w)")
QUANTITY = re.compile(
    r"\s{0,2}(?:-?\s?\d{1,3}\s{0,2})?(?:мин|час|раз|сек|дн[яеё]|сут|нед|мес|год|лет|руб|шт|штук|человек|чел|км|метр|остановк|тыс|р\b|%|утра|вечера|ночи|-?х\b|ти\b"
    r"|янв|фев|март|апр|мая|июн|июл|авг|сент|окт|нояб|дек)"
)
PLATE_LETTERS = "авекмнорстух"
PLATE = re.compile(
    rf"(?<!\w)([{PLATE_LETTERS}])( ?)(\d{{3}})[ ]?([{PLATE_LETTERS}]{{2}})[ ]?(\d{{2,3}})(?:\s?(?:rus|рус))?(?![\w])"
)
NUMBER_WORDS = frozenset("госномер госномером номер номером номера".split())
GENITIVE_BEFORE = frozenset(
    "водитель водителя водителю кондуктор у без от для расписание расписания движение движения графика график "
    "остановка номер".split()
)


def find(reading: Reading) -> Iterator[Fact]:
    if not reading.has_digits:
        return
    found = list(plates(reading))
    yield from found
    yield from (route for route in all_routes(reading) if not any(route.span.overlaps(plate.span) for plate in found))


def all_routes(reading: Reading) -> Iterator[Fact]:
    folded = reading.folded
    if not reading.has(("бус", "трамва", "маршрут", "газел")):
        return
    for match in AFTER.finditer(folded):
        # «номер автобуса 837» is painted on its side; «автобус 40 минут» is how long one waits
        if match["sign"] or not (QUANTITY.match(folded, match.end()) or reading.word_before(match.start()) == "номер"):
            yield from routes(reading, match)
    for match in BEFORE.finditer(folded):
        if match["ending"] or is_route(reading, match):
            yield from routes(reading, match)


def is_route(reading: Reading, match: re.Match[str]) -> bool:
    """False where the number counts vehicles: «2 автобуса», «5 маршруток», «1 автобус»."""
    last = EACH.findall(match["numbers"])[-1]
    digits = int(re.sub(r"\D", "", last))
    noun = match["noun"].split()[0]
    if not counts(digits, noun):
        return True
    if digits % 10 == 1:
        return digits > 20
    return digits >= 10 and reading.word_before(match.start()) in GENITIVE_BEFORE


def routes(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    """One fact a number; the one next to the noun covers the noun too."""
    kind = next(name for stem, name in VEHICLES if match["noun"].startswith(stem))
    found = list(EACH.finditer(reading.folded, *match.span("numbers")))
    noun_first = match.start("noun") < match.start("numbers")
    for index, number in enumerate(found):
        start, end = number.start(), number.start() + len(number[0].rstrip())
        if noun_first and index == 0:
            start = match.start()
        if not noun_first and index == len(found) - 1:
            end = match.end()
        value = re.sub(r"\s", "", number[0])
        if noun_first and index and begins_with_noun(reading.word_after(end)):
            continue
        if value.strip("0"):
            yield reading.fact(FactKind.ROUTE, start, end, f"{kind} {value}")


def plates(reading: Reading) -> Iterator[Fact]:
    """Written together, or in capitals («М 551 ОА 46»): «у 115 см 20» is no plate."""
    for match in PLATE.finditer(reading.folded):
        named = reading.word_before(match.start()) in NUMBER_WORDS
        if match[2] and not named and not reading.text[match.start() : match.end()].isupper():
            continue
        value = f"{match[1]}{match[3]}{match[4]}".upper() + match[5]
        if match[3] != "000":
            yield reading.fact(FactKind.VEHICLE, match.start(), match.end(), value)
