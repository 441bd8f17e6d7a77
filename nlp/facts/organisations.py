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
PLAIN = re.compile(
    rf"\b({FORM}(?:\s{FORM})?)\s([А-ЯЁ][А-Яа-яЁё-]{{2,30}}(?:\s?\+|\s[А-ЯЁ]{{2,5}}\b)?)(?!\w|\.\s?[А-ЯЁ]\.)"
)
NUMBERED = re.compile(r"\b(ЖЭУ|ЖКО|РЭУ|ЖЭО)\s{0,2}(?:№\s?)?-?(\d{1,3})(?!\d)")
# with a name in quotes the form may stand in small letters
QUOTED_LOW = re.compile(
    rf"\b((?:тсж|ооо|оао|зао|пао|тсн|жск|снт|мкд|муп)(?:\s{{1,2}}ук)?|ук)\s{{0,2}}[{OPENING}]{{1,2}}\s?([^{OPENING}{CLOSING}\n]{{2,60}})[{CLOSING}]{{1,2}}"
)
# names in capitals that are also words («ОАО ГАММА») are names after these forms alone
LEGAL = frozenset({"ООО", "ОАО", "ПАО", "ЗАО", "АО", "МУП", "ФГУП", "ГУП"})
BARE_QUOTED = re.compile(
    r"\b(управляющ[а-я]{2,3}\s{1,2}(?:компани[а-я]{1,2}|организаци[а-я]{1,2}))\s{0,2}[«\"“„]\s?([^«»\"“”„\n]{2,60})[»\"”“]",
    re.IGNORECASE,
)
SERVICES = re.compile(
    r"\b(роспотребнадзор|росреестр|ростелеком|сбербанк|досааф|ростехнадзор|росприроднадзор|рособрнадзор|россети|гибдд|госжилинспекци|прокуратур|[а-я]{0,12}водок[ао]нал|[а-я]{0,12}электросет|[а-я]{2,12}энергосбыт"
    r"|[а-я]{2,12}электро\b|[а-я]{2,12}горгаз|[а-я]{2,12}облгаз|теплосервис)[а-я]{0,3}\b"
)
SERVICE_STEMS = (
    "роспотреб", "росреестр", "ростелеком", "сбербанк", "досааф", "ростехнад",
    "росприрод", "рособр", "россети", "гибдд", "госжил", "прокурат",
    "водоканал", "водоконал",
    "энергосбыт", "электро", "горгаз", "облгаз", "теплосервис",
)  # fmt: skip
BODY = re.compile(
    r"\b(?P<head>[Аа]дминистраци|[Мм]инистерств|[Дд]епартамент|[Пп]рокуратур|[Ии]нспекци|[Уу]правлени)(?P<ending>[а-я]{0,3})\s"
    r"(?P<whose>(?:города\s|г\.\s?)[А-ЯЁ][а-яё-]{2,20}|[А-ЯЁ][а-яё-]{2,20}(?:ого|ой)\s(?:района|области|округа|поселения)"
    r"|благоустройства(?:\sгорода)?|культуры"
    r"|транспорта|здравоохранения|образования|строительства|просвещения|обороны|природных ресурсов|труда"
    r"|социальн[а-я]{2,3}\s(?:защиты|развития)|городск[а-я]{2,3}\s(?:хозяйства|среды|политики))(?!\w)"
)
INSPECTION = re.compile(r"\b(?P<which>трудов|жилищн|налогов)[а-я]{2,3}\s(?P<what>инспекци[а-я]{1,2})\b")
INSPECTIONS = {"трудов": "трудовая инспекция", "жилищн": "жилищная инспекция", "налогов": "налоговая инспекция"}
BODY_STEMS = ("дминистрац", "инистерств", "епартамент", "рокуратур", "нспекци", "правлени")
HEADS = {
    "адм": "администрация",
    "мин": "министерство",
    "деп": "департамент",
    "про": "прокуратура",
    "инс": "инспекция",
    "упр": "управление",
}
CRIMINAL_CODE = re.compile(r"(?:ст|стать[а-я]{1,3})\.?\s?[\d.]{1,6}\s\Z")


def find(reading: Reading) -> Iterator[Fact]:
    yield from named(reading)
    if reading.has(BODY_STEMS):
        yield from bodies(reading)
    if reading.has(SERVICE_STEMS):
        for match in SERVICES.finditer(reading.folded):
            written = reading.text[match.start() : match.end()]
            if written.startswith("электросет"):
                continue  # the wires, not the company
            yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), service(written))


def bodies(reading: Reading) -> Iterator[Fact]:
    """Bodies of state with what they are of: «министерство транспорта», «администрация города Омска»."""
    for match in BODY.finditer(reading.text):
        value = f"{HEADS[match['head'][:3].lower()]} {match['whose']}"
        yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), value)
    for match in INSPECTION.finditer(reading.folded):
        yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), INSPECTIONS[match["which"]])


def named(reading: Reading) -> Iterator[Fact]:
    """Organisations with a legal form or in quotes."""
    text = reading.text
    if "управляющ" in reading.folded:
        for match in BARE_QUOTED.finditer(text):
            yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), f"УК «{name(match[2])}»")
    if any(mark in text for mark in OPENING):
        for match in QUOTED_LOW.finditer(text):
            value = f"{match[1].upper()} «{name(match[2])}»"
            yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), value)
    if not any(form in text for form in FORMS):
        return
    for match in QUOTED.finditer(text):
        yield reading.fact(FactKind.ORGANISATION, match.start(), match.end(), f"{match[1]} «{name(match[2])}»")
    for match in PLAIN.finditer(text):
        if text[match.end() : match.end() + 2].strip()[:1] in tuple(OPENING):
            continue  # «МУП ЖКХ «Родник»»: the name comes after
        shouted = match[1] in LEGAL and match[2].isupper() and not text[: match.start()].isupper()
        if (shouted or is_name(match[2])) and not CRIMINAL_CODE.search(text, max(0, match.start() - 12), match.start()):
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
