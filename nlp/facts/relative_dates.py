"""Dates told from the sending time: «вчера», «неделю назад», «на прошлой неделе», «третий день», «с понедельника»."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from models.facts import Fact, FactKind
from nlp.facts.dates import interval
from nlp.facts.numerals import CARDINAL_FORMS
from nlp.facts.reading import Reading

DAYS = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}
DAY_WORD = re.compile(
    r"\b(с\s|со\s|до\s)?(позавчера|вчера|сегодня|послезавтра|завтра)(шн[а-я]{2,3}(?:\s(?:дн[яею]м?|день))?)?\b"
)
THIS_SEASON = re.compile(r"\b(прошл|эт)(?:ой|ым|им)\s(летом|зимой|весной|осенью)\b")
SHIFTS = {"позапрошл": -2, "прошл": -1, "этом": 0, "этой": 0, "следующ": 1, "будущ": 1}
UNIT = re.compile(
    r"\b(?:в|на|за|с)\s(позапрошл|прошл|этом|этой|следующ|будущ)(?:[а-я]{1,3})?\s"
    r"(недел[еиюя]|месяц[ае]?|году|года|год|лето|лета|зиму|зимы|осень|осени|весну|весны)\b"
)
AGO = re.compile(
    r"\b(?:(\d{1,3}|[а-я]{3,12})(?:-?х|-?м|-?ти)?\s{1,2})?(день|дня|дней|неделю|недели|недель|месяц|месяца|месяцев|год|года|лет"
    r"|сутки|суток)\s(?:тому\s)?назад\b"
)
WEEKDAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
SINCE_WEEKDAY = re.compile(
    r"\b(с|со|со?\sпрошл(?:ого|ой)|в\sпрошл(?:ый|ую|ое))\s(понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)(?:а|ы|у|я|е)?\b(?!\s(?:по|до)\b)"
)
VAGUE = frozenset({"какой", "какую", "каждый", "каждую", "полтора", "полторы", "несколько", "пару", "много"})


def find(reading: Reading) -> Iterator[Fact]:
    """DATE facts; what has no exact length («несколько дней назад») is left alone."""
    folded = reading.folded
    for match in DAY_WORD.finditer(folded) if reading.has(("вчера", "сегодня", "завтра")) else ():
        day = reading.today + timedelta(days=DAYS[match[2]])
        value = day.isoformat() if match[3] or not match[1] else opened(match[1].strip(), day)
        yield reading.fact(FactKind.DATE, match.start(2), match.end(), value)
    if "назад" in folded:
        for match in AGO.finditer(folded):
            yield from ago(reading, match)
    for match in UNIT.finditer(folded) if reading.has(SHIFTS) else ():
        if (when := unit(reading.today, match[2], SHIFTS[match[1]])) is not None:
            yield reading.fact(FactKind.DATE, match.start(), match.end(), when)
    for match in THIS_SEASON.finditer(folded) if reading.has(("прошл", "этой", "этим")) else ():
        yield reading.fact(FactKind.DATE, match.start(), match.end(), season_told(reading.today, match[2], match[1]))
    for match in SINCE_WEEKDAY.finditer(folded) if reading.has(WEEKDAYS) else ():
        day = last_weekday(reading.today, WEEKDAYS.index(match[2]), before_this_week="прошл" in match[1])
        value = day.isoformat() if match[1].startswith("в") else f"{day.isoformat()}/.."
        yield reading.fact(FactKind.DATE, match.start(), match.end(), value)


def opened(preposition: str, day: date) -> str:
    return f"../{day.isoformat()}" if preposition == "до" else f"{day.isoformat()}/.."


def ago(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    written = match[1] or ""
    if written in VAGUE:
        return
    number = int(written) if written.isdigit() else CARDINAL_FORMS.get(written)
    start = match.start() if number is not None else match.start(2)
    if (number is None and match[2] not in ("день", "неделю", "месяц", "год", "сутки")) or number == 0:
        return
    back = number or 1
    if match[2].startswith(("дн", "ден", "сут")):
        value = (reading.today - timedelta(days=back)).isoformat()
    elif match[2].startswith("нед"):
        value = (reading.today - timedelta(weeks=back)).isoformat()
    elif match[2].startswith("мес"):
        value = months_back(reading.today, back).isoformat()
    elif back < 100:
        year = reading.today.year - back
        value = interval(date(year, 1, 1), date(year, 12, 31))
    else:
        return
    yield reading.fact(FactKind.DATE, start, match.end(), value)


def unit(today: date, written: str, shift: int) -> str | None:
    """The interval of a week, a month, a year or a season counted from today's."""
    if written.startswith("нед"):
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        return interval(monday, monday + timedelta(days=6))
    if written.startswith("мес"):
        first = months_back(today.replace(day=1), -shift)
        return interval(first, first.replace(day=monthrange(first.year, first.month)[1]))
    if written.startswith("год"):
        return interval(date(today.year + shift, 1, 1), date(today.year + shift, 12, 31))
    return season(today, written, shift) if shift == -1 else None


def season(today: date, written: str, shift: int) -> str:
    """The last whole season of that name: winter is December to February."""
    opening = {"лет": 6, "зим": 12, "осе": 9, "вес": 3}[written[:3]]
    year = today.year
    while True:
        first = date(year, opening, 1)
        last = months_back(first, -3) - timedelta(days=1)
        if last < today:
            return interval(first, last)
        year += shift


def season_told(today: date, written: str, which: str) -> str:
    """«этой зимой»: the season of that name that runs or was last; «прошлой»: the last one that is over."""
    opening = {"лет": 6, "зим": 12, "осе": 9, "вес": 3}[written[:3]]
    for year in (today.year, today.year - 1, today.year - 2):
        first = date(year, opening, 1)
        last = months_back(first, -3) - timedelta(days=1)
        if first <= today and (which == "эт" or last < today):
            return interval(first, last)
    return season(today, written, -1)


def months_back(day: date, months: int) -> date:
    """The same day `months` months earlier (later if negative), or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_weekday(today: date, weekday: int, *, before_this_week: bool) -> date:
    """The most recent day of that name before today; with `before_this_week` the one of last week."""
    if before_this_week:
        return today - timedelta(days=today.weekday() + 7 - weekday)
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
