"""Borders of municipalities: read, named as the pack names them, simplified, written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry import mapping, shape

from models.pack import RegionPack
from nlp.places.names import plain

SIMPLIFIED = 0.0005  # degrees, about 50 m: finer borders decide nothing
# the source cuts the name of this municipality
NAME_FIXES = {"Зори": "Полярные Зори"}
# words of a municipality's name that say only what kind of municipality it is
KIND_WORDS = frozenset(
    "район районы округ муниципальный городской город г о г.о. мо муниципальное образование зато сельский".split()
)


def official_names(about: Path) -> dict[str, str]:
    """The names that a pack gives its municipalities, by alias; nothing when the pack has no region.json yet."""
    if not about.exists():
        return {}
    listed = json.loads(about.read_text(encoding="utf-8")).get("municipalities", [])
    return {alias: each["name"] for each in listed for alias in each.get("aliases", [])}


def district_borders(path: Path, names: Mapping[str, str]) -> Any:
    """The districts' polygons, simplified, with coordinates of five decimals and the name in `municipality`."""
    content = json.loads(path.read_text(encoding="utf-8"))
    features = []
    for each in content["features"]:
        name = str(each["properties"].get("municipality") or each["properties"]["district"])
        name = NAME_FIXES.get(name, name)
        features.append(feature(names.get(name, name), shape(each["geometry"])))
    return collection(features)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def feature(name: str, area: Any) -> dict[str, Any]:
    """A municipality as a feature of municipalities.geojson: simplified, with coordinates of five decimals."""
    simple = area.buffer(0).simplify(SIMPLIFIED)
    return {"type": "Feature", "properties": {"municipality": name}, "geometry": _rounded(mapping(simple))}


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of municipalities.geojson."""
    return {
        "type": "FeatureCollection",
        "features": sorted(features, key=lambda each: str(each["properties"]["municipality"])),
    }


@dataclass(frozen=True)
class MunicipalityNames:
    """The names by which a pack knows its municipalities; a pack that lists none knows every name."""

    exact: Mapping[str, str]
    by_words: Mapping[frozenset[str], str]

    def named(self, name: str) -> str:
        """The pack's own name for what a source calls so; empty when the pack has no such municipality."""
        if not self.exact:
            return name
        return self.exact.get(name) or self.by_words.get(own_words(name), "")


def municipality_names(pack: RegionPack) -> MunicipalityNames:
    """The names of region.json: official ones, aliases, and either without the words of their kind."""
    listed = {each["name"]: [each["name"], *each.get("aliases", ())] for each in pack.about.get("municipalities", ())}
    exact = {alias: name for name, aliases in listed.items() for alias in aliases}
    return MunicipalityNames(exact, {own_words(alias): name for alias, name in exact.items()})


def own_words(name: str) -> frozenset[str]:
    """The words of a municipality's name without its kind: «городской округ Омск», «Омск г.о.» are both «омск»."""
    words = plain(name).replace("г.о.", " ").replace('"', " ").replace("«", " ").replace("»", " ").split()
    return frozenset(words) - KIND_WORDS


def write_borders(content: Any, folder: Path) -> None:
    """Write municipalities.geojson."""
    (folder / "municipalities.geojson").write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
