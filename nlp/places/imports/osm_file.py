"""What an OpenStreetMap extract (.osm.pbf, .osm.xml) says of a region's geography, as plain records.

pyosmium reads the file in C++ and hands over only what carries a name or an address: borders and place areas are
assembled from ways and relations, ways get the points of their nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.filter import KeyFilter

from nlp.places.records import Point

KEYS = ("addr:housenumber", "highway", "place", "boundary", "type")
SETTLEMENTS = frozenset({"city", "town", "village", "hamlet", "isolated_dwelling", "allotments"})
PARTS = frozenset({"suburb", "quarter", "neighbourhood"})
# named ways that no house stands on
NO_STREETS = frozenset({"bus_stop", "platform", "steps", "rest_area", "services", "crossing", "motorway", "corridor"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One object: what it is called, where it stands, its tags that matter, and its name in the source («way 12»)."""

    name: str
    point: Point
    tags: dict[str, str]
    source: str
    shape: Any = None


@dataclass
class OsmFile:
    """The records of one extract."""

    borders: list[Thing] = field(default_factory=list)
    places: list[Thing] = field(default_factory=list)
    streets: list[Thing] = field(default_factory=list)
    houses: list[Thing] = field(default_factory=list)
    street_of: dict[tuple[str, int], str] = field(default_factory=dict)
    """The street of a member of an associatedStreet relation, by («w», id)."""
    broken: list[Thing] = field(default_factory=list)
    """Objects whose geometry cannot be read: ways without nodes, borders that do not close."""


def read_osm(path: Path) -> OsmFile:
    """Read an extract. Raises RuntimeError or OSError of pyosmium when it is no OpenStreetMap file."""
    found = OsmFile()
    wanted: dict[int, dict[str, str]] = {}
    for each in _objects(path):
        tags = {tag.k: tag.v for tag in each.tags}
        if each.is_area():
            wanted.pop(0 if each.from_way() else each.orig_id(), None)
            _area(found, each, tags)
        elif each.is_relation():
            _relation(found, each, tags, wanted)
        elif each.is_node():
            _file(found, tags, (each.lat, each.lon), f"node {each.id}")
        else:
            _way(found, each, tags)
    for number, tags in wanted.items():
        found.broken.append(Thing(tags["name"], (0.0, 0.0), tags, f"relation {number}"))
    return found


def _objects(path: Path) -> Iterator[Any]:
    areas = KeyFilter("boundary", "place", "addr:housenumber")
    yield from osmium.FileProcessor(str(path)).with_areas(areas).with_filter(KeyFilter(*KEYS))


def _area(found: OsmFile, area: Any, tags: dict[str, str]) -> None:
    """A border or a place's outline; of a building, only what is a relation: its closed way comes as a way as well."""
    source = f"{'way' if area.from_way() else 'relation'} {area.orig_id()}"
    border = tags.get("boundary") == "administrative" and tags.get("name")
    if not border and not tags.get("place") and area.from_way():
        return
    shape = _polygon(area)
    if shape is None:
        found.broken.append(Thing(tags.get("name", ""), (0.0, 0.0), tags, source))
        return
    inside = shape.representative_point()
    point = (float(inside.y), float(inside.x))
    if border:
        found.borders.append(Thing(tags["name"], point, tags, source, shape))
    if not area.from_way() or tags.get("place"):
        _file(found, tags, point, source, shape)


def _polygon(area: Any) -> Any | None:
    try:
        shape = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))
    except RuntimeError:
        return None
    shape = shape if shape.is_valid else shape.buffer(0)
    return None if shape.is_empty else shape


def _relation(found: OsmFile, relation: Any, tags: dict[str, str], wanted: dict[int, dict[str, str]]) -> None:
    if tags.get("type") == "associatedStreet":
        street = tags.get("name", "")
        for member in relation.members:
            if street and member.role in ("house", "address", ""):
                found.street_of[member.type, member.ref] = street
    elif tags.get("boundary") == "administrative" and tags.get("name"):
        wanted[relation.id] = tags


def _way(found: OsmFile, way: Any, tags: dict[str, str]) -> None:
    nodes = [(node.lat, node.lon) for node in way.nodes if node.location.valid()]
    if not nodes:
        found.broken.append(Thing(tags.get("name", ""), (0.0, 0.0), tags, f"way {way.id}"))
        return
    if "addr:housenumber" in tags:
        corners = nodes[:-1] if len(nodes) > 1 and nodes[0] == nodes[-1] else nodes
        point = (
            sum(corner[0] for corner in corners) / len(corners),
            sum(corner[1] for corner in corners) / len(corners),
        )
        _file(found, tags, point, f"way {way.id}")
    elif tags.get("highway") and tags.get("name") and tags["highway"] not in NO_STREETS:
        found.streets.append(Thing(tags["name"], nodes[len(nodes) // 2], tags, f"way {way.id}"))


def _file(found: OsmFile, tags: dict[str, str], point: Point, source: str, shape: Any = None) -> None:
    """An object with a point among places or houses; it may be both."""
    if tags.get("place") in SETTLEMENTS | PARTS and tags.get("name"):
        found.places.append(Thing(tags["name"], point, tags, source, shape))
    if tags.get("addr:housenumber"):
        found.houses.append(Thing(tags["addr:housenumber"], point, tags, source))
