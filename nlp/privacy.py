"""Personal data marked at intake, so that public pages, executors without need and logs never show it.

An official named with the post is not private («директор УК Иванов»), nor is a street that bears a person's name. In
doubt a piece is marked: what is hidden without need can be shown by an operator, what was shown cannot be hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from models.analysis import PrivacyKind, PrivacyMark
from models.facts import Fact, FactKind
from models.text import Span
from nlp.cover import Cover
from nlp.privacy_phones import landlines

OF_FACT = {
    FactKind.PHONE: PrivacyKind.PHONE,
    FactKind.EMAIL: PrivacyKind.EMAIL,
    FactKind.ACCOUNT: PrivacyKind.ACCOUNT,
}
SAID_NAME = re.compile(
    r"(?:(?i:меня|мужа|жену|сына|дочь|маму|папу|мать|отца)\s(?i:зовут)|(?i:с\sуважением)|(?i:моя\sфамилия))[\s,:—-]{1,4}"
    r"(?P<name>[А-ЯЁ][а-яё-]{1,24}(?:\s[А-ЯЁ][а-яё-]{1,24}){0,2})(?!\w)"
)
MONTHS = "январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр"
DAY = rf"\d{{1,2}}(?:\.\d{{1,2}}\.|\s(?:{MONTHS})[а-я]{{1,2}}\s)\d{{2,4}}"
BIRTH = re.compile(
    rf"(?:родил(?:ся|ась)|дат[аы]\sрождения)[\s:—-]{{1,4}}(?:в\s)?(?P<after>{DAY}|\d{{4}})|(?P<before>{DAY}|\b(?:19|20)\d\d)\s?(?:г\.?\s?р\b|года?\sрожд|г\.\s?рожд)",
    re.IGNORECASE,
)
BIRTH_SOON = re.compile(r"рожд|роди|г\.?\s?р\b", re.IGNORECASE)
DISEASE = re.compile(
    r"(?P<what>\b(?:онкологи[ияею]|рак(?:а|ом)?\s(?:груди|л[её]гк|желудка|крови|кож|матки|простат|кишечник)[а-я]{0,4}|(?:сахарн[а-я]{2,3}\s)?диабет(?:а|ом)?(?:\s[12]\sтипа)?"
    r"|астм(?:а|ы|ой|у)|гипертони[ияейю]{1,2}|эпилепси[ияейю]{1,2}|дцп|вич|гепатит(?:а|ом)?|туберкул[её]з(?:а|ом)?|шизофрени[ияейю]{1,2}|инсульт(?:а|ом)?|инфаркт(?:а|ом)?|аутизм(?:а|ом)?"
    r"|деменци[ияейю]{1,2}|инвалид(?:а|у|ом)?\s(?:[123]|I{1,3}|перв|втор|треть)[а-я-]{0,4}\sгр[а-я.]{0,6}))(?!\w)",
    re.IGNORECASE,
)
DIAGNOSIS = re.compile(
    r"диагноз[а-яё]{0,2}[\s:—-]{1,4}(?!постав|был|не\s|мне|у\s|и\s|по\s)(?P<what>[^.,;!?\n]{3,60})", re.IGNORECASE
)
SICK = re.compile(
    r"\b(?:я|мне|меня|мой|моя|моего|моей|моему|муж|жен[аеуы]|сын|доч|мам|мат[ье]|от[ец]|реб[её]н|дет|бабушк|дедушк|сосед|брат|сест|бол(?:ен|ьна|ею|еет|ел[аи]?)\b|страда|перен[её]с)",
    re.IGNORECASE,
)
AROUND_DISEASE = 60
"""Characters before and after a disease in which somebody must be named who has it."""
HEALTH_STEMS = (
    "диагноз", "онкол", "диабет", "астм", "гипертон", "эпилепс", "дцп", "гепатит", "туберк", "шизофр", "инсульт",
    "инфаркт", "аутизм", "деменц", "инвалид",
)  # fmt: skip
HEALTH_WORD = re.compile(r"\b(?:рак|вич)", re.IGNORECASE)
PUBLIC_VEHICLE = re.compile(r"автобус|маршрут|троллейбус|трамва|газел|скор", re.IGNORECASE)
NAME_SOON = re.compile("зовут|уважением|фамилия", re.IGNORECASE)
DIGIT = re.compile(r"\d")
MANY_DIGITS = re.compile(r"\d{5}|\d{3}[- ]?\d{3}")
PASSPORT = re.compile(
    r"(?i:паспорт[а-я]{0,2}|сери[яи]|удостоверени[а-я]{1,2}|\bправа)[\s:,]{0,3}(?:(?i:сери[яи]|№)[\s:]{0,2})?(?P<number>\d{2}\s?\d{2}[\s,]{0,2}(?:(?i:номер|№)\s{0,2})?\d{6})(?!\d)"
)
CERTIFICATE = re.compile(
    r"(?i:рождении)[\s:,]{1,3}(?:(?i:серия)\s)?(?P<number>[IVXLC]{1,5}-?[А-Я]{2}\s{0,2}(?:№\s?)?\d{6})(?!\d)"
)
NAMED_CARD = re.compile(r"(?i:карт[аеуыой]{1,2})\D{0,12}(?P<number>\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4})(?!\d)")
BANK_ACCOUNT = re.compile(r"(?<!\d)(?P<number>(?:40|42)\d{18})(?!\d)")
POLICY = re.compile(r"(?i:полис[а-я]{0,2})\s{0,2}(?:(?i:омс)\s{0,2})?[№:]?\s{0,2}(?P<number>\d{16})(?!\d)")
SNILS = re.compile(r"(?<![\d-])(?P<number>\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2})(?![\d-])")
INN = re.compile(r"(?<!\d)(?P<number>\d{12})(?!\d)")
CARD = re.compile(r"(?<!\d)(?P<number>\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{2,3})?)(?!\d)")
FLAT = re.compile(
    r"\b(?:(?i:кв)\b\.?|(?i:квартир[аыеу])\b)\s{0,2}(?:№\s?)?(?P<number>\d{1,4})(?![\d.,]\d|\d|\s{0,2}(?:градус|°|[сcСC]\b|человек|рубл|м\b|кв|раз\b|дн|час|год|лет|мес))"
)
FLAT_BEFORE = re.compile(
    r"(?<![\d.,/-])(?P<number>\d{1,4})(?:-?(?:я|й|ой|ую))?\s(?i:кв\b(?!\.?\s?м)|квартир[аеу]\b)(?!\.?\s{0,2}№?\s?\d)"
)
PUBLIC_BEFORE = 40
"""Characters before a plate in which a bus makes it a public one."""
MENTION = re.compile(r"\[id\d{1,20}\|[^\[\]|]{1,200}\]")
PAGE = re.compile(
    r"(?<![\w.])(?:https?://)?(?:www\.|m\.)?(?:vk\.com|vkontakte\.ru|ok\.ru|facebook\.com|instagram\.com)/"
    r"(?!(?:wall-|club|public|event|app|video-|photo-|clip-|feed|groups?/|topic-|album-|doc|story|market|away|search)\b)[\w./?=&%-]{2,100}",
    re.IGNORECASE,
)


def privacy_marks(text: str, facts: Sequence[Fact], place_spans: Sequence[Span] = ()) -> list[PrivacyMark]:
    """What to hide of a text as it was received, in text order, without overlaps.

    `facts` are those of the text; `place_spans` the places named in it: a person's name inside one is a street's name.
    """
    places = Cover(place_spans)
    return without_overlaps([*of_facts(text, facts, places), *of_patterns(text, places)])


def without_overlaps(marks: Iterable[PrivacyMark]) -> list[PrivacyMark]:
    """The marks in text order; of those that overlap the first and longest."""
    kept: list[PrivacyMark] = []
    for mark in sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end)):
        if not kept or mark.span.start >= kept[-1].span.end:
            kept.append(mark)
    return kept


def of_facts(text: str, facts: Sequence[Fact], places: Cover) -> Iterator[PrivacyMark]:
    post_ends = {fact.span.end for fact in facts if fact.kind is FactKind.POST}
    for fact in facts:
        if fact.kind is FactKind.PHONE and fact.value.startswith("+7800"):
            continue
        if (kind := OF_FACT.get(fact.kind)) is not None:
            yield PrivacyMark(kind, fact.span)
        elif fact.kind is FactKind.VEHICLE:
            before = text[max(0, fact.span.start - PUBLIC_BEFORE) : fact.span.start]
            if not PUBLIC_VEHICLE.search(before):
                yield PrivacyMark(PrivacyKind.PLATE, fact.span)
        elif fact.kind is FactKind.PERSON:
            official = fact.span.start - 1 in post_ends or fact.span.start - 2 in post_ends
            if not official and not places.overlaps(fact.span):
                yield PrivacyMark(PrivacyKind.NAME, fact.span)


def of_patterns(text: str, places: Cover) -> Iterator[PrivacyMark]:
    for match in SAID_NAME.finditer(text) if NAME_SOON.search(text) else ():
        if not places.overlaps(Span(*match.span("name"))):
            yield mark(PrivacyKind.NAME, match, "name")
    for match in MENTION.finditer(text) if "|" in text else ():
        yield mark(PrivacyKind.LINK, match)
    if "." in text and "/" in text:
        for match in PAGE.finditer(text):
            yield mark(PrivacyKind.LINK, match)
    if may_tell_of_health(text):
        yield from of_health(text)
    if DIGIT.search(text):
        yield from of_numbers(text)


def may_tell_of_health(text: str) -> bool:
    """A look that spares most texts the patterns: stems found one by one cost a tenth of a pattern of them all."""
    lower = text.lower()
    return any(stem in lower for stem in HEALTH_STEMS) or (
        ("рак" in lower or "вич" in lower) and HEALTH_WORD.search(text) is not None
    )


def of_health(text: str) -> Iterator[PrivacyMark]:
    """Diagnoses, and diseases where somebody is near who has them: medicine for diabetics is nobody's diagnosis."""
    for match in DIAGNOSIS.finditer(text):
        yield mark(PrivacyKind.HEALTH, match, "what")
    for match in DISEASE.finditer(text):
        near = text[max(0, match.start() - AROUND_DISEASE) : match.end() + AROUND_DISEASE]
        if SICK.search(near):
            yield mark(PrivacyKind.HEALTH, match, "what")


