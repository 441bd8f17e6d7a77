"""Compile the geography of a region pack out of open data, and report what was not believed."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely.geometry import mapping, shape

from nlp.places.areas import Areas
from nlp.places.imports.draft import Draft
from nlp.places.imports.errors import SourceError
from nlp.places.imports.geonames import NamedPoint, read_geonames
from nlp.places.imports.points import PointCheck
from nlp.places.imports.registry import Address, read_registry
from nlp.places.imports.write import write_pack
from nlp.places.names import plain, street_name
from nlp.places.records import Settlement
from nlp.places.settlement_names import split_settlement

SIMPLIFIED = 0.0005  # degrees, about 50 m: finer borders decide nothing
# the source cuts the name of this municipality
NAME_FIXES = {"Зори": "Полярные Зори"}


@dataclass(frozen=True)
class Sources:
    """Files to compile from. `region` is the region's name in GeoNames («Омская область»)."""

    region: str
    municipalities: Path
    settlements: Path
    houses: Path | None = None
    streets: Path | None = None
    appeals: Path | None = None
    rejects: Path | None = None
    """Where to write the addresses whose points were rejected."""


@dataclass
class CompileReport:
    """What went in and what was rejected."""

    settlements: int = 0
    streets: int = 0
    houses: int = 0
    points_believed: int = 0
    points_rejected: Mapping[str, int] = field(default_factory=dict)


def compile_geography(sources: Sources, folder: Path) -> CompileReport:
    """Write settlements.csv, streets.csv, houses.csv and municipalities.geojson into the pack's folder.

    Raises SourceError when a source cannot be read; the pack is left as it was then.
    """
    try:
        return _compile(sources, folder)
    except (OSError, UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise SourceError(str(error)) from error
    except KeyError as error:
        raise SourceError(f"a source lacks the column or property {error}") from error
    except ValueError as error:
        raise SourceError(f"a source holds what is not a number or not a shape: {error}") from error


def _compile(sources: Sources, folder: Path) -> CompileReport:
    geojson = _municipalities(sources.municipalities, official_names(folder / "region.json"))
    draft = Draft(Areas.of_geojson(geojson))
    report = CompileReport()
    _add_geonames(draft, read_geonames(sources.settlements, sources.region))
    if sources.houses is not None:
        _add_houses(draft, sources, sources.houses, report)
    if sources.streets is not None:
        _add_streets(draft, sources.streets)
    if sources.appeals is not None:
        _add_appeals(draft, sources.appeals)
    _add_districts(draft, folder / "districts.csv")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "municipalities.geojson").write_text(json.dumps(geojson, ensure_ascii=False) + "\n", encoding="utf-8")
    write_pack(draft, folder)
    report.settlements = len(draft.settlements)
    every = [street for streets in draft.streets.values() for street in streets.values()]
    report.streets, report.houses = len(every), sum(len(street.houses) for street in every)
    return report


def official_names(about: Path) -> dict[str, str]:
    """The names that a pack gives its municipalities, by alias; nothing when the pack has no region.json yet."""
    if not about.exists():
        return {}
    listed = json.loads(about.read_text(encoding="utf-8")).get("municipalities", [])
    return {alias: each["name"] for each in listed for alias in each.get("aliases", [])}


def _municipalities(path: Path, names: Mapping[str, str]) -> Any:
    """The districts' polygons, simplified, with coordinates of five decimals and the name in `municipality`."""
    content = json.loads(path.read_text(encoding="utf-8"))
    features = []
    for each in content["features"]:
        name = NAME_FIXES.get(each["properties"]["district"], each["properties"]["district"])
        simple = shape(each["geometry"]).buffer(0).simplify(SIMPLIFIED)
        features.append(
            {
                "type": "Feature",
                "properties": {"municipality": names.get(name, name)},
                "geometry": _rounded(mapping(simple)),
            }
        )
    features.sort(key=lambda feature: feature["properties"]["municipality"])
    return {"type": "FeatureCollection", "features": features}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def _add_geonames(draft: Draft, points: Iterable[NamedPoint]) -> None:
    for each in points:
        municipality = draft.areas.holding(each.point)
        if municipality:
            key = (plain(each.name), municipality)
            draft.settlements[key] = Settlement(each.name, "", municipality, each.point, each.population)


def _add_houses(draft: Draft, sources: Sources, path: Path, report: CompileReport) -> None:
    capital = max(draft.settlements.values(), key=lambda place: place.population)
    placed = []
    for address in read_registry(path):
        if address.district:
            municipality = draft.municipality(address.district)
        elif address.settlement_kind in ("город", "микрорайон"):
            municipality = capital.municipality
        else:
            municipality = draft.areas.holding(address.point) or capital.municipality
        placed.append((address, municipality))
    centres = {
        (place.name, place.municipality): place.point for place in draft.settlements.values() if place.point is not None
    }
    check = PointCheck(draft.areas, centres)
    believed = check.believed(placed)
    report.points_rejected = dict(Counter(reason for _, reason in check.rejected).most_common())
    if sources.rejects is not None:
        _write_rejects(sources.rejects, check.rejected)
    report.points_believed = sum(point is not None for point in believed)
    for (address, municipality), point in zip(placed, believed, strict=True):
        inside = address.settlement_kind == "микрорайон" and municipality == capital.municipality
        key = draft.settlement(
            address.settlement, address.settlement_kind, municipality, capital.name if inside else ""
        )
        if inside:
            key = (plain(capital.name), capital.municipality)
        name = street_name(address.street, address.street_kind) if address.street else None
        if name is not None and address.house:
            houses = draft.street(key, name).houses
            houses[address.house] = houses.get(address.house) or point


def _write_rejects(path: Path, rejected: Iterable[tuple[Address, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["settlement", "street", "house", "latitude", "longitude", "reason"])
        for address, reason in rejected:
            where = [address.settlement, f"{address.street_kind} {address.street}".strip(), address.house]
            writer.writerow([*where, *address.point, reason])


def _add_streets(draft: Draft, path: Path) -> None:
    """A list of streets: columns settlement, settlement_type, district, street, street_type."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            own = draft.municipality(row["settlement"])
            municipality = own or draft.municipality(row["district"])
            _, kind = split_settlement(f"{row['settlement_type']}. {row['settlement']}")
            name = street_name(row["street"], row["street_type"])
            if municipality and name is not None:
                draft.street(draft.settlement(row["settlement"], kind, municipality), name)


def _add_appeals(draft: Draft, path: Path) -> None:
    """Names of streets and settlements in labelled appeals: columns municipality, settlement, street; no texts."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["settlement"]:
                continue
            municipality = draft.municipality(row["municipality"].split()[0])
            settlement, kind = split_settlement(row["settlement"])
            name = street_name(row["street"]) if row["street"] else None
            if municipality:
                key = draft.settlement(settlement, kind, municipality)
                if name is not None:
                    draft.street(key, name)


def _add_districts(draft: Draft, path: Path) -> None:
    """Parts of towns as people call them: columns name, kind, part_of, municipality. The file is written by hand."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            draft.settlement(row["name"], row["kind"], row["municipality"], row["part_of"])
