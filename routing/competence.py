"""Who answers for what: a region's decision table (competence.csv) and its bodies (bodies.csv).

A row names a topic («05.020»), a group («05») or everything («*»), a municipality or «*», and the body. The most
specific row wins, the topic first: topic and municipality, topic, group and municipality, group, municipality, all.
The body «own» is the administration of the municipality where the problem is. `machine` says whether the machine may
give a problem away by this row alone, or an operator must look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.pack import RegionPack
from models.topics import Topic

ANY = "*"
OWN = "own"


@dataclass(frozen=True, slots=True)
class Body:
    """One executor of the pack. `municipality` is set for the administration of that municipality."""

    code: str
    name: str
    short_name: str = ""
    municipality: str = ""
    kind: str = "body"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the decision table; `line` is its line in the file, `basis` why it says so."""

    topic: str
    municipality: str
    body: str
    machine: bool
    basis: str
    line: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The row that decides, and the body it comes to; None where «own» meets a place that is not known."""

    row: Row
    body: Body | None


@dataclass(frozen=True)
class Competence:
    """The decision table of one region, ready to be asked.

    `prior` is how often an appeal whose place is not known comes from each municipality; `threshold` the probability of
    the executor from which the machine assigns by itself.
    """

    rows: tuple[Row, ...]
    bodies: tuple[Body, ...]
    topics: tuple[Topic, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    prior: Mapping[str, float] = field(default_factory=dict)
    threshold: float = 0.9

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Competence:
        """The table of a pack. Raises PackError where a file is missing, KeyError where a column is."""
        about = pack.about
        return cls(
            rows=tuple(rows_of(pack.rows("competence.csv"))),
            bodies=tuple(bodies_of(pack.rows("bodies.csv"))),
            topics=pack.topics,
            aliases=aliases_of(about.get("municipalities", ())),
            prior={str(name): float(share) for name, share in about.get("municipality_prior", {}).items()},
            threshold=float(about["assign_threshold"]),
        )

    @cached_property
    def _row_by_key(self) -> Mapping[tuple[str, str], Row]:
        return {(row.topic, row.municipality): row for row in reversed(self.rows)}

    @cached_property
    def body_by_code(self) -> Mapping[str, Body]:
        return {body.code: body for body in self.bodies}

    @cached_property
    def _administration(self) -> Mapping[str, Body]:
        return {body.municipality: body for body in self.bodies if body.municipality}

    @cached_property
    def topic_by_code(self) -> Mapping[str, Topic]:
        return {topic.code: topic for topic in self.topics}

    @cached_property
    def group_of(self) -> Mapping[str, Sequence[Topic]]:
        """The topics of each group, by the group's name."""
        groups: dict[str, list[Topic]] = {}
        for topic in self.topics:
            groups.setdefault(topic.group, []).append(topic)
        return groups

    def municipality(self, name: str) -> str:
        """The canonical name of a municipality, or "" where the region has none of that name."""
        return self.aliases.get(name, "")

    def answer(self, topic: str, municipality: str) -> Answer | None:
        """What the table says of a topic in a municipality ("": not known). None where no row fits."""
        for what in (topic, topic.partition(".")[0], ANY):
            for where in (municipality, ANY) if municipality else (ANY,):
                row = self._row_by_key.get((what, where))
                if row is not None:
                    return Answer(row, self._body(row, municipality))
        return None

    def _body(self, row: Row, municipality: str) -> Body | None:
        if row.body == OWN:
            return self._administration.get(municipality)
        return self.body_by_code.get(row.body)


def rows_of(lines: Iterable[Mapping[str, str]]) -> Iterable[Row]:
    """The rows of competence.csv; the first after the header is line 2."""
    for number, line in enumerate(lines, start=2):
        machine = line["machine"] == "yes"
        yield Row(line["topic"], line["municipality"], line["body"], machine, line["basis"], number, line["name"])


def bodies_of(lines: Iterable[Mapping[str, str]]) -> Iterable[Body]:
    """The rows of bodies.csv."""
    for line in lines:
        yield Body(line["code"], line["name"], line["short_name"], line["municipality"], line["kind"])


def aliases_of(municipalities: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Every name of a municipality to its canonical one (region.json, `municipalities`)."""
    names: dict[str, str] = {}
    for municipality in municipalities:
        for name in (municipality["name"], *municipality.get("aliases", ())):
            names[str(name)] = str(municipality["name"])
    return names