def of_numbers(text: str) -> Iterator[PrivacyMark]:
    for start, end in landlines(text):
        yield PrivacyMark(PrivacyKind.PHONE, Span(start, end))
    if MANY_DIGITS.search(text):
        for pattern, is_valid in (
            (PASSPORT, None),
            (CERTIFICATE, None),
            (NAMED_CARD, None),
            (POLICY, None),
            (SNILS, snils),
            (INN, inn),
            (CARD, luhn),
        ):
            for match in pattern.finditer(text):
                if is_valid is None or is_valid(digits_of(match["number"])):
                    yield mark(PrivacyKind.DOCUMENT, match, "number")
        for match in BANK_ACCOUNT.finditer(text):
            yield mark(PrivacyKind.ACCOUNT, match, "number")
    if BIRTH_SOON.search(text):
        for match in BIRTH.finditer(text):
            yield mark(PrivacyKind.BIRTH, match, "after" if match["after"] else "before")
    for pattern in (FLAT, FLAT_BEFORE):
        for match in pattern.finditer(text):
            yield mark(PrivacyKind.FLAT, match)


def mark(kind: PrivacyKind, match: re.Match[str], group: str | int = 0) -> PrivacyMark:
    return PrivacyMark(kind, Span(*match.span(group)))


def digits_of(written: str) -> list[int]:
    return [int(char) for char in written if char.isdecimal()]


def snils(digits: Sequence[int]) -> bool:
    """Checksum of an insurance number (Resolution of the Pension Fund's board of 25.09.2008 № 193p, annex 1)."""
    number = int("".join(map(str, digits[:9])))
    if number <= 1_001_998:
        return False
    control = sum(digit * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False)) % 101
    return control % 100 == digits[9] * 10 + digits[10]


def inn(digits: Sequence[int]) -> bool:
    """Checksum of a person's taxpayer number of 12 digits (Order of the Federal Tax Service ЕД-7-14/559@, 2020)."""
    first = sum(map(int.__mul__, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8), digits)) % 11 % 10
    second = sum(map(int.__mul__, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8), digits)) % 11 % 10
    return any(digits) and first == digits[10] and second == digits[11]


def luhn(digits: Sequence[int]) -> bool:
    """Checksum of a bank card's number (ISO/IEC 7812-1, annex B)."""
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return digits[0] in (2, 3, 4, 5, 6) and sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0
