"""Which points of a registry may be believed: two thirds of a real one lay elsewhere, most of them in Moscow."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from shapely import prepare
from shapely.geometry import Point as MapPoint

from nlp.places.areas import Areas
from nlp.places.imports.registry import Address
from nlp.places.records import Point

MOST_SHARED = (
    4  # a real house may have four addresses (corner houses, blocks); geocoders put whole villages on one point
)
VILLAGE_RADIUS = 4.0  # kilometres from the middle of a village
TOWN_RADIUS = 25.0
STREET_SPREAD = 3.0  # kilometres from the middle of the street's own points
LEAST_FOR_SPREAD = 4


def distance(left: Point, right: Point) -> float:
    """Kilometres between two points (equirectangular: exact enough inside one region)."""
    across = (left[1] - right[1]) * math.cos(math.radians((left[0] + right[0]) / 2))
    return 111.2 * math.hypot(left[0] - right[0], across)


def middle(points: Sequence[Point]) -> Point:
    """The median point: a few wrong ones do not move it."""
    return median(point[0] for point in points), median(point[1] for point in points)


class PointCheck:
    """Decides for every address whether its point is believed, and keeps why not."""

    def __init__(self, areas: Areas, centres: dict[tuple[str, str], Point]) -> None:
        self.areas = areas
        self.centres = centres
        self.rejected: list[tuple[Address, str]] = []
        """Addresses whose points were rejected, with the reason."""
        for area in areas.shapes:
            prepare(area)

    def believed(self, placed: list[tuple[Address, str]]) -> list[Point | None]:
        """For each (address, municipality) its point, or None; rejections are kept with their reasons."""
        first = [self._first_check(address, municipality) for address, municipality in placed]
        by_settlement: dict[tuple[str, str], list[Point]] = defaultdict(list)
        for (address, municipality), point in zip(placed, first, strict=True):
            if point is not None:
                by_settlement[address.settlement, municipality].append(point)
        middles = {key: self.centres.get(key) or middle(points) for key, points in by_settlement.items()}
        second = [
            self._near_settlement(address, municipality, point, middles)
            for (address, municipality), point in zip(placed, first, strict=True)
        ]
        return self._near_street(placed, second)

    def _first_check(self, address: Address, municipality: str) -> Point | None:
        if address.shared > MOST_SHARED:
            return self._reject(address, f"more than {MOST_SHARED} addresses at one point")
        area = self.areas.area(municipality)
        if area is None or not area.contains(MapPoint(address.point[1], address.point[0])):
            return self._reject(address, "outside the municipality named in the address")
        return address.point

    def _near_settlement(
        self, address: Address, municipality: str, point: Point | None, middles: dict[tuple[str, str], Point]
    ) -> Point | None:
        if point is None:
            return None
        radius = TOWN_RADIUS if address.settlement_kind == "город" else VILLAGE_RADIUS
        if distance(point, middles[address.settlement, municipality]) > radius:
            return self._reject(address, "far from the settlement named in the address")
        return point

    def _near_street(self, placed: list[tuple[Address, str]], points: list[Point | None]) -> list[Point | None]:
        streets: dict[tuple[str, str, str, str], list[Point]] = defaultdict(list)
        keys = [
            (municipality, address.settlement, address.street_kind, address.street) for address, municipality in placed
        ]
        for key, point in zip(keys, points, strict=True):
            if point is not None:
                streets[key].append(point)
        middles = {key: middle(each) for key, each in streets.items() if len(each) >= LEAST_FOR_SPREAD}
        return [
            self._reject(address, "far from the other houses of the street")
            if point is not None and key in middles and distance(point, middles[key]) > STREET_SPREAD
            else point
            for (address, _), key, point in zip(placed, keys, points, strict=True)
        ]

    def _reject(self, address: Address, reason: str) -> Point | None:
        self.rejected.append((address, reason))
        return None
