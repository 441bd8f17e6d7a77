"""What a problem is about besides topic and municipality: the road's class, the house's company, a school by number.

A property is a short text as an official writes it in competence.csv: «школа № 25», «школа», «дорога федеральная»,
«УК «Аврора»», «Советский округ». Schools, clinics and the like come from the facts of the text. All others come from
`properties.csv` of the pack (property, settlement, street, houses, names, source): a row says that the houses «1;3;5а»
of a street (no houses: the whole street), or what a text calls by one of the names «Р-254;трасса Иртыш», have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

FILE = "properties.csv"
NUMBERED = " № "
"""Parts the kind of an institution from its number in the normal form of the fact."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One row of properties.csv. Without a settlement the street is meant in every settlement."""

    property: str
    settlement: str
    street: str
    houses: frozenset[str]
    names: tuple[str, ...]
    source: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """What of a problem can tell a property: its address, its institutions («школа № 25»), its own words."""

    settlement: str = ""
    street: str = ""
    house: str = ""
    institutions: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Properties:
    """properties.csv, ready to be asked."""

    holdings: tuple[Holding, ...] = field(default=())

    @classmethod
    def of_rows(cls, lines: Iterable[Mapping[str, str]]) -> Properties:
        """Raises KeyError where a column is missing."""
        return cls(tuple(holdings_of(lines)))

    @cached_property
    def _by_street(self) -> Mapping[str, Sequence[Holding]]:
        streets: dict[str, list[Holding]] = {}
        for holding in self.holdings:
            if holding.street:
                streets.setdefault(holding.street, []).append(holding)
        return streets

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return {folded(name): holding.property for holding in self.holdings for name in holding.names}

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        # the longest first, so that «трасса Омск — Тара» is not taken for a shorter name inside it
        names = sorted(self._by_name, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)") if names else None

    def of(self, site: Site) -> tuple[str, ...]:
        """The properties of a site, most specific first: institution by number, house, named object, street, kind."""
        numbered = list(site.institutions)
        kinds = [name.partition(NUMBERED)[0] for name in site.institutions]
        at = self._at(site)
        houses = [holding.property for holding in at if holding.houses]
        streets = [holding.property for holding in at if not holding.houses]
        return tuple(dict.fromkeys([*numbered, *houses, *self._named(site.text), *streets, *kinds]))

    def _at(self, site: Site) -> list[Holding]:
        return [
            holding
            for holding in self._by_street.get(site.street, ())
            if holding.settlement in ("", site.settlement) and (not holding.houses or site.house in holding.houses)
        ]

    def _named(self, text: str) -> list[str]:
        if self._names is None or not text:
            return []
        return [self._by_name[found] for found in self._names.findall(folded(text))]


def folded(text: str) -> str:
    """Lower case, one space between words, one kind of dash and quotes: how names are compared."""
    plain = re.sub(r"\s*[-‐‑–—]\s*", "-", text.casefold().replace("ё", "е"))
    return " ".join(re.sub('[«»"“”„]', "", plain).split())


def holdings_of(lines: Iterable[Mapping[str, str]]) -> Iterable[Holding]:
    """The rows of properties.csv; the first after the header is line 2."""
    for number, line in enumerate(lines, start=2):
        yield Holding(
            property=line["property"],
            settlement=line["settlement"],
            street=line["street"],
            houses=frozenset(_parts(line["houses"])),
            names=tuple(_parts(line["names"])),
            source=line["source"],
            line=number,
        )


def _parts(cell: str) -> Iterable[str]:
    return filter(None, (part.strip() for part in cell.split(";")))
