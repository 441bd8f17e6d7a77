"""Where a problem is, in words and in case: «в Омске, на улице Ленина, дом 5», «в посёлке Светлом»."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.places import PlaceLevel
from resolution.replies.grammar.morphology import (
    Case,
    Gender,
    adjective,
    inflected,
    noun,
    ordinal,
)

STREETS: Mapping[str, tuple[str, Gender]] = {
    "улица": ("на", "femn"), "проспект": ("на", "masc"), "переулок": ("в", "masc"), "проезд": ("в", "masc"),
    "бульвар": ("на", "masc"), "шоссе": ("на", "neut"), "площадь": ("на", "femn"), "набережная": ("на", "femn"),
    "тракт": ("на", "masc"), "линия": ("на", "femn"), "тупик": ("в", "masc"), "аллея": ("на", "femn"),
    "спуск": ("на", "masc"), "дорога": ("на", "femn"), "мост": ("на", "masc"), "парк": ("в", "masc"),
    "городок": ("в", "masc"), "квартал": ("в", "masc"), "микрорайон": ("в", "masc"), "территория": ("на", "femn"),
    "посёлок": ("в", "masc"), "разъезд": ("на", "masc"), "километр": ("на", "masc"), "сквер": ("в", "masc"),
    "остановка": ("на", "femn"),
}  # fmt: skip
"""Kinds of streets with the preposition that stands before them, and their gender."""
SETTLEMENTS: Mapping[str, Gender] = {
    "город": "masc", "посёлок": "masc", "село": "neut", "деревня": "femn", "рабочий посёлок": "masc",
    "посёлок городского типа": "masc", "дачный посёлок": "masc", "аул": "masc", "станция": "femn", "хутор": "masc",
    "станица": "femn", "остановочный пункт": "masc", "разъезд": "masc", "микрорайон": "masc", "СНТ": "neut",
}  # fmt: skip
ON = frozenset({"станция", "разъезд", "остановочный пункт"})
"""Kinds of settlements that take «на»."""
NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a reply names it. `kind` is the settlement's («село»), empty where nobody knows it."""

    level: PlaceLevel
    municipality: str = ""
    settlement: str = ""
    kind: str = ""
    street: str = ""
    house: str = ""


def where(spot: Spot) -> str:
    """The place after a preposition, in the prepositional case; empty where nothing finer than the region is known."""
    parts = [settlement_in(spot.settlement, spot.kind)] if spot.settlement else []
    if spot.street and " / " in spot.street:
        first, second = spot.street.split(" / ", 1)
        parts.append(f"на пересечении {street_in(first, 'gent')} и {street_in(second, 'gent')}")
    elif spot.street:
        parts.append(f"{_preposition(spot.street)} {street_in(spot.street, 'loct')}")
    if not parts and spot.municipality:
        parts.append(municipality_in(spot.municipality))
    if spot.house and parts:
        parts.append(f"дом {spot.house}")
    return ", ".join(parts)


@lru_cache(maxsize=20_000)
def settlement_in(name: str, kind: str) -> str:
    """«в Омске», «в посёлке Светлом», «в селе Азово»: a village is named with its kind, a town without it."""
    if kind in ("город", ""):
        made = _whole_name(name, "loct")
        if made is not None:
            return f"{'во' if _needs_vo(made) else 'в'} {made}"
        return f"в городе {name}" if kind else f"в населённом пункте {name}"
    preposition = "на" if kind in ON else "в"
    return f"{preposition} {_kind_in(kind, 'loct')} {_beside_kind(name, SETTLEMENTS.get(kind))}"


@lru_cache(maxsize=20_000)
def street_in(name: str, case: Case) -> str:
    """The official name of a street in a case: «улицы Ленина», «1-м Башенном переулке», «улице Речной»."""
    words = name.split()
    at = next((number for number, word in enumerate(words) if word.lower() in STREETS), None)
    if at is None:
        return name
    kind = words[at].lower()
    gender = STREETS[kind][1]
    made = _noun_in(words[at], case)
    before = [_agreeing(word, case, gender) for word in words[:at]]
    after = [_agreeing(word, case, gender) for word in words[at + 1 :]]
    # a name that is no adjective («улица Красный Путь», «улица Ленина») stays beside its kind as it is
    left = before if None not in before else words[:at]
    right = after if None not in after else words[at + 1 :]
    return " ".join(str(word) for word in [*left, made, *right])


