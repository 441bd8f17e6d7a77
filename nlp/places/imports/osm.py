"""`otklik region import-osm`: borders, settlements, streets and houses of an OpenStreetMap extract into a pack."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from models.pack import RegionPack
from nlp.places.areas import Areas
from nlp.places.imports.borders import collection, feature, municipality_names, write_borders
from nlp.places.imports.draft import Draft
from nlp.places.imports.errors import SourceError
from nlp.places.imports.houses import add_houses
from nlp.places.imports.located import Key, Located
from nlp.places.imports.osm_file import PARTS, OsmFile, Thing, read_osm
from nlp.places.imports.points import TOWN_RADIUS, distance, middle
from nlp.places.imports.registry import Address
from nlp.places.imports.rejects import Reject
from nlp.places.imports.report import ImportReport, counted
from nlp.places.imports.write import write_pack
from nlp.places.names import plain, street_name
from nlp.places.numbers import whole_number
from nlp.places.records import Point, Settlement

KINDS = {"city": "город", "town": "город", "allotments": "СНТ"}
STATUSES = {"город": "город", "село": "село", "деревня": "деревня", "посёлок": "посёлок", "аул": "аул",
            "хутор": "хутор", "рабочий посёлок": "рабочий посёлок", "станция": "станция", "разъезд": "разъезд",
            "посёлок городского типа": "посёлок городского типа"}  # fmt: skip
OUTSIDE = "outside every municipality of the region"
BROKEN = "the geometry cannot be read"
STRANGER = "a border that region.json does not name"
NOWHERE = "no settlement near"
NO_NUMBER = "no house number that can be read"
NO_STREET = "a house without a street"


def import_osm(path: Path, pack: RegionPack, rejects: Path | None = None, level: str = "6") -> ImportReport:
    """Add an extract's geography to a pack; `level` is the admin_level of municipalities.

    Raises SourceError when the file cannot be read; the pack is left as it was then.
    """
    try:
        source = read_osm(path)
    except (RuntimeError, OSError, ValueError) as error:
        raise SourceError(f"{path}: {error}") from error
    report = ImportReport()
    for thing in source.broken:
        report.rejects.add(Reject(BROKEN, street=thing.name, source=thing.source))
    borders = _borders(source, pack, level, report)
    draft = Draft.of_pack(pack)
    draft.areas = Areas.of_geojson(borders)
    if not draft.areas.names:
        raise SourceError(f"{path}: no border of admin_level {level} that the pack knows, and the pack has none")
    before = counted(draft)
    outlines = _add_places(draft, source, report)
    located = Located(draft, outlines)
    _add_streets(draft, source, located, report)
    report.points_believed = add_houses(draft, _addresses(draft, source, located, report), report.rejects)
    report.count(draft, before)
    report.rejects.write_report(rejects)
    write_borders(borders, pack.folder)
    write_pack(draft, pack.folder)
    return report


def _borders(source: OsmFile, pack: RegionPack, level: str, report: ImportReport) -> Any:
    """municipalities.geojson with the extract's borders in the place of the pack's own of the same name."""
    names = municipality_names(pack)
    features: dict[str, Any] = {}
    if pack.path("municipalities.geojson").is_file():
        for each in pack.json("municipalities.geojson")["features"]:
            features[each["properties"]["municipality"]] = each
    for border in source.borders:
        if border.tags.get("admin_level") != level:
            continue
        name = names.named(border.name)
        if name:
            features[name] = feature(name, border.shape)
            report.municipalities += 1
        else:
            report.rejects.add(Reject(STRANGER, street=border.name, point=border.point, source=border.source))
    return collection(list(features.values()))


def _add_places(draft: Draft, source: OsmFile, report: ImportReport) -> dict[Key, Any]:
    """Settlements, then parts of towns; returns the outlines of the settlements that are drawn."""
    outlines: dict[Key, Any] = {}
    for thing in sorted(source.places, key=lambda each: each.tags["place"] in PARTS):
        municipality = draft.areas.holding(thing.point)
        if not municipality:
            report.rejects.add(Reject(OUTSIDE, thing.name, point=thing.point, source=thing.source))
            continue
        key = (plain(thing.name), municipality)
        if thing.tags["place"] in PARTS:
            town = _town_around(draft, thing.point, municipality)
            if town is None:
                report.rejects.add(Reject(NOWHERE, thing.name, point=thing.point, source=thing.source))
            elif key not in draft.settlements:
                draft.settlements[key] = Settlement(thing.name, "микрорайон", municipality, thing.point, 0, town)
            continue
        known = draft.settlements.get(key)
        draft.settlements[key] = Settlement(
            known.name if known else thing.name,
            (known.kind if known else "") or _kind(thing),
            municipality,
            thing.point,
            _people(thing) or (known.population if known else 0),
            known.part_of if known else "",
        )
        if thing.shape is not None:
            outlines[key] = thing.shape
    return outlines


def _kind(thing: Thing) -> str:
    status = thing.tags.get("official_status", "").removeprefix("ru:") or thing.tags.get("name:prefix", "")
    return STATUSES.get(status.lower(), KINDS.get(thing.tags["place"], ""))


def _people(thing: Thing) -> int:
    digits = thing.tags.get("population", "").replace(" ", "")
    return int(digits) if digits.isdecimal() else 0


def _town_around(draft: Draft, point: Point, municipality: str) -> str | None:
    """The name of the town of the municipality that a part belongs to."""
    towns = [(distance(point, town.point), town.name) for town in draft.settlements.values()
             if town.kind == "город" and town.municipality == municipality and town.point]  # fmt: skip
    nearest = min(towns, default=(TOWN_RADIUS + 1, ""))
    return nearest[1] if nearest[0] <= TOWN_RADIUS else None


def _add_streets(draft: Draft, source: OsmFile, located: Located, report: ImportReport) -> None:
    points: dict[tuple[Key, str, tuple[str, ...]], list[Point]] = defaultdict(list)
    for thing in source.streets:
        municipality = draft.areas.holding(thing.point)
        key = located.settlement(thing.point, municipality) if municipality else None
        name = street_name(thing.name)
        if key is None or name is None:
            reason = NOWHERE if municipality else OUTSIDE
            report.rejects.add(Reject(reason, street=thing.name, point=thing.point, source=thing.source))
            continue
        draft.street(key, name)
        points[key, name.kind, name.key].append(thing.point)
    for (key, kind, words), drawn in points.items():
        draft.streets[key][kind, words].point = middle(drawn)


def _addresses(draft: Draft, source: OsmFile, located: Located, report: ImportReport) -> list[tuple[Address, str]]:
    """Houses as addresses with the municipality that their settlement lies in."""
    shared = Counter(thing.point for thing in source.houses)
    named: dict[str, list[Key]] = defaultdict(list)
    for settlement in draft.settlements:
        named[settlement[0]].append(settlement)
    found = []
    for thing in source.houses:
        street = thing.tags.get("addr:street") or source.street_of.get(_member(thing.source), "")
        street = street or thing.tags.get("addr:place", "")
        number = whole_number(thing.name)
        municipality = draft.areas.holding(thing.point)
        own = named.get(plain(thing.tags.get("addr:city", "")), [])
        key: Key | None = next((each for each in own if each[1] == municipality), own[0] if len(own) == 1 else None)
        key = key or (located.settlement(thing.point, municipality) if municipality else None)
        reason = (
            NO_NUMBER if not number else NO_STREET if street_name(street) is None or plain(street) in named
            else "" if key else NOWHERE if municipality else OUTSIDE
        )  # fmt: skip
        if reason or key is None:
            city = thing.tags.get("addr:city", "")
            report.rejects.add(Reject(reason, city, street, thing.name, thing.point, thing.source))
            continue
        town = draft.settlements[key]
        address = Address("", town.name, town.kind, street, "", number, thing.point, shared[thing.point], thing.source)
        found.append((address, town.municipality))
    return found


def _member(source: str) -> tuple[str, int]:
    kind, number = source.split()
    return kind[0], int(number)
