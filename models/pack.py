"""A region pack: everything that makes Otklik a certain region's, as plain data files in one folder.

The folder's files, all UTF-8: `region.json` (id, name, time zone, registration number prefix, communities, thresholds,
emergency lines),
`topics.csv` (code, group, name), `bodies.csv`, `competence.csv` (where wanted also `units.csv`, `persons.csv`,
`absences.csv`, `properties.csv`), `settlements.csv`, `streets.csv`, `houses.csv`,
`municipalities.geojson`, `calendar.csv`, `policy.json`, `samples.jsonl`, `model/` (weights and card), `SOURCES.md`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.topics import Topic

REGIONS = Path(__file__).resolve().parent.parent / "regions"


@dataclass(frozen=True, slots=True)
class EmergencyLine:
    """A telephone for danger to life or property; `name` says whose it is, empty where everybody knows."""

    phone: str
    name: str = ""


COUNTRY_LINE = EmergencyLine("112")
"""The one number of all emergency services of the country: 488-ФЗ of 30.12.2020, art. 2, from any telephone, free."""


class PackError(Exception):
    """A region pack is missing or broken; the message says which file and what is wrong with it."""


@dataclass(frozen=True)
class RegionPack:
    """One region's pack. Files are read when first asked for."""

    folder: Path

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """region.json."""
        return dict(self.json("region.json"))

    @property
    def id(self) -> str:
        return str(self.about["id"])

    @property
    def name(self) -> str:
        return str(self.about["name"])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(str(self.about["time_zone"]))

    @cached_property
    def emergency_lines(self) -> tuple[EmergencyLine, ...]:
        """Whom to call in danger: the country's number, then the region's own lines, `emergency` of region.json."""
        own = (EmergencyLine(str(row["phone"]), str(row["name"])) for row in self.about.get("emergency", ()))
        return (COUNTRY_LINE, *own)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics: the pack's own, or those of the pack named by `topics_of` in region.json."""
        pack = RegionPack(self.folder.parent / str(self.about.get("topics_of", self.folder.name)))
        return tuple(Topic(row["code"], row["name"], row["group"]) for row in pack.rows("topics.csv"))

    @cached_property
    def topic_by_code(self) -> Mapping[str, Topic]:
        return {topic.code: topic for topic in self.topics}

    @property
    def model_folder(self) -> Path:
        """The folder of the trained models: the pack's own, or that of the pack named by `model` in region.json."""
        return self.folder.parent / str(self.about.get("model", self.folder.name)) / "model"

    def path(self, name: str) -> Path:
        return self.folder / name

    def json(self, name: str) -> Any:
        """The parsed content of a JSON file of the pack."""
        try:
            return json.loads(self.path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise PackError(f"region pack {self.folder.name}: {name}: {error}") from error

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of a CSV file of the pack, by column name."""
        try:
            with self.path(name).open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)
        except OSError as error:
            raise PackError(f"region pack {self.folder.name}: {name}: {error}") from error

    def optional_rows(self, name: str) -> Iterator[dict[str, str]]:
        """The same, of a file that a pack may do without."""
        if self.path(name).is_file():
            yield from self.rows(name)


def region_ids(root: Path = REGIONS) -> list[str]:
    """Ids of the packs in `root`, sorted."""
    return sorted(path.parent.name for path in root.glob("*/region.json"))


def load_pack(region: str, root: Path = REGIONS) -> RegionPack:
    """The pack of a region by its id. Raises PackError when there is none."""
    if region not in region_ids(root):
        known = ", ".join(region_ids(root)) or "none"
        raise PackError(f"unknown region {region!r}; known: {known}")
    return RegionPack(root / region)
