"""Compile the geography of a region pack out of open data, and report what was not believed."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely.geometry import mapping, shape

from nlp.places.areas import Areas
from nlp.places.imports.geonames import NamedPoint, read_geonames
from nlp.places.imports.points import PointCheck, middle
from nlp.places.imports.registry import read_registry
from nlp.places.names import StreetName, plain, street_name
from nlp.places.records import Point, Settlement, write_house
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


@dataclass
class CompileReport:
    """What went in and what was rejected."""

    settlements: int = 0
    streets: int = 0
    houses: int = 0
    points_believed: int = 0
    points_rejected: Mapping[str, int] = field(default_factory=dict)


@dataclass
class _Street:
    name: StreetName
    houses: dict[str, Point | None] = field(default_factory=dict)


@dataclass
class _Draft:
    """The geography while it grows; a settlement is known by (plain name, municipality)."""

    areas: Areas
    settlements: dict[tuple[str, str], Settlement] = field(default_factory=dict)
    streets: dict[tuple[str, str], dict[tuple[str, tuple[str, ...]], _Street]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def settlement(self, name: str, kind: str, municipality: str, part_of: str = "") -> tuple[str, str]:
        key = (plain(name), municipality)
        known = self.settlements.get(key)
        if known is None:
            self.settlements[key] = Settlement(name, kind, municipality, part_of=part_of)
        elif (kind and not known.kind) or part_of:
            self.settlements[key] = Settlement(
                known.name, known.kind or kind, municipality, known.point, known.population, known.part_of or part_of
            )
        return key

    def street(self, settlement: tuple[str, str], name: StreetName) -> _Street:
        return self.streets[settlement].setdefault((name.kind, name.key), _Street(name))

    def municipality(self, first_word: str) -> str:
        """The municipality whose name begins with the word; empty when none does."""
        word = plain(first_word)
        return next((name for name in self.areas.names if plain(name).split()[0] == word), "")


def compile_geography(sources: Sources, folder: Path) -> CompileReport:
    """Write settlements.csv, streets.csv, houses.csv and municipalities.geojson into the pack's folder."""
    geojson = _municipalities(sources.municipalities, official_names(folder / "region.json"))
    draft = _Draft(Areas.of_geojson(geojson))
    report = CompileReport()
    _add_geonames(draft, read_geonames(sources.settlements, sources.region))
    if sources.houses is not None:
        _add_houses(draft, sources.houses, report)
    if sources.streets is not None:
        _add_streets(draft, sources.streets)
    if sources.appeals is not None:
        _add_appeals(draft, sources.appeals)
    _add_districts(draft, folder / "districts.csv")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "municipalities.geojson").write_text(json.dumps(geojson, ensure_ascii=False) + "\n", encoding="utf-8")
    _write(draft, folder, report)
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


def _add_geonames(draft: _Draft, points: Iterable[NamedPoint]) -> None:
    for each in points:
        municipality = draft.areas.holding(each.point)
        if municipality:
            key = (plain(each.name), municipality)
            draft.settlements[key] = Settlement(each.name, "", municipality, each.point, each.population)


def _add_houses(draft: _Draft, path: Path, report: CompileReport) -> None:
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
    report.points_rejected = dict(check.rejected.most_common())
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


def _add_streets(draft: _Draft, path: Path) -> None:
    """A list of streets: columns settlement, settlement_type, district, street, street_type."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            own = draft.municipality(row["settlement"])
            municipality = own or draft.municipality(row["district"])
            _, kind = split_settlement(f"{row['settlement_type']}. {row['settlement']}")
            name = street_name(row["street"], row["street_type"])
            if municipality and name is not None:
                draft.street(draft.settlement(row["settlement"], kind, municipality), name)


def _add_appeals(draft: _Draft, path: Path) -> None:
    """Street and settlement names out of labelled appeals: columns municipality, settlement, street. No texts, no houses."""
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


def _add_districts(draft: _Draft, path: Path) -> None:
    """Parts of towns as people call them: columns name, kind, part_of, municipality. The file is written by hand."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            draft.settlement(row["name"], row["kind"], row["municipality"], row["part_of"])


def _write(draft: _Draft, folder: Path, report: CompileReport) -> None:
    order = sorted(draft.settlements, key=lambda key: (-draft.settlements[key].population, key))
    streets = {key: sorted(draft.streets[key].values(), key=lambda street: street.name.official) for key in order}
    with (folder / "settlements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["settlement", "kind", "municipality", "latitude", "longitude", "population", "part_of"])
        for key in order:
            place = draft.settlements[key]
            point = place.point or _middle_of(street for street in streets[key])
            writer.writerow(
                [place.name, place.kind, place.municipality, *_columns(point), place.population or "", place.part_of]
            )
    with (
        (folder / "streets.csv").open("w", encoding="utf-8", newline="") as street_file,
        (folder / "houses.csv").open("w", encoding="utf-8", newline="") as house_file,
    ):
        street_rows, house_rows = (
            csv.writer(street_file, lineterminator="\n"),
            csv.writer(house_file, lineterminator="\n"),
        )
        street_rows.writerow(["settlement", "municipality", "street", "kind", "latitude", "longitude", "houses"])
        house_rows.writerow(["settlement", "municipality", "street", "houses"])
        for key in order:
            place = draft.settlements[key]
            for street in streets[key]:
                where = [place.name, place.municipality, street.name.official]
                street_rows.writerow(
                    [*where, street.name.kind, *_columns(_middle_of([street])), len(street.houses) or ""]
                )
                if street.houses:
                    items = sorted(street.houses.items(), key=lambda item: _house_order(item[0]))
                    house_rows.writerow([*where, ";".join(write_house(*item) for item in items)])
    report.settlements = len(order)
    report.streets = sum(len(each) for each in streets.values())
    report.houses = sum(len(street.houses) for each in streets.values() for street in each)


def _middle_of(streets: Iterable[_Street]) -> Point | None:
    points = [point for street in streets for point in street.houses.values() if point is not None]
    return middle(points) if points else None


def _columns(point: Point | None) -> list[str]:
    return ["", ""] if point is None else [f"{point[0]:.5f}", f"{point[1]:.5f}"]


def _house_order(number: str) -> tuple[int, str]:
    rest = number.lstrip("0123456789")
    return int(number[: len(number) - len(rest)] or 0), rest
