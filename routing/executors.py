"""Executors of a region: bodies, the units in them, the persons in those; who is there on a day, who stands in.

`bodies.csv`, `units.csv` and `persons.csv` of a pack have one form: code, kind, name, short_name, municipality, parent,
head, post, email, deputies («a;b», in the order in which they are asked), capacity, valid_from, valid_to. Columns that
a file lacks are empty. Days are the region's own and both ends count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

BODY, UNIT, PERSON = "body", "unit", "person"
KINDS = (BODY, UNIT, PERSON)
FILES = ("bodies.csv", "units.csv", "persons.csv")
ABSENCES = "absences.csv"


@dataclass(frozen=True, slots=True)
class Body:
    """One executor: a body, a unit of one, or a person. `municipality` is set for the administration of that one.

    `parent` is the body or unit it belongs to, `head` the person who heads it, `deputies` who stand in for a person.
    `capacity` is how many open problems, weighted by urgency, a person can carry; None: not said.
    """

    code: str
    name: str
    short_name: str = ""
    municipality: str = ""
    kind: str = BODY
    parent: str = ""
    head: str = ""
    post: str = ""
    email: str = ""
    deputies: tuple[str, ...] = ()
    capacity: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away on these days, both included. `deputy` stands in; empty: the person's deputies, in order."""

    person: str
    first_day: date
    last_day: date
    deputy: str = ""
    reason: str = ""

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def valid(day: date, first: date | None, last: date | None) -> bool:
    """Whether a day lies between two days, None being no limit."""
    return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True)
class Structure:
    """Who belongs to whom, as of any day."""

    bodies: tuple[Body, ...]
    absences: tuple[Absence, ...] = ()

    @cached_property
    def by_code(self) -> Mapping[str, Body]:
        return {body.code: body for body in self.bodies}

    @cached_property
    def _children(self) -> Mapping[str, tuple[Body, ...]]:
        children: dict[str, list[Body]] = {}
        for body in self.bodies:
            if body.parent:
                children.setdefault(body.parent, []).append(body)
        return {parent: tuple(sorted(found, key=lambda body: body.code)) for parent, found in children.items()}

    def chain(self, code: str) -> list[Body]:
        """The executor and those it belongs to, upwards. A loop in the data ends the chain."""
        found: list[Body] = []
        while (body := self.by_code.get(code)) is not None and body not in found:
            found.append(body)
            code = body.parent
        return found

    def top(self, code: str) -> Body | None:
        """The body that an executor belongs to: itself where it is one."""
        chain = self.chain(code)
        return chain[-1] if chain else None

    def persons(self, code: str) -> Iterator[Body]:
        """The persons directly in a body or a unit, by code."""
        return (child for child in self._children.get(code, ()) if child.kind == PERSON)

    def is_away(self, code: str, day: date) -> bool:
        return any(absence.person == code and absence.covers(day) for absence in self.absences)

    def standing_in(self, code: str, day: date) -> Body | None:
        """Who does a person's work on a day: himself, or his deputy, or the deputy's deputy; None where nobody does."""
        return self._standing_in(code, day, frozenset())

    def _standing_in(self, code: str, day: date, asked: frozenset[str]) -> Body | None:
        person = self.by_code.get(code)
        if person is None or person.kind != PERSON or code in asked:
            return None
        here = valid(day, person.valid_from, person.valid_to)
        away = [absence for absence in self.absences if absence.person == code and absence.covers(day)]
        if here and not away:
            return person
        named = [absence.deputy for absence in away if absence.deputy]
        for deputy in (*named, *person.deputies):
            found = self._standing_in(deputy, day, asked | {code})
            if found is not None:
                return found
        return None


def least_loaded(persons: Iterable[Body], loads: Mapping[str, float]) -> Body | None:
    """The person with the least share of his capacity taken; of equals the one with fewer open, then the first by code.

    `loads` are open problems by code, each weighted by its urgency. A person without a capacity counts as one of
    ORDINARY_CAPACITY.
    """

    def burden(person: Body) -> tuple[float, float, str]:
        load = loads.get(person.code, 0.0)
        return load / (person.capacity or ORDINARY_CAPACITY), load, person.code

    return min(persons, key=burden, default=None)


ORDINARY_CAPACITY = 100
"""Urgency points of open problems that a person is taken to carry where nobody said: 50 of the ordinary urgency 2."""


def bodies_of(lines: Iterable[Mapping[str, str]]) -> Iterator[Body]:
    """Executors of rows. Raises KeyError for a missing column, ValueError for a wrong day or number."""
    for line in lines:
        yield Body(
            code=line["code"],
            name=line["name"],
            short_name=line.get("short_name") or "",
            municipality=line.get("municipality") or "",
            kind=line["kind"],
            parent=line.get("parent") or "",
            head=line.get("head") or "",
            post=line.get("post") or "",
            email=line.get("email") or "",
            deputies=tuple(filter(None, (part.strip() for part in (line.get("deputies") or "").split(";")))),
            capacity=int(line["capacity"]) if line.get("capacity") else None,
            valid_from=day_of(line.get("valid_from")),
            valid_to=day_of(line.get("valid_to")),
        )


def absences_of(lines: Iterable[Mapping[str, str]]) -> Iterator[Absence]:
    """Absences of rows with person, first_day, last_day, deputy, reason."""
    for line in lines:
        first, last = date.fromisoformat(line["first_day"]), date.fromisoformat(line["last_day"])
        yield Absence(line["person"], first, last, line.get("deputy") or "", line.get("reason") or "")


def day_of(cell: str | None) -> date | None:
    """A day written «2026-03-01»; None for an empty cell."""
    return date.fromisoformat(cell) if cell else None
