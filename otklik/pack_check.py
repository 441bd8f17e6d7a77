"""`otklik region check`: every file of a region pack, read and compared with the others; one line for each finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shapely import prepare
from shapely.geometry import Point, shape

import resolution.check
import resolution.replies.check
import routing.check
import routing.incidents.check
import sla.check
import sla.escalation_check
from api.terms import terms_of
from indicators.ratings.policy import RatingPolicy
from models.finding import Finding
from models.pack import PackError, RegionPack
from otklik.sample_check import sample_findings
from routing.actions import Rerouting
from routing.competence import aliases_of

CODE = re.compile(r"\d\d\.\d\d\d")
NEEDED = ("id", "name", "time_zone", "number_prefix", "assign_threshold", "municipalities")
GEOGRAPHY = {"settlements.csv": "settlement", "streets.csv": "street", "houses.csv": "street"}
SLACK = 0.001  # degrees, about 100 m
LEAST_FLOOR = 3
"""Of a cell with two people each knows the other one; the public's map shows none."""
MOST_OF_ONE_FILE = 50
"""One mistake can make thousands of lines wrong: after so many the file's rest is not told."""

Check = Callable[[RegionPack], Iterable[Finding]]


def check_pack(pack: RegionPack, today: date) -> list[Finding]:
    """Everything wrong in a pack, by file and line. Empty: the pack is good to run."""
    parts: Mapping[str, Check] = {
        "region.json": _about,
        "topics.csv": _topics,
        "bodies.csv, competence.csv": routing.check.findings,
        "calendar.csv, policy.json": lambda pack: sla.check.findings(pack, today),
        "escalation.json": sla.escalation_check.findings,
        "rerouting.json, instructions.json": _hands,
        "incidents.json": routing.incidents.check.findings,
        "resolution.json": resolution.check.findings,
        "replies, signatures.json": resolution.replies.check.findings,
        "ratings.json": _ratings,
        "settlements.csv, streets.csv, houses.csv": _geography,
        "municipalities.geojson": _areas,
        "population.csv": _population,
        "samples.jsonl": sample_findings,
        "model, SOURCES.md": _beside,
    }
    found: list[Finding] = []
    for files, part in parts.items():
        found.extend(islice(_safely(files, part, pack), MOST_OF_ONE_FILE))
    return found


def _ratings(pack: RegionPack) -> Iterator[Finding]:
    """A pack may do without; the house's stands in for it. Raises PackError where it is broken."""
    RatingPolicy.of_pack(pack)
    return iter(())


def _hands(pack: RegionPack) -> Iterator[Finding]:
    """A pack may do without both files; the house's stand in for them. Raises PackError where one is broken."""
    Rerouting.of_pack(pack)
    for term in terms_of(pack).values():
        if not term.term.source:
            yield Finding("instructions.json", 0, f"term {term.code!r} names no source")


def _safely(files: str, part: Check, pack: RegionPack) -> Iterator[Finding]:
    """The findings of one part; what it cannot read at all is a finding too."""
    try:
        yield from part(pack)
    except KeyError as error:
        yield Finding(files, 0, f"no column or key {error}")
    except (PackError, ValueError, TypeError, AttributeError) as error:
        yield Finding(files, 0, str(error))


def _about(pack: RegionPack) -> Iterator[Finding]:
    about = pack.about
    for key in NEEDED:
        if not about.get(key):
            yield Finding("region.json", 0, f"no {key}")
    if about.get("id") != pack.folder.name:
        yield Finding("region.json", 0, f"id {about.get('id')!r} is not the folder's name {pack.folder.name!r}")
    try:
        ZoneInfo(str(about.get("time_zone")))
    except (ZoneInfoNotFoundError, ValueError):
        yield Finding("region.json", 0, f"no time zone {about.get('time_zone')!r}")
    if not 0.5 < float(about.get("assign_threshold", 0)) <= 1:
        yield Finding("region.json", 0, "assign_threshold is not between 0.5 and 1")
    floor = about.get("heat_floor", LEAST_FLOOR)
    if not isinstance(floor, int) or floor < LEAST_FLOOR:
        yield Finding("region.json", 0, f"heat_floor {floor!r} hides nobody: {LEAST_FLOOR} or more")
    if not all(line.phone.strip() for line in pack.emergency_lines):
        yield Finding("region.json", 0, "emergency: a line without a telephone")
    yield from _names(about)


