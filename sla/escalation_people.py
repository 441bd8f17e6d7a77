"""Who a step tells: from the level of the ladder to a person, through heads, deputies and absences. All pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sla.escalation import Level

PERSON, UNIT = "person", "unit"


@dataclass(frozen=True, slots=True)
class Member:
    """An executor as the ladder sees it: a body, a unit or a person; both days of `valid` count."""

    id: UUID
    kind: str
    code: str = ""
    parent: UUID | None = None
    head: UUID | None = None
    valid: tuple[date | None, date | None] = (None, None)
    deputies: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away on these days, both included; `deputy` stands in, or the person's deputies in their order."""

    first_day: date
    last_day: date
    deputy: UUID | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told at a level; `executor` None: its desk. `instead_of` is the absent person for whom he stands in."""

    level: Level
    executor: UUID | None = None
    instead_of: UUID | None = None


@dataclass(frozen=True)
class Staff:
    """Everybody of a region; `desks` are the persons of the upper levels."""

    members: Mapping[UUID, Member]
    absences: Mapping[UUID, tuple[Absence, ...]] = field(default_factory=dict)
    desks: Mapping[Level, UUID] = field(default_factory=dict)

    def told(self, levels: Iterable[Level], body: UUID | None, handler: UUID | None, day: date) -> list[Recipient]:
        """Whom a step of these levels tells on a day, each once.

        `body` answers for the problem, `handler` is its unit or person who does it; both None: nobody answers yet.
        """
        found: dict[object, Recipient] = {}
        for level in levels:
            recipient = self._at(level, body, handler, day)
            found.setdefault(recipient.executor or recipient.level, recipient)
        return list(found.values())

    def _at(self, level: Level, body: UUID | None, handler: UUID | None, day: date) -> Recipient:
        if level in (Level.PERSON, Level.HEAD) and body is None:
            return Recipient(Level.OPERATORS)
        if level is Level.PERSON:
            return self._person(handler or body, day)
        if level is Level.HEAD:
            return self._head(handler or body, day) or Recipient(level, body)
        if level is Level.DEPUTY_GOVERNOR and body is not None:
            above = self._above(body, day)
            if above is not None:
                return above
        return self._desk(level, day)

    def _person(self, who: UUID | None, day: date) -> Recipient:
        """Who does it, or who stands in; of a unit its head; a body with nobody named is told as such."""
        member = self.members.get(who) if who is not None else None
        if member is None:
            return Recipient(Level.OPERATORS)
        if member.kind == PERSON:
            there = self._there(Level.PERSON, member.id, day)
            return there or self._head(member.id, day) or Recipient(Level.PERSON, member.parent)
        if member.kind == UNIT and member.head is not None:
            return self._there(Level.PERSON, member.head, day) or Recipient(Level.PERSON, member.id)
        return Recipient(Level.PERSON, member.id)

    def _head(self, who: UUID | None, day: date) -> Recipient | None:
        """The nearest head above who does it, himself left out."""
        doing = self.members.get(who) if who is not None else None
        if doing is not None and doing.kind == UNIT:  # its head does it
            doing = self.members.get(doing.head) if doing.head is not None else None
        for unit in self._chain(who):
            if unit.head is not None and (doing is None or unit.head != doing.id):
                there = self._there(Level.HEAD, unit.head, day)
                if there is not None and (doing is None or there.executor != doing.id):
                    return there
        return None

    def _above(self, body: UUID, day: date) -> Recipient | None:
        """Who heads what the body belongs to."""
        for unit in list(self._chain(body))[1:]:
            if unit.head is not None:
                there = self._there(Level.DEPUTY_GOVERNOR, unit.head, day)
                if there is not None:
                    return there
        return None

    def _desk(self, level: Level, day: date) -> Recipient:
        person = self.desks.get(level)
        return (self._there(level, person, day) if person is not None else None) or Recipient(level)

    def _chain(self, who: UUID | None) -> Iterator[Member]:
        """An executor and what it belongs to, upwards; a loop in the data ends it."""
        seen: set[UUID] = set()
        while who is not None and who not in seen and who in self.members:
            seen.add(who)
            yield self.members[who]
            who = self.members[who].parent

    def _there(self, level: Level, person: UUID, day: date) -> Recipient | None:
        """The person, or who stands in for him on the day; None where nobody does."""
        standing = self._standing_in(person, day, frozenset())
        if standing is None:
            return None
        return Recipient(level, standing, None if standing == person else person)

    def _standing_in(self, person: UUID, day: date, asked: frozenset[UUID]) -> UUID | None:
        member = self.members.get(person)
        if member is None or person in asked:
            return None
        first, last = member.valid
        valid = (first is None or first <= day) and (last is None or day <= last)
        away = [each for each in self.absences.get(person, ()) if each.first_day <= day <= each.last_day]
        if valid and not away:
            return person
        named = [each.deputy for each in away if each.deputy is not None]
        for deputy in (*named, *member.deputies):
            found = self._standing_in(deputy, day, asked | {person})
            if found is not None:
                return found
        return None
