"""Times of day: «в 14-30», «с 9:00 до 10:00», «8 часов вечера», «после 20 часов»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.facts import Fact, FactKind
from nlp.facts.numerals import begins_with_noun
from nlp.facts.reading import NEXT_WORD, Reading

CLOCK = re.compile(r"(?<![\d:.,/-])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?![\d:])")
SPOKEN = re.compile(
    r"\b(?:в|с|до|к|после|время)\s{1,2}([01]?\d|2[0-4])([.\-])([0-5]\d)(?!\d|[.\-]\d|\s?(?:%|г\.?\s?г|час\w*\sв\sдень))"
)
PART = re.compile(
    r"(?:\b(?P<p>в|с|до|к|после)\s{1,2})?(?<![\d.,:/-])(?P<hour>[01]?\d|2[0-4])(?:-?(?:х|ми|ти))?\s{0,2}"
    r"(?P<word>час(?:ов|ам|а|у)?\b|ч\b\.?)?\s{0,2}(?P<part>утра|вечера|ночи|дня)\b"
)
HOUR = re.compile(
    r"\b(?:в|с|до|к|после|около)\s{1,2}([01]?\d|2[0-4])(?:-?(?:х|ми|ти))?(?:\s{1,2}час(?:ов|ам|а)\b|\s?ч\b\.?)(?!\s{0,2}(?:утра|вечера|ночи|дня|назад|в\sдень))"
)
PARTS = ("утра", "вечера", "ночи", "дня")
HOURS = {
    "час": 1, "два": 2, "двух": 2, "три": 3, "трех": 3, "четыре": 4, "четырех": 4, "пять": 5, "пяти": 5, "шесть": 6,
    "шести": 6, "семь": 7, "семи": 7, "восемь": 8, "восьми": 8, "девять": 9, "девяти": 9, "десять": 10, "десяти": 10,
    "одиннадцать": 11, "одиннадцати": 11, "двенадцать": 12, "двенадцати": 12,
}  # fmt: skip
WORDED = re.compile(
    r"(?:\b(?P<p>в|к|после|около)\s{1,2})?\b(?P<hour>" + "|".join(sorted(HOURS, key=len, reverse=True)) + r")"
    r"(?P<word>\sчас(?:ов|ам|а)?)?(?:\s(?P<part>утра|вечера|ночи|дня))?\b"
)
HOUR_WORDS = frozenset("ч час часов утра вечера дня ночи".split())
RANGE = re.compile(r"\s{0,2}(?:до|по|-|–|—)\s{0,2}\Z")


def find(reading: Reading) -> Iterator[Fact]:
    """TIME facts; two times joined by «до» or a dash are one interval."""
    if not reading.has_digits and not reading.has(("утра", "вечера", "ночи", "дня", "часов")):
        return
    previous: tuple[int, int, str] | None = None
    for start, end, value in sorted(times_of(reading.folded)):
        if previous is not None and start < previous[1]:
            continue
        if previous is not None and "/" not in previous[2] and joined(reading.folded, previous[1], start):
            previous = (previous[0], end, f"{previous[2]}/{value}")
            continue
        if previous is not None:
            yield reading.fact(FactKind.TIME, *previous)
        previous = (start, end, value)
    if previous is not None:
        yield reading.fact(FactKind.TIME, *previous)


def joined(folded: str, end: int, start: int) -> bool:
    return start - end <= 6 and RANGE.match(folded[end:start]) is not None


def times_of(folded: str) -> Iterator[tuple[int, int, str]]:
    if ":" in folded:
        for match in CLOCK.finditer(folded):
            yield match.start(1), match.end(), clock(int(match[1]), match[2])
    for match in SPOKEN.finditer(folded):
        # «в 10-15 местах», «до 20.30 рублей»: the number belongs to the noun
        after = NEXT_WORD.match(folded, match.end())
        counted = after is not None and begins_with_noun(after[1]) and after[1] not in HOUR_WORDS
        if (match[2] + match[3] == ".00" or not counted) and not may_be_day(match):
            yield match.start(1), match.end(), clock(int(match[1]), match[3])
    for match in PART.finditer(folded) if any(part in folded for part in PARTS) else ():
        hour = hour_of_part(int(match["hour"]), match["part"])
        # «4 дня», «2 ночи» alone are as likely how long it lasted
        if hour is not None and (match["part"] in ("утра", "вечера") or match["word"] or match["p"]):
            yield match.start("hour"), match.end(), clock(hour, "00")
    if any(part in folded for part in ("утра", "вечера", "ночи", "часов", "часам", "часа дня")):
        yield from worded(folded)
    for match in HOUR.finditer(folded):
        if match[0][0] in "сд" and match[0].startswith(("с ", "до ")) and int(match[1]) < 5:
            continue  # «до 3 часов ждём»: a duration as likely as a time
        yield match.start(1), match.end(), clock(int(match[1]), "00")


def worded(folded: str) -> Iterator[tuple[int, int, str]]:
    """«девять утра», «в десять часов вечера», «к семи часам»: hours in words."""
    for match in WORDED.finditer(folded):
        hour, part = HOURS[match["hour"]], match["part"]
        if part:
            # «два дня», «три ночи» alone are how long it lasted
            told = part in ("утра", "вечера") or match["word"] or (match["p"] and part == "ночи")
            read = hour_of_part(hour, part) if told else None
            if read is not None:
                yield match.start("hour"), match.end(), clock(read, "00")
        elif match["p"] in ("в", "к", "после") and match["word"] and hour > 4:
            yield match.start("hour"), match.end(), clock(hour, "00")


def may_be_day(match: re.Match[str]) -> bool:
    """«до 20.03», «с 09.12»: the twentieth of March as likely as three minutes past eight."""
    return (
        match[2] == "." and not match[0].startswith("в") and len(match[1]) == 2
        and 1 <= int(match[3]) <= 12 and int(match[3]) not in (5, 10)
    )  # fmt: skip


def clock(hour: int, minutes: str) -> str:
    return f"{hour % 24:02d}:{minutes}"


def hour_of_part(hour: int, part: str) -> int | None:
    """The hour of 24 for «8 вечера», «2 дня»; None where the part contradicts the hour («30 дня», «15 утра»)."""
    if part == "утра":
        return hour if 1 <= hour <= 11 else None
    if part == "ночи":
        return hour if hour <= 4 else hour + 12 if 10 <= hour <= 11 else 0 if hour in (12, 24) else None
    if part == "дня":
        return hour + 12 if 1 <= hour <= 4 else 12 if hour == 12 else None
    return hour + 12 if 4 <= hour <= 11 else hour if 16 <= hour <= 23 else None
