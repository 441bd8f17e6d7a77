"""Addresses of the open registry of apartment houses: «обл. Омская, р-н. Тарский, г. Тара, ул. Ленина, д. 7, к. 2»."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.places.names import plain
from nlp.places.records import Point
from nlp.places.settlement_names import KINDS
from nlp.places.tokens import LATIN_TWINS

SETTLEMENT_MARKS = frozenset("г рп с д п аул пгт дп ст мкр х снт ж/д_оп".split())
STREET_MARKS = {
    "ул": "улица", "пер": "переулок", "пр-кт": "проспект", "проезд": "проезд", "линия": "линия", "городок": "городок",
    "б-р": "бульвар", "пл": "площадь", "туп": "тупик", "наб": "набережная", "тракт": "тракт", "ш": "шоссе",
    "аллея": "аллея", "мкр": "микрорайон", "кв-л": "квартал", "тер": "территория", "пос": "посёлок", "п": "посёлок",
    "спуск": "спуск", "снт": "СНТ", "км": "километр",
}  # fmt: skip
HOUSE = re.compile(r"№?(\d{1,4})\s*([а-я]?)(?:/(\d{1,3})([а-я]?))?")


@dataclass(frozen=True, slots=True)
class Address:
    """One address taken apart. `district` is the first word of the district («Тарский»), empty for the capital city."""

    district: str
    settlement: str
    settlement_kind: str
    street: str
    street_kind: str
    house: str
    point: Point
    shared: int
    """How many addresses stand at the very same point."""
    source: str = ""
    """Where it stands in the source («line 12», «way 345»)."""


def read_registry(path: Path) -> Iterator[Address]:
    """Addresses of a CSV with columns lat, lon, address. Rows that name no settlement are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [((float(row["lat"]), float(row["lon"])), row["address"]) for row in csv.DictReader(file)]
    shared = Counter(point for point, _ in rows)
    for point, text in rows:
        address = parse_address(text, point, shared[point])
        if address is not None:
            yield address


def parse_address(text: str, point: Point, shared: int) -> Address | None:
    """One address line; None when it has no settlement."""
    district = settlement = kind = street = street_kind = house = ""
    block: list[str] = []
    for part in text.split(", ")[1:]:
        mark, _, value = part.partition(". ")
        value = value.strip()
        if mark == "р-н":
            district = value.split()[0]
        elif not settlement and mark in SETTLEMENT_MARKS and not house:
            settlement, kind = value, KINDS[mark]
        elif not street and not house and mark in STREET_MARKS and settlement:
            street, street_kind = value, STREET_MARKS[mark]
        elif mark == "д" and not house:
            house = value
        elif mark in ("к", "корп", "лит") and house:
            block.append(value)
    if not any(letter.isalpha() for letter in settlement):
        return None
    if kind == "микрорайон" and not street:
        street, street_kind = settlement, kind
    return Address(district, settlement, kind, street, street_kind, house_number(house, block), point, shared)


def house_number(house: str, block: list[str]) -> str:
    """The normal form of a registry's number («12 А», «12, к. 2», «12/1»); empty when it is no number."""
    match = HOUSE.match(plain(house).translate(LATIN_TWINS))
    if match is None or plain(house).startswith(("ул", "мкр")):
        return ""
    number = match[1] + (match[2] or "") + (f"/{match[3]}{match[4]}" if match[3] else "")
    if block:
        value = plain(block[0]).translate(LATIN_TWINS)
        if value.isdecimal() and len(value) <= 3:
            return f"{number}к{value}"
        if re.fullmatch("[а-я]", value) and number[-1].isdigit():
            return number + value
    return number
