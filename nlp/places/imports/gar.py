"""The state address register (ГАР): settlements, streets and houses of one region's folder of XML files.

Only records with ISACTUAL=1 and ISACTIVE=1 count; who lies in whom is read from AS_MUN_HIERARCHY alone, whose PATH
lists the object's parents from the region down. The register has no points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from models.pack import RegionPack
from nlp.places.imports.draft import Draft
from nlp.places.imports.errors import SourceError
from nlp.places.imports.registry import house_number
from nlp.places.imports.rejects import Reject, Rejects
from nlp.places.imports.write import write_pack
from nlp.places.names import plain, street_name
from nlp.places.settlement_names import KINDS

DISTRICT_LEVELS = frozenset({"2", "3"})  # administrative and municipal district, urban okrug
SETTLEMENT_LEVELS = frozenset({"5", "6"})
STREET_LEVELS = frozenset({"7", "8"})  # planning element (a microdistrict), street
NO_PARENT = "no place in AS_MUN_HIERARCHY"
OUTSIDE = "a district that the pack does not have"
BLOCK, BUILDING = "1", "2"  # ADDTYPE: «корпус», «строение»


@dataclass(frozen=True, slots=True)
class _Object:
    name: str
    kind: str
    level: str


NAMELESS = _Object("", "", "")


@dataclass
class GarReport:
    """What the register added to the pack, and what was left out."""

    settlements: int = 0
    streets: int = 0
    houses: int = 0
    without_parent: int = 0
    """Actual records whose place in the hierarchy is not known."""
    outside: int = 0
    """Records of districts that the pack does not have."""
    rejects: Rejects = field(default_factory=Rejects)
    """Both kinds one by one."""


def import_gar(folder: Path, pack: RegionPack, rejects: Path | None = None) -> GarReport:
    """Add a region's folder of the register to a pack's settlements.csv, streets.csv and houses.csv.

    Raises SourceError when a file is missing or broken; the pack is left as it was then.
    """
    draft = Draft.of_pack(pack)
    try:
        report = _read(folder, draft)
    except KeyError as error:
        raise SourceError(f"{folder}: a record of the register lacks {error}") from error
    report.rejects.write_report(rejects)
    write_pack(draft, pack.folder)
    return report


def _read(folder: Path, draft: Draft) -> GarReport:
    objects = {
        each["OBJECTID"]: _Object(each["NAME"], each["TYPENAME"], each["LEVEL"])
        for each in _actual(folder, "AS_ADDR_OBJ", "OBJECT")
    }
    houses = {each["OBJECTID"]: _number(each) for each in _actual(folder, "AS_HOUSES", "HOUSE")}
    report, seen = GarReport(), set[str]()
    for each in _records(folder, "AS_MUN_HIERARCHY", "ITEM"):
        number = each["OBJECTID"]
        if each.get("ISACTIVE") != "1" or (number not in objects and number not in houses):
            continue
        seen.add(number)
        _add(draft, report, [part for part in each["PATH"].split(".") if part], objects, houses.get(number))
    for number in sorted((objects.keys() | houses.keys()) - seen):
        report.without_parent += 1
        named = objects.get(number, NAMELESS)
        street, house = f"{named.kind} {named.name}".strip(), houses.get(number, "")
        report.rejects.add(Reject(NO_PARENT, street=street, house=house, source=f"object {number}"))
    return report


def _add(draft: Draft, report: GarReport, path: list[str], objects: dict[str, _Object], house: str | None) -> None:
    chain = [objects[part] for part in path if part in objects]
    district = next((each for each in chain if each.level in DISTRICT_LEVELS), None)
    settlement = next((each for each in reversed(chain) if each.level in SETTLEMENT_LEVELS), None)
    if settlement is None:
        return
    municipality = draft.municipality((district or settlement).name.split()[0])
    if not municipality:
        report.outside += 1
        last = chain[-1].name if chain[-1] is not settlement else ""
        report.rejects.add(Reject(OUTSIDE, settlement.name, last, house or "", source=f"object {path[-1]}"))
        return
    before = len(draft.settlements)
    kind = KINDS.get(plain(settlement.kind).rstrip("."), "")
    key = draft.settlement(settlement.name, kind, municipality)
    report.settlements += len(draft.settlements) - before
    street = next((each for each in reversed(chain) if each.level in STREET_LEVELS), None)
    name = street_name(street.name, street.kind) if street is not None else None
    if name is None:
        return
    report.streets += (name.kind, name.key) not in draft.streets[key]
    drafted = draft.street(key, name)
    if house and house not in drafted.houses:
        drafted.houses[house] = None
        report.houses += 1


def _number(house: dict[str, str]) -> str:
    """«19», ADDNUM1 «2» of ADDTYPE1 «1» as «19к2»."""
    number = house_number(house.get("HOUSENUM", ""), [])
    addition, kind = house.get("ADDNUM1", ""), house.get("ADDTYPE1", "")
    if number and addition and kind == BUILDING and addition.isdecimal():
        return f"{number}с{addition}"
    return house_number(house.get("HOUSENUM", ""), [addition]) if addition and kind == BLOCK else number


def _actual(folder: Path, table: str, tag: str) -> Iterator[dict[str, str]]:
    return (each for each in _records(folder, table, tag) if each.get("ISACTUAL") == "1" == each.get("ISACTIVE"))


def _records(folder: Path, table: str, tag: str) -> Iterator[dict[str, str]]:
    """The records of every file of a table («AS_HOUSES_20231030_….XML»), one at a time: whole files are gigabytes."""
    paths = sorted(path for path in folder.glob(f"{table}_*") if path.name[len(table) + 1].isdigit())
    if not paths:
        raise SourceError(f"{folder}: no file {table}_<date>_….XML of the register")
    for path in paths:
        try:
            yield from _elements(path, tag)
        except (OSError, ParseError, DefusedXmlException, KeyError) as error:
            raise SourceError(f"{path}: {error}") from error


def _elements(path: Path, tag: str) -> Iterator[dict[str, str]]:
    with path.open("rb") as file:
        root: Any = None
        for event, element in iterparse(file, events=("start", "end")):
            root = element if root is None else root
            if event == "end" and element.tag == tag:
                yield dict(element.attrib)
                root.clear()