@lru_cache(maxsize=20_000)
def municipality_in(name: str) -> str:
    """«в Тарском районе», «в городском округе Омск»."""
    if name.endswith((" г.о.", " го")):
        return f"в городском округе {name.rsplit(' ', 1)[0]}"
    words = name.split()
    gender: Gender = "masc"
    made = [_agreeing(word, "loct", gender) for word in words[:-1]]
    if not words or words[-1].lower() not in ("район", "округ") or None in made:
        return f"в муниципальном образовании «{name}»"
    last = _noun_in(words[-1], "loct")
    whole = " ".join([*(str(word) for word in made), last])
    return f"{'во' if _needs_vo(whole) else 'в'} {whole}"


@lru_cache(maxsize=20_000)
def _preposition(street: str) -> str:
    kind = next((word.lower() for word in street.split() if word.lower() in STREETS), "")
    return STREETS[kind][0] if kind else "по адресу:"


def _needs_vo(word: str) -> bool:
    """«во Владимире», «во Фрунзенском районе»: before two consonants that begin with «в» or «ф»."""
    return word[:1].lower() in "вф" and word[1:2].lower() not in "аеёиоуыэюяьъ" and len(word) > 1


def _kind_in(kind: str, case: Case) -> str:
    """«рабочем посёлке», «посёлке городского типа»: words up to the head agree, what depends on it stays."""
    words = kind.split()
    if kind.isupper():
        return kind
    if len(words) == 2 and adjective(words[0]) is not None:
        return f"{_agreeing(words[0], case, SETTLEMENTS[kind])} {_noun_in(words[1], case)}"
    return " ".join([_noun_in(words[0], case), *words[1:]])


def _beside_kind(name: str, gender: Gender | None) -> str:
    """A name beside its kind: it agrees where it is one word of the same gender, else it stays («в селе Азово»)."""
    if " " in name or "-" in name or NUMBERED.search(name) or gender is None or gender == "neut":
        return name
    if adjective(name, gender) is not None:
        return _agreeing(name, "loct", gender) or name
    return name


def _whole_name(name: str, case: Case) -> str | None:
    """The name of a town that stands alone: «Таре», «Нижнем Новгороде», «Ростове-на-Дону»; None where unsure."""
    words = name.split()
    if len(words) == 1:
        stem, hyphen, rest = name.partition("-на-")
        if hyphen:
            made = _place_noun(stem, case)
            return None if made is None else f"{made}{hyphen}{rest}"
        plain = _agreeing(name, case, "neut") or _agreeing(name, case, "masc")
        return plain or _place_noun(name, case)
    if len(words) == 2:
        reading = noun(words[1])
        gender = reading.tag.gender if reading is not None else None
        first = _agreeing(words[0], case, gender) if gender else None
        second = _place_noun(words[1], case)
        return None if first is None or second is None else f"{first} {second}"
    return None


def _place_noun(word: str, case: Case) -> str | None:
    reading = noun(word)
    if reading is None or "plur" in reading.tag:
        return None
    return word if "Fixd" in reading.tag else inflected(word, reading, case)


def _noun_in(word: str, case: Case) -> str:
    # «набережная» is read as an adjective first
    reading = noun(word) or adjective(word)
    made = None if reading is None else inflected(word, reading, case)
    return word if made is None else made


def _agreeing(word: str, case: Case, gender: Gender) -> str | None:
    """An adjective or an ordinal in the case; None where the word is neither."""
    numbered = ordinal(word, case, gender)
    if numbered is not None:
        return numbered
    reading = adjective(word, gender)
    return None if reading is None else inflected(word, reading, case, *(("inan",) if case == "accs" else ()))
