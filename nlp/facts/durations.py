"""How long: «две недели», «третий день», «полгода», «40 минут»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from models.facts import Fact, FactKind
from nlp.facts.numerals import CARDINAL_FORMS, ORDINALS, begins_with_noun
from nlp.facts.reading import Reading
from nlp.facts.relative_dates import months_back
from nlp.lemmas import lemma

UNITS = {
    "день": "D", "дня": "D", "дней": "D", "суток": "D", "сутки": "D", "неделя": "W", "неделю": "W", "недели": "W",
    "недель": "W", "месяц": "M", "месяца": "M", "месяцев": "M", "год": "Y", "года": "Y", "лет": "Y", "час": "H",
    "часа": "H", "часов": "H", "минут": "MIN", "минуты": "MIN", "минуту": "MIN", "мин": "MIN",
}  # fmt: skip
ENDINGS = frozenset(UNITS) | {"полгода", "полдня", "полчаса"}
UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
COUNTED = re.compile(
    r"(?<![\d.,:/№-])\b(\d{1,3}|"
    + "|".join(sorted(CARDINAL_FORMS, key=len, reverse=True))
    + r")(?:-?х|-?ти|-?ми)?\s{0,2}("
    + UNIT
    + r")\b"
)
ORDINAL = re.compile(
    r"\b(\d{1,2}-?[йяюе]|втор[а-я]{2,3}|трет[а-я]{2}|(?:четверт|пят|шест|седьм|восьм|девят|десят)[а-я]{2})\s(день|сутки|неделю|неделя|месяц|год)\b"
)
WHOLE = re.compile(
    r"\b(?:уже|целую|целый|целые|почти|больше|более)\s(неделю|неделя|месяц|год|сутки|недели|месяца|года)\b|\b(полгода|полдня|полчаса|полтора\sгода|полтора\sчаса)\b"
)
FIXED = {"полгода": "P6M", "полдня": "PT12H", "полчаса": "PT30M", "полтора года": "P18M", "полтора часа": "PT90M"}
ABOUT = re.compile(
    r"\b(минут|дней|дня|недель|недели|месяцев|месяца|лет|года)\s(\d{1,3}|два|три|четыре|пять|шесть|десять)\b(?![.,:-]\d)"
)
"""«минут 20»: about so many."""
LONGEST_SINCE = 31
"""Of longer ones («уже сто лет») nobody means the day."""
# a number of years is an age or a name («10 лет Октября») unless a word says that time passed
LASTING = frozenset(
    "уже более больше около почти свыше течение протяжении протяжение последние последних за целых все вот".split()
)
NOT_LASTING_BEFORE = frozenset("на в во за к до с каждый каждую каждые через по от".split())
NOT_LASTING_AFTER = frozenset("недели рождения обучения назад года победы октября ввлксм влксм".split())


def find(reading: Reading) -> Iterator[Fact]:
    """DURATION facts; «третий день» also says since when (DATE)."""
    folded = reading.folded
    pieces = list(reading.windows(ENDINGS))
    for piece in pieces:
        for match in ORDINAL.finditer(folded, *piece):
            yield from ordinal(reading, match)
    for piece in pieces:
        for match in COUNTED.finditer(folded, *piece):
            yield from counted(reading, match)
    if pieces:
        for match in ABOUT.finditer(folded):
            yield from about(reading, match)
    for piece in pieces:
        for match in WHOLE.finditer(folded, *piece):
            yield from whole(reading, match)


def whole(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    """«уже неделю», «полгода»."""
    written = match[1] or match[2]
    start = match.start(1) if match[1] else match.start()
    if reading.word_after(match.end()) != "назад":
        yield reading.fact(FactKind.DURATION, start, match.end(), FIXED.get(written) or iso(1, UNITS[written]))
        if match[1] and match[0].startswith("уже"):
            yield since(reading, start, match.end(), 1, UNITS[written])


def since(reading: Reading, start: int, end: int, number: int, unit: str) -> Fact:
    """«уже две недели» also says since when."""
    if unit in ("D", "W"):
        first = reading.today - timedelta(days=number * (1 if unit == "D" else 7))
    else:
        first = months_back(reading.today, number * (1 if unit == "M" else 12))
    return reading.fact(FactKind.DATE, start, end, f"{first.isoformat()}/..")


def about(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    """«минут 20», «уже лет 5»; «дней 5» before a noun counts the noun."""
    number = int(match[2]) if match[2].isdigit() else CARDINAL_FORMS[match[2]]
    unit = UNITS[match[1]]
    lasts = unit != "Y" or reading.word_before(match.start()) in LASTING
    after = reading.word_after(match.end())
    if number and lasts and after != "назад" and not begins_with_noun(after):
        yield reading.fact(FactKind.DURATION, match.start(), match.end(), iso(number, unit))


def counted(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    number = int(match[1]) if match[1].isdigit() else CARDINAL_FORMS[match[1]]
    unit = UNITS[match[2]]
    before, after = reading.word_before(match.start()), reading.word_after(match.end())
    if number == 0 or match[1] == "сто" or after in ("назад", "октября", "победы", "влксм"):
        return
    if unit == "Y" and before not in LASTING and after not in ("подряд", "нет", "не"):
        return
    if unit == "H" and (before in ("в", "к", "после") or after in ("утра", "вечера", "ночи", "дня")):
        return
    if unit == "D" and after in ("рождения", "недели"):
        return
    yield reading.fact(FactKind.DURATION, match.start(), match.end(), iso(number, unit))
    if before == "уже" and unit in "DWMY" and number <= LONGEST_SINCE:
        yield since(reading, match.start(), match.end(), number, unit)


def ordinal(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    """«третий день»: it lasts three days and began the day before yesterday."""
    number = int(re.sub(r"\D", "", match[1])) if match[1][0].isdigit() else ORDINALS.get(lemma(match[1]))
    if number is None or not 2 <= number <= 31:
        return
    if reading.word_before(match.start()) in NOT_LASTING_BEFORE or reading.word_after(match.end()) in NOT_LASTING_AFTER:
        return
    unit = UNITS[match[2]]
    today = reading.today
    if unit in ("D", "W"):
        since = today - timedelta(days=(number - 1) * (1 if unit == "D" else 7))
    else:
        since = months_back(today, (number - 1) * (1 if unit == "M" else 12))
    yield reading.fact(FactKind.DATE, match.start(), match.end(), f"{since.isoformat()}/..")
    yield reading.fact(FactKind.DURATION, match.start(), match.end(), iso(number, unit))


def iso(number: int, unit: str) -> str:
    if unit == "MIN":
        return f"PT{number}M"
    return f"PT{number}H" if unit == "H" else f"P{number}{unit}"
