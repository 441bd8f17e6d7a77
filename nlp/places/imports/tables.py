"""`otklik region import-houses` and `import-districts`: a table of houses, a map of districts, into a pack."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from shapely.geometry import Point as MapPoint
from shapely.geometry import shape

from models.pack import RegionPack
from nlp.places.areas import Areas
from nlp.places.imports.borders import NAME_FIXES, collection, feature, municipality_names, write_borders
from nlp.places.imports.draft import Draft
from nlp.places.imports.errors import SourceError
from nlp.places.imports.houses import add_houses, placed
from nlp.places.imports.registry import Address, read_registry
from nlp.places.imports.rejects import Reject
from nlp.places.imports.report import ImportReport, counted
from nlp.places.imports.write import write_pack
from nlp.places.names import plain
from nlp.places.numbers import whole_number
from nlp.places.records import Point
from nlp.places.settlement_names import split_settlement

COLUMNS = ("settlement", "street", "house")
NO_NUMBER = "no house number that can be read"
UNKNOWN = "a settlement or municipality that the pack does not have"
STRANGER = "a border that region.json does not name"
MOVED = "outside the new border of its municipality"
EVERYWHERE = (0.0, 0.0)


def import_houses(path: Path, pack: RegionPack, rejects: Path | None = None) -> ImportReport:
    """Add a CSV of houses to a pack: either `address, lat, lon` (a registry's line) or `settlement, street, house`.

    The latter may have municipality, latitude (lat) and longitude (lon). Raises SourceError when the file cannot be
    read; the pack is left as it was then.
    """
    report, draft = ImportReport(), Draft.of_pack(pack)
    if not draft.settlements:
        raise SourceError(f"{pack.folder}: the pack has no settlements yet: make them with compile-geo or import-osm")
    before = counted(draft)
    addresses = _guarded(path, lambda: _read_houses(path, draft, report))
    pointless = [(address, where) for address, where in addresses if address.point == EVERYWHERE]
    pointed = [(address, where) for address, where in addresses if address.point != EVERYWHERE]
    report.points_believed = add_houses(draft, pointed, report.rejects)
    add_houses(draft, pointless, ImportReport().rejects)
    report.count(draft, before)
    report.rejects.write_report(rejects)
    write_pack(draft, pack.folder)
    return report


def _guarded(path: Path, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except KeyError as error:
        raise SourceError(f"{path}: no column or property {error}") from error
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise SourceError(f"{path}: {error}") from error


def _read_houses(path: Path, draft: Draft, report: ImportReport) -> list[tuple[Address, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = csv.DictReader(file).fieldnames or ()
    if "address" in header:
        return placed(draft, read_registry(path))
    if missing := [column for column in COLUMNS if column not in header]:
        raise SourceError(f"{path}: no column {', '.join(missing)} (nor address, lat, lon)")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(line, row, _point(row)) for line, row in enumerate(csv.DictReader(file), start=2)]
    shared = Counter(point for _, _, point in rows)
    found = []
    for line, row, point in rows:
        source, number = f"line {line}", whole_number(row["house"] or "")
        where = _settlement(draft, row, point)
        if where is None or not number:
            reason = UNKNOWN if where is None else NO_NUMBER
            spot = None if point == EVERYWHERE else point
            report.rejects.add(Reject(reason, row["settlement"], row["street"], row["house"], spot, source))
            continue
        town = draft.settlements[where]
        address = Address("", town.name, town.kind, row["street"] or "", "", number, point, shared[point], source)
        found.append((address, town.municipality))
    return found


def _point(row: dict[str, str]) -> Point:
    latitude, longitude = row.get("latitude") or row.get("lat"), row.get("longitude") or row.get("lon")
    return (float(latitude), float(longitude)) if latitude and longitude else EVERYWHERE


def _settlement(draft: Draft, row: dict[str, str], point: Point) -> tuple[str, str] | None:
    """The settlement named, in the municipality named; else in the one that holds the point; else the only one."""
    name = plain(split_settlement(row["settlement"] or "")[0])
    namesakes = [key for key in draft.settlements if key[0] == name]
    if row.get("municipality"):
        municipality = draft.municipality(row["municipality"].split()[0])
        return (name, municipality) if (name, municipality) in draft.settlements else None
    inside = [key for key in namesakes if key[1] == draft.areas.holding(point)]
    return next(iter(inside or (namesakes if len(namesakes) == 1 else [])), None)


def import_districts(path: Path, pack: RegionPack, rejects: Path | None = None) -> ImportReport:
    """Put a GeoJSON's polygons (named in `municipality`, `district` or `name`) in the place of a pack's borders.

    Points of the pack that lie outside their municipality's new border are dropped. Raises SourceError when the file
    cannot be read; the pack is left as it was then.
    """
    report, draft = ImportReport(), Draft.of_pack(pack)
    borders = _guarded(path, lambda: _read_borders(path, pack, report))
    draft.areas = Areas.of_geojson(borders)
    for key, town in draft.settlements.items():
        if not _inside(draft.areas, key[1], town.point):
            report.rejects.add(Reject(MOVED, town.name, point=town.point))
            draft.settlements[key] = replace(town, point=None)
    for key, streets in draft.streets.items():
        for street in streets.values():
            for number, point in street.houses.items():
                if not _inside(draft.areas, key[1], point):
                    town = draft.settlements[key]
                    report.rejects.add(Reject(MOVED, town.name, street.name.official, number, point))
                    street.houses[number] = None
            street.point = street.point if _inside(draft.areas, key[1], street.point) else None
    report.rejects.write_report(rejects)
    write_borders(borders, pack.folder)
    if draft.settlements:
        write_pack(draft, pack.folder)
    return report


def _read_borders(path: Path, pack: RegionPack, report: ImportReport) -> Any:
    names = municipality_names(pack)
    features = {}
    if pack.path("municipalities.geojson").is_file():
        features = {
            each["properties"]["municipality"]: each for each in pack.json("municipalities.geojson")["features"]
        }
    for each in json.loads(path.read_text(encoding="utf-8"))["features"]:
        said = each["properties"]
        raw = str(said.get("municipality") or said.get("district") or said["name"])
        name = names.named(NAME_FIXES.get(raw, raw))
        if name:
            features[name] = feature(name, shape(each["geometry"]))
            report.municipalities += 1
        else:
            report.rejects.add(Reject(STRANGER, street=raw))
    return collection(list(features.values()))


def _inside(areas: Areas, municipality: str, point: Point | None) -> bool:
    """Whether the point lies in its municipality; true where either is not known."""
    area = areas.area(municipality)
    return point is None or area is None or bool(area.contains(MapPoint(point[1], point[0])))
