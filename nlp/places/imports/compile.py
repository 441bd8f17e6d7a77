"""Compile the geography of a region pack out of open data, and report what was not believed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nlp.places.areas import Areas
from nlp.places.imports.borders import district_borders, official_names, write_borders
from nlp.places.imports.draft import Draft
from nlp.places.imports.errors import SourceError
from nlp.places.imports.geonames import NamedPoint, read_geonames
from nlp.places.imports.houses import add_houses, placed
from nlp.places.imports.registry import read_registry
from nlp.places.imports.rejects import Rejects
from nlp.places.imports.write import write_pack
from nlp.places.names import plain, street_name
from nlp.places.records import Settlement
from nlp.places.settlement_names import split_settlement


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
    geojson = district_borders(sources.municipalities, official_names(folder / "region.json"))
    rejects = Rejects()
    draft = Draft(Areas.of_geojson(geojson))
    report = CompileReport()
    _add_geonames(draft, read_geonames(sources.settlements, sources.region))
    if sources.houses is not None:
        report.points_believed = _add_registry(draft, sources.houses, rejects)
        report.points_rejected = rejects.counts()
    if sources.streets is not None:
        _add_streets(draft, sources.streets)
    if sources.appeals is not None:
        _add_appeals(draft, sources.appeals)
    _add_districts(draft, folder / "districts.csv")
    if sources.rejects is not None:
        rejects.write(sources.rejects)
    folder.mkdir(parents=True, exist_ok=True)
    write_borders(geojson, folder)
    write_pack(draft, folder)
    report.settlements = len(draft.settlements)
    every = [street for streets in draft.streets.values() for street in streets.values()]
    report.streets, report.houses = len(every), sum(len(street.houses) for street in every)
    return report


def _add_geonames(draft: Draft, points: Iterable[NamedPoint]) -> None:
    for each in points:
        municipality = draft.areas.holding(each.point)
        if municipality:
            key = (plain(each.name), municipality)
            draft.settlements[key] = Settlement(each.name, "", municipality, each.point, each.population)


def _add_registry(draft: Draft, path: Path, rejects: Rejects) -> int:
    """The registry of houses; returns how many of its points were believed."""
    return add_houses(draft, placed(draft, read_registry(path)), rejects)


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
