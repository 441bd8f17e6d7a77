"""Calendar dates: «5 января», «с 09.10.2021», «до 20.07», «в апреле 2018 года», «с ноября по март»."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from models.facts import Fact, FactKind
from nlp.facts.reading import Reading

STEMS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
MONTHS = {**{stem: number for number, stem in enumerate(STEMS, 1)}, "май": 5, "мае": 5, "маю": 5}
FULL_MONTH = (
    r"январ[яьюе]|феврал[яьюе]|март[ауе]?|апрел[яьюе]|ма[йяюе]|июн[яьюе]|июл[яьюе]|август[ауе]?|сентябр[яьюе]"
    r"|октябр[яьюе]|ноябр[яьюе]|декабр[яьюе]"
)
DAY = r"(?P<d>[0-3]?\d)(?:-?(?:го|ого|е|ое|му))?"
YEAR = r"(?:[\s,]{0,2}(?P<y>(?:19|20)\d\d)(?!\d)|\s{1,2}(?P<yy>\d\d)(?=\s?г))?(?:\s?(?:году|года|год|г\b\.?))?"
PREPOSITION = r"(?:\b(?P<p>с|со|от|до|по|к|после)\s{1,2})?"
DAY_MONTH = re.compile(
    PREPOSITION + r"(?<![\d.,/№-])" + DAY + r"\s{0,2}(?:числа\s)?"
    r"(?P<m>" + FULL_MONTH + r"|янв|фев|апр|авг|сент|сен|окт|ноя|дек)\b(?:\.(?=\s?\d))?" + YEAR
)  # fmt: skip
NUMERIC = re.compile(
    PREPOSITION + r"(?<![\d.,/№-])(?P<d>[0-3]?\d)(?P<s>[./])(?P<m>[01]?\d)(?:(?P=s)(?P<y>(?:19|20)\d\d|\d\d))?"
    r"(?![\d/-]|[.,]\d)(?:\s?(?:году|года|год|г\b\.?))?"
)
MONTH = re.compile(
    r"\b(?P<p>в|с|со|до|по|к|от)\s{1,2}(?P<part>начал[аеоу]\s|середин[аеыу]\s|кон(?:ец|ц[аеу])\s)?(?P<m>"
    + FULL_MONTH
    + r")\b(?:\s{1,2}месяц[аеу])?"
    + YEAR
)
YEAR_ONLY = re.compile(
    r"\b(?P<p>в|с|со|до|по|к|от|за)\s{0,2}(?P<part>начал[аеоу]\s|середин[аеыу]\s|кон(?:ец|ц[аеу])\s)?(?P<y>(?:19|20)\d\d)\s?(?:году|годом|годах|года|год|г\b\.?)(?!\s{1,2}рожд)"
)
DECADE = re.compile(r"\b(?P<p>с|со|в|до)\s{1,2}(?P<d>[3-9]0)-?х\s{0,2}(?:годов|годах|гг)\b")
SEASONS = {"зим": 12, "весн": 3, "лет": 6, "осен": 9}
SEASON = re.compile(
    r"\b(?:(?P<p>с|со|до)\s{1,2})?(?P<s>зим|весн|лет|осен)(?:ой|ою|ом|ью|ы|и|а)\s{1,2}(?P<y>(?:19|20)\d\d|\d\d(?=\s?г))(?!\d)\s?(?:года|год|г\b\.?)?"
)
SAME_MONTH = re.compile(
    r"(?:\bс\s{1,2})?(?<![\d.,/№-])(?P<d1>[0-3]?\d)(?:-?го)?\s{0,2}(?:по|до|-|–|—)\s{0,2}" + DAY + r"\s{0,2}"
    r"(?P<m>" + FULL_MONTH + r")\b" + YEAR
)
POINTED = re.compile(r"\d[./]\d")
JOINED = re.compile(r"\s{0,3}(?:-|–|—)?\s{0,3}\Z")
# words before a name or a date that make it the name of a place
STREET_STEMS = (
    "улиц", "просп", "переул", "проезд", "площад", "бульвар", "набережн", "шоссе", "аллея", "сквер", "парк", "имени",
    "остановк", "микрорайон", "театр",
)  # fmt: skip
STREET_SHORT = frozenset({"ул", "пр", "пер", "пл", "им", "ост", "мкр", "т", "р", "б"})
# dates that streets are named after count as dates only with a preposition or a year beside them
HOLIDAYS = frozenset({(8, 3), (1, 5), (9, 5), (7, 11), (9, 1), (12, 6), (4, 11), (22, 12)})
TIME_AFTER = re.compile(r"\s?(?:до|по|-|–)\s?\d{1,2}[.:](\d{2})(?![.\d])")
TIME_BEFORE = re.compile(r"\d{1,2}[.:](\d{2})\s?(?:-|–)?\s?\Z")
TIME_MINUTES = frozenset({0, 15, 20, 30, 40, 45, 50})


@dataclass(frozen=True, slots=True)
class Moment:
    """One date or span of days as written at [start, end), with the preposition before it."""

    start: int
    end: int
    preposition: str
    first: date
    last: date


def find(reading: Reading) -> Iterator[Fact]:
    """DATE facts; two dates joined by «по», «до» or a dash are one interval."""
    moments = sorted(moments_of(reading), key=lambda moment: (moment.start, -moment.end))
    merged: Moment | None = None
    for moment in moments:
        if merged is not None and moment.start < merged.end:
            continue
        if merged is not None and joins(reading, merged, moment):
            merged = Moment(merged.start, moment.end, "", merged.first, moment.last)
            continue
        if merged is not None:
            yield reading.fact(FactKind.DATE, merged.start, merged.end, normal(merged))
        merged = moment
    if merged is not None:
        yield reading.fact(FactKind.DATE, merged.start, merged.end, normal(merged))


def joins(reading: Reading, first: Moment, second: Moment) -> bool:
    """«с 5 января» + «по 12 февраля»; «09.10.2021» + «- 12.10.2021»."""
    between = reading.folded[first.end : second.start]
    if len(between) > 6 or not JOINED.match(between) or second.last < first.first:
        return False
    return second.preposition in ("по", "до") or (not second.preposition and bool(between.strip()))


def normal(moment: Moment) -> str:
    if moment.preposition in ("с", "со"):
        return f"{moment.first.isoformat()}/.."
    if moment.preposition == "до":
        return f"../{moment.first.isoformat()}"
    if moment.preposition == "по" and moment.first == moment.last:
        return f"../{moment.last.isoformat()}"
    return interval(moment.first, moment.last)


def interval(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def moments_of(reading: Reading) -> Iterator[Moment]:
    folded = reading.folded
    if reading.has(MONTHS):
        if reading.has_digits:
            for match in SAME_MONTH.finditer(folded):
                yield from several_days(reading, match)
            for match in DAY_MONTH.finditer(folded):
                yield from day_and_month(reading, match)
        for match in MONTH.finditer(folded):
            yield month_alone(reading, match)
    if reading.has_digits:
        if POINTED.search(folded):
            for match in NUMERIC.finditer(folded):
                yield from numeric(reading, match)
        yield from years(reading)


def years(reading: Reading) -> Iterator[Moment]:
    """«в 2019 году», «с начала 2003 года», «с 80-х годов», «летом 2021 года»."""
    for match in YEAR_ONLY.finditer(reading.folded) if reading.has(("19", "20")) else ():
        year = int(match["y"])
        if year <= reading.today.year + 10:
            first, last = third(match["part"], date(year, 1, 1), date(year, 12, 31))
            first = last if ends(match) else first
            yield Moment(match.start(), match.end(), match["p"], first, last)
    for match in DECADE.finditer(reading.folded) if reading.has(("0х", "0-х")) else ():
        year = 1900 + int(match["d"])
        yield Moment(match.start(), match.end(), match["p"], date(year, 1, 1), date(year + 9, 12, 31))
    for match in SEASON.finditer(reading.folded) if reading.has(SEASONS) else ():
        yield season_of_year(match)


def season_of_year(match: re.Match[str]) -> Moment:
    """«летом 2021 года»; a winter is named by the year it begins in or ends in: its January and February are meant."""
    year = int(match["y"]) if len(match["y"]) == 4 else 2000 + int(match["y"])
    opening = SEASONS[match["s"]]
    first = date(year - 1, 12, 1) if opening == 12 else date(year, opening, 1)
    last_month = (opening + 1) % 12 + 1
    last = date(year, last_month, monthrange(year, last_month)[1])
    return Moment(match.start(), match.end(), match["p"] or "", first, last)


def ends(match: re.Match[str]) -> bool:
    """«до конца октября»: its last day is meant."""
    return match["p"] == "до" and (match["part"] or "").startswith("кон")


def third(part: str | None, first: date, last: date) -> tuple[date, date]:
    """The beginning, the middle or the end of a month or a year: a third of it."""
    if not part:
        return first, last
    if first.month == last.month:
        bounds = (
            (first, first.replace(day=10)),
            (first.replace(day=11), first.replace(day=20)),
            (first.replace(day=21), last),
        )
    else:
        year = first.year
        bounds = (first, date(year, 4, 30)), (date(year, 5, 1), date(year, 8, 31)), (date(year, 9, 1), last)
    return bounds[0 if part.startswith("нач") else 1 if part.startswith("сер") else 2]


def several_days(reading: Reading, match: re.Match[str]) -> Iterator[Moment]:
    """«с 5 по 12 января», «5-12 января»."""
    last = resolved(reading, match, int(match["d"]), MONTHS[match["m"][:3]])
    if last is None or not 1 <= int(match["d1"]) < last.day or named_street(reading, match.start()):
        return
    yield Moment(match.start(), match.end(), "", last.replace(day=int(match["d1"])), last)


def day_and_month(reading: Reading, match: re.Match[str]) -> Iterator[Moment]:
    day, month = int(match["d"]), MONTHS[match["m"][:3]]
    named = match["y"] or match["yy"] or match["p"] in ("с", "со", "до", "от", "после")
    if not named and ((day, month) in HOLIDAYS or reading.folded[match.end() : match.end() + 3].strip()[:1].isdigit()):
        return
    when = resolved(reading, match, day, month)
    if when is not None and not named_street(reading, match.start()):
        yield Moment(match.start(), match.end(), match["p"] or "", when, when)


def numeric(reading: Reading, match: re.Match[str]) -> Iterator[Moment]:
    """«09.10.2021», «02.01.26»; without a year only after a preposition of time, and not a time of day."""
    day, month = int(match["d"]), int(match["m"])
    if match["y"] is None:
        written = match["s"] == "." and len(match["m"]) == 2 and len(match["d"]) == 2
        if not written or match["p"] not in ("с", "со", "до", "от", "по") or month in TIME_MINUTES:
            return
        if follows_time(reading, match):
            return
    when = resolved(reading, match, day, month) if 1 <= month <= 12 else None
    if when is not None:
        yield Moment(match.start(), match.end(), match["p"] or "", when, when)


def follows_time(reading: Reading, match: re.Match[str]) -> bool:
    """«с 10.12 до 11.30»: the other end of the range is no date, so this one is a time."""
    other = TIME_AFTER.match(reading.folded, match.end()) or TIME_BEFORE.search(
        reading.folded, max(0, match.start() - 8), match.start()
    )
    return other is not None and not 1 <= int(other[1]) <= 12


def month_alone(reading: Reading, match: re.Match[str]) -> Moment:
    month = MONTHS[match["m"][:3]]
    year = year_written(match) or nearest_year(reading.today, 15, month, match["p"])
    first, last = third(match["part"], date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    if match["p"] == "до":
        day = last if ends(match) else first
        return Moment(match.start(), match.end(), "до", day, day)
    return Moment(match.start(), match.end(), match["p"], first, last)


def resolved(reading: Reading, match: re.Match[str], day: int, month: int) -> date | None:
    year = year_written(match) or nearest_year(reading.today, day, month, match.groupdict().get("p") or "")
    try:
        return date(year, month, day)
    except ValueError:
        return None


def year_written(match: re.Match[str]) -> int | None:
    written = match["y"] or match.groupdict().get("yy")
    if not written:
        return None
    return int(written) if len(written) == 4 else 2000 + int(written)


def nearest_year(today: date, day: int, month: int, preposition: str) -> int:
    """The year in which the day is meant: people write of the last months, and of the next ones after «до», «к»."""
    ahead = timedelta(days=300 if preposition in ("до", "к") else 120)
    for year in (today.year + 1, today.year, today.year - 1):
        when = date(year, month, min(day, 28) if day else 1)
        if when <= today + ahead:
            return year
    return today.year


def named_street(reading: Reading, position: int) -> bool:
    """«улица 8 Марта», «пр. 1 Мая»: a name, not a day."""
    before = reading.word_before(position)
    return before in STREET_SHORT or before.startswith(STREET_STEMS)
