"""Numbers that name a thing in somebody's books: personal accounts and earlier appeals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.facts import Fact, FactKind
from nlp.facts.reading import Reading

ACCOUNT = re.compile(
    r"\b(?:лицев[а-я]{2,3}\s{1,2}счет[а-я]{0,2}|л\s?/\s?с(?:чет[а-я]{0,2})?|лс|р\s?/\s?с)\s{0,2}[:.№-]{0,2}\s{0,2}(\d{5,20})(?!\d)"
)
APPEAL_STEMS = ("обращени", "заявк", "заявлени", "жалоб", "сообщени")
APPEAL = re.compile(
    r"\b(?:обращени|заявк|заявлени|жалоб|сообщени)[а-я]{0,3}"
    r"(?P<sign>\s{0,2}(?:за\s)?(?:\(?\s?(?:номер(?:ом)?|№|#|n)\s{0,2}[:|]?\s{0,2}))?[\s(:]{0,2}"
    r"(?P<number>\d[\d-]{0,24}(?:[/-][а-яa-z]{1,4}\d{0,8})?)(?![\w.,]\d|\w)"
)
GIVEN = re.compile(
    r"\b(?:присвоен|регистрационн[а-я]{2,3}|входящ[а-я]{2,3}|вх\.|исх\.)\s{0,2}(?:номер[а-я]{0,2}|№)?\s{0,2}"
    r"(?:обращени[а-я]|заявки|заявлени[а-я])?\s{0,2}[:№]?\s{0,2}(?P<number>\d[\d/-]{2,24})(?![\w.,]\d|\w)"
)


def find(reading: Reading) -> Iterator[Fact]:
    if not reading.has_digits:
        return
    for match in ACCOUNT.finditer(reading.folded) if reading.has(("счет", "л/с", "лс", "р/с", "л /")) else ():
        yield reading.fact(FactKind.ACCOUNT, match.start(1), match.end(1), match[1])
    for match in APPEAL.finditer(reading.folded) if reading.has(APPEAL_STEMS) else ():
        # without «№» only a number too long for a year, a house or a count speaks for itself
        digits = sum(char.isdigit() for char in match["number"])
        after = reading.word_after(match.end())
        if digits >= (2 if match["sign"] else 5) and after not in ("г", "год", "года", "году"):
            yield number(reading, match)
    for match in GIVEN.finditer(reading.folded) if reading.has(("присво", "регистрац", "вход", "вх.", "исх.")) else ():
        yield number(reading, match)


def number(reading: Reading, match: re.Match[str]) -> Fact:
    start, end = match.span("number")
    while reading.text[end - 1] in "-/":
        end -= 1
    return reading.fact(FactKind.APPEAL_NUMBER, start, end, reading.text[start:end])
