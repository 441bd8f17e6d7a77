"""Which settlement a point belongs to: by its outline, else the nearest one of the same municipality."""

from __future__ import annotations

import math
from typing import Any

from shapely import STRtree, prepare
from shapely.geometry import Point as MapPoint

from nlp.places.imports.draft import Draft
from nlp.places.imports.points import TOWN_RADIUS, VILLAGE_RADIUS, distance
from nlp.places.records import Point

Key = tuple[str, str]
TOWN_POPULATION = 12_000  # fewer people make no town that streets stretch ten kilometres in
DEGREES = 0.36  # of latitude, about 40 km: further than any settlement reaches


class Located:
    """Settlements of a draft by their points, with outlines where the source draws them."""

    def __init__(self, draft: Draft, outlines: dict[Key, Any]) -> None:
        self._towns = [(key, town) for key, town in draft.settlements.items() if town.point and not town.part_of]
        points = [town.point for _, town in self._towns if town.point is not None]
        self._squeeze = math.cos(math.radians(points[0][0])) if points else 1.0
        self._points = STRtree([MapPoint(point[1] * self._squeeze, point[0]) for point in points])
        self._outlined: list[tuple[Key, Any]] = list(outlines.items())
        for _, shape in self._outlined:
            prepare(shape)
        self._shapes = STRtree([shape for _, shape in self._outlined])

    def settlement(self, point: Point, municipality: str) -> Key | None:
        """The settlement's key; None where no settlement of the municipality is near enough."""
        inside = self._shapes.query(MapPoint(point[1], point[0]), predicate="within")
        if len(inside):
            return min((self._outlined[int(index)] for index in inside), key=_extent)[0]
        around = MapPoint(point[1] * self._squeeze, point[0]).buffer(DEGREES)
        found: list[tuple[float, Key]] = []
        for index in self._points.query(around):
            key, town = self._towns[index]
            gap = distance(point, town.point) if town.point is not None else math.inf
            radius = TOWN_RADIUS if town.kind == "город" or town.population >= TOWN_POPULATION else VILLAGE_RADIUS
            if key[1] == municipality and gap <= radius:
                # a great town reaches further than a village beside it
                found.append((gap / radius, key))
        return min(found)[1] if found else None


def _extent(outlined: tuple[Key, Any]) -> float:
    return float(outlined[1].area)
