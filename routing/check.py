"""What is wrong in the executors and the decision table of a region pack, or of a table to import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date

from models.finding import Finding
from models.pack import RegionPack
from routing.competence import ANY, OWN, Row, aliases_of, rows_of, table_of
from routing.executors import ABSENCES, FILES, Absence, Body, Structure
from routing.properties import FILE as PROPERTIES
from routing.properties import NUMBERED, holdings_of
from routing.structure_check import (
    Placed,
    Rows,
    absence_findings,
    executor_findings,
    read_absences,
    read_executors,
    strange_columns,
)

BODIES, COMPETENCE = FILES[0], "competence.csv"
ROW_COLUMNS = frozenset(field.name for field in fields(Row)) - {"line"}
INSTITUTIONS = frozenset([*"школа гимназия лицей поликлиника больница роддом библиотека аптека".split(), "детский сад"])
"""Kinds that the facts of a text tell by themselves (models.facts.FactKind.INSTITUTION)."""


def findings(pack: RegionPack) -> Iterator[Finding]:
    """Everything wrong in the files. Raises PackError or KeyError where a file or a column is missing."""
    municipalities = municipalities_of(pack)
    placed: list[Placed] = []
    for file in FILES:
        rows = pack.rows(file) if file == BODIES else pack.optional_rows(file)
        yield from read_executors(file, enumerate(rows, start=2), placed)
    absences: list[tuple[int, Absence]] = []
    yield from read_absences(ABSENCES, enumerate(pack.optional_rows(ABSENCES), start=2), absences)
    bodies = [body for _, _, body in placed]
    structure = Structure(tuple(bodies))
    yield from executor_findings(placed, municipalities)
    yield from absence_findings(ABSENCES, absences, structure)
    rows_found: list[Row] = []
    yield from read_rows(COMPETENCE, enumerate(pack.rows(COMPETENCE), start=2), rows_found)
    yield from table_findings(pack, COMPETENCE, rows_found, structure)
    yield from _administrations(rows_found, bodies, municipalities)
    yield from _properties(pack)


def municipalities_of(pack: RegionPack) -> set[str]:
    """The canonical names of the region's municipalities."""
    return set(aliases_of(pack.about.get("municipalities", ())).values())


def read_rows(file: str, rows: Rows, found: list[Row]) -> Iterator[Finding]:
    """Put the rows of a decision table into `found`; what cannot be read is a finding. Raises KeyError for a column."""
    for number, (line, raw) in enumerate(rows):
        if not number:
            yield from strange_columns(file, raw, ROW_COLUMNS)
        if raw["machine"] not in ("yes", "no"):
            yield Finding(file, line, f"machine must be yes or no, not {raw['machine']!r}")
        try:
            found.extend(rows_of([raw], line))
        except ValueError as error:
            yield Finding(file, line, str(error))


def table_findings(pack: RegionPack, file: str, rows: Sequence[Row], structure: Structure) -> Iterator[Finding]:
    """Everything wrong in a decision table: ties, names that nobody knows, topics without a row."""
    yield from _ties(file, rows, structure)
    municipalities = municipalities_of(pack)
    known = known_properties(pack)
    for row in rows:
        for message in _row(pack, row, structure, municipalities, known):
            yield Finding(file, row.line, message)
    for message in _gaps(pack, [row for row in rows if table_of(row, structure) == ""]):
        yield Finding(file, 0, message)


def known_properties(pack: RegionPack) -> set[str]:
    """Properties that the pack's places can have; institutions come from the texts."""
    return {holding.property for holding in holdings_of(pack.optional_rows(PROPERTIES))}


def _ties(file: str, rows: Sequence[Row], structure: Structure) -> Iterator[Finding]:
    """Two rows of one table for the same thing on the same day."""
    before: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows:
        same = before.setdefault((table_of(row, structure), row.property, row.topic, row.municipality), [])
        tied = next((other for other in same if _overlap(row, other)), None)
        if tied is not None:
            where = f"topic {row.topic!r} and municipality {row.municipality!r}"
            having = "" if row.property == ANY else f", property {row.property!r}"
            yield Finding(file, row.line, f"a tie: line {tied.line} decides for {where}{having} too")
        same.append(row)


def _overlap(one: Row, other: Row) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    return first <= last


def _row(
    pack: RegionPack, row: Row, structure: Structure, municipalities: set[str], properties: set[str]
) -> Iterator[str]:
    groups = {topic.code.partition(".")[0]: topic.group for topic in pack.topics}
    topic = pack.topic_by_code.get(row.topic)
    known = topic.name if topic else groups.get(row.topic)
    if row.topic != ANY and known is None:
        yield f"no topic or group {row.topic!r}"
    elif known is not None and row.name != known:
        yield f"{row.topic!r} is {known!r}, not {row.name!r}"
    if row.municipality != ANY and row.municipality not in municipalities:
        yield f"region.json has no municipality {row.municipality!r}"
    if row.body != OWN and row.body not in structure.by_code:
        yield f"there is no executor {row.body!r}"
    kind = row.property.partition(NUMBERED)[0]
    if row.property != ANY and row.property not in properties and kind not in INSTITUTIONS:
        yield f"{PROPERTIES} gives nothing the property {row.property!r}"
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        yield "valid_to is before valid_from"
    if not row.basis:
        yield "no basis: say by what table, law or practice"


def _gaps(pack: RegionPack, rows: Sequence[Row]) -> Iterator[str]:
    everywhere = {row.topic for row in rows if row.municipality == ANY and row.property == ANY}
    if ANY in everywhere:
        return
    for topic in pack.topics:
        if not {topic.code, topic.code.partition(".")[0]} & everywhere:
            yield f"no row for topic {topic.code} «{topic.name}» in every municipality"


def _administrations(rows: Sequence[Row], bodies: Sequence[Body], municipalities: set[str]) -> Iterator[Finding]:
    if any(row.body == OWN for row in rows):
        for name in sorted(municipalities - {body.municipality for body in bodies}):
            yield Finding(BODIES, 0, f"no administration for {name!r}, to which the body 'own' may lead")


def _properties(pack: RegionPack) -> Iterator[Finding]:
    for holding in holdings_of(pack.optional_rows(PROPERTIES)):
        if not holding.property or not holding.source:
            yield Finding(PROPERTIES, holding.line, "a row needs a property and a source")
        if bool(holding.street) == bool(holding.names):
            yield Finding(PROPERTIES, holding.line, "a row needs either a street or names that a text may use")
        if holding.houses and not holding.street:
            yield Finding(PROPERTIES, holding.line, "houses need their street")
