"""What is wrong in executors and their absences, of a region pack or of a file to import."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from models.finding import Finding
from routing.competence import OWN
from routing.executors import BODY, KINDS, PERSON, UNIT, Absence, Body, Structure, absences_of, bodies_of

Rows = Iterable[tuple[int, Mapping[str, str]]]
"""Rows with their line numbers."""
Placed = tuple[str, int, Body]
"""An executor with the file and the line it stands in."""


EXECUTOR_COLUMNS = frozenset(field.name for field in fields(Body))
ABSENCE_COLUMNS = frozenset(field.name for field in fields(Absence))


def strange_columns(file: str, row: Mapping[str, str], known: Collection[str]) -> Iterator[Finding]:
    """A column that nobody reads is a misspelt one."""
    for name in row:
        if name not in known:
            yield Finding(file, 1, f"unknown column {name!r}; known: {', '.join(sorted(known))}")


def read_executors(file: str, rows: Rows, found: list[Placed]) -> Iterator[Finding]:
    """Put the executors of a file into `found`; what cannot be read is a finding. Raises KeyError for a column."""
    for number, (line, row) in enumerate(rows):
        if not number:
            yield from strange_columns(file, row, EXECUTOR_COLUMNS)
        try:
            [body] = bodies_of([row])
        except ValueError as error:
            yield Finding(file, line, str(error))
            continue
        found.append((file, line, body))


def read_absences(file: str, rows: Rows, found: list[tuple[int, Absence]]) -> Iterator[Finding]:
    """The same for absences."""
    for number, (line, row) in enumerate(rows):
        if not number:
            yield from strange_columns(file, row, ABSENCE_COLUMNS)
        try:
            [absence] = absences_of([row])
        except ValueError as error:
            yield Finding(file, line, str(error))
            continue
        found.append((line, absence))


def executor_findings(placed: Sequence[Placed], municipalities: set[str]) -> Iterator[Finding]:
    """Everything wrong among executors, which are all there are."""
    structure = Structure(tuple(body for _, _, body in placed))
    lines: dict[str, int] = {}
    administrations: dict[str, int] = {}
    for file, line, body in placed:
        if body.code in lines:
            yield Finding(file, line, f"code {body.code!r} stands in line {lines[body.code]} too")
        lines.setdefault(body.code, line)
        for message in _executor(body, structure):
            yield Finding(file, line, message)
        if not body.municipality:
            continue
        if body.municipality not in municipalities:
            yield Finding(file, line, f"region.json has no municipality {body.municipality!r}")
        if body.municipality in administrations:
            first = administrations[body.municipality]
            yield Finding(file, line, f"{body.municipality!r} has its administration in line {first} already")
        administrations.setdefault(body.municipality, line)


def _executor(body: Body, structure: Structure) -> Iterator[str]:
    if not body.name or not body.code or body.code == OWN:
        yield "a body needs a name and a code other than 'own'"
    if body.kind not in KINDS:
        yield f"kind {body.kind!r} is none of {', '.join(sorted(KINDS))}"
        return
    yield from _place_in_structure(body, structure)
    if body.head and _kind(structure, body.head) != PERSON:
        yield f"head {body.head!r} is no person here"
    for deputy in body.deputies:
        if deputy == body.code or _kind(structure, deputy) != PERSON:
            yield f"deputy {deputy!r} is no other person here"
    if body.deputies and body.kind != PERSON:
        yield "only a person has deputies"
    if body.capacity is not None and body.capacity <= 0:
        yield "capacity must be above 0, or empty"
    if body.valid_from and body.valid_to and body.valid_to < body.valid_from:
        yield "valid_to is before valid_from"


def _place_in_structure(body: Body, structure: Structure) -> Iterator[str]:
    if body.kind == BODY:
        if body.parent:
            yield "a body belongs to no other executor"
        if body.post or body.email:
            yield "only a person has a post and an e-mail"
        return
    if body.municipality:
        yield "only a body can be the administration of a municipality"
    if _kind(structure, body.parent) not in (BODY, UNIT):
        yield f"parent {body.parent!r} is no body or unit here"
    elif structure.chain(body.code)[-1].kind != BODY:
        yield "its parents lead to no body"


def _kind(structure: Structure, code: str) -> str:
    named = structure.by_code.get(code)
    return named.kind if named is not None else ""


def absence_findings(file: str, absences: Sequence[tuple[int, Absence]], structure: Structure) -> Iterator[Finding]:
    """Everything wrong among absences."""
    for line, absence in absences:
        if _kind(structure, absence.person) != PERSON:
            yield Finding(file, line, f"{absence.person!r} is no person here")
        if absence.deputy and (absence.deputy == absence.person or _kind(structure, absence.deputy) != PERSON):
            yield Finding(file, line, f"deputy {absence.deputy!r} is no other person here")
        if absence.last_day < absence.first_day:
            yield Finding(file, line, "last_day is before first_day")
