"""The region's map and address list for the pages: municipality polygons, street names to show, points of addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import h3

from models.pack import RegionPack

H3_RESOLUTION = 9
MOST_HOUSES = 300
Point = tuple[float, float]


@dataclass(frozen=True)
class AddressList:
    """Points by name: of settlements, of their streets, of known houses; and each settlement's municipality."""

    municipality_of: Mapping[str, str]
    settlements: Mapping[str, Point]
    streets: Mapping[tuple[str, str], Point]
    houses: Mapping[tuple[str, str, str], Point]
    known_houses: frozenset[tuple[str, str, str]]

    @property
    def municipalities(self) -> list[str]:
        return sorted(set(self.municipality_of.values()))


def address_list(pack: RegionPack) -> AddressList:
    """The address list of a pack, read once."""
    return _address_list(pack.folder)


@lru_cache(maxsize=8)
def _address_list(folder: Path) -> AddressList:
    pack = RegionPack(folder)
    municipality_of: dict[str, str] = {}
    settlements: dict[str, Point] = {}
    streets: dict[tuple[str, str], Point] = {}
    houses: dict[tuple[str, str, str], Point] = {}
    known: set[tuple[str, str, str]] = set()
    for row in _rows(pack, "settlements.csv"):
        municipality_of.setdefault(row["settlement"], row["municipality"])
        _keep(settlements, row["settlement"], row)
    for row in _rows(pack, "streets.csv"):
        municipality_of.setdefault(row["settlement"], row["municipality"])
        _keep(streets, (row["settlement"], row["street"]), row)
    for row in _rows(pack, "houses.csv"):
        for entry in filter(None, row["houses"].split(";")):
            number, _, where = entry.partition("@")
            key = (row["settlement"], row["street"], number)
            known.add(key)
            if where:
                latitude, longitude = where.split()
                houses[key] = (float(latitude), float(longitude))
    return AddressList(municipality_of, settlements, streets, houses, frozenset(known))


def _rows(pack: RegionPack, name: str) -> list[dict[str, str]]:
    """The rows of a file that a small pack may do without."""
    return list(pack.rows(name)) if pack.path(name).exists() else []


def _keep(points: dict[Any, Point], key: Any, row: Mapping[str, str]) -> None:
    if row["latitude"] and row["longitude"]:
        points.setdefault(key, (float(row["latitude"]), float(row["longitude"])))


def corrected_place(
    pack: RegionPack,
    *,
    municipality: str = "",
    settlement: str = "",
    street: str = "",
    house: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
) -> dict[str, Any]:
    """The place that a person stated, as JSON of models.places.Place: sure, with a point where the list knows one."""
    addresses = address_list(pack)
    known = (settlement, street, house) in addresses.known_houses
    if latitude is None or longitude is None:
        known_point = (
            addresses.houses.get((settlement, street, house))
            or addresses.streets.get((settlement, street))
            or addresses.settlements.get(settlement)
        )
        latitude, longitude = known_point or (None, None)
    cell = (
        h3.latlng_to_cell(latitude, longitude, H3_RESOLUTION) if latitude is not None and longitude is not None else ""
    )
    return {
        "level": _level(municipality, settlement, street, house),
        "municipality": municipality or addresses.municipality_of.get(settlement, ""),
        "settlement": settlement,
        "street": street,
        "house": house,
        "house_known": known,
        "latitude": latitude,
        "longitude": longitude,
        "h3": cell,
        "confidence": 1.0,
        "spans": [],
        "alternatives": [],
    }


def point(latitude: str, longitude: str) -> Point | None:
    """The point that a form's fields give; None where they give none on this planet."""
    try:
        made = (round(float(latitude), 6), round(float(longitude), 6))
    except ValueError:
        return None
    return made if -90 <= made[0] <= 90 and -180 <= made[1] <= 180 else None


def _level(municipality: str, settlement: str, street: str, house: str) -> str:
    if street:
        return "house" if house else "street"
    if settlement:
        return "settlement"
    return "municipality" if municipality else "region"


@lru_cache(maxsize=8)
def _labels(folder: Path) -> list[tuple[float, float, str, int]]:
    addresses = _address_list(folder)
    streets = [(*at, name, 1) for (_, name), at in addresses.streets.items()]
    return [(*at, name, 0) for name, at in addresses.settlements.items()] + streets


def houses_in(pack: RegionPack, south: float, west: float, north: float, east: float) -> list[tuple[Any, ...]]:
    """Numbers of houses to write on the map within a box, as `map_labels` gives names; the third kind is a house."""
    inside = (
        (latitude, longitude, number, 2)
        for (_, _, number), (latitude, longitude) in address_list(pack).houses.items()
        if south <= latitude <= north and west <= longitude <= east
    )
    return list(islice(inside, MOST_HOUSES))


def map_labels(pack: RegionPack) -> list[tuple[float, float, str, int]]:
    """Names to write on the map: latitude, longitude, name, and 0 for a settlement or 1 for a street."""
    return _labels(pack.folder)
