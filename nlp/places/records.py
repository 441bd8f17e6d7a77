"""What a gazetteer holds: settlements, streets, houses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from nlp.places.names import NameClass, StreetName

Point = tuple[float, float]
"""Latitude and longitude, WGS 84 degrees."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A town, a village, or a named part of a town (`part_of` is the town's name then)."""

    name: str
    kind: str
    municipality: str
    point: Point | None = None
    population: int = 0
    part_of: str = ""


@dataclass(frozen=True)
class Street:
    """A street of one settlement. `houses_text` is houses.csv's compact list, read when first asked for."""

    settlement: int
    name: StreetName
    point: Point | None = None
    size: int = 0
    """How many houses are known: which of two namesakes a person means."""
    houses_text: str = field(default="", repr=False)

    @cached_property
    def houses(self) -> dict[str, Point | None]:
        """House numbers in normal form, with a point where a good one is known."""
        return dict(parse_house(item) for item in self.houses_text.split(";") if item)


def parse_house(item: str) -> tuple[str, Point | None]:
    """«12а» or «12а@54.98123 73.37456» of houses.csv."""
    number, _, point = item.partition("@")
    if not point:
        return number, None
    latitude, longitude = point.split(" ")
    return number, (float(latitude), float(longitude))


def write_house(number: str, point: Point | None) -> str:
    """The inverse of `parse_house`; five decimals are about one metre."""
    return number if point is None else f"{number}@{point[0]:.5f} {point[1]:.5f}"


@dataclass(slots=True, eq=False)
class StreetEntry:
    """What a street's name stands for: streets of that name by settlement, and streets of which it is a short form."""

    full: dict[int, list[int]] = field(default_factory=dict)
    short: dict[int, list[int]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    name_class: NameClass = NameClass.GENITIVE


@dataclass(slots=True, eq=False)
class SettlementEntry:
    """Settlements of one name."""

    ids: list[int] = field(default_factory=list)
