"""Organisations: a legal form with a name («ООО «УК Аврора»», «ЖЭУ 19») and services known everywhere («ГИБДД»)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.facts import Fact, FactKind
from nlp.facts.reading import Reading
from nlp.lemmas import parses

FORMS = (
    "ООО", "ОАО", "ПАО", "ЗАО", "АО", "УК", "ТСЖ", "ТСН", "ЖСК", "ЖКО", "ЖЭУ", "ЖЭО", "РЭУ", "МУП", "МП", "МКУ", "МБУ",
    "МКП", "ГУП", "ФГУП", "БУЗОО", "БУЗ", "ГБУЗ", "СНТ", "ГК",
)  # fmt: skip
FORM = f"(?:{'|'.join(FORMS)})"
OPENING, CLOSING = "«\"“„`'", "»\"”“`'"
QUOTED = re.compile(
    rf"\b({FORM}(?:\s{{1,2}}{FORM})?)\s{{0,2}}[{OPENING}]{{1,2}}\s?([^{OPENING}{CLOSING}\n]{{2,60}}(?:[{OPENING}][^{OPENING}{CLOSING}\n]{{1,40}})?)[{CLOSING}]{{1,2}}"
)
PLAIN = re.compile(rf"\b({FORM}(?:\s{FORM})?)\s([А-ЯЁ][А-Яа-яЁё-]{{2,30}}(?:\s?\+|\s[А-ЯЁ]{{2,5}}\b)?)(?![\w.])")
NUMBERED = re.compile(r"\b(ЖЭУ|ЖКО|РЭУ|ЖЭО)\s{0,2}(?:№\s?)?-?(\d{1,3})(?!\d)")
BARE_QUOTED = re.compile(
    r"\b(управляющ[а-я]{2,3}\s{1,2}(?:компани[а-я]{1,2}|организаци[а-я]{1,2}))\s{0,2}[«\"“„]\s?([^«»\"“”„\n]{2,60})[»\"”“]",
    re.IGNORECASE,
)
SERVICES = re.compile(
    r"\b(роспотребнадзор|росреестр|ростехнадзор|росприроднадзор|рособрнадзор|россети|гибдд|госжилинспекци|прокуратур|[а-я]{0,12}водоканал|[а-я]{2,12}энергосбыт"
    r"|[а-я]{2,12}электро\b|[а-я]{2,12}горгаз|[а-я]{2,12}облгаз|теплосервис)[а-я]{0,3}\b"
)
SERVICE_STEMS = (
    "роспотреб", "росреестр", "ростехнад", "росприрод", "рособр", "россети", "гибдд", "госжил", "прокурат", "водоканал",
    "энергосбыт", "электро", "горгаз", "облгаз", "теплосервис",
)  # fmt: skip
CRIMINAL_CODE = re.compile(r"(?:ст|стать[а-я]{1,3})\.?\s?[\d.]{1,6}\s\Z")


def find(reading: Reading) -> Iterator[Fact]:
    yield from named(reading)
    if reading.has(SERVICE_STEMS):
        for match in SERVICES.finditer(reading.folded):
            written = reading.text[match.start() : match.end()]
            yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), service(written))


def named(reading: Reading) -> Iterator[Fact]:
    """Organisations with a legal form or in quotes."""
    text = reading.text
    if "управляющ" in reading.folded:
        for match in BARE_QUOTED.finditer(text):
            yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), f"УК «{name(match[2])}»")
    if not any(form in text for form in FORMS):
        return
    for match in QUOTED.finditer(text):
        yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), f"{match[1]} «{name(match[2])}»")
    for match in PLAIN.finditer(text):
        if is_name(match[2]) and not CRIMINAL_CODE.search(text, max(0, match.start() - 12), match.start()):
            yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), f"{match[1]} «{name(match[2])}»")
    for match in NUMBERED.finditer(text):
        yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), f"{match[1]} № {match[2]}")


def name(written: str) -> str:
    """The name with single spaces and Russian quotes inside."""
    inner = re.sub(rf"[{OPENING}]", " «", written.strip(" .,"))
    inner = re.sub(r"\s+", " ", inner).strip()
    return inner + "»" * inner.count("«")


def is_name(written: str) -> bool:
    """False for a person («УК Иванов обещал»), a city («УК Курска») and a common word («УК Прошу принять»)."""
    if written.isupper():
        return not parses(written)[0].is_known
    best = parses(written)[0]
    if {"Geox"} in best.tag or best.tag.POS not in ("NOUN", "ADJF", None):
        return False
    return not any({grammeme} in best.tag for grammeme in ("Surn", "Name", "Patr"))


def service(written: str) -> str:
    """The name of a service in the nominative, its capitals kept."""
    parsed = parses(written)[0]
    normal = str(parsed.normal_form)
    if "plur" in parsed.tag:  # «Россети»
        return written
    if written.isupper():
        return normal.upper()
    return normal.capitalize() if written[0].isupper() else normal
