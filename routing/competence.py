"""Who answers for what: a region's decision table (competence.csv) and its executors (routing.executors).

A row names a topic («05.020»), a group («05») or everything («*»), a municipality or «*», a property or «*» (empty is
the same), and the executor. The most specific row wins: a row with a property of the problem (routing.properties)
before one without, then the topic before the group, then the municipality. The executor «own» is the administration of
the municipality where the problem is. `machine` says whether the machine may give a problem away by this row alone, or
an operator must look.

Rows that name a body say which body answers. Rows that name a unit or a person of a body are asked second, among those
of that body alone: who inside does it. So the two never compete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from models.pack import RegionPack
from models.topics import Topic
from routing.executors import ABSENCES, BODY, FILES, Absence, Body, Structure, absences_of, bodies_of, day_of, valid
from routing.properties import FILE as PROPERTIES
from routing.properties import Properties

ANY = "*"
OWN = "own"


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
    property: str = ANY
    valid_from: date | None = None
    valid_to: date | None = None


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
    absences: tuple[Absence, ...] = ()
    properties: Properties = field(default_factory=Properties)

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Competence:
        """The table of a pack. Raises PackError where a file is missing, KeyError where a column is."""
        about = pack.about
        return cls(
            rows=tuple(rows_of(pack.rows("competence.csv"))),
            bodies=tuple(bodies_of_pack(pack)),
            topics=pack.topics,
            aliases=aliases_of(about.get("municipalities", ())),
            prior={str(name): float(share) for name, share in about.get("municipality_prior", {}).items()},
            threshold=float(about["assign_threshold"]),
            absences=tuple(absences_of(pack.optional_rows(ABSENCES))),
            properties=Properties.of_rows(pack.optional_rows(PROPERTIES)),
        )

    def on(self, day: date) -> Competence:
        """The table as it holds on a day: without rows and executors that are not valid then."""
        rows = tuple(row for row in self.rows if valid(day, row.valid_from, row.valid_to))
        bodies = tuple(body for body in self.bodies if valid(day, body.valid_from, body.valid_to))
        return replace(self, rows=rows, bodies=bodies)

    @cached_property
    def structure(self) -> Structure:
        return Structure(self.bodies, self.absences)

    @cached_property
    def _tables(self) -> Mapping[str, Table]:
        """Rows that name bodies under "", rows that name units and persons under the code of their body."""
        tables: dict[str, dict[tuple[str, str, str], Row]] = {}
        for row in reversed(self.rows):
            tables.setdefault(table_of(row, self.structure), {})[(row.property, row.topic, row.municipality)] = row
        return tables

    @cached_property
    def has_handlers(self) -> bool:
        """Whether any row names a unit or a person."""
        return any(self._tables.keys() - {""})

    @cached_property
    def body_by_code(self) -> Mapping[str, Body]:
        return self.structure.by_code

    @cached_property
    def _administration(self) -> Mapping[str, Body]:
        return {body.municipality: body for body in self.bodies if body.municipality and body.kind == BODY}

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

    def answer(self, topic: str, municipality: str, properties: Sequence[str] = ()) -> Answer | None:
        """What the table says of a topic in a municipality ("": not known). None where no row fits."""
        if properties:
            return self._answered(topic, municipality, properties)
        asked = (topic, municipality)
        if asked not in self._answers:
            self._answers[asked] = self._answered(topic, municipality, ())
        return self._answers[asked]

    @cached_property
    def _answers(self) -> dict[tuple[str, str], Answer | None]:
        """Answers given, where no property was asked for: a problem asks for every topic of its group everywhere."""
        return {}

    def _answered(self, topic: str, municipality: str, properties: Sequence[str]) -> Answer | None:
        row = self._most_specific("", topic, municipality, properties)
        return Answer(row, self._body(row, municipality)) if row is not None else None

    def inside(self, body: str, topic: str, municipality: str, properties: Sequence[str] = ()) -> Answer | None:
        """Which unit or person of a body the table names for it; None where it names none."""
        row = self._most_specific(body, topic, municipality, properties)
        return Answer(row, self.body_by_code.get(row.body)) if row is not None else None

    def _most_specific(self, table: str, topic: str, municipality: str, properties: Sequence[str]) -> Row | None:
        rows = self._tables.get(table)
        if not rows:
            return None
        for having in (*properties, ANY):
            for what in (topic, topic.partition(".")[0], ANY):
                for where in (municipality, ANY) if municipality else (ANY,):
                    row = rows.get((having, what, where))
                    if row is not None:
                        return row
        return None

    def _body(self, row: Row, municipality: str) -> Body | None:
        if row.body == OWN:
            return self._administration.get(municipality)
        return self.body_by_code.get(row.body)


Table = Mapping[tuple[str, str, str], Row]


def table_of(row: Row, structure: Structure) -> str:
    """Which table a row belongs to: "" that of bodies, otherwise the code of the body whose unit or person it names."""
    named = structure.by_code.get(row.body)
    if named is None or named.kind == BODY:
        return ""
    top = structure.top(row.body)
    return top.code if top is not None else ""


def rows_of(lines: Iterable[Mapping[str, str]], first: int = 2) -> Iterator[Row]:
    """The rows of a decision table, the first in line `first`. Raises KeyError, and ValueError for a wrong day."""
    for number, line in enumerate(lines, start=first):
        yield Row(
            topic=line["topic"],
            municipality=line["municipality"],
            body=line["body"],
            machine=line["machine"] == "yes",
            basis=line["basis"],
            line=number,
            name=line.get("name") or "",
            property=line.get("property") or ANY,
            valid_from=day_of(line.get("valid_from")),
            valid_to=day_of(line.get("valid_to")),
        )


def bodies_of_pack(pack: RegionPack) -> Iterator[Body]:
    """The executors of bodies.csv, and of units.csv and persons.csv where the pack has them."""
    first, *others = FILES
    yield from bodies_of(pack.rows(first))
    for file in others:
        yield from bodies_of(pack.optional_rows(file))


def aliases_of(municipalities: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Every name of a municipality to its canonical one (region.json, `municipalities`)."""
    names: dict[str, str] = {}
    for municipality in municipalities:
        for name in (municipality["name"], *municipality.get("aliases", ())):
            names[str(name)] = str(municipality["name"])
    return names
