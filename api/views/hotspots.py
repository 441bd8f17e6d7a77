"""Hot spots in words and as outlines on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import h3.api.basic_int as h3

from api.views.heat import near
from indicators.heat.cells import centre
from indicators.hotspots import HotSpot
from models.pack import RegionPack
from models.russian import MONTHS, plural

METHODS: Mapping[str, str] = {"scan": "пространственно-временной поиск", "gi": "критерий Гетиса — Орда"}

ON_MAP = ("id", "title", "where", "running", "outline")
"""What of a hot spot the map draws."""


def spot_shown(spot: HotSpot, pack: RegionPack) -> dict[str, Any]:
    """A hot spot with its words, its middle and its outline."""
    middle = sorted(spot.cells)[len(spot.cells) // 2]
    return asdict(spot) | {
        "id": str(spot.id),
        "title": spot.group_name or "Все темы",
        "where": where(spot, pack, middle),
        "what": what(spot),
        "when": when(spot),
        "running": spot.ended_on is None,
        "is_new": spot.ended_on is None and spot.found_on == spot.seen_on,
        "times": round(spot.appeals / max(spot.expected, 0.5), 1),
        "centre": centre(middle),
        "outline": outline(spot.cells),
    }


def where(spot: HotSpot, pack: RegionPack, middle: int) -> str:
    settlement = near(pack, middle)
    names = [settlement] if spot.municipality.removesuffix(" г.о.") == settlement else [settlement, spot.municipality]
    return ", ".join(name for name in names if name) or "место не названо"


def what(spot: HotSpot) -> str:
    """«23 обращения за 3 дня (15—17 марта), обычно около 4»."""
    days = (spot.last_day - spot.first_day).days + 1
    usual = f"около {round(spot.expected)}" if spot.expected >= 1 else "меньше одного"
    count = plural(spot.appeals, "обращение", "обращения", "обращений")
    return f"{count} за {plural(days, 'день', 'дня', 'дней')} ({span(spot.first_day, spot.last_day)}), обычно {usual}"


def span(first: date, last: date) -> str:
    """«17 марта», «15—17 марта», «28 февраля — 3 марта»."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\u2014{day(last)}"
    return f"{day(first)} — {day(last)}"


def day(one: date) -> str:
    return f"{one.day}\u00a0{MONTHS[one.month - 1]}"


def when(spot: HotSpot) -> str:
    if spot.ended_on is not None:
        return f"закончилась к {day(spot.ended_on)}"
    if spot.found_on == spot.seen_on:
        return "новая"
    return f"видна с {day(spot.found_on)}"


def outline(cells: Sequence[int]) -> list[list[tuple[float, float]]]:
    """The outer borders of a set of cells: rings of (latitude, longitude)."""
    shape = h3.cells_to_h3shape(list(cells), tight=False)
    return [[(round(lat, 5), round(lng, 5)) for lat, lng in polygon.outer] for polygon in shape]


def chance(probability: float) -> str:
    """How probable it is by chance, in words: «реже 1 раза на 1000 проверок»."""
    if probability < 0.001:
        return "случайно — реже 1 раза на 1000 проверок"
    return f"случайно — 1 раз на {round(1 / probability)} проверок"
