"""Settlements of GeoNames: a CSV with columns name_latin, names_cyrillic, lat, lon, population, region (CC BY 4.0)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from nlp.places.names import plain
from nlp.places.records import Point

LATIN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))
LATIN |= {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """One settlement of GeoNames by its Russian name."""

    name: str
    point: Point
    population: int


def read_geonames(path: Path, region: str) -> list[NamedPoint]:
    """Settlements whose region begins with the same word as `region` («Омская область»)."""
    first = region.split()[0]
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["region"].startswith(first) and row["names_cyrillic"]:
                name = russian_name(row["name_latin"], row["names_cyrillic"].split("|"))
                found.append(NamedPoint(name, (float(row["lat"]), float(row["lon"])), int(row["population"] or 0)))
    return found


def russian_name(latin: str, names: list[str]) -> str:
    """Of the Cyrillic names in many languages the one that reads most like the Latin one."""
    wanted = latin.lower().replace("’", "")
    names = [name for name in names if not name.endswith(("ськ", "ъ"))] or names  # not Russian of today
    # of equals the longer: «Пермь», not the «Перм» of another language
    return max(names, key=lambda name: (fuzz.ratio(_latin(name), wanted), len(name)))


def _latin(name: str) -> str:
    return "".join(LATIN.get(letter, letter) for letter in plain(name))
