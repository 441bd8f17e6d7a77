"""Municipalities as areas on the map: which one holds a point."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import h3
from shapely import STRtree
from shapely.geometry import Point as MapPoint
from shapely.geometry import shape

from nlp.places.records import Point

H3_RESOLUTION = 9


@dataclass
class Areas:
    """Polygons of municipalities with their names."""

    names: list[str] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tree = STRtree(self.shapes)

    @classmethod
    def of_geojson(cls, content: Any) -> Areas:
        """From a FeatureCollection whose features carry the name in `municipality` or `district`."""
        features = content["features"]
        names = [str(each["properties"].get("municipality") or each["properties"]["district"]) for each in features]
        return cls(names, [shape(each["geometry"]) for each in features])

    def holding(self, point: Point) -> str:
        """The municipality that holds the point; the smallest where they overlap; empty when none does."""
        if not self.shapes or not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
            return ""
        spot = MapPoint(point[1], point[0])
        inside = [int(index) for index in self._tree.query(spot, predicate="within")]
        if not inside:
            return ""
        return self.names[min(inside, key=lambda index: float(self.shapes[index].area))]

    def area(self, name: str) -> Any | None:
        """The polygon of a municipality by its name, None when there is none."""
        return self.shapes[self.names.index(name)] if name in self.names else None

    def centre(self, name: str) -> Point | None:
        """A point inside the municipality, to show it by."""
        area = self.area(name)
        if area is None:
            return None
        inside = area.representative_point()
        return float(inside.y), float(inside.x)


@lru_cache(maxsize=50_000)
def cell_of(point: Point) -> str:
    """The H3 cell of resolution 9 (about 0.1 km²) that holds the point."""
    return str(h3.latlng_to_cell(point[0], point[1], H3_RESOLUTION))
