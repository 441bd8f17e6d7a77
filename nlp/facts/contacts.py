"""Phones and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.facts import Fact, FactKind
from nlp.facts.reading import Reading

# a run of at most 20 characters that a phone number is written with
PHONE = re.compile(r"(?<![\w+])(?:\+\s?)?[78][\s(.-]{0,3}\d{3,5}[\s).-]{0,3}\d(?:[\s.-]{0,2}\d){4,6}(?![\d\w])")
TEN = re.compile(r"(?<![\w+(-])\(?9\d{2}[\s).-]{0,3}\d{3}[\s.-]{0,2}\d{2}[\s.-]{0,2}\d{2}(?![\d\w])")
NOT_PHONE_BEFORE = frozenset("инн снилс огрн огрнип кпп бик счет счета счету лс л/с заявка заявки обращение".split())
LOCAL = re.compile(r"[a-z0-9._%+-]{1,64}\Z")
DOMAIN = re.compile(r"(?:[a-z0-9а-я-]{1,63}\.){1,5}[a-zрф]{2,24}(?![\w-])")


def find(reading: Reading) -> Iterator[Fact]:
    if "@" in reading.folded:
        yield from emails(reading)
    if not reading.has_digits:
        return
    for match in PHONE.finditer(reading.folded):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) == 11 and digits[1] in "34589" and not not_phone(reading, match.start()):
            yield reading.fact(FactKind.PHONE, match.start(), match.end(), "+7" + digits[1:])
    for match in TEN.finditer(reading.folded):
        digits = re.sub(r"\D", "", match[0])
        named = reading.word_before(match.start()) in ("тел", "телефон", "телефону", "номер", "звонить", "звоните")
        if (named or len(match[0]) > len(digits)) and not not_phone(reading, match.start()):
            yield reading.fact(FactKind.PHONE, match.start(), match.end(), "+7" + digits)


def not_phone(reading: Reading, position: int) -> bool:
    return reading.word_before(position) in NOT_PHONE_BEFORE


def emails(reading: Reading) -> Iterator[Fact]:
    """Looked for around each «@», so that a long text without addresses costs nothing."""
    folded = reading.folded
    at = folded.find("@")
    while at != -1:
        local = LOCAL.search(folded, max(0, at - 64), at)
        domain = DOMAIN.match(folded, at + 1)
        if local and domain and (local.start() == 0 or not folded[local.start() - 1].isalnum()):
            start, end = local.start(), domain.end()
            yield reading.fact(FactKind.EMAIL, start, end, folded[start:end])
        at = folded.find("@", at + 1)
