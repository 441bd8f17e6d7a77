"""Laws and norms quoted: «59-ФЗ», «ст. 7.22 КоАП РФ», «ПП РФ № 354», «ГОСТ Р 50597-2017»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.facts import Fact, FactKind
from nlp.facts.reading import Reading

ARTICLE = r"(?:(?:ст\.|стат[а-я]{2,4})\s{0,2}(?P<article>\d{1,3}(?:\.\d{1,2}){0,2}))"
CODE_NAMES = {
    "коап": "КоАП РФ", "кодекса об административных правонарушениях": "КоАП РФ", "жк": "ЖК РФ",
    "жилищного кодекса": "ЖК РФ", "гк": "ГК РФ", "гражданского кодекса": "ГК РФ", "ук": "УК РФ",
    "уголовного кодекса": "УК РФ", "тк": "ТК РФ", "трудового кодекса": "ТК РФ", "конституции": "Конституция РФ",
    "семейного кодекса": "СК РФ", "градостроительного кодекса": "ГрК РФ", "земельного кодекса": "ЗК РФ",
}  # fmt: skip
POINT = r"(?:(?:п|пп|пункт[а-я]{0,2})\b\.?\s{0,2}(?P<point>\d{1,3}(?:\.\d{1,2}){0,2})[,\s]{0,2})?"
PART = r"(?:(?:ч|част[а-я]{1,2})\b\.?\s{0,2}(?P<part>\d{1,2}(?:\.\d)?)[,\s]{0,2})?"
TRAFFIC = re.compile(
    r"\b(?:п|пункт[а-я]{0,2})\b\.?\s{0,2}(?P<point>\d{1,2}(?:\.\d{1,2}){0,2})\s{0,2}(?:пдд|правил\sдорожного\sдвижения)\b"
)
CODE = re.compile(
    POINT
    + PART
    + ARTICLE
    + r"[,\s]{0,2}(?P<code>"
    + "|".join(CODE_NAMES)
    + r")(?:\s{1,2}(?:рф\b|российской федерации))?(?!\w)"
)
FEDERAL = re.compile(
    r"(?:"
    + POINT
    + PART
    + ARTICLE
    + r"\s{0,2})?(?:(?:федерального\s{1,2}закона|закона)\s{1,2}(?:рф\s{1,2})?(?:от\s{1,2}\d[\d.\sа-я]{3,24}?\s?)?)?"
    r"(?:№|n)?\s?(?<![\d-])(?P<number>\d{1,3})\s?-\s?фз\b"
)
FEDERAL_AFTER = re.compile(r"\bфз\s?-?\s?(?:№|n)?\s?(?P<number>\d{1,3})(?!\d)")
DECREE = re.compile(
    r"\b(?:пп\s{1,2}рф|постановлени[а-я]{1,2}\s{1,2}правительства(?:\s{1,2}(?:рф|российской\s{1,2}федерации))?)"
    r"(?:\s{1,2}от\s{1,2}\d[\d.\sа-я]{3,24}?)?\s{0,2}(?:№|n)\s?(?P<number>\d{1,4})(?!\d)"
)
STANDARD = re.compile(
    r"\b(?P<kind>гост|сан\s?пин|снип)\s{0,2}(?P<r>р\s{1,2})?(?P<number>\d[\d.]{1,12}(?:\s?[-–]\s?\d{2,4})?)(?![\d])"
)
STANDARD_NAMES = {"гост": "ГОСТ", "санпин": "СанПиН", "снип": "СНиП"}
HINTS = (
    "фз",
    "ст.",
    "стат",
    "гост",
    "санпин",
    "сан пин",
    "пдд",
    "дорожного движения",
    "снип",
    "правительства",
    "пп рф",
)


def find(reading: Reading) -> Iterator[Fact]:
    folded = reading.folded
    if not reading.has_digits or not any(hint in folded for hint in HINTS):
        return
    for match in CODE.finditer(folded):
        yield law(reading, match, f"{before_article(match)}ст. {match['article']} {CODE_NAMES[match['code']]}")
    for match in TRAFFIC.finditer(folded):
        yield law(reading, match, f"п. {match['point']} ПДД")
    for match in FEDERAL.finditer(folded):
        article = f"{before_article(match)}ст. {match['article']} " if match["article"] else ""
        yield law(reading, match, f"{article}{match['number']}-ФЗ")
    for match in FEDERAL_AFTER.finditer(folded):
        yield law(reading, match, f"{match['number']}-ФЗ")
    for match in DECREE.finditer(folded):
        yield law(reading, match, f"ПП РФ № {match['number']}")
    for match in STANDARD.finditer(folded):
        russian = "Р " if match["r"] else ""
        number = re.sub(r"\s", "", match["number"]).rstrip(".").replace("–", "-")
        yield law(reading, match, f"{STANDARD_NAMES[match['kind'].replace(' ', '')]} {russian}{number}")


def before_article(match: re.Match[str]) -> str:
    """«п. 4 ч. 1 » of «п. 4 ч. 1 ст. 161 ЖК РФ»."""
    point = f"п. {match['point']} " if match["point"] else ""
    return point + (f"ч. {match['part']} " if match["part"] else "")


def law(reading: Reading, match: re.Match[str], value: str) -> Fact:
    lead = len(match[0]) - len(match[0].lstrip())
    return reading.fact(FactKind.LAW, match.start() + lead, match.end(), value)