def _names(about: Mapping[str, Any]) -> Iterator[Finding]:
    """Names of municipalities: each means one, and every name used elsewhere is known."""
    taken: dict[str, str] = {}
    for municipality in about.get("municipalities", ()):
        for name in (municipality["name"], *municipality.get("aliases", ())):
            if taken.setdefault(name, municipality["name"]) != municipality["name"]:
                yield Finding("region.json", 0, f"{name!r} means {taken[name]!r} and {municipality['name']!r}")
    for community, municipality in about.get("communities", {}).items():
        if municipality and municipality not in taken:
            yield Finding("region.json", 0, f"community {community!r}: no municipality {municipality!r}")
    prior = about.get("municipality_prior", {})
    for name in prior:
        if name not in taken:
            yield Finding("region.json", 0, f"municipality_prior: no municipality {name!r}")
    if sum(prior.values()) > 1:
        yield Finding("region.json", 0, "municipality_prior sums to more than 1")


def _topics(pack: RegionPack) -> Iterator[Finding]:
    codes: set[str] = set()
    names: set[str] = set()
    groups: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for line, topic in enumerate(pack.topics, start=2):
        number = topic.code.partition(".")[0]
        if not CODE.fullmatch(topic.code):
            yield Finding("topics.csv", line, f"code {topic.code!r} is not like 05.020")
        if topic.code in codes or topic.name in names:
            yield Finding("topics.csv", line, f"{topic.code} «{topic.name}» stands there twice")
        if groups.setdefault(number, topic.group) != topic.group or numbers.setdefault(topic.group, number) != number:
            yield Finding("topics.csv", line, f"group {number} is {groups[number]!r}, not {topic.group!r}")
        codes.add(topic.code)
        names.add(topic.name)


def _geography(pack: RegionPack) -> Iterator[Finding]:
    municipalities = set(aliases_of(pack.about.get("municipalities", ())).values())
    for file, column in GEOGRAPHY.items():
        for line, row in enumerate(pack.rows(file), start=2):
            if row["municipality"] not in municipalities:
                yield Finding(file, line, f"region.json has no municipality {row['municipality']!r}")
            if not row[column]:
                yield Finding(file, line, f"no {column}")
    yield from _points(pack)


def _points(pack: RegionPack) -> Iterator[Finding]:
    """Points that lie outside the municipality of their row; borders are simplified to about 50 m, hence the slack."""
    features = pack.json("municipalities.geojson")["features"]
    areas = {each["properties"]["municipality"]: shape(each["geometry"]).buffer(SLACK) for each in features}
    for area in areas.values():
        prepare(area)
    for file in ("settlements.csv", "streets.csv"):
        for line, row in enumerate(pack.rows(file), start=2):
            area = areas.get(row["municipality"])
            if row["latitude"] and area is not None:
                spot = Point(float(row["longitude"]), float(row["latitude"]))
                if not area.contains(spot):
                    yield Finding(file, line, f"the point lies outside {row['municipality']!r}")


def _areas(pack: RegionPack) -> Iterator[Finding]:
    municipalities = set(aliases_of(pack.about.get("municipalities", ())).values())
    drawn = {feature["properties"]["municipality"] for feature in pack.json("municipalities.geojson")["features"]}
    for name in sorted(municipalities - drawn):
        yield Finding("municipalities.geojson", 0, f"no area of {name!r}")
    for name in sorted(drawn - municipalities):
        yield Finding("municipalities.geojson", 0, f"region.json has no municipality {name!r}")


def _population(pack: RegionPack) -> Iterator[Finding]:
    """A pack may do without: the map then shows absolute numbers."""
    municipalities = set(aliases_of(pack.about.get("municipalities", ())).values())
    for line, row in enumerate(pack.optional_rows("population.csv"), 2):
        if row["municipality"] not in municipalities:
            yield Finding("population.csv", line, f"region.json has no municipality {row['municipality']!r}")
        if not row["inhabitants"].isdigit() or not int(row["inhabitants"]):
            yield Finding("population.csv", line, f"inhabitants {row['inhabitants']!r}: a number above 0 is needed")
        if not row["source"]:
            yield Finding("population.csv", line, "no source: say where the number comes from")


def _beside(pack: RegionPack) -> Iterator[Finding]:
    if not pack.model_folder.is_dir():
        yield Finding("model", 0, "no trained model: make one with `otklik train`, or name another pack's by `model`")
    if not pack.path("SOURCES.md").is_file():
        yield Finding("SOURCES.md", 0, "missing: say where the data come from and under what licence")
